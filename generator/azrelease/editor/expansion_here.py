"""What the service makes of a place: the value of an expression, and what the call of a template becomes."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

from yaml import Node

from azrelease.editor.view import FileView
from azrelease.errors import UserError
from azrelease.expansion import (
    ExpandedMapping,
    ExpandedNode,
    ExpandedScalar,
    ExpandedSequence,
    Expansion,
    ExpansionRequest,
    expand_document,
    yaml_text,
)
from azrelease.lint.engine.expansion_requests import kind_of
from azrelease.redaction import RedactedText, redacted_text
from azrelease.syntax import FileKind, TemplateReference

_MOST_VALUES = 3
_MOST_LINES = 24


def expansion_of(view: FileView) -> Expansion | None:
    """The file as the service expands it, with the usual values of its parameters; None where that ends."""
    file = view.pipeline
    if file is None or view.document is None:
        return None
    here = {alias: folder for alias, folder in view.repositories.items() if folder.is_dir()}
    request = ExpansionRequest(repositories=here, is_part=kind_of(file) is FileKind.TEMPLATE)
    try:
        return expand_document(view.document, Path(view.path), request)
    except UserError:
        return None


def values_here(expansion: Expansion, node: Node) -> list[str]:
    """What a text becomes, once for each call and turn of a loop that it is in; without secrets."""
    found = (each for each in _all(expansion.pipeline) if each.origin.node is node)
    texts = dict.fromkeys(each.text for each in found if isinstance(each, ExpandedScalar))
    return [_masked(expansion, text) for text in list(texts)[: _MOST_VALUES + 1]]


def call_here(expansion: Expansion, reference: TemplateReference) -> str:
    """What a call of a template becomes, as YAML, shortened; empty where nothing comes of it."""
    parts = list(_of_call(expansion.pipeline, reference.node))
    if not parts:
        return ""
    lines = _masked(expansion, "".join(map(_item_text, parts))).splitlines()
    left = len(lines) - _MOST_LINES
    if left > 0:
        lines = [*lines[:_MOST_LINES], f"# … {left} more lines"]
    return "\n".join(lines)


def _masked(expansion: Expansion, text: str) -> str:
    """A text without the secrets of any file that it may come from."""
    text = redacted_text(text)
    for file in expansion.files:
        text = RedactedText(file.document.text, (), file.document.root).message(text)
    return text


def _item_text(node: ExpandedNode) -> str:
    """A node as an item of a list; the entries of a mapping are parts of their own."""
    text = yaml_text(node)
    return f"- {indent(text, '  ').lstrip()}" if isinstance(node, ExpandedMapping) else text


def _of_call(node: ExpandedNode, at: Node) -> Iterator[ExpandedNode]:
    """The outermost nodes that come from a call."""
    for child in _children(node):
        if any(call.at.node is at for call in child.origin.calls):
            yield child
        else:
            yield from _of_call(child, at)


def _all(node: ExpandedNode) -> Iterator[ExpandedNode]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(reversed(list(_children(each))))


def _children(node: ExpandedNode) -> Iterator[ExpandedNode]:
    if isinstance(node, ExpandedMapping):
        yield from (part for entry in node.entries for part in (entry.key, entry.value))
    elif isinstance(node, ExpandedSequence):
        yield from node.items
