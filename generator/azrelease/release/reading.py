"""A release file becomes a `Release`, or a diagnostic for each thing that is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from azrelease.diagnostics import PLAIN_SECRET, Diagnostic
from azrelease.errors import InvalidFileError
from azrelease.release.release import Release
from azrelease.release.stage import Stage
from azrelease.release.stage_graph import StageOutline, graph_problems
from azrelease.release.workspace import Workspace
from azrelease.source import Document, split_lines

if TYPE_CHECKING:
    from azrelease.release.problems import Problem


class LoadedRelease(NamedTuple):
    """A release with the file it was read from, and what that file should rather not say."""

    release: Release
    document: Document
    warnings: tuple[Diagnostic, ...]


def load(path: Path) -> LoadedRelease:
    """Read a release file.

    Raises:
        UserError: the file cannot be read.
        InvalidFileError: something in it is wrong; all problems are in it, in the order of the file.
    """
    return load_document(Document.read(path))


def load_document(document: Document) -> LoadedRelease:
    """Read a release from a parsed file.

    Raises:
        InvalidFileError: something in it is wrong; all problems are in it, in the order of the file.
    """
    try:
        release = Release.model_validate(document.data)
    except ValidationError as error:
        problems = _all_problems(error, document)
        raise InvalidFileError(problems, _without_secrets(document.text, problems)) from None
    if document.problems:
        raise InvalidFileError(document.problems, document.text)
    warnings = (_diagnostic(problem, document) for problem in _warnings(release))
    return LoadedRelease(release, document, tuple(sorted(warnings, key=_position)))


def _all_problems(error: ValidationError, document: Document) -> list[Diagnostic]:
    """What the model found, and what it did not come to look at since fields were wrong elsewhere."""
    from azrelease.release.explaining import diagnose

    details = error.errors(include_url=False)
    # pydantic counts only the items that are right, and so calls a list of wrong ones too short.
    details = [d for d in details if not (d["type"] == "too_short" and d["input"])]
    problems = (*graph_problems(_outline(document.data)), *_stage_problems(document.data, {d["loc"] for d in details}))
    found = {*(diagnose(d, document) for d in details), *(_diagnostic(problem, document) for problem in problems)}
    return sorted((*document.problems, *found), key=_position)


def _without_secrets(text: str, problems: Sequence[Diagnostic]) -> str:
    """The text to show lines from: where a secret stands, the rest of the line is hidden."""
    lines = split_lines(text)
    for problem in problems:
        if problem.code == PLAIN_SECRET:
            line, column = problem.span.line - 1, problem.span.column - 1
            lines[line] = lines[line][:column] + "*" * len(lines[line][column:])
    return "\n".join(lines)


def _stage_problems(data: Any, wrong: set[tuple[int | str, ...]]) -> Iterator["Problem"]:  # noqa: ANN401  (any YAML)
    """What the stages that are right by themselves have to complain about."""
    if not isinstance(data, Mapping) or any(route[:1] == ("workspace",) for route in wrong):
        return
    workspace = Workspace.model_validate(data["workspace"]) if data.get("workspace") else None
    stages = data.get("stages")
    for index, stage in enumerate(stages if isinstance(stages, list) else ()):
        if not any(route[:2] == ("stages", index) for route in wrong):
            problems = Stage.model_validate(stage).problems(workspace)
            yield from (problem.at("stages", index) for problem in problems)


def _position(diagnostic: Diagnostic) -> tuple[object, ...]:
    return (diagnostic.span, diagnostic.code.id, diagnostic.message)


def _diagnostic(problem: "Problem", document: Document) -> Diagnostic:
    return Diagnostic(problem.code, problem.message, document.path, document.span(problem.route), problem.hint)


def _outline(data: Any) -> Sequence[StageOutline]:  # noqa: ANN401  (any YAML)
    """As much of the stages as can be read; nothing when one of them has no name."""
    stages = data.get("stages") if isinstance(data, Mapping) else None
    outlines: list[StageOutline] = []
    for stage in stages if isinstance(stages, list) else ():
        name = stage.get("name") if isinstance(stage, Mapping) else None
        if not isinstance(name, str):
            return ()
        given = stage.get("depends_on")
        names = tuple(other for other in given if isinstance(other, str)) if isinstance(given, list) else None
        outlines.append(StageOutline(name, names))
    return outlines


def _warnings(release: Release) -> Iterator["Problem"]:
    for index, stage in enumerate(release.stages):
        for position, task in enumerate(stage.tasks or ()):
            yield from (problem.at("stages", index, "tasks", position) for problem in task.warnings())
