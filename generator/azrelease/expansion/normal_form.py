"""The normal form of an expanded pipeline: what differs only in how it is written becomes the same.

There are always stages with jobs with steps, steps are tasks, and lists and mappings have their long form. What only
the run knows stays: directives with their bodies in normal form, templates out of reach, unknown values.
"""

from collections.abc import Iterator

from azrelease.expansion.implied_parts import with_implied_parts
from azrelease.expansion.normal_jobs import POOL_KEYS, normal_pool
from azrelease.expansion.normal_nodes import entry_of, with_entries, with_values
from azrelease.expansion.normal_stages import STAGE_LIST
from azrelease.expansion.normal_variables import normal_variables
from azrelease.expansion.tree import (
    ExpandedEntry,
    ExpandedMapping,
    ExpandedNode,
    ExpandedScalar,
    ExpandedSequence,
)

_KEYS_OF_THE_JOB = frozenset(
    (
        "cancelTimeoutInMinutes",
        "container",
        "continueOnError",
        "services",
        "strategy",
        "timeoutInMinutes",
        "workspace",
        *POOL_KEYS[1:],
    )
)
"""Keys of a pipeline with `steps` that are about its only job
(learn.microsoft.com/azure/devops/pipelines/yaml-schema/pipeline)."""

_ROOT = {"pool": normal_pool, "stages": STAGE_LIST, "variables": normal_variables}


def normal_form(pipeline: ExpandedMapping) -> ExpandedMapping:
    """The pipeline in normal form; that of a normal form is the same."""
    return with_implied_parts(with_values(_with_stages(pipeline), _ROOT))


def as_written(node: ExpandedMapping) -> ExpandedMapping:
    """The tree with every mapping that got the normal form as it was before."""
    result = _as_written(node)
    assert isinstance(result, ExpandedMapping)
    return result


def _as_written(node: ExpandedNode) -> ExpandedNode:
    if isinstance(node, ExpandedScalar):
        return node
    if isinstance(node, ExpandedSequence):
        return ExpandedSequence(tuple(_as_written(item) for item in node.items), node.origin)
    if node.written is not None:
        return _as_written(node.written)
    return with_entries(node, (ExpandedEntry(entry.key, _as_written(entry.value)) for entry in node.entries))


def _with_stages(root: ExpandedMapping) -> ExpandedMapping:
    """The pipeline with `stages` in the place of `jobs` or `steps`."""
    job_keys = _KEYS_OF_THE_JOB if "steps" in root.nodes else frozenset()

    def entries() -> Iterator[ExpandedEntry]:
        for entry in root.entries:
            origin = entry.key.origin
            if entry.is_directive and isinstance(entry.value, ExpandedMapping):
                yield ExpandedEntry(entry.key, _with_stages(entry.value))
            elif entry.key.text in {"jobs", "phases"}:
                yield _implied("stages", entry_of("jobs", entry.value, origin))
            elif entry.key.text == "steps":
                of_job = (part for part in root.entries if part.key.text in job_keys)
                yield _implied("stages", _implied("jobs", *of_job, entry))
            elif entry.key.text not in job_keys:
                yield entry

    return with_entries(root, entries())


def _implied(key: str, *entries: ExpandedEntry) -> ExpandedEntry:
    """The entry of a list whose only item, a stage or job, the service implies."""
    origin = entries[-1].key.origin
    item = ExpandedMapping(entries, origin)
    return entry_of(key, ExpandedSequence((item,), origin), origin)
