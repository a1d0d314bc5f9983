"""TOML as a `YamlDocument`, so that what is wrong in it has a line and a column as in YAML.

`tomllib` reads values and says nothing of where they stand. It goes first, and so this has only to find its way
through text that is TOML (toml.io/en/v1.0.0).
"""

import re
import tomllib
from bisect import bisect_right
from itertools import accumulate
from typing import Any

import yaml

from azrelease.diagnostics import BAD_YAML, TOO_DEEP, TOO_LARGE, Diagnostic, Span
from azrelease.errors import InvalidFileError
from azrelease.yaml_document import LARGEST_FILE, YamlDocument

_BETWEEN = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_KEY_PART = re.compile(r"[ \t]*(?P<key>[A-Za-z0-9_-]+|\"(?:\\.|[^\"\\])*\"|'[^']*')[ \t]*(?P<dot>\.)?")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:\\.|[^"\\])*"|\'[^\']*\'',
    re.DOTALL,
)
_OTHER = re.compile(r"[^,\]}#\r\n]+")
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def toml_document(text: str, path: str) -> YamlDocument:
    """Parse the text of a TOML file; `path` is only what findings are reported under.

    Raises:
        InvalidFileError: the text is not TOML.
    """
    if len(text) > LARGEST_FILE:
        raise InvalidFileError((Diagnostic(TOO_LARGE, "the file is too large", path, Span(1, 1, 1, 1)),), {})
    try:
        tomllib.loads(text)
    except RecursionError:
        problem = Diagnostic(TOO_DEEP, "nested too deep", path, Span(1, 1, 1, 1), "Look for brackets never closed.")
        raise InvalidFileError((problem,), {path: text}) from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidFileError((_syntax_problem(error, text, path),), {path: text}) from error
    return YamlDocument(path, text, _Scanner(text).document())


def _syntax_problem(error: tomllib.TOMLDecodeError, text: str, path: str) -> Diagnostic:
    message = str(error)
    found = _PLACE.search(message)
    # Without a place, it is the end of the document.
    line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
    said = _PLACE.sub("", message).strip().removesuffix("(at end of document)").strip()
    return Diagnostic(BAD_YAML, f"not TOML: {said}", path, Span(line, column, line, column + 1))


class _Scanner:
    """Walks through valid TOML once, and notes where keys and values stand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]

    def document(self) -> yaml.MappingNode:
        root = table = self._mapping(0)
        while self._skip():
            if self._text.startswith("[", self._at):
                array = self._text.startswith("[[", self._at)
                self._at += 2 if array else 1
                keys = self._keys()
                self._at += 2 if array else 1
                table = _descend(root, keys[:-1])
                table = self._append(table, keys[-1]) if array else _descend(table, keys[-1:])
            else:
                self._pair(table)
        return root

    def _skip(self) -> bool:
        """Go to the next key or value; whether there is one."""
        found = _BETWEEN.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at < len(self._text)

    def _pair(self, table: yaml.MappingNode) -> None:
        *way, last = self._keys()
        self._at = self._text.index("=", self._at) + 1
        self._skip()
        table = _descend(table, way)
        table.value.append((last, self._value()))

    def _keys(self) -> list[yaml.ScalarNode]:
        keys: list[yaml.ScalarNode] = []
        dot = True
        while dot:
            found = _KEY_PART.match(self._text, self._at)
            assert found is not None
            written = found["key"]
            name = written if written[0] not in "\"'" else tomllib.loads(f"key = {written}")["key"]
            keys.append(self._scalar(name, found.start("key"), found.end("key"), ""))
            self._at, dot = found.end(), bool(found["dot"])
        return keys

    def _value(self) -> yaml.Node:
        start = self._at
        if self._text[start] in "[{":
            return self._collection(start)
        found = (_STRING if self._text[start] in "\"'" else _OTHER).match(self._text, start)
        assert found is not None
        written = found[0].rstrip()
        self._at = start + len(written)
        value = tomllib.loads(f"value = {written}")["value"]
        if isinstance(value, str):
            return self._scalar(value, start, self._at, '"')
        if isinstance(value, bool):
            return self._scalar(str(value).lower(), start, self._at, "")
        if isinstance(value, int | float):
            return self._scalar(_number(value, written), start, self._at, "")
        return self._scalar(str(value), start, self._at, '"')

    def _collection(self, start: int) -> yaml.Node:
        table = self._text[start] == "{"
        mapping = self._mapping(start)
        items: list[yaml.Node] = []
        self._at += 1
        while self._skip() and self._text[self._at] not in "]}":
            if table:
                self._pair(mapping)
            else:
                items.append(self._value())
        self._at += 1
        end = self._mark(self._at)
        if table:
            mapping.flow_style, mapping.end_mark = True, end
            return mapping
        return yaml.SequenceNode("", items, self._mark(start), end, flow_style=True)

    def _append(self, table: yaml.MappingNode, key: yaml.ScalarNode) -> yaml.MappingNode:
        found = _child(table, key.value)
        if not isinstance(found, yaml.SequenceNode):
            found = yaml.SequenceNode("", [], key.start_mark, key.end_mark, flow_style=False)
            table.value.append((key, found))
        item = yaml.MappingNode("", [], key.start_mark, key.end_mark, flow_style=False)
        found.value.append(item)
        return item

    def _mapping(self, start: int) -> yaml.MappingNode:
        return yaml.MappingNode("", [], self._mark(start), self._mark(start), flow_style=False)

    def _scalar(self, value: str, start: int, end: int, style: str) -> yaml.ScalarNode:
        return yaml.ScalarNode("", value, self._mark(start), self._mark(end), style)

    def _mark(self, index: int) -> Any:  # noqa: ANN401  (of no type in PyYAML's stubs)
        line = bisect_right(self._starts, index) - 1
        return yaml.Mark("", index, line, index - self._starts[line], None, 0)


def _number(value: float, written: str) -> str:
    """A number as YAML writes it: as it stands where both mean the same, so that 3.10 stays what it is as text."""
    if written.startswith(("0x", "0o")) or _PLAIN_NUMBER.fullmatch(written):
        return written
    return repr(value).replace("inf", ".inf").replace("nan", ".nan")


def _descend(table: yaml.MappingNode, keys: list[yaml.ScalarNode]) -> yaml.MappingNode:
    """The table at a dotted key, made where it is not there; of a list of tables the last one."""
    for key in keys:
        found = _child(table, key.value)
        if isinstance(found, yaml.SequenceNode):
            found = found.value[-1]
        if not isinstance(found, yaml.MappingNode):
            found = yaml.MappingNode("", [], key.start_mark, key.end_mark, flow_style=False)
            table.value.append((key, found))
        table = found
    return table


def _child(table: yaml.MappingNode, name: str) -> yaml.Node | None:
    return next((value for key, value in table.value if key.value == name), None)
