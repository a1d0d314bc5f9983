"""Comments that say where the stages, jobs, steps and variables of an expanded pipeline come from."""

from collections.abc import Callable, Iterator

from azrelease.expansion import ExpandedMapping, ExpandedNode, ExpandedSequence, Origin
from azrelease.report.expansion_frames import place, turns

_PARTS = frozenset(("stages", "jobs", "steps", "variables"))


def origin_comments(pipeline: ExpandedMapping) -> Callable[[ExpandedNode], str | None]:
    """The comment above a part: `steps/test.yml:12`, in a loop also its values: `(image = ubuntu-24.04)`.

    Args:
        pipeline: the pipeline. A part that comes from the place of the part around it has no comment of its own.
    """
    comments = {id(node): comment for node, comment in _comments(pipeline, "")}
    return lambda node: comments.get(id(node))


def _comments(node: ExpandedNode, around: str) -> Iterator[tuple[ExpandedNode, str]]:
    if isinstance(node, ExpandedSequence):
        for item in node.items:
            yield from _comments(item, around)
    elif isinstance(node, ExpandedMapping):
        for entry in node.entries:
            if entry.key.text in _PARTS:
                yield from _parts(entry.value, around)
            else:
                yield from _comments(entry.value, around)


def _parts(node: ExpandedNode, around: str) -> Iterator[tuple[ExpandedNode, str]]:
    if isinstance(node, ExpandedSequence):
        for item in node.items:
            yield from _parts(item, around)
    elif isinstance(node, ExpandedMapping):
        if node.entries and not node.nodes:
            # Directives, which only the run decides, with the parts in their bodies.
            for entry in node.entries:
                yield from _parts(entry.value, around)
            return
        comment = _comment(node.origin)
        if comment != around:
            yield node, comment
        yield from _comments(node, comment)


def _comment(origin: Origin) -> str:
    values = turns(origin)
    return f"{place(origin)} ({values})" if values else place(origin)
