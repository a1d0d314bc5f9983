"""A part of an expanded pipeline: some of its stages, or some of its jobs."""

from collections.abc import Iterator, Sequence

from azrelease.errors import UserError
from azrelease.expansion import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.suggestions import suggestion


def part(pipeline: ExpandedMapping, stages: Sequence[str], jobs: Sequence[str]) -> ExpandedMapping:
    """The stages and jobs of a pipeline in normal form that have these names; all of it without names.

    Args:
        pipeline: the pipeline.
        stages: names of stages.
        jobs: names of jobs, in these stages, or in all.

    Raises:
        UserError: there is no stage or job of a name.
    """
    if not stages and not jobs:
        return pipeline
    chosen = list(_items(pipeline.nodes.get("stages")))
    key, origin = "stages", pipeline.origin
    if stages:
        chosen = _chosen(chosen, stages, "stage", ("stage",))
    if jobs:
        lists = (stage.nodes.get("jobs") for stage in chosen)
        chosen = _chosen([job for jobs in lists for job in _items(jobs)], jobs, "job", ("job", "deployment"))
        key = "jobs"
    name = ExpandedScalar(key, key, origin)
    return ExpandedMapping((ExpandedEntry(name, ExpandedSequence(tuple(chosen), origin)),), origin)


def _chosen(
    items: Sequence[ExpandedMapping], names: Sequence[str], word: str, keys: Sequence[str]
) -> list[ExpandedMapping]:
    by_name = [(_name(item, keys), item) for item in items]
    known = {name for name, _ in by_name if name}
    for name in names:
        if name.casefold() not in {each.casefold() for each in known}:
            near = suggestion(name, sorted(known), f"It has: {', '.join(sorted(known))}." if known else "It has none.")
            raise UserError(f"the pipeline has no {word} `{name}`. {near}")
    wanted = {name.casefold() for name in names}
    return [item for name, item in by_name if name.casefold() in wanted]


def _name(item: ExpandedMapping, keys: Sequence[str]) -> str:
    names = (item.nodes.get(key) for key in keys)
    return next((name.text for name in names if isinstance(name, ExpandedScalar)), "")


def _items(node: ExpandedNode | None) -> Iterator[ExpandedMapping]:
    """The items of a list, those in directives too: what only the run decides may be asked for as well."""
    if isinstance(node, ExpandedSequence):
        for item in node.items:
            yield from _items(item)
    elif isinstance(node, ExpandedMapping):
        if node.entries and not node.nodes:
            for entry in node.entries:
                yield from _items(entry.value)
        else:
            yield node
