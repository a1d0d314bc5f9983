"""Expanding a pipeline as `expand` does: its normal form, and everything that the service refuses in it."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from azrelease.application.expanded_findings import rule_problems
from azrelease.expansion import (
    ExpandedMapping,
    Expansion,
    ExpansionProblem,
    ExpansionRequest,
    as_written,
    expand_file,
    normal_form,
)

if TYPE_CHECKING:
    from azrelease.diagnostics import Span


class CheckedExpansion(NamedTuple):
    """A pipeline after its expansion.

    Attributes:
        expansion: the result of the engine.
        normal: the pipeline in normal form.
        problems: what the service refuses: those of the expansion, and the errors of rules in what it gives.
    """

    expansion: Expansion
    normal: ExpandedMapping
    problems: tuple[ExpansionProblem, ...]

    @property
    def written(self) -> ExpandedMapping:
        """The pipeline with the shorthand of its files."""
        return as_written(self.expansion.pipeline)


def expand_pipeline(path: Path, request: ExpansionRequest) -> CheckedExpansion:
    """Expand the file of a pipeline.

    Raises:
        UserError: the file, or a folder of a repository, cannot be read.
        InvalidFileError: a file is not YAML.
    """
    return completed(expand_file(path, request))


def completed(expansion: Expansion) -> CheckedExpansion:
    """An expansion with its normal form, and with what rules find in it."""
    # A template that is wrong for several arguments, and what both the engine and a rule find, are one problem.
    problems: dict[tuple[str, str, Span], ExpansionProblem] = {}
    for problem in (*expansion.problems, *rule_problems(expansion)):
        found = problem.diagnostic
        first = problems.setdefault((found.code.id, found.file, found.span), problem)
        frames = {id(frame): frame for frame in (*first.frames, *problem.frames)}
        problems[found.code.id, found.file, found.span] = first._replace(frames=tuple(frames.values()))
    return CheckedExpansion(expansion, normal_form(expansion.pipeline), tuple(problems.values()))
