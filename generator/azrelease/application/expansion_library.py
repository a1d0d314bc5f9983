"""Expanding pipelines from Python: `azrelease.expand`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azrelease.application.expanding import CheckedExpansion, expand_pipeline
from azrelease.application.expansion_inputs import texts_of_values
from azrelease.expansion import ExpansionProblem, ExpansionRequest, plain, yaml_text
from azrelease.report.expansion_frames import call_lines
from azrelease.report.expansions import unknown_parts


@dataclass(frozen=True)
class RefusedPart:
    """A part of a pipeline that the service refuses.

    Attributes:
        code: the code of the problem, as `check` has it: `AZR204`.
        message: what is wrong.
        hint: what to do.
        file: the file that it is in.
        line: its line, from 1.
        column: its column, from 1.
        calls: for each call and turn that leads to it, a line for each step out to the pipeline; secrets are redacted.
    """

    code: str
    message: str
    hint: str | None
    file: str
    line: int
    column: int
    calls: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class UnknownText:
    """A text of which only the run knows a part.

    Attributes:
        path: its path in the pipeline, such as `stages.build.jobs[0].steps[1].inputs.script`.
        text: the text, with the unknown part as `${{ … }}`.
        file: the file that it is in.
        line: its line, from 1.
    """

    path: str
    text: str
    file: str
    line: int


@dataclass(frozen=True)
class ExpandedPipeline:
    """A pipeline as the service runs it.

    Attributes:
        pipeline: the pipeline in normal form: dicts, lists and texts.
        yaml: the same as YAML. Secrets of the files are in it.
        errors: what the service refuses; empty for a pipeline that it takes.
        unknowns: the texts that the run completes.
        files: the paths of all files that were read, the pipeline first.
    """

    pipeline: dict[str, Any]
    yaml: str
    errors: tuple[RefusedPart, ...]
    unknowns: tuple[UnknownText, ...]
    files: tuple[str, ...]


def expand(
    path: str | Path,
    parameters: Mapping[str, object] = {},
    variables: Mapping[str, object] = {},
    repositories: Mapping[str, str | Path] = {},
) -> ExpandedPipeline:
    """Expand a pipeline as the service does before a run. Settings are not read.

    Args:
        path: the file of the pipeline, or of a template.
        parameters: its parameters: texts, numbers, booleans, lists and mappings. A text for a parameter that is a list
            or mapping is YAML.
        variables: variables that the files do not set.
        repositories: the folder of each further repository, by the alias that the pipeline gives it.

    Raises:
        UserError: the file or a folder cannot be read, or a value has a type that YAML does not have.
        InvalidFileError: a file is not YAML.
    """
    request = ExpansionRequest(
        parameters=texts_of_values(parameters, "parameters"),
        variables=texts_of_values(variables, "variables"),
        repositories={alias: Path(folder) for alias, folder in repositories.items()},
    )
    return _result(expand_pipeline(Path(path), request))


def _result(expanded: CheckedExpansion) -> ExpandedPipeline:
    return ExpandedPipeline(
        pipeline=plain(expanded.normal),
        yaml=yaml_text(expanded.normal),
        errors=tuple(map(_error, expanded.problems)),
        unknowns=tuple(
            UnknownText(path, part.text, part.origin.file.path, part.origin.span.line)
            for path, part in unknown_parts(expanded.normal)
        ),
        files=tuple(file.path for file in expanded.expansion.files),
    )


def _error(problem: ExpansionProblem) -> RefusedPart:
    found = problem.diagnostic
    calls = (tuple(call_lines(frame, found.file, found.span.line)) for frame in problem.frames)
    place = (found.file, found.span.line, found.span.column)
    return RefusedPart(found.code.id, found.message, found.hint, *place, tuple(calls))
