"""Expanded nodes as YAML text, in the layout of the service's preview.

Block style, items of a list in the column of their key, lines that are not folded, the quotes of the author, and single
quotes where YAML needs some. Unlike the preview, text of several lines is a literal block, which reads as it was
written, and an empty list or mapping is `[]` or `{}`.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from azrelease.expansion.substitutes import Substitutes
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence

if TYPE_CHECKING or yaml.__with_libyaml__:
    from yaml import CSafeDumper as SafeDumper
else:  # pragma: no cover  (PyYAML without libyaml: slower, same result)
    from yaml import SafeDumper

Comments: TypeAlias = Callable[[ExpandedNode], str | None]
"""What to write above a node."""

_Pair: TypeAlias = tuple[yaml.Node, yaml.Node]

_TAG = "tag:yaml.org,2002:str"
_NO_FOLDING = 2**30
_LONGEST_KEY = 1000
"""Characters of a key before its colon (yaml.org/spec/1.1, chapter 9.3: at most 1024)."""
_SAFE_KEY = 40
"""Characters of a key, each of three bytes at most, below the 128 bytes from which the serializer writes `? key`."""

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_LINE_BREAK = re.compile("[\n\r\x85\u2028\u2029]")


class _UntypedDumper(SafeDumper):
    """Writes texts without regard to the type that YAML would read: the service reads all as text."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ANN401, ARG002  (called by the serializer)
        """Resolve one tag."""
        return _TAG


def yaml_text(node: ExpandedNode, comments: Comments | None = None) -> str:
    """The node as YAML.

    Args:
        node: the node.
        comments: the comment above each mapping in a list; where the node is a mapping, also above each of its values.
    """
    writer = _Writer(Substitutes(_texts(node)), comments)
    return writer.finished(_serialized(writer.document(node)))


def _serialized(node: yaml.Node) -> str:
    text = yaml.serialize(node, Dumper=_UntypedDumper, allow_unicode=True, width=_NO_FOLDING)
    return text[:-4] if text.endswith("\n...\n") else text


def _texts(node: ExpandedNode) -> Iterator[str]:
    if isinstance(node, ExpandedScalar):
        yield node.text
    elif isinstance(node, ExpandedSequence):
        for item in node.items:
            yield from _texts(item)
    else:
        for entry in node.entries:
            yield entry.key.text
            yield from _texts(entry.value)


class _Writer:
    """Makes the nodes that the serializer takes, with marks for what it has no place for: comments and long keys."""

    def __init__(self, substitutes: Substitutes, comments: Comments | None) -> None:
        self._substitutes = substitutes
        self._comment_of = comments or (lambda _: None)
        self._marked: list[str] = []

    def document(self, node: ExpandedNode) -> yaml.Node:
        """The root node."""
        if not isinstance(node, ExpandedMapping):
            return self._node(node)
        pairs: list[_Pair] = []
        for entry in node.entries:
            comment = self._comment_of(entry.value)
            if comment:
                pairs.append((self._comment(comment), _scalar("", "'")))
            pairs.append(self._pair(entry))
        return _mapping(pairs)

    def finished(self, text: str) -> str:
        """The text of the serializer with comments, long keys and the characters that others replaced."""
        comment, key = self._substitutes.comment, self._substitutes.key
        text = self._substitutes.replaced(text)
        text = re.sub(rf"{key}(\d+)", lambda mark: self._substitutes.replaced(self._marked[int(mark[1])]), text)
        lines = re.compile(rf"^( *)(?:- )?{comment}(\d+)(?:: '')?$", re.MULTILINE)
        return lines.sub(lambda mark: mark[1] + self._marked[int(mark[2])], text)

    def _node(self, node: ExpandedNode, *, is_item: bool = False) -> yaml.Node:
        if isinstance(node, ExpandedScalar):
            return self._scalar(node)
        if isinstance(node, ExpandedMapping):
            return _mapping([self._pair(entry) for entry in node.entries])
        return self._sequence(node, is_item=is_item)

    def _sequence(self, sequence: ExpandedSequence, *, is_item: bool) -> yaml.Node:
        items: list[yaml.Node] = []
        for item in sequence.items:
            comment = self._comment_of(item) if isinstance(item, ExpandedMapping) else None
            # The first item of a list in a list is in the line of the list.
            if comment and (items or not is_item):
                items.append(self._comment(comment))
            items.append(self._node(item, is_item=True))
        return yaml.SequenceNode(_TAG, items, flow_style=not items)

    def _pair(self, entry: ExpandedEntry) -> _Pair:
        key = self._key(entry.key)
        # The first item of a list would be in the line of the colon after `? key`.
        return key, self._node(entry.value, is_item=not _is_safe(key.value))

    def _scalar(self, scalar: ExpandedScalar) -> yaml.ScalarNode:
        text = "" if scalar.value is None else scalar.text
        block = self._substitutes.in_block(text) if "\n" in text else None
        if block is not None:
            return _scalar(block, "|")
        return self._quoted_or_plain(text, scalar.style)

    def _quoted_or_plain(self, text: str, style: str) -> yaml.ScalarNode:
        if _LINE_BREAK.search(text):
            style = '"'
        elif style not in ("'", '"'):
            style = "'" if text in _NULLS else ""
        return _scalar(self._substitutes.in_line(text), style)

    def _key(self, key: ExpandedScalar) -> yaml.ScalarNode:
        node = self._quoted_or_plain(key.text, key.style)
        if _is_safe(key.text):
            return node
        written = _serialized(node).rstrip("\n")
        return self._mark(self._substitutes.key, written) if len(written) <= _LONGEST_KEY else node

    def _comment(self, comment: str) -> yaml.ScalarNode:
        line = "".join(character if character.isprintable() else " " for character in comment)
        return self._mark(self._substitutes.comment, f"# {line}".rstrip())

    def _mark(self, character: str, replacement: str) -> yaml.ScalarNode:
        self._marked.append(replacement)
        return _scalar(f"{character}{len(self._marked) - 1}", "")


def _is_safe(key: str) -> bool:
    """Whether the serializer writes a key in front of its colon for sure."""
    return len(key) <= _SAFE_KEY and not _LINE_BREAK.search(key)


def _scalar(text: str, style: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(_TAG, text, style=style or None)


def _mapping(pairs: list[_Pair]) -> yaml.MappingNode:
    return yaml.MappingNode(_TAG, pairs, flow_style=not pairs)
