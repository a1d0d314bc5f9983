"""Parameters that the expanded pipeline declares for what its expressions cannot say otherwise."""

import re
from collections.abc import Iterable, Sequence

from azrelease.expansion.origins import Origin
from azrelease.expansion.tree import ExpandedNode, node_of
from azrelease.expansion.unknowns import unknown_texts
from azrelease.syntax.expressions import Index, Literal, Name, Node, Unknown, Value

_NAMES = re.compile(r"\bparameters\.(\w+)")


class Placeholder:
    """A parameter of the expanded pipeline.

    Attributes:
        name: its name.
        text: the expression that it is for.
        origin: the first place with that expression.
        default: its value, for a mapping or list that an expression reads; None for a value that only the run knows.
    """

    __slots__ = ("default", "name", "origin", "text")

    def __init__(self, name: str, text: str, origin: Origin, default: ExpandedNode | None = None) -> None:
        self.name = name
        self.text = text
        self.origin = origin
        self.default = default


class Placeholders:
    """The parameters that an expansion adds.

    An expression of a template cannot be written in the expanded pipeline as it is: the parameters that it reads are
    gone. Mostly their values stand in for them. For the rest the pipeline gets a parameter without a default, which is
    as unknown, or one with the mapping or list as its default.
    """

    def __init__(self, pipeline: Origin) -> None:
        self._pipeline = pipeline
        self._by_text: dict[tuple[str, int], Placeholder] = {}
        self._by_value: dict[int, Placeholder] = {}

    def read_by(self, nodes: Iterable[ExpandedNode]) -> Sequence[Placeholder]:
        """The parameters that were added and that expressions of nodes read."""
        found = (*self._by_text.values(), *self._by_value.values())
        by_name = {each.name: each for each in found}
        names: set[str] = set()
        pending = list(nodes) if found else []
        while pending:
            for text in unknown_texts(pending.pop()):
                for name in _NAMES.findall(text.text):
                    if name in by_name and name not in names:
                        names.add(name)
                        default = by_name[name].default
                        pending += () if default is None else (default,)
        return tuple(each for each in found if each.name in names)

    def of(self, value: Unknown, text: str, origin: Origin) -> Node:
        """The expression of an unknown value; a parameter where there is none."""
        if value.expression is not None:
            return value.expression
        # The same text in another call or turn is another value.
        key = (text, id(origin.frame))
        found = self._by_text.get(key)
        if found is None:
            found = Placeholder(f"unknown_{len(self._by_text) + 1}", text, origin)
            self._by_text[key] = found
        return Index(Name("parameters", 0, 0), Literal(found.name, 0, 0), 0, 0)

    def spell(self, value: Value) -> str:
        """The text of a mapping or list in an expression."""
        node = node_of(value, self._pipeline)
        found = self._by_value.get(id(node))
        if found is None:
            found = Placeholder(f"known_{len(self._by_value) + 1}", "", node.origin, node)
            self._by_value[id(node)] = found
        return f"parameters.{found.name}"
