"""What the normal forms of all levels share: values by key, items of lists, and the directives between them."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from azrelease.expansion.origins import Origin
from azrelease.expansion.tree import (
    ExpandedEntry,
    ExpandedMapping,
    ExpandedNode,
    ExpandedScalar,
    ExpandedSequence,
    is_directive_item,
)

Form: TypeAlias = Callable[[ExpandedNode], ExpandedNode]
"""What gives a value its normal form."""

MappingForm: TypeAlias = Callable[[ExpandedMapping], ExpandedMapping]
"""What gives an item of a list its normal form."""


def text_node(text: str, origin: Origin) -> ExpandedScalar:
    """A text that is made of another node."""
    return ExpandedScalar(text, text, origin)


def entry_of(key: str, value: ExpandedNode, origin: Origin) -> ExpandedEntry:
    """An entry whose key is made of another node."""
    return ExpandedEntry(text_node(key, origin), value)


def with_entries(mapping: ExpandedMapping, entries: Iterable[ExpandedEntry]) -> ExpandedMapping:
    """The mapping with other entries."""
    return ExpandedMapping(tuple(entries), mapping.origin, mapping.written)


def with_values(mapping: ExpandedMapping, forms: Mapping[str, Form]) -> ExpandedMapping:
    """The mapping with the normal form of its values, those in its directives too."""
    return with_entries(mapping, (_with_value(entry, forms) for entry in mapping.entries))


def _with_value(entry: ExpandedEntry, forms: Mapping[str, Form]) -> ExpandedEntry:
    if not entry.is_directive:
        form = forms.get(entry.key.text)
        return ExpandedEntry(entry.key, form(entry.value)) if form else entry
    if isinstance(entry.value, ExpandedMapping):
        return ExpandedEntry(entry.key, with_values(entry.value, forms))
    return entry


def mapping_of(forms: Mapping[str, Form]) -> Form:
    """The form of a mapping with these values; any other node stays."""
    return lambda node: with_values(node, forms) if isinstance(node, ExpandedMapping) else node


def list_of(form: MappingForm) -> Form:
    """The form of a list of such mappings; templates that are out of reach stay, and any other node."""

    def of_value(node: ExpandedNode) -> ExpandedNode:
        is_list = isinstance(node, ExpandedSequence) or is_directive_item(node)
        return each_item(node, form) if is_list else node

    return of_value


def each_item(node: ExpandedNode, form: MappingForm) -> ExpandedNode:
    """A list, or what a directive puts into one, with the normal form of its items."""
    if isinstance(node, ExpandedSequence):
        return items_of(node, form)
    if not isinstance(node, ExpandedMapping) or "template" in node.nodes:
        return node
    if is_directive_item(node):
        bodies = (ExpandedEntry(entry.key, each_item(entry.value, form)) for entry in node.entries)
        return with_entries(node, bodies)
    return form(node)


def items_of(sequence: ExpandedSequence, form: MappingForm) -> ExpandedSequence:
    """A list with the normal form of its items."""
    return ExpandedSequence(tuple(each_item(item, form) for item in sequence.items), sequence.origin)


def may_be_any_node(scalar: ExpandedScalar) -> bool:
    """Whether the text is one unknown expression, so that it may become a list or mapping."""
    text = scalar.text
    return not scalar.is_known and text.startswith("${{") and text.endswith("}}") and text.count("${{") == 1


def is_empty(node: ExpandedNode) -> bool:
    """Whether it is null, an empty text, list or mapping."""
    if isinstance(node, ExpandedScalar):
        return node.value is None or not node.text
    return not (node.entries if isinstance(node, ExpandedMapping) else node.items)


def named_by(key: str) -> Form:
    """The form of a value that is a mapping, or only the text of this key of it."""

    def form(node: ExpandedNode) -> ExpandedNode:
        if not isinstance(node, ExpandedScalar) or is_empty(node) or may_be_any_node(node):
            return node
        return ExpandedMapping((entry_of(key, node, node.origin),), node.origin)

    return form


def text_list(node: ExpandedNode) -> ExpandedNode:
    """The form of a list of texts that may be written as one text; an empty text means none."""
    if not isinstance(node, ExpandedScalar) or may_be_any_node(node):
        return node
    return ExpandedSequence(() if is_empty(node) else (node,), node.origin)


def may_have(mapping: ExpandedMapping, key: str) -> bool:
    """Whether it has the key, or perhaps gets it from a directive."""
    return key in mapping.nodes or any(
        may_have(entry.value, key) if isinstance(entry.value, ExpandedMapping) else True
        for entry in mapping.entries
        if entry.is_directive
    )


def is_each(entry: ExpandedEntry) -> bool:
    """Whether the entry is a loop."""
    return _directive_word(entry) == "each"


def is_else(entry: ExpandedEntry) -> bool:
    """Whether the entry continues a chain of conditions."""
    return _directive_word(entry) in {"else", "elseif"}


def _directive_word(entry: ExpandedEntry) -> str:
    if not entry.is_directive:
        return ""
    words = entry.key.text.removeprefix("${{").split(maxsplit=1)
    return words[0].removesuffix("}}") if words else ""
