"""The variables that a file sets, in `variables` and in matrices."""

from collections.abc import Iterator
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.lint.facts.scopes import scopes
from azrelease.syntax import Block, JobOutline, MappingEntry, PipelineFile


class Variable(NamedTuple):
    """A variable with its value."""

    name: str
    node: ScalarNode


def variables(file: PipelineFile) -> Iterator[Variable]:
    """The variables of a pipeline, its stages and its jobs."""
    for block in scopes(file):
        yield from of_block(block)


def matrix_legs(job: JobOutline) -> Iterator[MappingEntry]:
    """The legs of the matrix of a job, each with its variables as the value."""
    for strategy, _ in job.block.blocks("strategy"):
        for matrix, _ in strategy.blocks("matrix"):
            yield from matrix.entries


def of_block(block: Block) -> Iterator[Variable]:
    """The variables of a pipeline, a stage or a job itself."""
    for inner, _ in block.blocks("variables"):
        if inner.kind == "variables.name":
            name, value = inner.text("name"), inner.scalar("value")
            if name is not None and value is not None:
                yield Variable(name, value)
        elif inner.kind == "variables":
            for entry in inner.entries:
                if isinstance(entry.value, ScalarNode) and not entry.name.startswith("${{"):
                    yield Variable(entry.name, entry.value)


def name_nodes(file: PipelineFile) -> dict[int, ScalarNode]:
    """The names of the variables of a file, as nodes, by the `id` of their values."""
    found: dict[int, ScalarNode] = {}
    for block in scopes(file):
        for inner, _ in block.blocks("variables"):
            name, value = inner.scalar("name"), inner.scalar("value")
            if inner.kind == "variables.name" and name is not None and value is not None:
                found[id(value)] = name
            elif inner.kind == "variables":
                found.update((id(e.value), e.key) for e in inner.entries if isinstance(e.value, ScalarNode))
    return found
