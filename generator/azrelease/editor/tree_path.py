"""The way from the root of a file to a place in it, with what the language allows at each step."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from azrelease.syntax.embedded import directive
from azrelease.syntax.language import KeyForm, ValueKind, file_kind, kind
from azrelease.yaml_document import node_offsets

Route: TypeAlias = tuple[str | int, ...]
"""The way to a value: the names of fields, and the numbers of items from 0."""


class TreeStep(NamedTuple):
    """A node on the way to a place.

    Attributes:
        node: the node.
        kind: what the language allows there.
        form: of a mapping, the form that its keys show; None where the user chooses the keys, or none is selected.
        key: the key of the mapping around it, or around its list, whose value it is in; empty at the root.
        owner: the name of the form that has this key.
        is_continued: whether it is a mapping under a directive, whose keys join those of the mapping around it.
    """

    node: Node
    kind: ValueKind
    form: KeyForm | None
    key: str
    owner: str
    is_continued: bool = False


class TreePath(NamedTuple):
    """The nodes from the root to a place.

    Attributes:
        steps: the nodes, the root first.
        is_key: whether the place is in the key of the last mapping, which then is the last step but one.
    """

    steps: tuple[TreeStep, ...]
    is_key: bool

    @property
    def last(self) -> TreeStep:
        """The innermost node."""
        return self.steps[-1]


def path_to(root: Node, offset: int) -> TreePath:
    """The way to an offset in the text; as far as there are nodes."""
    steps = [_step(root, file_kind(), "", "")]
    while True:
        step = steps[-1]
        found = _child(step, offset)
        if found is None:
            return TreePath(tuple(steps), is_key=False)
        child, is_key = found
        steps.append(child)
        if is_key or isinstance(child.node, ScalarNode):
            return TreePath(tuple(steps), is_key=is_key)


def route_to(path: TreePath) -> Route:
    """The route to the end of a way through the nodes of a file; at a key, that of its value."""
    route: list[str | int] = []
    for parent, child in pairwise(step.node for step in path.steps):
        if isinstance(parent, MappingNode):
            route.append(next((str(key.value) for key, value in parent.value if child in (key, value)), ""))
        else:
            route.append(next((index for index, item in enumerate(parent.value) if item is child), 0))
    return tuple(route)


def _child_kind(step: TreeStep, key: str) -> ValueKind:
    """What the language allows as the value of a key."""
    if directive(key) is not None:
        return step.kind
    if step.form is not None:
        return step.form.keys.get(key) or next(
            (of for name, of in step.form.keys.items() if name.casefold() == key.casefold()), kind("any")
        )
    return step.kind.free or kind("any")


def _step(node: Node, of: ValueKind, key: str, owner: str) -> TreeStep:
    return TreeStep(node, of, _form(node, of) if isinstance(node, MappingNode) else None, key, owner)


def _form(node: MappingNode, of: ValueKind) -> KeyForm | None:
    """The form of a mapping, by its keys and those under its directives."""
    names = list(_names(node))
    selecting = [of.by[name] for name in names if name in of.by]
    if selecting:
        return selecting[0]
    by_case = {name.casefold(): form for name, form in of.by.items()}
    return next((by_case[name.casefold()] for name in names if name.casefold() in by_case), of.default_form)


def _names(node: MappingNode) -> Iterator[str]:
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            continue
        if directive(key.value) is not None and isinstance(value, MappingNode):
            yield from _names(value)
        else:
            yield key.value


def _child(step: TreeStep, offset: int) -> tuple[TreeStep, bool] | None:
    node = step.node
    if isinstance(node, SequenceNode):
        of = step.kind.items or kind("any")
        for item in node.value:
            if _contains(item, offset):
                if isinstance(item, MappingNode) and _is_directive(item):
                    return _step(item, step.kind, step.key, step.owner), False
                return _step(item, of, step.key, step.owner), False
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            if _contains(key, offset):
                return _step(key, step.kind, step.key, step.owner), True
            if _contains(value, offset) and isinstance(key, ScalarNode):
                of = _child_kind(step, key.value)
                if directive(key.value) is not None:
                    return _under_directive(step, value), False
                owner = step.form.name if step.form is not None else step.owner
                name = key.value if step.form is not None else step.key
                return _step(value, of, name, owner), False
    return None


def _under_directive(step: TreeStep, value: Node) -> TreeStep:
    """The content of a directive: of a list, further items; of a mapping, further keys."""
    if isinstance(value, MappingNode) and step.kind.items is not None and not step.kind.forms:
        return _step(value, step.kind.items, step.key, step.owner)
    found = _step(value, step.kind, step.key, step.owner)
    if not isinstance(value, MappingNode):
        return found
    return found._replace(form=step.form or found.form, is_continued=step.form is not None)


def _is_directive(item: MappingNode) -> bool:
    return bool(item.value) and all(
        isinstance(key, ScalarNode) and directive(key.value) is not None for key, _ in item.value
    )


def surrounds(node: Node, offset: int) -> bool:
    """Whether an offset is in a node, before its end."""
    start, end = node_offsets(node)
    return start <= offset < end


def touches(node: Node, offset: int) -> bool:
    """Whether an offset is in a node, or at its end."""
    start, end = node_offsets(node)
    return start <= offset <= end


def _contains(node: Node, offset: int) -> bool:
    """Whether a node is at an offset; a scalar also where it ends."""
    return touches(node, offset) if isinstance(node, ScalarNode) else surrounds(node, offset)
