"""A release file becomes a `Release`, or a diagnostic for each problem in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from azrelease.diagnostics import WRONG_TYPE, Diagnostic, Severity
from azrelease.errors import InvalidFileError
from azrelease.release.layering import layered
from azrelease.release.plain_secrets import plain_secrets
from azrelease.release.problems import Problem, Route
from azrelease.release.release import Release
from azrelease.release.stage import Stage
from azrelease.release.stage_graph import StageNode, graph_problems
from azrelease.release.variables import NamedVariables, variable_problems
from azrelease.release.workspace import Workspace
from azrelease.yaml_document import YamlDocument, diagnostic_at

_NEEDED_BY_OTHERS = frozenset(("name", "service", "endpoint", "target", "rollout", "tasks", "jobs", "workspace"))
"""Fields of a stage that other fields need."""


_CLASSIC = (
    "this is a classic release definition, not a release file",
    "`azrelease import {file}` writes the release file of it.",
)
_PIPELINE = (
    "this is a pipeline, not a release file",
    "`azrelease check {file}` checks it as it is; `azrelease init` writes a release file.",
)


class LoadedRelease(NamedTuple):
    """A release with the file it was read from, and warnings about that file."""

    release: Release
    document: YamlDocument
    warnings: tuple[Diagnostic, ...]


def load(path: Path) -> LoadedRelease:
    """Read a release file.

    Raises:
        UserError: the file cannot be read.
        InvalidFileError: something in it is wrong; all problems are in it, in the order of the file.
    """
    return load_document(YamlDocument.read(path))


def load_document(document: YamlDocument) -> LoadedRelease:
    """Read a release from a parsed file, on top of what it extends and of the defaults of its repository.

    Raises:
        UserError: a file beside it cannot be read.
        InvalidFileError: something in it is wrong; all problems are in it, in the order of the file.
    """
    _refuse_others(document)
    return load_alone(layered(document))


def _refuse_others(document: YamlDocument) -> None:
    """Refuse a classic definition and a pipeline, whose fields would each be unknown.

    Raises:
        InvalidFileError: it is one.
    """
    other = _other_kind(document.data)
    if other is not None:
        message, hint = other
        problem = diagnostic_at(document, (), WRONG_TYPE, message, hint.format(file=document.path))
        span = problem.span._replace(end_line=problem.span.line, end_column=problem.span.column + 1)
        raise InvalidFileError((problem._replace(span=span),), document.texts)


def _other_kind(data: Any) -> tuple[str, str] | None:  # noqa: ANN401  (any YAML)
    """What is said of a file that is of another kind; None where it may be a release."""
    definitions = data.get("value") if isinstance(data, Mapping) and "name" not in data else data
    definition = definitions[0] if isinstance(definitions, list) and definitions else definitions
    if isinstance(definition, Mapping) and isinstance(definition.get("environments"), list):
        return _CLASSIC
    if not isinstance(data, Mapping):
        return None
    stages = _stages(data)
    only_steps = not stages and {"steps", "jobs"} & set(data)
    if only_steps or any(isinstance(stage, Mapping) and {"stage", "template"} & set(stage) for stage in stages):
        return _PIPELINE
    return None


def load_alone(document: YamlDocument) -> LoadedRelease:
    """Read a release from a parsed file, which says all of it.

    Raises:
        InvalidFileError: something in it is wrong; all problems are in it, in the order of the file.
    """
    secrets = list(plain_secrets(document))
    problems = [*_empty_fields(document), *(d for d in secrets if d.severity is Severity.ERROR)]
    try:
        release = Release.model_validate(document.data)
    except ValidationError as error:
        raise InvalidFileError(_all_problems(error, document, problems), document.texts) from None
    if problems or document.problems:
        raise InvalidFileError(_in_order((*document.problems, *problems), document), document.texts)
    warnings = (_diagnostic(problem, document, Severity.WARNING) for problem in _warnings(release))
    return LoadedRelease(release, document, tuple(_in_order((*warnings, *secrets), document)))


def _empty_fields(document: YamlDocument) -> Iterator[Diagnostic]:
    """Fields without a value: most likely one is missing, such as an approval.

    Where a field has a value by default, nothing means that it is not to have one. A filter of a trigger or an
    artifact that lists nothing would let everything through.
    """
    for route, value in _empty_values(document.data):
        from azrelease.release.explaining import empty_field, field_at

        field = field_at(route, document.data)
        optional = (
            field is not None and not field.is_required() and field.get_default(call_default_factory=True) is None
        )
        if optional if value is None else route[0] in ("trigger", "artifact"):
            yield empty_field(route, document)


def _empty_values(data: Any, route: Route = ()) -> Iterator[tuple[Route, Any]]:  # noqa: ANN401  (any YAML)
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in items:
        if value is None or value == []:
            yield (*route, step), value
        elif isinstance(value, dict | list):
            yield from _empty_values(value, (*route, step))


def _all_problems(error: ValidationError, document: YamlDocument, others: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The problems that the model found, and those that it did not check since other fields were wrong."""
    from azrelease.release.explaining import diagnose

    details = error.errors(include_url=False)
    # pydantic counts only the items that are right, and so calls a list of wrong ones too short.
    details = [d for d in details if not (d["type"] == "too_short" and d["input"])]
    data = document.data
    problems = (
        *graph_problems(_outline(data)),
        *variable_problems(_named(data, ()), [_named(s, ("stages", i)) for i, s in enumerate(_stages(data))]),
        *_stage_problems(data, {d["loc"] for d in details}),
    )
    found = {*(diagnose(d, document) for d in details), *(_diagnostic(problem, document) for problem in problems)}
    return _in_order({*document.problems, *others, *found}, document)


def _stage_problems(data: Any, wrong: set[Route]) -> Iterator[Problem]:  # noqa: ANN401  (any YAML)
    """The problems of the stages, each without its own fields that are wrong."""
    if not isinstance(data, Mapping):
        return
    workspace = _workspace(data)
    for index, stage in enumerate(_stages(data)):
        # A route is `stages`, the index, the field.
        fields = {route[2] for route in wrong if route[:2] == ("stages", index) and route[2:]}
        # Without these a stage would report fields as missing that are only wrong.
        if not isinstance(stage, Mapping) or fields & _NEEDED_BY_OTHERS:
            continue
        try:
            rest = Stage.model_validate({name: value for name, value in stage.items() if name not in fields})
        except ValidationError:
            continue
        yield from (problem.at("stages", index) for problem in rest.problems(workspace))


def _workspace(data: Mapping[str, Any]) -> Workspace | None:
    """The workspace of the release; some workspace where it is not right."""
    try:
        return Workspace.model_validate(data["workspace"]) if data.get("workspace") else None
    except ValidationError:
        return Workspace(resource_group="-", name="-", service_connection="-")


def _stages(data: Any) -> list[Any]:  # noqa: ANN401  (any YAML)
    stages = data.get("stages") if isinstance(data, Mapping) else None
    return stages if isinstance(stages, list) else []


def _named(data: Any, route: Route) -> NamedVariables:  # noqa: ANN401  (any YAML)
    """The variables and secrets of a mapping, as far as they can be read."""
    data = data if isinstance(data, Mapping) else {}
    variables, secrets = data.get("variables"), data.get("secrets")
    return NamedVariables(
        route,
        tuple(variables) if isinstance(variables, Mapping) else (),
        _texts(secrets),
    )


def _texts(given: Any) -> tuple[str, ...]:  # noqa: ANN401  (any YAML)
    """The texts of a list, or of one item without a list, as far as they can be read."""
    items = given if isinstance(given, list) else [given]
    return tuple(item for item in items if isinstance(item, str))


def _in_order(found: Iterable[Diagnostic], document: YamlDocument) -> list[Diagnostic]:
    """Findings in the order of the file, behind them those in the files below it."""
    return sorted(found, key=lambda d: (d.file != document.path, d.file, d.span, d.code.id, d.message))


def _diagnostic(problem: Problem, document: YamlDocument, level: Severity | None = None) -> Diagnostic:
    return diagnostic_at(document, problem.route, problem.code, problem.message, problem.hint)._replace(level=level)


def _outline(data: Any) -> Sequence[StageNode]:  # noqa: ANN401  (any YAML)
    """As much of the stages as can be read; nothing when one of them has no name."""
    outlines: list[StageNode] = []
    for stage in _stages(data):
        name = stage.get("name") if isinstance(stage, Mapping) else None
        if not isinstance(name, str):
            return ()
        given = stage.get("depends_on")
        outlines.append(StageNode(name, None if given is None else _texts(given)))
    return outlines


def _warnings(release: Release) -> Iterator[Problem]:
    for index, stage in enumerate(release.stages):
        for route, task in stage.placed_tasks:
            yield from (problem.at("stages", index, *route) for problem in task.warnings())
