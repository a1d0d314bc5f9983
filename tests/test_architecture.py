"""What holds in every file of the package: imports without circles, names that mean one thing, plain code, plain words."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "generator" / "azrelease"
FILES = sorted(PACKAGE.rglob("*.py"))

LONGEST_COMMAND = 150
"""Lines of a file of the command line: arguments in, a call, a report out."""

PUBLIC_UNDERSCORES = {"_replace", "_asdict", "_fields", "_make"}
"""What named tuples offer publicly (docs.python.org/3/library/collections.html#collections.namedtuple)."""

QUAINT = {
    r"(?<!there )\bis no (?!longer)\w": "say what it must be: `must be 0 to 3600 seconds`, `invalid URL`",
    r"\bstands?\b(?! in\b)": "is, has, comes",
    r"\btold\b|\btells?\b": "reported, says, shows",
    r"\bwhoever\b|\bnobody\b": "name the subject: the user, the token, the agent",
    r"\bmade here\b": "managed by azrelease",
    r"\bsay --": "pass --",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\btaken leave of\b|\ba stranger\b|\bstranger's\b": "plain words",
    r"\bhalf of a character\b": "unpaired surrogate",
    r"\bis there already\b|\bare there already\b": "already exists",
}
"""Phrases that a reader stumbles over, and what to write."""


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


MODULES = {module_of(path): path for path in FILES}


def imported(path: Path) -> set[str]:
    """The modules of the package that a file imports anywhere, in functions too."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("azrelease"):
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                found.add(name if name in MODULES else node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name in MODULES)
    return found - {module_of(path)}


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other (Tarjan's strongly connected components)."""
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    result: list[list[str]] = []

    def visit(name: str) -> None:
        numbers[name] = lowest[name] = len(numbers)
        stack.append(name)
        for other in sorted(graph.get(name, ())):
            if other not in numbers:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in stack:
                lowest[name] = min(lowest[name], numbers[other])
        if lowest[name] == numbers[name]:
            at = stack.index(name)
            group, stack[at:] = stack[at:], []
            if len(group) > 1:
                result.append(sorted(group))

    for name in graph:
        if name not in numbers:
            visit(name)
    return result


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_no_files_import_each_other() -> None:
    assert circles({module: imported(path) for module, path in MODULES.items()}) == []


def test_a_class_name_means_one_thing() -> None:
    places = defaultdict(list)
    for path in FILES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(module_of(path))
    assert {name: modules for name, modules in places.items() if len(modules) > 1} == {}


def test_commands_are_thin() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in (PACKAGE / "cli").glob("*.py")}
    assert {name: length for name, length in lengths.items() if length > LONGEST_COMMAND} == {}


def test_code_is_plain() -> None:
    assert [module_of(path) for path in FILES if "type: ignore" in path.read_text(encoding="utf-8")] == []
    assert {module_of(path): members for path in FILES if (members := list(private_members(path)))} == {}


def private_members(path: Path) -> Iterator[str]:
    """Members with an underscore of anything but the file's own objects."""
    own = {node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef | ast.FunctionDef)} | {
        node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute) and _is_self(node.value)
    }
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Attribute) or not re.match(r"_[a-z]", node.attr):
            continue
        if node.attr not in PUBLIC_UNDERSCORES and node.attr not in own and not _is_self(node.value):
            yield f"line {node.lineno}: {node.attr}"
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.module.startswith("azrelease"):
            names = (*node.module.split("."), *(alias.name for alias in node.names))
            yield from (f"line {node.lineno}: {name}" for name in names if re.match(r"_[a-zA-Z]", name))


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def test_words_are_plain() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {match[0]!r}: {better}"
        for path in FILES
        for line, text in texts(path)
        for phrase, better in QUAINT.items()
        for match in re.finditer(phrase, text, re.IGNORECASE)
    ]
    assert found == []


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Messages, descriptions and docstrings of a file, with the line that they begin in."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
