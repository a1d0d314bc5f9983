"""Dependencies between stages, and between jobs, by name."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from yaml import ScalarNode

from azrelease.syntax import Block, Guards, Items, JobOutline, StageOutline
from azrelease.syntax.embedded import is_computed

Named = TypeVar("Named", StageOutline, JobOutline)


class Member(NamedTuple):
    """A stage or a job.

    Attributes:
        block: its block.
        name: its name; None when it has none, or one that is computed.
        node: its name; its first key when it has none.
        guards: the directives around it.
        depends_on: the names in its `dependsOn`; None when it has none.
        is_complete: whether all its dependencies can be seen.
    """

    block: Block
    name: str | None
    node: ScalarNode
    guards: Guards
    depends_on: tuple[ScalarNode, ...] | None
    is_complete: bool


@lru_cache(maxsize=4)  # several rules use those of one file, one after the other
def stages(members: tuple[StageOutline, ...]) -> tuple[Member, ...]:
    """The stages of a file."""
    return tuple(
        _member(stage.block, stage.name, stage.name_node, stage.guards) for stage in members if not stage.is_implicit
    )


@lru_cache(maxsize=64)
def jobs(stage: StageOutline) -> tuple[Member, ...]:
    """The jobs of a stage."""
    named = (job for job in stage.jobs if job.block is not stage.block)
    return tuple(_member(job.block, job.name, job.name_node, job.guards) for job in named)


def waits_for(members: Sequence[Member], index: int, *, in_order: bool) -> list[str] | None:
    """The names, in lower case, that a member depends on directly; None when they cannot all be seen.

    Args:
        members: the stages, or the jobs of a stage, in the order of the file.
        index: which of them.
        in_order: whether a member without `dependsOn` depends on the one before it, as stages do.
    """
    member = members[index]
    if member.depends_on is None:
        if not in_order or not member.is_complete:
            return [] if member.is_complete else None
        if index == 0:
            return []
        before = members[index - 1]
        return [before.name.casefold()] if before.name and not before.guards else None
    if not member.is_complete:
        return None
    return [node.value.casefold() for node in member.depends_on]


def way_to(members: Sequence[Member], block: Block, *, in_order: bool) -> Iterator[tuple[int, list[str] | None]]:
    """A member, and all that it depends on, directly or not: the index of each, and its names of `waits_for`.

    Args:
        members: the stages, or the jobs of a stage, in the order of the file.
        block: that of the member.
        in_order: as in `waits_for`.
    """
    places = {member.name.casefold(): index for index, member in enumerate(members) if member.name}
    queue = [index for index, member in enumerate(members) if member.block is block]
    seen = set(queue)
    for index in queue:
        names = waits_for(members, index, in_order=in_order)
        yield index, names
        found = [places[name] for name in names or () if name in places and places[name] not in seen]
        seen.update(found)
        queue.extend(found)


def literal_names(member: Member) -> Iterator[ScalarNode]:
    """The names that a member depends on, without computed ones."""
    return (node for node in member.depends_on or () if node.value and not is_computed(node.value))


def named(name: str, outlines: Sequence[Named]) -> list[Named]:
    """The stages or jobs with a name, in any case: several where each is in a branch of its own."""
    return [outline for outline in outlines if outline.name and outline.name.casefold() == name.casefold()]


def _member(block: Block, name: str | None, node: ScalarNode | None, guards: Guards) -> Member:
    entries = list(block.all("dependsOn"))
    nodes = tuple(block.texts("dependsOn"))
    # An empty `dependsOn:` counts as none.
    has_any = bool(entries) and not (
        len(nodes) == 1 and not nodes[0].value and isinstance(entries[0].value, ScalarNode)
    )
    is_complete = (
        not block.open
        and not any(entry.guards for entry in entries)
        and all(isinstance(e.value, ScalarNode) or (isinstance(e.value, Items) and not e.value.open) for e in entries)
        and not any(is_computed(found.value) for found in nodes)
    )
    return Member(block, name, node or block.entries[0].key, guards, nodes if has_any else None, is_complete)
