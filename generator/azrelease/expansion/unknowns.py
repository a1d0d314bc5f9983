"""The texts of an expanded pipeline that the run completes."""

from collections.abc import Iterator

from azrelease.expansion.tree import ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence


def unknown_texts(node: ExpandedNode) -> Iterator[ExpandedScalar]:
    """Every text and key with a part that only the run knows, in their order."""
    pending = [node]
    while pending:
        found = pending.pop()
        if isinstance(found, ExpandedScalar):
            if not found.is_known or found.text.startswith("${{"):
                yield found
        elif isinstance(found, ExpandedMapping):
            for entry in reversed(found.entries):
                pending += (entry.value, entry.key)
        else:
            assert isinstance(found, ExpandedSequence)
            pending += reversed(found.items)
