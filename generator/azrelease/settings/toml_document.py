"""TOML as a `YamlDocument`, so that what is wrong in it has a line and a column as in YAML.

`tomllib` says what is in it. tomlkit keeps the text of each key and value, but not its place: that is found by looking
for these texts in their order.
"""

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from typing import Any

import tomlkit
import yaml
from tomlkit.container import Container
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Item, Table

from azrelease.settings.toml_values import toml_values
from azrelease.yaml_document import KEY, YamlDocument

Route = tuple[str | int, ...]

_BETWEEN = re.compile(r"(?:[ \t\r\n,.=]|#[^\n]*)*")
"""What is between the keys and values of a table or an array."""

_YAML_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|0x[0-9A-Fa-f]+|0o[0-7]+")


def toml_document(text: str, path: str) -> YamlDocument:
    """Parse the text of a TOML file; `path` is only what findings are reported under.

    Raises:
        InvalidFileError: the text is not TOML.
    """
    return YamlDocument(path, text, _Nodes(text).node(toml_values(text, path), ()))


class _Nodes:
    """Makes the nodes of a document; one whose place is not known has that of what it is in."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places = _Places(text).known
        self._starts = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]

    def node(self, value: Any, route: Route) -> yaml.Node:  # noqa: ANN401  (any TOML)
        """The node of a value at a route."""
        start, end = self._place(route)
        marks = self._mark(start), self._mark(end)
        if isinstance(value, dict):
            pairs = [(self._key(name, (*route, name, KEY)), self.node(v, (*route, name))) for name, v in value.items()]
            return yaml.MappingNode("", pairs, *marks, flow_style=self._text.startswith("{", start))
        if isinstance(value, list):
            nodes = [self.node(item, (*route, index)) for index, item in enumerate(value)]
            return yaml.SequenceNode("", nodes, *marks, flow_style=self._text.startswith("[", start))
        if isinstance(value, bool):
            return yaml.ScalarNode("", str(value).lower(), *marks, "")
        if isinstance(value, int | float):
            return yaml.ScalarNode("", _number(value, self._text[start:end]), *marks, "")
        return yaml.ScalarNode("", str(value), *marks, '"')

    def _key(self, name: str, route: Route) -> yaml.ScalarNode:
        start, end = self._place(route)
        return yaml.ScalarNode("", name, self._mark(start), self._mark(end), "")

    def _place(self, route: Route) -> tuple[int, int]:
        while route and route not in self._places:
            route = route[:-1]
        return self._places.get(route, (0, 0))

    def _mark(self, index: int) -> Any:  # noqa: ANN401  (of no type in PyYAML's stubs)
        line = bisect_right(self._starts, index) - 1
        return yaml.Mark("", index, line, index - self._starts[line], None, 0)


class _Places:
    """Looks for the keys and values of a document.

    Attributes:
        known: where each begins and ends in the text, by its route; a table is where its header is.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._sizes: Counter[Route] = Counter()
        self.known: dict[Route, tuple[int, int]] = {}
        try:
            self._fill(tomlkit.parse(text), (), 0)
        except TOMLKitError:
            # It refuses some TOML that tomllib reads, such as a table that dotted keys begin and a header goes on with.
            self.known.clear()

    def _fill(self, container: Container, route: Route, at: int) -> int:
        """Look for what is in a container whose text begins at an index; returns where that text ends."""
        for key, item in container.body:
            if key is None:
                continue
            here = (*route, key.key)
            if isinstance(item, AoT):
                for table in item.body:
                    each = (*here, self._sizes[here])
                    self._sizes[here] += 1
                    at = self._fill(table.value, each, self._header(table, each, at))
            elif isinstance(item, Table) and not key.is_dotted():
                # A table of an array of tables belongs to the last one before it.
                here = (*here, self._sizes[here] - 1) if self._sizes[here] else here
                at = self._fill(item.value, here, at if item.is_super_table() else self._header(item, here, at))
            else:
                at = self._note((*here, KEY), self._after(at), key.as_string().strip())
                if isinstance(item, Table):
                    at = self._fill(item.value, here, at)
                else:
                    at = self._value(item, here, self._after(at))
        return at

    def _header(self, table: Table, route: Route, at: int) -> int:
        """Look for the header of a table, which is the place of the tables above it too; returns where it ends."""
        name = re.escape((table.display_name or "").strip())
        header = re.compile(rf"^[ \t]*(\[+[ \t]*{name}[ \t]*\]+)", re.MULTILINE)
        # tomlkit joins the tables of one array, also those with other tables between them.
        found = header.search(self._text, at) or header.search(self._text)
        if found is None:
            return at
        for length in range(1, len(route) + 1):
            self._note(route[:length], found.start(1), found[1])
            self._note((*route[:length], KEY), found.start(1), found[1])
        return found.end()

    def _value(self, item: Item | bool, route: Route, at: int) -> int:
        if isinstance(item, Array):
            end = at + 1
            for index, each in enumerate(item):
                end = self._value(each, (*route, index), self._after(end))
            return self._note(route, at, self._text[at : self._after(end) + 1])
        if isinstance(item, InlineTable):
            end = self._fill(item.value, route, at + 1)
            return self._note(route, at, self._text[at : self._after(end) + 1])
        return self._note(route, at, str(item).lower() if isinstance(item, bool) else item.as_string())

    def _note(self, route: Route, at: int, written: str) -> int:
        self.known.setdefault(route, (at, at + len(written)))
        return at + len(written)

    def _after(self, at: int) -> int:
        """Where the next key, value or bracket is."""
        found = _BETWEEN.match(self._text, at)
        return found.end() if found else at


def _number(value: float, written: str) -> str:
    """A number as YAML writes it: as it is written where both mean the same, so that 3.10 stays what it is as text."""
    if _YAML_NUMBER.fullmatch(written) and tomllib.loads(f"number = {written}")["number"] == value:
        return written
    return repr(value).replace("inf", ".inf").replace("nan", ".nan")
