"""Paths of the parts of an expanded pipeline: `stages.build.jobs.test.steps[2].inputs.script`.

A step of a path is a key, the name of an item (`build`), or the number of an item from 0 (`[2]`). A key that has other
characters is quoted: `variables['a.b']`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.expansion.tree import (
    ExpandedEntry,
    ExpandedMapping,
    ExpandedNode,
    ExpandedScalar,
    ExpandedSequence,
    is_directive_item,
)
from azrelease.suggestions import suggestion

NAME_KEYS = ("stage", "job", "deployment", "name", "group", "repository", "pipeline", "container", "package", "webhook")
"""The keys that name an item of a list, where it has one of them."""

_STEP = re.compile(r"(?:^|\.)(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]|\[(?P<quote>['\"])(?P<key>.*?)(?P=quote)\]")
_PLAIN = re.compile(r"[^.\[\]'\"]+")
_SHOWN = 12


class NodePath(NamedTuple):
    """A node of an expanded pipeline and its path.

    Attributes:
        path: the path with names where there are some.
        node: the node.
        key: the key of the node, where it is the value of a mapping.
    """

    path: str
    node: ExpandedNode
    key: ExpandedScalar | None = None


def name_of(item: ExpandedNode) -> str | None:
    """The name of an item of a list."""
    if not isinstance(item, ExpandedMapping):
        return None
    for key in NAME_KEYS:
        name = item.nodes.get(key)
        if isinstance(name, ExpandedScalar) and name.text:
            return name.text
    return None


def paths_below(node: ExpandedNode, path: str = "") -> Iterator[NodePath]:
    """Every node below a node with its path, in their order."""
    for child in children(node, path):
        yield child
        yield from paths_below(child.node, child.path)


def children(node: ExpandedNode, path: str) -> Iterator[NodePath]:
    """The values of a mapping, or the items of a list."""
    if isinstance(node, ExpandedMapping):
        for entry in node.entries:
            yield NodePath(f"{path}{_key_step(entry.key.text, is_first=not path)}", entry.value, entry.key)
    elif isinstance(node, ExpandedSequence):
        names = [name_of(item) for item in node.items]
        for index, (item, name) in enumerate(zip(node.items, names, strict=True)):
            is_unique = name is not None and _PLAIN.fullmatch(name) and not name.isdigit() and names.count(name) == 1
            yield NodePath(f"{path}.{name}" if is_unique else f"{path}[{index}]", item)


def node_at(root: ExpandedMapping, path: str) -> NodePath:
    """The node of a path. Names are compared without regard to letter case.

    Raises:
        UserError: the path has another form, or leads nowhere; the message names what exists there.
    """
    found = NodePath("", root)
    position = 0
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise UserError(f"{path}: not a path, at `{path[position:]}`; such as stages.build.jobs.test.steps[2]")
        position = step.end()
        found = _child(found, step, path)
    if not found.path:
        raise UserError(f"the path is empty; it has: {_named(found)}")
    return found


def _child(parent: NodePath, step: re.Match[str], whole: str) -> NodePath:
    wanted = step["name"] or step["key"] or step["index"]
    by_name: NodePath | None = None
    for index, child in enumerate(children(parent.node, parent.path)):
        if isinstance(parent.node, ExpandedSequence):
            if str(index) == wanted:
                return child
            name = name_of(child.node)
        else:
            name = child.key.text if child.key else None
        if name == wanted:
            return child
        if by_name is None and name is not None and name.casefold() == wanted.casefold():
            by_name = child
    # Directives that only the run decides are between a list and its items.
    below = (_child_or_none(child, step, whole) for child in _directives(parent))
    found = by_name or next((each for each in below if each), None)
    if found is None:
        where = parent.path or "the pipeline"
        if isinstance(parent.node, ExpandedScalar):
            raise UserError(f"{whole}: {where} is a text, without parts")
        names = [name for name in _names(parent) if not name.isdigit()]
        near = suggestion(wanted, names)
        raise UserError(f"{whole}: {where} has no `{wanted}`. {f'{near} ' if near else ''}It has: {_named(parent)}")
    return found


def _child_or_none(parent: NodePath, step: re.Match[str], whole: str) -> NodePath | None:
    try:
        return _child(parent, step, whole)
    except UserError:
        return None


def _directives(parent: NodePath) -> Iterator[NodePath]:
    for child in children(parent.node, parent.path):
        is_directive = child.key is not None and ExpandedEntry(child.key, child.node).is_directive
        if is_directive or (isinstance(parent.node, ExpandedSequence) and is_directive_item(child.node)):
            yield child


def _names(parent: NodePath) -> list[str]:
    if isinstance(parent.node, ExpandedMapping):
        return [entry.key.text for entry in parent.node.entries]
    names: list[str] = []
    for index, item in enumerate(parent.node.items if isinstance(parent.node, ExpandedSequence) else ()):
        if isinstance(item, ExpandedMapping) and is_directive_item(item):
            inner = (_names(NodePath("", entry.value)) for entry in item.entries)
            names += (name for each in inner for name in each)
        else:
            names.append(name_of(item) or str(index))
    return names


def _named(parent: NodePath) -> str:
    names = _names(parent)
    if not names:
        return "nothing"
    return ", ".join(names[:_SHOWN]) + (f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _key_step(key: str, *, is_first: bool) -> str:
    if not _PLAIN.fullmatch(key):
        quote = '"' if "'" in key else "'"
        return f"[{quote}{key}{quote}]"
    return key if is_first else f".{key}"
