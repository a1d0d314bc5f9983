"""Arbitrary pipelines with their templates, for properties that hold for all of them."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from hypothesis import strategies as st

from azrelease.expansion import Expansion, ExpansionRequest, SourceFile, expand_source, plain
from azrelease.expansion.origins import SELF
from azrelease.expansion.tree import ExpandedMapping
from azrelease.expansion.yaml_text import yaml_text
from azrelease.yaml_document import YamlDocument

Tree: TypeAlias = Any
"""A text, `Plain`, a list, or a `Pairs`."""

ROOT = "azure-pipelines.yml"


class Plain(str):
    """A text without quotes."""

    __slots__ = ()


class Pairs(list[tuple[str, Tree]]):
    """A mapping in which a key may be twice."""


class MemoryFiles:
    """A repository in memory, which counts how often a file is read."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self.reads: dict[str, int] = {}

    def path(self, location: str) -> str:
        return location

    def read(self, location: str) -> bytes | None:
        text = self.files.get(location)
        if text is None:
            return None
        self.reads[location] = self.reads.get(location, 0) + 1
        return text.encode("utf-8", "surrogatepass")


class Given(NamedTuple):
    """A pipeline and what the run gives it."""

    files: dict[str, str]
    parameters: dict[str, str]
    variables: dict[str, str]


def expand(files: Mapping[str, str], request: ExpansionRequest = ExpansionRequest()) -> Expansion:  # noqa: B008
    repository = MemoryFiles(files)
    raw = repository.read(ROOT)
    assert raw is not None
    return expand_source(SourceFile(ROOT, SELF, ROOT, YamlDocument.decode(raw, ROOT)), {SELF: repository}, request)


def expand_again(pipeline: ExpandedMapping, request: ExpansionRequest) -> Expansion:
    """The expansion of an expanded pipeline, which needs no template."""
    return expand({ROOT: yaml_text(pipeline)}, request)


def messages(expansion: Expansion) -> list[str]:
    return [problem.diagnostic.message for problem in expansion.problems]


def shown(pipeline: ExpandedMapping) -> Any:
    """The content of a pipeline without the parameters that it declares."""
    return {key: value for key, value in plain(pipeline).items() if key != "parameters"}


def yaml_of(tree: Tree, indent: str = "") -> str:
    """The text of a tree: mappings and lists in lines, texts in quotes."""
    inner = indent + "  "
    if isinstance(tree, Plain):
        return f" {tree}"
    if isinstance(tree, str):
        return f" {json.dumps(tree)}"
    if isinstance(tree, Pairs):
        return "".join(f"\n{indent}{json.dumps(key)}:{yaml_of(value, inner)}" for key, value in tree) or " {}"
    return "".join(f"\n{indent}-{yaml_of(item, inner)}" for item in tree) or " []"


TYPES = {
    "text": ("string", ["a", "b,c", "x"]),
    "flag": ("boolean", [Plain("true"), Plain("False")]),
    "count": ("number", [Plain("1"), Plain("2.50"), Plain("0")]),
    "names": ("object", [["a", "b"], [], ["b", Plain("1.0"), Plain("true")], ["a,b"]]),
    "words": ("stringList", [["x", "y"], []]),
    "map": ("object", [Pairs([("k", "v"), ("l", Plain("1.0"))]), Pairs(), Pairs([("k", ["a", "b"])])]),
    "deep": ("object", [[Pairs([("k", "a")]), Pairs([("k", "b"), ("l", ["c"])])], [], [Pairs([("k", Plain("true"))])]]),
    "steps": (
        "stepList",
        [[], [Pairs([("script", "echo"), ("displayName", "Echo")])], [Pairs([("task", "Own@1"), ("enabled", "no")])]],
    ),
    "step": ("step", [Pairs([("bash", "ls"), ("env", Pairs([("E", "e")]))])]),
    "jobs": ("jobList", [[], [Pairs([("job", "given"), ("steps", [Pairs([("script", "in job")])])])]]),
}
"""The parameters that files may declare: type and defaults."""

LATER = {
    "later": "text",
    "laterFlag": "flag",
    "laterCount": "count",
    "laterNames": "names",
    "laterMap": "map",
    "laterDeep": "deep",
    "laterSteps": "steps",
}
"""The parameters of the pipeline that the run gives, and the one that has the same type."""

RUN = {"Build.Reason": ["Manual", "PullRequest", "", "a"], "Build.SourceBranch": ["refs/heads/main", "b", "1"]}
"""Variables of the run."""


class Writer:
    """Writes files whose parts fit together, mostly.

    Args:
        draw: draws from strategies.
        is_wild: whether also what the service refuses is written.
        has_unknowns: whether the pipeline reads what only the run knows.
    """

    def __init__(self, draw: st.DrawFn, *, is_wild: bool, has_unknowns: bool) -> None:
        self._draw = draw
        self._is_wild = is_wild
        self._has_unknowns = has_unknowns
        self.has_group = False
        self._count = 0
        self._parameters: list[str] = []
        self._loops: list[tuple[str, str]] = []
        self._templates: dict[str, dict[str, list[str]]] = {}

    def one(self, *options: Any) -> Any:
        return options[0] if len(options) == 1 else self._draw(st.sampled_from(options))

    def number(self, most: int, least: int = 0) -> int:
        return self._draw(st.integers(least, most))

    def often(self) -> bool:
        return self.number(3) != 0

    def rarely(self) -> bool:
        return self.number(7) == 7

    def name(self, word: str) -> str:
        self._count += 1
        return f"{word}{self._count}"

    # Expressions

    def text(self, depth: int = 2) -> str:
        """An expression whose value is a text, a number or a boolean."""
        atoms = ["'a'", "''", "'x{0}'", "1", "1.50", "true", "variables.known", "variables['none']", "'it''s'"]
        atoms += self._declared("text", "flag", "count", "later", "laterFlag", "laterCount")
        atoms += [f"{p}[0]" for p in self._declared("names", "words", "laterNames")]
        atoms += [f"{p}.l" for p in self._declared("map", "laterMap")]
        for name, kind in self._loops:
            atoms += {"item": [name], "pair": [f"{name}.key"], "object": [f"{name}.k"]}.get(kind, [])
        if self._has_unknowns:
            atoms += ["variables['Build.Reason']", "variables.inGroup", "variables['Build.SourceBranch']"]
        if depth == 0 or self.one(True, False):
            return str(self.one(*atoms))
        inner = depth - 1
        calls = {
            "format": lambda: f"format('{{0}}-{{1}}', {self.text(inner)}, {self.text(inner)})",
            "case": lambda: f"{self.one('lower', 'upper', 'trim')}({self.text(inner)})",
            "replace": lambda: f"replace({self.text(inner)}, 'a', {self.text(inner)})",
            "join": lambda: f"join(',', {self.sequence(inner)})",
            "iif": lambda: f"iif({self.truth(inner)}, {self.text(inner)}, {self.text(inner)})",
            "coalesce": lambda: f"coalesce({self.text(inner)}, {self.text(inner)})",
            "split": lambda: f"split({self.text(inner)}, ',')[0]",
            "length": lambda: f"length({self.sequence(inner)})",
            "json": lambda: f"convertToJson({self.any(inner)})",
            "variable": lambda: f"variables[{self.text(inner)}]",
            "member": lambda: f"{self.object()}[{self.text(inner)}]",
        }
        if not self._is_wild:
            del calls["member"]
        return str(calls[self.one(*calls)]())

    def truth(self, depth: int = 2) -> str:
        """An expression that is true or false."""
        inner = max(depth - 1, 0)
        options = {
            "eq": lambda: f"{self.one('eq', 'ne')}({self.text(inner)}, {self.text(inner)})",
            "flag": lambda: self.one("true", "false", *self._declared("flag", "laterFlag")),
            "contains": lambda: f"{self.one('contains', 'startsWith', 'endsWith')}({self.text(inner)}, 'a')",
            "value": lambda: f"containsValue({self.collection(inner)}, {self.text(inner)})",
            "size": lambda: f"{self.one('gt', 'le')}(length({self.sequence(inner)}), 1)",
            "text": lambda: self.text(inner),
        }
        if depth > 0:
            options |= {
                "and": lambda: f"{self.one('and', 'or', 'xor')}({self.truth(inner)}, {self.truth(inner)})",
                "not": lambda: f"not({self.truth(inner)})",
                "in": lambda: f"{self.one('in', 'notIn')}({self.text(inner)}, 'a', {self.text(inner)})",
            }
        return str(options[self.one(*options)]())

    def sequence(self, depth: int = 1) -> str:
        atoms = ["split('a,b', ',')", *self._declared("names", "words", "laterNames")]
        atoms += [f"{p}.*.k" for p in self._declared("deep", "laterDeep")]
        if depth > 0 and self.rarely():
            return f"split({self.text(depth - 1)}, ',')"
        return str(self.one(*atoms))

    def objects(self) -> str | None:
        found = self._declared("deep", "laterDeep")
        return str(self.one(*found)) if found else None

    def object(self) -> str:
        return str(self.one("parameters", *self._declared("map", "laterMap")))

    def collection(self, depth: int) -> str:
        return self.sequence(depth) if self.one(True, False) else self.object()

    def any(self, depth: int) -> str:
        return str(self.one(self.text, self.collection)(depth))

    def _declared(self, *names: str) -> list[str]:
        found = [name for name in names if name in self._parameters]
        return [f"parameters.{name}" for name in found]

    # Texts

    def value(self) -> Tree:
        """A text, often with expressions."""
        if self._is_wild and self.rarely():
            return self.one("${{", "${{ }}", "${{ if true }}", "${{ none }}", "${{ parameters.none }}", "${{ nope() }}", "${{ 'x",
                            "${{ lt(1, 'x') }}", "${{ insert }}", [["a"]], Pairs([("a", "b")]), Plain(""), "${{ always() }}",
                            f"${{{{ {self.collection(1)} }}}}", "x${{ parameters }}")  # fmt: skip
        kind = self.number(5)
        if kind == 0:
            return self.one("plain", "$(macro)", "{0}", "line\nline\n", "", " a ", "k: v")
        if kind == 1:
            return self.one(Plain("1.0"), Plain("true"), Plain("yes"), Plain("010"), Plain("~"), Plain("a"))
        if kind == 2:
            return (
                f"{self.one('', 'a ', '{')}${{{{ {self.text()} }}}}{self.one('', ' z', '}}')}${{{{ {self.text()} }}}}"
            )
        return f"${{{{ {self.text()} }}}}"

    def mapping(self, depth: int = 1) -> Pairs:
        """A mapping with any keys: `env`, `inputs`."""
        result = Pairs()
        for _ in range(self.number(3)):
            kind = self.number(6) if depth else 0
            if kind == 1:
                self._branches(result, lambda: self.mapping(depth - 1))
            elif kind == 2:
                source = self.object()
                if source != "parameters":
                    result.append((f"${{{{ insert }}}}{' ' * 0}", f"${{{{ {source} }}}}"))
            elif kind == 3:
                self._loop(result, lambda: Pairs([(f"{self.name('E')}_${{{{ {self.text(0)} }}}}", self.value())]))
            elif kind == 4:
                result.append((f"{self.name('K')}_${{{{ {self.text(1)} }}}}", self.value()))
            else:
                result.append((self.name("K"), self.value()))
        return result

    # Directives

    def _branches(self, result: Any, body: Any, between: Any = None) -> None:
        """A chain of conditions, in a mapping or a list, perhaps with other parts between its branches."""
        keys = [f"${{{{ if {self.truth()} }}}}"]
        if self.rarely():
            keys.append(f"${{{{ elseif {self.truth()} }}}}")
        if self.one(True, False):
            keys.append("${{ else }}")
        if self._is_wild and self.rarely():
            keys.reverse()
        for index, key in enumerate(keys):
            if index and between and self.rarely():
                between()
            self._add(result, key, body())

    def _loop(self, result: Any, body: Any) -> None:
        name = self.name("each")
        objects = self.objects()
        kind = self.one("item", "pair", *(["object"] if objects else []))
        source = self.object() if kind == "pair" else objects if kind == "object" else self.sequence()
        self._loops.append((name, kind))
        self._add(result, f"${{{{ each {name} in {source} }}}}", body())
        self._loops.pop()

    def _add(self, result: Any, key: str, body: Tree) -> None:
        if isinstance(result, Pairs):
            result.append((key, body))
        else:
            result.append(Pairs([(key, body)]))

    # Parts of pipelines

    def items(self, kind: str, one: Any, depth: int = 2) -> list[Tree]:
        """The items of a list of steps, jobs, stages or variables."""
        result: list[Tree] = []
        lists = self._declared(kind, *(("laterSteps", "step") if kind == "steps" else ()))

        def between() -> None:
            ways = [lambda: result.append(one())]
            if self._templates.get(kind):
                ways.append(lambda: result.append(self.call(kind)))
            if lists:
                ways.append(lambda: result.append(f"${{{{ {self.one(*lists)} }}}}"))
            self.one(*ways)()

        def inner() -> list[Tree]:
            return self.items(kind, one, depth - 1)

        for _ in range(self.number(3, 1 if depth == 2 else 0)):
            way = self.number(5) if depth else 0
            if way == 1:
                self._branches(result, inner, between)
            elif way == 2:
                self._loop(result, inner)
            else:
                between()
        return result

    def call(self, kind: str) -> Pairs:
        """A reference to a template with arguments."""
        file = self.one(*self._templates[kind])
        declared = self._templates[kind][file]
        given = Pairs()
        for name in declared:
            if self.often():
                given.append((name, self.argument(name)))
        if self._is_wild and self.rarely():
            given.append(("none", "x"))
        if given and self.rarely():
            arguments = Pairs(given[1:])
            self._branches(arguments, lambda: Pairs(given[:1]))
            given = arguments
        path = f"${{{{ 'templates' }}}}/{file.partition('/')[2]}" if self.rarely() else file
        if self._is_wild and self.rarely():
            path = self.one("none.yml", f"{path}@other", ROOT, f"../{path}", "${{ variables['Build.Reason'] }}.yml")
        result = Pairs([("template", f"/{path}")])
        if given:
            result.append(("parameters", given))
        return result

    def argument(self, name: str) -> Tree:
        kind = name
        if self._is_wild and self.rarely():
            return self.value()
        mine = self._declared(kind, *(later for later, same in LATER.items() if same == kind))
        if mine and self.one(True, False):
            return f"${{{{ {self.one(*mine)} }}}}"
        if kind == "text":
            return self.value()
        if kind == "flag" and self.one(True, False):
            return f"${{{{ eq({self.text(1)}, {self.text(1)}) }}}}"
        if kind == "names" and self.one(True, False):
            result: list[Tree] = [self.value()]
            self._branches(result, lambda: [self.value()])
            return result
        if kind == "map" and self.one(True, False):
            return self.mapping()
        if kind == "steps" and self.one(True, False):
            return self.items("steps", self.step, 1)
        return self.one(*TYPES[kind][1])

    def step(self) -> Pairs:
        kind = self.one("script", "bash", "pwsh", "task", "checkout", "publish")
        if kind == "checkout":
            return Pairs([("checkout", "self")])
        result = Pairs([(kind, "Own@1" if kind == "task" else self.value())])
        if self.rarely():
            result.append(("displayName", self.value()))
        if self.rarely():
            result.append(("condition", f"eq('${{{{ {self.text()} }}}}', variables.x)"))
        if self.rarely():
            result.append((self.one("enabled", "continueOnError"), f"${{{{ eq({self.text()}, 'a') }}}}"))
        if kind != "publish" and self.rarely():
            result.append(("env", self.mapping()))
        if kind == "task" and self.often():
            result.append(("inputs", self.mapping()))
        if self.rarely():
            self._branches(result, lambda: Pairs([("name", self.name("step"))]))
        return result

    def job(self) -> Pairs:
        steps = self.items("steps", self.step, 1)
        if self.rarely():
            deploy = Pairs([("runOnce", Pairs([("deploy", Pairs([("steps", steps)]))]))])
            return Pairs([("deployment", self.name("d")), ("environment", "e"), ("strategy", deploy)])
        result = Pairs([("job", self.name("j"))])
        if self.rarely():
            result.append(("variables", self.variables()))
        if self.rarely():
            result.append(("pool", self.one("p", Pairs([("vmImage", self.value())]))))
        if self.rarely():
            self._branches(result, lambda: Pairs([("timeoutInMinutes", "5")]))
        result.append(("steps", steps))
        return result

    def stage(self) -> Pairs:
        result = Pairs([("stage", self.name("s"))])
        if self.rarely():
            result.append(("variables", self.variables()))
        if self.rarely():
            result.append(("dependsOn", self.one([], "s1", ["s1"])))
        result.append(("jobs", self.items("jobs", self.job, 1)))
        return result

    def variable(self) -> Pairs:
        return Pairs([("name", self.one("known", self.name("v"))), ("value", self.value())])

    def variables(self) -> Tree:
        if self.one(True, False):
            return self.items("variables", self.variable, 1)
        result = Pairs()
        for name in ("known", self.name("v")):
            if self.often():
                result.append((name, self.value()))
        if self.rarely():
            self._branches(result, lambda: Pairs([(self.name("v"), self.value())]))
        return result

    # Files

    def template(self, kind: str, file: str) -> str:
        """A template, which may include those that are written before it."""
        self._parameters = list(TYPES)
        root = Pairs()
        parts = {"steps": self.step, "jobs": self.job, "stages": self.stage, "variables": self.variable}
        if kind == "variables" and self.one(True, False):
            root.append((kind, self.variables()))
        elif self.rarely() and kind != "variables":
            self._branches(root, lambda: Pairs([(kind, self.items(kind, parts[kind]))]))
        else:
            root.append((kind, self.items(kind, parts[kind])))
        self._templates.setdefault(kind, {})[file] = declared = self._read_by(root)
        return yaml_of(self._with_parameters(root, declared))

    def _read_by(self, root: Tree) -> list[str]:
        """The parameters that a file reads."""
        text = yaml_of(root)
        return [name for name in self._parameters if re.search(rf"parameters\.{name}\b", text)]

    def _with_parameters(self, root: Pairs, names: Iterable[str]) -> Pairs:
        declared = [
            Pairs([("name", name), ("type", TYPES[LATER[name]][0])]) if name in LATER else self.declaration(name)
            for name in names
        ]
        return Pairs([("parameters", declared), *root]) if declared else root

    def declaration(self, name: str) -> Pairs:
        kind, defaults = TYPES[name]
        return Pairs([("name", name), ("type", kind), ("default", self.one(*defaults))])

    def pipeline(self) -> str:
        self._parameters = [*TYPES, *(LATER if self._has_unknowns else ())]
        root = Pairs()
        self.has_group = self._has_unknowns and self.one(True, False)
        if self.has_group:
            root.append(("variables", [Pairs([("group", "g")]), *self.items("variables", self.variable, 1)]))
        elif self.often():
            root.append(("variables", self.variables()))
        if self.rarely():
            root.append(("pool", Pairs([("vmImage", self.value())])))
        kind = self.one("steps", "steps", "jobs", "stages", "extends")
        if kind == "extends" and self._templates.get("stages"):
            root.append((kind, self.call("stages")))
            return self._pipeline(root)
        kind = "steps" if kind == "extends" else kind
        parts = {"steps": self.step, "jobs": self.job, "stages": self.stage}
        if self.rarely():
            self._branches(root, lambda: Pairs([(kind, self.items(kind, parts[kind]))]))
        else:
            root.append((kind, self.items(kind, parts[kind])))
        return self._pipeline(root)

    def _pipeline(self, root: Pairs) -> str:
        self._parameters = self._read_by(root)
        return yaml_of(self._with_parameters(root, self._parameters))

    def files(self) -> dict[str, str]:
        files: dict[str, str] = {}
        for _ in range(self.number(4)):
            kind = self.one("steps", "steps", "jobs", "stages", "variables")
            file = f"templates/{self.name(kind)}.yml"
            if self._is_wild:  # a cycle
                self._templates.setdefault(kind, {})[file] = []
            files[file] = self.template(kind, file)
        files[ROOT] = self.pipeline()
        if not self.has_group:  # a variable that no group may set is null
            files = {name: text.replace("variables.inGroup", "variables.known") for name, text in files.items()}
        return files

    def given(self) -> tuple[dict[str, str], dict[str, str]]:
        """Values for the parameters and variables of the run."""
        parameters = {}
        for name in self._parameters:
            if name in LATER:
                tree = self.one(*TYPES[LATER[name]][1])
                text = yaml_of(tree)
                parameters[name] = str(tree) if isinstance(tree, str) else text
        variables = {name: self.one(*values) for name, values in RUN.items()}
        if self.has_group:
            variables["inGroup"] = self.one("a", "", "b,c")
        return parameters, variables


@st.composite
def pipelines(draw: st.DrawFn, *, is_wild: bool = False, has_unknowns: bool = True) -> Given:
    """Pipelines with templates, and values for what they leave to the run."""
    writer = Writer(draw, is_wild=is_wild, has_unknowns=has_unknowns)
    files = writer.files()
    return Given(files, *writer.given())
