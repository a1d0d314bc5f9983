"""What the service implies in a pipeline: names, the order of stages, the pool of a job.

Names are placeholders: `Stage`, `Job`, and `Job_2` for the next one. Sources:
learn.microsoft.com/azure/devops/pipelines/process/stages (a stage waits for the one before it),
learn.microsoft.com/azure/devops/pipelines/yaml-schema/pool (a pool holds for the jobs below it).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from azrelease.expansion.normal_jobs import POOL_KEYS
from azrelease.expansion.normal_nodes import (
    entry_of,
    is_each,
    is_else,
    is_empty,
    may_have,
    text_node,
    with_entries,
)
from azrelease.expansion.tree import (
    ExpandedEntry,
    ExpandedMapping,
    ExpandedNode,
    ExpandedScalar,
    ExpandedSequence,
    is_directive_item,
)
from azrelease.expansion.unknowns import unknown_texts

_Before: TypeAlias = tuple[ExpandedScalar, ...] | None
"""The name of the stage before: empty for the first stage, None where only the run knows it."""


def with_implied_parts(pipeline: ExpandedMapping) -> ExpandedMapping:
    """The pipeline with the names, dependencies and pools that the service implies."""
    return _of_root(pipeline, _pool_of(pipeline, None))


def _of_root(root: ExpandedMapping, pool: ExpandedNode | None) -> ExpandedMapping:
    def entries() -> Iterator[ExpandedEntry]:
        for entry in root.entries:
            value = entry.value
            if entry.key.text == "stages" and isinstance(value, ExpandedSequence):
                stages = _Stages(pool, _Names("Stage", _names(value.items, ("stage",))))
                yield ExpandedEntry(entry.key, ExpandedSequence(stages.completed(value.items, (), False), value.origin))
            elif entry.is_directive and isinstance(value, ExpandedMapping):
                yield ExpandedEntry(entry.key, _of_root(value, _pool_of(value, pool)))
            else:
                yield entry

    return with_entries(root, entries())


def _pool_of(mapping: ExpandedMapping, pool: ExpandedNode | None) -> ExpandedNode | None:
    """The pool for the jobs below, where it is known: that of the mapping, else the one from above."""
    own = mapping.nodes.get("pool")
    if own is None:
        return None if may_have(mapping, "pool") else pool
    # The same expression may have another value below, where other variables hold.
    reads_variables = any("variables" in text.text for text in unknown_texts(own))
    return None if reads_variables else own


class _Names:
    """The names for what has none in a list."""

    def __init__(self, word: str, taken: Iterable[str]) -> None:
        self._word = word
        self._taken = set(taken)
        self._count = 0

    def following(self) -> str:
        """The next name that is free."""
        while True:
            self._count += 1
            name = self._word if self._count == 1 else f"{self._word}_{self._count}"
            if name.lower() not in self._taken:
                return name


class _Stages(NamedTuple):
    """Completes the stages of a pipeline.

    Attributes:
        pool: the pool of the pipeline.
        names: the names for stages without one.
    """

    pool: ExpandedNode | None
    names: _Names

    def completed(self, items: Iterable[ExpandedNode], before: _Before, is_loop: bool) -> tuple[ExpandedNode, ...]:
        """The items of a list of stages; in a loop nothing is implied that would be the same in each turn."""
        result: list[ExpandedNode] = []
        before_chain = before
        for item in items:
            if isinstance(item, ExpandedMapping) and is_directive_item(item):
                bodies: list[ExpandedEntry] = []
                for entry in item.entries:
                    if not is_else(entry):
                        before_chain = before
                    bodies.append(ExpandedEntry(entry.key, self._body(entry, before_chain, is_loop)))
                    before = None
                result.append(with_entries(item, bodies))
            elif isinstance(item, ExpandedMapping) and "template" not in item.nodes:
                stage = self._stage(item, before, is_loop)
                name = stage.nodes.get("stage")
                before = (name,) if isinstance(name, ExpandedScalar) and name.text else None
                result.append(stage)
            else:
                before = None
                result.append(item)
        return tuple(result)

    def _body(self, entry: ExpandedEntry, before: _Before, is_loop: bool) -> ExpandedNode:
        if is_each(entry):
            before, is_loop = None, True
        value = entry.value
        if isinstance(value, ExpandedSequence):
            return ExpandedSequence(self.completed(value.items, before, is_loop), value.origin)
        return self.completed((value,), before, is_loop)[0]

    def _stage(self, stage: ExpandedMapping, before: _Before, is_loop: bool) -> ExpandedMapping:
        stage = _with_name(stage, ("stage",), None if is_loop else self.names)
        if before and not may_have(stage, "dependsOn"):
            names = tuple(text_node(name.text, stage.origin) for name in before)
            depends_on = entry_of("dependsOn", ExpandedSequence(names, stage.origin), stage.origin)
            stage = with_entries(stage, (*stage.entries[:1], depends_on, *stage.entries[1:]))
        if not may_have(stage, "jobs"):
            stage = _with_empty_list(stage, "jobs")
        return _with_jobs(stage, _pool_of(stage, self.pool))


def _with_jobs(stage: ExpandedMapping, pool: ExpandedNode | None) -> ExpandedMapping:
    def entries() -> Iterator[ExpandedEntry]:
        for entry in stage.entries:
            value = entry.value
            if entry.key.text == "jobs" and isinstance(value, ExpandedSequence):
                names = _Names("Job", _names(value.items, ("job", "deployment")))
                jobs = tuple(_job_item(item, pool, names) for item in value.items)
                yield ExpandedEntry(entry.key, ExpandedSequence(jobs, value.origin))
            elif entry.is_directive and isinstance(value, ExpandedMapping):
                yield ExpandedEntry(entry.key, _with_jobs(value, pool))
            else:
                yield entry

    return with_entries(stage, entries())


def _job_item(item: ExpandedNode, pool: ExpandedNode | None, names: _Names | None) -> ExpandedNode:
    if isinstance(item, ExpandedSequence):
        return ExpandedSequence(tuple(_job_item(part, pool, names) for part in item.items), item.origin)
    if not isinstance(item, ExpandedMapping) or "template" in item.nodes:
        return item
    if is_directive_item(item):
        return with_entries(
            item,
            (
                ExpandedEntry(entry.key, _job_item(entry.value, pool, None if is_each(entry) else names))
                for entry in item.entries
            ),
        )
    job = _with_name(item, ("job", "deployment"), names)
    if pool is not None and not any(may_have(job, key) for key in POOL_KEYS):
        job = with_entries(job, (*job.entries, entry_of("pool", pool, job.origin)))
    return _with_empty_list(job, "steps") if "job" in job.nodes and not may_have(job, "steps") else job


def _with_name(mapping: ExpandedMapping, keys: tuple[str, ...], names: _Names | None) -> ExpandedMapping:
    """The stage or job with a name, unless it has one or gets it from a directive."""
    if names is None:
        return mapping
    for index, entry in enumerate(mapping.entries):
        if entry.key.text in keys:
            if not is_empty(entry.value):
                return mapping
            named = ExpandedEntry(entry.key, text_node(names.following(), entry.key.origin))
            return with_entries(mapping, (*mapping.entries[:index], named, *mapping.entries[index + 1 :]))
    if any(may_have(mapping, key) for key in keys):
        return mapping
    name = entry_of(keys[0], text_node(names.following(), mapping.origin), mapping.origin)
    return with_entries(mapping, (name, *mapping.entries))


def _with_empty_list(mapping: ExpandedMapping, key: str) -> ExpandedMapping:
    empty = ExpandedSequence((), mapping.origin)
    return with_entries(mapping, (*mapping.entries, entry_of(key, empty, mapping.origin)))


def _names(items: Iterable[ExpandedNode], keys: tuple[str, ...]) -> Iterator[str]:
    """The names in a list in lower case, those in directives too."""
    for item in items:
        if isinstance(item, ExpandedSequence):
            yield from _names(item.items, keys)
        elif isinstance(item, ExpandedMapping):
            for entry in item.entries:
                if entry.is_directive:
                    yield from _names((entry.value,), keys)
                elif entry.key.text in keys and isinstance(entry.value, ExpandedScalar):
                    yield entry.value.text.lower()
