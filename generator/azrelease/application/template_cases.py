"""Cases of template tests: a template or a pipeline, its parameters, and what its expansion has to be.

A case file has a list `cases`, or is one case:

    name: tests on one image
    template: ../steps/test.yml
    parameters: {image: ubuntu-24.04}
    expect:
      contains:
      - bash: pytest
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml
from yaml import MappingNode, ScalarNode, SequenceNode

from azrelease.diagnostics import CONFLICTING_FIELDS, MISSING_FIELD, UNKNOWN_FIELD, WRONG_TYPE, Code, Diagnostic
from azrelease.errors import InvalidFileError, UserError
from azrelease.suggestions import suggestion
from azrelease.yaml_document import YamlDocument, node_span, scalar_value

_SUFFIXES = (".yml", ".yaml")
_CASE_KEYS = ("name", "template", "pipeline", "kind", "parameters", "variables", "expect")
_EXPECT_KEYS = ("equal", "contains", "lacks", "refuse")
_MARKS = frozenset(("cases", "expect"))
_KINDS = ("steps", "jobs", "stages", "variables", "extends")


class ExpectedContent(NamedTuple):
    """What an expansion has to be.

    Attributes:
        equal: its whole content; None for any.
        contains: what has to be in it: partial mappings, and texts.
        lacks: what must not be in it.
        refuse: a part of the message with which the service refuses it; None where it must not refuse.
    """

    equal: yaml.Node | None = None
    contains: tuple[yaml.Node, ...] = ()
    lacks: tuple[yaml.Node, ...] = ()
    refuse: str | None = None


class TemplateCase(NamedTuple):
    """A case.

    Attributes:
        document: its file.
        node: its mapping in the file.
        name: its name.
        target: the file that is expanded.
        is_pipeline: whether that is a pipeline; else a template.
        kind: what the template has: steps, jobs, stages, variables, or `extends`; None to see from its keys.
        parameters: the parameters by name.
        variables: the values of variables that the files do not set.
        expected: what the expansion has to be.
    """

    document: YamlDocument
    node: MappingNode
    name: str
    target: Path
    is_pipeline: bool
    kind: str | None
    parameters: MappingNode | None
    variables: MappingNode | None
    expected: ExpectedContent


class CaseFile(NamedTuple):
    """A file with cases."""

    path: Path
    document: YamlDocument
    cases: tuple[TemplateCase, ...]


class FoundCases(NamedTuple):
    """The case files of a folder, and its other YAML files, which have no cases."""

    files: tuple[CaseFile, ...]
    others: tuple[Path, ...]


def find_cases(folder: Path) -> FoundCases:
    """The cases of a folder and the folders in it, or of one file.

    Raises:
        UserError: it does not exist, or a file cannot be read.
        InvalidFileError: a case cannot be used.
    """
    if not folder.exists():
        raise UserError(f"{folder}: no such folder")
    is_file = folder.is_file()
    paths = [folder] if is_file else sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    files: list[CaseFile] = []
    others: list[Path] = []
    problems: list[Diagnostic] = []
    texts: dict[str, str] = {}
    for path in paths:
        document = YamlDocument.read(path)
        root = document.root
        if not isinstance(root, MappingNode) or not _MARKS & {key.value for key, _ in root.value}:
            others.append(path)
            continue
        reader = _CaseReader(path, document)
        files.append(CaseFile(path, document, tuple(reader.cases(root))))
        problems += reader.problems
        texts[document.path] = document.text
    if problems:
        raise InvalidFileError(problems, texts)
    return FoundCases(tuple(files), tuple(others))


class _CaseReader:
    def __init__(self, path: Path, document: YamlDocument) -> None:
        self._path = path
        self._document = document
        self.problems: list[Diagnostic] = []

    def cases(self, root: MappingNode) -> Iterator[TemplateCase]:
        """The cases of the file."""
        entries = dict(_pairs(root))
        if "cases" not in entries:
            yield from self._case(root, 1)
            return
        for name in entries:
            if name != "cases":
                self._problem(
                    UNKNOWN_FIELD, root, f"unknown key `{name}` beside `cases`", "Each case has its own keys."
                )
        listed = entries["cases"]
        if not isinstance(listed, SequenceNode):
            self._problem(WRONG_TYPE, listed, "`cases` must be a list of cases")
            return
        for number, item in enumerate(listed.value, start=1):
            if isinstance(item, MappingNode):
                yield from self._case(item, number)
            else:
                self._problem(WRONG_TYPE, item, "a case must be a mapping with `template` or `pipeline`")

    def _case(self, node: MappingNode, number: int) -> Iterator[TemplateCase]:
        before = len(self.problems)
        entries = self._entries(node, _CASE_KEYS, "a case")
        targets = [key for key in ("template", "pipeline") if key in entries]
        if len(targets) != 1:
            code = CONFLICTING_FIELDS if targets else MISSING_FIELD
            self._problem(code, node, "a case must have one of `template` and `pipeline`", "A path from this file.")
            return
        target = self._text(entries, targets[0]) or ""
        path = Path(self._path.parent, target)
        if not path.is_file():
            self._problem(MISSING_FIELD, entries[targets[0]], f"`{target}` does not exist", "A path from this file.")
        kind = self._text(entries, "kind")
        if kind is not None and kind not in _KINDS:
            hint = suggestion(kind, _KINDS, f"One of: {', '.join(_KINDS)}.")
            self._problem(WRONG_TYPE, entries["kind"], f"`{kind}` is not a kind of templates", hint)
        case = TemplateCase(
            self._document,
            node,
            self._text(entries, "name") or f"case {number}",
            path,
            targets[0] == "pipeline",
            kind,
            self._mapping(entries, "parameters"),
            self._mapping(entries, "variables"),
            self._expected(entries),
        )
        if len(self.problems) == before:
            yield case

    def _expected(self, entries: dict[str, yaml.Node]) -> ExpectedContent:
        node = self._mapping(entries, "expect")
        if node is None:
            return ExpectedContent()
        expected = self._entries(node, _EXPECT_KEYS, "`expect`")
        if "refuse" in expected and len(expected) > 1:
            self._problem(
                CONFLICTING_FIELDS, node, "what the service refuses has no content to expect", "Keep `refuse`."
            )
        contains, lacks = self._items(expected, "contains"), self._items(expected, "lacks")
        return ExpectedContent(expected.get("equal"), contains, lacks, self._text(expected, "refuse"))

    def _items(self, entries: dict[str, yaml.Node], key: str) -> tuple[yaml.Node, ...]:
        node = entries.get(key)
        if node is None:
            return ()
        if not isinstance(node, SequenceNode) or not node.value:
            self._problem(WRONG_TYPE, node, f"`{key}` must be a list of partial mappings and texts")
            return ()
        return tuple(node.value)

    def _entries(self, node: MappingNode, known: tuple[str, ...], what: str) -> dict[str, yaml.Node]:
        entries = dict(_pairs(node))
        for name in entries:
            if name not in known:
                hint = suggestion(name, known, f"One of: {', '.join(known)}.")
                self._problem(UNKNOWN_FIELD, node, f"{what} has no key `{name}`", hint)
        return entries

    def _mapping(self, entries: dict[str, yaml.Node], key: str) -> MappingNode | None:
        node = entries.get(key)
        if isinstance(node, MappingNode):
            return node
        if node is not None and not (isinstance(node, ScalarNode) and scalar_value(node) is None):
            self._problem(WRONG_TYPE, node, f"`{key}` must be a mapping")
        return None

    def _text(self, entries: dict[str, yaml.Node], key: str) -> str | None:
        node = entries.get(key)
        if node is None:
            return None
        if not isinstance(node, ScalarNode) or not node.value:
            self._problem(WRONG_TYPE, node, f"`{key}` must be a text")
            return None
        return str(node.value)

    def _problem(self, code: Code, node: yaml.Node, message: str, hint: str | None = None) -> None:
        self.problems.append(Diagnostic(code, message, self._document.path, node_span(node), hint))


def _pairs(node: MappingNode) -> Iterator[tuple[str, yaml.Node]]:
    return ((key.value, value) for key, value in node.value if isinstance(key, ScalarNode))
