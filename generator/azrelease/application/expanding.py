"""Expanding a pipeline as `expand` does: its normal form, and everything that the service refuses in it."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from azrelease.application.expanded_findings import rule_problems
from azrelease.errors import UserError
from azrelease.expansion import (
    ExpandedMapping,
    Expansion,
    ExpansionProblem,
    ExpansionRequest,
    as_written,
    expand_document,
    normal_form,
)
from azrelease.lint.engine.file_recognition import is_base, is_release
from azrelease.syntax import FileKind, PipelineFile
from azrelease.yaml_document import YamlDocument

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
    """Expand the file of a pipeline, or of a template, whose undeclared parameters and variables are unknown.

    Raises:
        UserError: the file, or a folder of a repository, cannot be read; or it is a release.
        InvalidFileError: a file is not YAML.
    """
    document = YamlDocument.read(path)
    if is_release(str(path), document) or is_base(document):
        raise UserError(f"{path}: is a release; `azrelease render` writes its pipeline, which can be expanded")
    file = PipelineFile(document)
    if file.kind is FileKind.TEMPLATE and not file.root.open:
        request = request._replace(is_part=True)
    return completed(expand_document(document, path, request))


def completed(expansion: Expansion) -> CheckedExpansion:
    """An expansion with its normal form, and with what rules find in it."""
    # A template that is wrong for several arguments, and what both the engine and a rule find, are one problem.
    problems: dict[tuple[str, str, Span], ExpansionProblem] = {}
    for problem in (*expansion.problems, *rule_problems(expansion)):
        place = (problem.diagnostic.code.id, problem.diagnostic.file, problem.diagnostic.span)
        first = problems.setdefault(place, problem)
        frames = {id(frame): frame for frame in (*first.frames, *problem.frames)}
        problems[place] = first._replace(frames=tuple(frames.values()))
    order = {file.path: index for index, file in enumerate(expansion.files)}
    found = sorted(problems.values(), key=lambda each: (order.get(each.diagnostic.file, 0), each.diagnostic.span))
    return CheckedExpansion(expansion, normal_form(expansion.pipeline), tuple(found))
