"""A YAML file with the place of everything in it.

`YamlDocument` keeps libyaml's node tree, so that any route (`("stages", 1, "name")`) can be turned into a line and a
column. Plain scalars are read as YAML 1.2 reads them (`on`, `yes` and `1:30` are text), and numbers remember
how they were written.

YAML features that Azure Pipelines refuses as well (anchors, aliases, tags, several documents) are findings.
"""

import logging
import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import yaml

from azrelease.diagnostics import (
    ALIAS,
    BAD_YAML,
    DUPLICATE_KEY,
    EMPTY_FILE,
    NOT_UTF8,
    SECOND_DOCUMENT,
    TOO_DEEP,
    TOO_LARGE,
    YAML_FEATURE,
    Code,
    Diagnostic,
    Span,
)
from azrelease.errors import InvalidFileError, UserError

logger = logging.getLogger(__name__)

# Without libyaml, PyYAML is slower and gives the same result.
if TYPE_CHECKING or yaml.__with_libyaml__:
    from yaml import CSafeLoader as _Loader
else:  # pragma: no cover
    from yaml import SafeLoader as _Loader


class _Composer(_Loader):
    """Composes nodes without looking for their types: these are read from the text, as YAML 1.2 has them."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ANN401, ARG002  (called by the parser)
        """No type is looked for."""
        return ""

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:  # noqa: ANN401  (called by the parser)
        """Paths of types are not used."""

    def ascend_resolver(self) -> None:
        """Paths of types are not used."""


KEY = "[key]"
"""At the end of a route: the key itself, not its value. (pydantic marks errors about keys so.)"""

MAX_DEPTH = 64
"""How deep collections may nest. No file that Azure Pipelines runs comes near it, and libyaml's own limit is the
stack of the process."""

LARGEST_FILE = 5_000_000
"""How many bytes of a file are read. The pipelines people write stay below a hundredth of it."""

# A tree with fewer levels than this cannot exhaust the stack of the C parser, which nests calls as deep as collections.
_SAFE_DEPTH = 400

# What may be an anchor, an alias, a tag or the mark of a document. Where none stands, the tree alone says everything.
_MAY_BE_FEATURE = re.compile(r"[&*!](?<=[\s\[{,:][&*!])[\w!<]")
_DEEP_PREFIX = re.compile(rf"^[ ?:-]{{{_SAFE_DEPTH // 2}}}", re.MULTILINE)

# The core schema of YAML 1.2 (yaml.org/spec/1.2.2, chapter 10.3.2).
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)

_LINE_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_RARE_BREAK = re.compile(r"[\r\x85\u2028\u2029]")

# With these the tree cannot be built, or is larger than the file.
_FATAL = (TOO_DEEP, SECOND_DOCUMENT, ALIAS)

_NO_BLANK = re.compile(r"\S")
_SINGLE_QUOTED = re.compile(r"''|\S")
_DOUBLE_QUOTED = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)|\S", re.DOTALL)
_BLANK_ESCAPES = frozenset(f"\\{character}" for character in "tnrvf_NLP \t\r\n")

_LONGEST_NUMBER = 100  # far below the length at which Python refuses to convert


class YamlInt(int):
    """A whole number read from a file, with the text it was written as (`010`, `0x1F`)."""

    text: str


class YamlFloat(float):
    """A number with a fraction read from a file, with the text it was written as (`3.10`)."""

    text: str


@dataclass(frozen=True)
class YamlDocument:
    """A YAML file that could be parsed.

    Attributes:
        path: the path as the user gave it.
        text: the text, without a byte order mark.
        root: the node tree; every node has its marks.
        problems: what is wrong though the tree can be read: keys that stand twice, anchors, tags.
        others: the nodes of the tree that stand in other files, by `id`, each with its file.
        dropped: keys that take out what stands in another file: the path of their file, their name and place.
    """

    path: str
    text: str
    root: yaml.Node
    problems: tuple[Diagnostic, ...] = ()
    others: Mapping[int, "YamlDocument"] = field(default_factory=dict)
    dropped: tuple[tuple[str, str, Span], ...] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read and parse a file.

        Raises:
            UserError: the file is not there or may not be read.
            InvalidFileError: it is not UTF-8, not YAML, or uses YAML that is not supported.
        """
        return cls.decode(read_file(str(path)), str(path))

    @classmethod
    def decode(cls, raw: bytes, path: str) -> Self:
        """Parse the bytes of a file; `path` is only what the findings are reported under.

        Raises:
            InvalidFileError: it is too large, not UTF-8, not YAML, or uses YAML that is not supported.
        """
        if len(raw) > LARGEST_FILE:
            message = f"the file is larger than {LARGEST_FILE:,} bytes and is not read"
            problem = Diagnostic(
                TOO_LARGE, message, path, Span(1, 1, 1, 1), "Move scripts and data to files of their own."
            )
            raise InvalidFileError((problem,), {})
        return cls.parse(_decode(raw, path), path)

    @classmethod
    def parse(cls, text: str, path: str) -> Self:
        """Parse text; `path` is only what the findings are reported under.

        Raises:
            InvalidFileError: the text is not YAML, or uses YAML that is not supported.
        """
        text = text.removeprefix("\ufeff")
        try:
            problems = tuple(_unsupported(text, path)) if _needs_events(text) else ()
            if any(problem.code in _FATAL for problem in problems):
                raise InvalidFileError(problems, {path: text})
            root = yaml.compose(text, Loader=_Composer)
        except yaml.YAMLError as error:
            raise InvalidFileError((_syntax_problem(error, text, path),), {path: text}) from error
        if root is None or (isinstance(root, yaml.ScalarNode) and not root.value and not root.style):
            hint = "A release file begins with `name:`; `azrelease schema` prints its fields. A pipeline has `steps:`."
            problem = Diagnostic(EMPTY_FILE, "the file is empty", path, Span(1, 1, 1, 1), hint)
            raise InvalidFileError((problem,), {path: text})
        found = _tree_problems(root, path)
        if any(problem.code is TOO_DEEP for problem in found):
            raise InvalidFileError(found, {path: text})
        return cls(path, text, root, (*problems, *found))

    @cached_property
    def data(self) -> Any:  # noqa: ANN401  (any YAML)
        """The content as plain Python values; numbers are `YamlInt` and `YamlFloat`, keys are text."""
        return _value(self.root)

    def node(self, route: Sequence[str | int]) -> yaml.Node:
        """The node at a route, or the last one that is there on the way to it."""
        node = self.root
        for step in route:
            node = _child(node, step) or node
        return node

    def reached(self, route: Sequence[str | int]) -> tuple[str | int, ...]:
        """As much of a route as there is, from its beginning on."""
        node = self.root
        for index, step in enumerate(route):
            below = _child(node, step)
            if below is None:
                return tuple(route[:index])
            node = below
        return tuple(route)

    def text_span(self, node: yaml.ScalarNode, start: int, end: int) -> Span:
        """Where part of the text of a scalar stands in the file.

        Args:
            node: the scalar.
            start: where the part begins in `node.value`, counted from 0.
            end: where it ends, not included.
        """
        places = self._places(node)
        if not places:
            return node_span(node)
        first = places[min(start, len(places) - 1)]
        last = places[max(min(end, len(places)) - 1, 0)]
        line, column = self._line_and_column(first)
        end_line, end_column = self._line_and_column(last)
        return Span(line, column, end_line, (max(end_column, column) if end_line == line else end_column) + 1)

    def index(self, line: int, column: int) -> int:
        """Where in the text of the file a line and column are; these count from 1."""
        return self._line_starts[line - 1] + column - 1

    def offset(self, node: yaml.ScalarNode, position: int) -> int:
        """Where in the text of the file a character of a scalar stands; both counted from 0."""
        places = self._places(node)
        return places[min(position, len(places) - 1)] if places else int(node.start_mark.index)

    def _places(self, node: yaml.ScalarNode) -> list[int]:
        """As `_places`; those of the scalar that was asked for last are kept, as others of it will follow."""
        if id(node) not in self._kept_places:
            self._kept_places.clear()
            self._kept_places[id(node)] = _places(self.text, node)
        return self._kept_places[id(node)]

    @cached_property
    def _kept_places(self) -> dict[int, list[int]]:
        return {}

    @cached_property
    def _line_starts(self) -> list[int]:
        return line_starts(self.text)

    def _line_and_column(self, index: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, index)
        return line, index - self._line_starts[line - 1] + 1

    def span(self, route: Sequence[str | int]) -> Span:
        """Where the value at a route stands; where its parent stands when it is not there.

        A route that ends in `KEY` is the place of the key before it.
        """
        return node_span(self._placed(route))

    def home(self, route: Sequence[str | int]) -> "YamlDocument":
        """The file that `span` is about: this one, or one that part of the tree comes from."""
        return self.others.get(id(_first(self._placed(route))), self)

    def _placed(self, route: Sequence[str | int]) -> yaml.Node:
        """The node that says where the end of a route is."""
        if route and route[-1] == KEY:
            *way, name = route[:-1]
            parent = self.node(way)
            pairs = parent.value if isinstance(parent, yaml.MappingNode) else ()
            return next((key for key, _ in pairs if key.value == name), parent)
        return self.node(route)

    @property
    def texts(self) -> dict[str, str]:
        """The texts that the tree was read from, by path."""
        return {document.path: document.text for document in (self, *self.others.values())}


def found_at(
    document: YamlDocument, route: Sequence[str | int], code: Code, message: str, hint: str | None = None
) -> Diagnostic:
    """A finding about the value at a route, in the file that it stands in."""
    return Diagnostic(code, message, document.home(route).path, document.span(route), hint)


def read_file(path: str) -> bytes:
    """The bytes of a file; of one that is larger than `LARGEST_FILE`, one byte more than that.

    Raises:
        UserError: the file is not there or may not be read.
    """
    logger.info("reading %s", path)
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  (a third faster, and there may be thousands)
            size = os.fstat(file.fileno()).st_size
            # What has no size, such as a pipe, is read up to the limit; a buffer of that size for each file takes long.
            return file.read(size + 1) or b"" if 0 < size <= LARGEST_FILE else _read_up_to(file, LARGEST_FILE + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error


def readable_text(raw: bytes) -> str:
    """As much as can be read of a file that is not UTF-8, to see what it was meant to be."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    if b"\0" in raw[:2]:
        return raw.decode("utf-16-be" if raw[:1] == b"\0" else "utf-16-le", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")


def _read_up_to(file: FileIO, most: int) -> bytes:
    parts: list[bytes] = []
    left = most
    while left > 0:
        part = file.read(min(left, 65536))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


@lru_cache(maxsize=4)
def split_lines(text: str) -> tuple[str, ...]:
    """The lines of a text as the marks of YAML count them (yaml.org/spec/1.1, chapter 5.4)."""
    return tuple(_LINE_BREAK.split(text) if _RARE_BREAK.search(text) else text.split("\n"))


def line_starts(text: str) -> list[int]:
    """Where the lines of a text begin, counted from 0; as many as `split_lines` gives."""
    return [0, *(found.end() for found in _LINE_BREAK.finditer(text))]


def node_span(node: yaml.Node) -> Span:
    """The span of a node; of a collection, that of its first key or item, where an editor would point.

    A block (`|`, `>`) ends where the line after it begins, as the parser has it.
    """
    first = _first(node)
    start, end = first.start_mark, first.end_mark
    if end.line != start.line:
        return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
    return Span(start.line + 1, start.column + 1, end.line + 1, max(end.column, start.column + 1) + 1)


def _first(node: yaml.Node) -> yaml.Node:
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        node = node.value[0][0] if isinstance(node, yaml.MappingNode) else node.value[0]
    return node


def _child(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        found: Iterator[yaml.Node] = (value for key, value in node.value if key.value == step)
        return next(found, None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item
    return None


def _decode(raw: bytes, path: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw[:2]:
        message = "the file is UTF-16 or no text at all, not UTF-8"
        problem = Diagnostic(
            NOT_UTF8,
            message,
            path,
            Span(1, 1, 1, 1),
            "Save it as UTF-8; in PowerShell: `Out-File -Encoding utf8`.",
        )
        raise InvalidFileError((problem,), {})
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line, column = _place_after(before)
        message = f"the file is not UTF-8: byte 0x{raw[error.start]:02x} cannot be read"
        span = Span(line, column, line, column + 1)
        problem = Diagnostic(NOT_UTF8, message, path, span, "Save it as UTF-8.")
        raise InvalidFileError((problem,), {path: before}) from error


def _place_after(text: str) -> tuple[int, int]:
    """Line and column of what follows a text."""
    lines = split_lines(text)
    return len(lines), len(lines[-1]) + 1


def _unsupported(text: str, path: str) -> Iterator[Diagnostic]:
    """What no release file and no pipeline may use.

    Looks at events, before there is a tree, so that no nesting can exhaust the stack and no alias multiply.
    """
    depth = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.NodeEvent):
            for code, what, hint in _node_features(event):
                yield Diagnostic(code, what, path, _event_span(event), hint)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                hint = "Keep one document in a file."
                yield Diagnostic(SECOND_DOCUMENT, "a second document begins here", path, _event_span(event), hint)
                return
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield _too_deep(path, _event_span(event))
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _node_features(event: yaml.NodeEvent) -> Iterator[tuple[Code, str, str]]:
    """What a node uses that is not supported: code, message and hint of each."""
    if isinstance(event, yaml.AliasEvent):
        yield ALIAS, f"the alias *{event.anchor} is not supported", "Write the value out."
    elif event.anchor:
        hint = "Azure Pipelines refuses anchors too. Remove it."
        yield YAML_FEATURE, f"the anchor &{event.anchor} is not supported", hint
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
        hint = "Remove the tag; put quotes around a value that is to be text."
        yield YAML_FEATURE, f"the tag {event.tag} is not supported", hint


def _event_span(event: yaml.Event) -> Span:
    mark = event.start_mark
    return Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2) if mark else Span(1, 1, 1, 1)


def _syntax_problem(error: yaml.YAMLError, text: str, path: str) -> Diagnostic:
    mark = (error.problem_mark or error.context_mark) if isinstance(error, yaml.MarkedYAMLError) else None
    if mark and "exceeded maximum nesting depth" in str(error):
        # The limit of libyaml itself, met while it looks ahead for the end of a flow collection.
        return _too_deep(path, Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2))
    if mark and isinstance(error, yaml.MarkedYAMLError):
        line, column = mark.line + 1, mark.column + 1
        message = ", ".join(filter(None, (error.context, error.problem)))
    else:
        # The reader gives a position, not a mark: libyaml in bytes, the reader in Python in characters.
        position = getattr(error, "position", 0)
        if getattr(error, "encoding", None) == "?":
            position = len(text.encode()[:position].decode(errors="ignore"))
        line, column = _place_after(text[:position])
        message = str(getattr(error, "reason", error))
    hint = _syntax_hint(text, line, column) if mark else "Remove the character, or write it as an escape in quotes."
    return Diagnostic(BAD_YAML, f"not YAML: {message}", path, Span(line, column, line, column + 1), hint)


def _syntax_hint(text: str, line: int, column: int) -> str | None:
    lines = split_lines(text)
    if line > len(lines):
        return None
    content = lines[line - 1]
    rest = content[column - 1 :]
    if "\t" in content[: len(content) - len(content.lstrip())] or rest.startswith("\t"):
        return "Indent with spaces: YAML does not allow tabs there."
    if rest.startswith(("@", "`", "%", "*", "&", "!", ":")) or ": " in content[:column]:
        return "Put quotes around a value that holds `: ` or begins with a special character."
    return "Look at this line and the one above: indentation, quotes and brackets."


def _tree_problems(root: yaml.Node, path: str) -> tuple[Diagnostic, ...]:
    """Keys that stand twice, keys that are no text, and nesting that is too deep, in the order of the file.

    The keys that Azure Pipelines expands (`${{ if … }}`, `${{ insert }}`) may stand several times.
    """
    found: list[Diagnostic] = []
    waiting = [] if isinstance(root, yaml.ScalarNode) else [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            return (_too_deep(path, node_span(node)),)
        values = node.value
        if isinstance(node, yaml.MappingNode):
            if not _keys_are_fine(node):
                found.extend(_key_problems(node, path))
            values = [value for _, value in values]
        waiting.extend((value, depth + 1) for value in values if not isinstance(value, yaml.ScalarNode))
    return tuple(sorted(found, key=lambda problem: problem.span))


def _keys_are_fine(mapping: yaml.MappingNode) -> bool:
    """Whether all keys are texts and different, as nearly always."""
    try:
        return len({key.value for key, _ in mapping.value}) == len(mapping.value)
    except TypeError:  # the value of a key that is no text is a list
        return False


def _key_problems(mapping: yaml.MappingNode, path: str) -> Iterator[Diagnostic]:
    seen: dict[str, int] = {}
    for key, _ in mapping.value:
        if not isinstance(key, yaml.ScalarNode):
            token = isinstance(key, yaml.MappingNode) and key.flow_style
            message = "`{{ … }}` was not filled in" if token else "a key must be text"
            hint = "This looks like a template that a tool was to fill in." if token else "Quote the key."
            yield Diagnostic(YAML_FEATURE, message, path, node_span(key), hint)
        elif key.value in seen and not key.value.startswith("${{"):
            message = f"`{key.value}` stands here a second time (first on line {seen[key.value]})"
            hint = "Only one of the two would count: remove or rename one."
            yield Diagnostic(DUPLICATE_KEY, message, path, node_span(key), hint)
        else:
            seen[key.value] = key.start_mark.line + 1


def _too_deep(path: str, span: Span) -> Diagnostic:
    message = f"nested more than {MAX_DEPTH} levels deep"
    return Diagnostic(TOO_DEEP, message, path, span, "Look for brackets that are never closed.")


def _needs_events(text: str) -> bool:
    """Whether the events of a text have to be looked at before there is a tree."""
    brackets = text.count("[") + text.count("{") - 2 * text.count("${{")
    return bool(
        brackets > _SAFE_DEPTH
        or text.startswith(("&", "*", "!"))
        or "\n---" in text
        or _DEEP_PREFIX.search(text)
        or _MAY_BE_FEATURE.search(text)
    )


def _places(text: str, node: yaml.ScalarNode) -> list[int]:
    """For each character of a scalar, where in the text it stands.

    Whatever the style, characters that are no blanks stand in the file in the order of the value; only quotes and
    escapes stand between. A blank stands where the character before it ends.
    """
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in ("'", '"'):
        start, end = start + 1, end - 1
    elif node.style in ("|", ">"):
        start = text.find("\n", start) + 1
    pattern = _SINGLE_QUOTED if node.style == "'" else _DOUBLE_QUOTED if node.style == '"' else _NO_BLANK
    written = (found for found in pattern.finditer(text, start, end) if found[0] not in _BLANK_ESCAPES)
    places: list[int] = []
    place = start - 1
    for character in node.value:
        found = None if character.isspace() else next(written, None)
        place = found.start() if found else place + 1
        places.append(place)
    return places


def _value(node: yaml.Node) -> Any:  # noqa: ANN401  (any YAML)
    if isinstance(node, yaml.MappingNode):
        return {key.value: _value(value) for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    assert isinstance(node, yaml.ScalarNode)
    # Plain: "" from libyaml, None from the parser in Python.
    return node.value if node.style else _scalar(node.value)


def _scalar(text: str) -> str | bool | int | float | None:
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        whole = YamlInt(text, 0) if text.startswith(("0o", "0x")) else YamlInt(text)
        whole.text = text
        return whole
    if _FLOAT.fullmatch(text):
        named = text.lower().endswith(("inf", "nan"))
        number = YamlFloat(text.replace(".", "") if named else text)
        number.text = text
        return number
    return text
