"""Reads an expanded pipeline: as rendered, with nothing left that the service expands before a run."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from azrelease.errors import UserError
from azrelease.rehearsal.pipeline import RehearsedJob, RehearsedPipeline, RehearsedStage, RehearsedStep
from azrelease.syntax import HOOKS
from azrelease.yaml_document import YamlDocument

_SCRIPTS = {"bash": "Bash@3", "script": "CmdLine@2", "pwsh": "PowerShell@2", "powershell": "PowerShell@2"}
_TEMPLATE_KEYS = frozenset(("template", "parameters"))


def read_pipeline(text: str, path: str) -> RehearsedPipeline:
    """Read a pipeline.

    Raises:
        InvalidFileError: it is not YAML.
        UserError: it is not a pipeline, or the service must expand it first.
    """
    data = YamlDocument.parse(text, path).data
    if not isinstance(data, dict):
        raise UserError(f"{path}: not a pipeline")
    if "extends" in data or any(_needs_expansion(value) for value in _descendants(data)):
        raise UserError(
            f"{path}: it has templates or template expressions, which the service expands. Rehearse the YAML that "
            "`azrelease render` or `azrelease run --dry-run` writes."
        )
    stages = _mappings(data.get("stages"))
    if not stages:
        stages = [{"stage": "pipeline", **{key: data[key] for key in ("jobs", "steps", "pool") if key in data}}]
    read: list[RehearsedStage] = []
    for number, stage in enumerate(stages):
        read.append(_stage(stage, number, tuple(above.name for above in read[-1:])))
    if not any(stage.jobs for stage in read):
        raise UserError(f"{path}: not a pipeline, or it has no jobs")
    _check_dependencies(path, "stage", read)
    for each in read:
        _check_dependencies(path, "job", each.jobs)
    resources = _mapping(data.get("resources"))
    sources = tuple(
        (str(entry["pipeline"]), str(entry.get("source", entry["pipeline"])))
        for entry in _mappings(resources.get("pipelines"))
        if "pipeline" in entry
    )
    jobs = [job for stage in stages for job in _mappings(stage.get("jobs"))]
    groups = tuple(dict.fromkeys(_groups(data, *stages, *jobs)))
    return RehearsedPipeline(path, _variables(data), groups, sources, tuple(read), _readonly(data))


def _descendants(value: Any) -> Iterator[Any]:  # noqa: ANN401  (YAML)
    """A value with all keys, entries and scalars in it."""
    yield value
    if isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from _descendants(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _descendants(entry)


def _needs_expansion(value: Any) -> bool:  # noqa: ANN401  (YAML)
    """Whether the service expands a value before a run."""
    if isinstance(value, list):
        return any(isinstance(entry, dict) and "template" in entry and set(entry) <= _TEMPLATE_KEYS for entry in value)
    return not isinstance(value, dict) and "${{" in _scalar(value)


def _check_dependencies(path: str, kind: str, items: Sequence[RehearsedStage] | Sequence[RehearsedJob]) -> None:
    """Check that stages, or the jobs of one, can run in some order.

    Raises:
        UserError: a dependency does not exist, or there is a cycle.
    """
    waits = {item.name.casefold(): {name.casefold() for name in item.depends_on} for item in items}
    missing = sorted({f"`{name}`" for names in waits.values() for name in names - waits.keys()})
    if missing:
        raise UserError(f"{path}: a {kind} depends on {', '.join(missing)}, which does not exist")
    while ready := [name for name, names in waits.items() if not names & waits.keys()]:
        for name in ready:
            del waits[name]
    if waits:
        raise UserError(f"{path}: these {kind}s depend on each other: {', '.join(f'`{name}`' for name in waits)}")


def _stage(data: Mapping[str, Any], number: int, above: tuple[str, ...]) -> RehearsedStage:
    name = str(data.get("stage") or f"stage_{number + 1}")
    jobs = _mappings(data.get("jobs"))
    if not jobs and "steps" in data:
        jobs = [{"job": "Job", "steps": data["steps"]}]
    return RehearsedStage(
        name=name,
        title=str(data.get("displayName") or name),
        depends_on=above if "dependsOn" not in data else _names(data["dependsOn"]),
        condition=_text(data.get("condition")),
        variables=_variables(data),
        jobs=tuple(_job(job, index) for index, job in enumerate(jobs)),
        readonly=_readonly(data),
    )


def _job(data: Mapping[str, Any], number: int) -> RehearsedJob:
    name = str(data.get("deployment") or data.get("job") or f"job_{number + 1}")
    environment = data.get("environment")
    named = environment.get("name") if isinstance(environment, dict) else environment
    copy_variables, copies = _first_copy(data)
    if "deployment" in data and not isinstance(data.get("strategy"), dict):
        raise UserError(f"the deployment `{name}` requires the key `strategy`")
    return RehearsedJob(
        name=name,
        title=str(data.get("displayName") or name),
        depends_on=_names(data.get("dependsOn")),
        condition=_text(data.get("condition")),
        variables={**_variables(data), **copy_variables},
        hooks=dict(_hooks(data)),
        is_deployment="deployment" in data,
        environment=None if named is None else str(named),
        timeout=_number(data.get("timeoutInMinutes")),
        continue_on_error=_is_true(data.get("continueOnError")),
        readonly=_readonly(data),
        copies=copies,
    )


def _first_copy(data: Mapping[str, Any]) -> tuple[dict[str, str], int]:
    """The variables of the first copy of a job, and the number of copies."""
    strategy = {} if "deployment" in data else _mapping(data.get("strategy"))
    matrix = _mapping(strategy.get("matrix"))
    copies = len(matrix) or int(_number(strategy.get("parallel")) or 1)
    if copies == 1 and not matrix:
        return {}, 1
    first = _mapping(next(iter(matrix.values()), {}))
    places = {"System.JobPositionInPhase": "1", "System.TotalJobsInPhase": str(copies)}
    return {**{str(name): _scalar(value) for name, value in first.items()}, **places}, copies


def _hooks(data: Mapping[str, Any]) -> Iterator[tuple[str, tuple[RehearsedStep, ...]]]:
    if "deployment" not in data:
        yield "", _steps(data)
        return
    strategy = _mapping(data.get("strategy"))
    hooks = next((value for value in strategy.values() if isinstance(value, dict)), {})
    by_result = _mapping(hooks.get("on"))
    for name, hook in (
        *((name, hooks.get(name)) for name in HOOKS),
        *((f"on {result}", by_result.get(result)) for result in ("success", "failure")),
    ):
        if isinstance(hook, dict):
            yield name, _steps(hook)


def _steps(data: Mapping[str, Any]) -> tuple[RehearsedStep, ...]:
    return tuple(_step(step) for step in _mappings(data.get("steps")))


def _step(data: Mapping[str, Any]) -> RehearsedStep:
    kind = next((key for key in (*_SCRIPTS, "task", "download", "checkout", "publish") if key in data), "")
    inputs: dict[str, str] = {}
    if kind == "task":
        task = str(data["task"])
        inputs = _scalars(_mapping(data.get("inputs")))
    elif kind in _SCRIPTS:
        task = _SCRIPTS[kind]
        inputs = {"targettype": "inline", "script": _scalar(data[kind]), "pwsh": str(kind == "pwsh")}
        own = ("workingDirectory", "failOnStderr", "errorActionPreference")
        inputs |= _scalars({name: data[name] for name in own if name in data})
    else:
        task = kind or "unknown"
        inputs = _scalars(data)
    default_title = _SCRIPTS[kind].partition("@")[0] if kind in _SCRIPTS else task
    if kind in ("download", "checkout"):
        default_title = f"{kind} {data[kind]}"
    return RehearsedStep(
        task=task,
        inputs=inputs,
        title=str(data.get("displayName") or default_title),
        name=_text(data.get("name")),
        condition=_text(data.get("condition")),
        env={str(name): _scalar(value) for name, value in _mapping(data.get("env")).items()},
        continue_on_error=_is_true(data.get("continueOnError")),
        enabled=_scalar(data.get("enabled")).casefold() != "false",
        timeout=_number(data.get("timeoutInMinutes")),
        retries=int(_number(data.get("retryCountOnTaskFailure")) or 0),
    )


def _variables(data: Mapping[str, Any]) -> dict[str, str]:
    variables = data.get("variables")
    if isinstance(variables, dict):
        return {str(name): _scalar(value) for name, value in variables.items()}
    return {str(entry["name"]): _scalar(entry.get("value")) for entry in _mappings(variables) if "name" in entry}


def _readonly(data: Mapping[str, Any]) -> frozenset[str]:
    entries = _mappings(data.get("variables"))
    return frozenset(str(entry.get("name")) for entry in entries if _is_true(entry.get("readonly")))


def _groups(*places: Mapping[str, Any]) -> Iterator[str]:
    for place in places:
        yield from (str(entry["group"]) for entry in _mappings(place.get("variables")) if "group" in entry)


def _mappings(value: Any) -> Sequence[dict[str, Any]]:  # noqa: ANN401  (YAML)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _mapping(value: Any) -> dict[str, Any]:  # noqa: ANN401  (YAML)
    return value if isinstance(value, dict) else {}


def _names(value: Any) -> tuple[str, ...]:  # noqa: ANN401  (YAML)
    if isinstance(value, list):
        return tuple(map(str, value))
    return (str(value),) if value not in (None, "") else ()


def _text(value: Any) -> str | None:  # noqa: ANN401  (YAML)
    return None if value is None else _scalar(value)


def _scalar(value: Any) -> str:  # noqa: ANN401  (YAML)
    """A scalar as text, which the service reads it as."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(getattr(value, "text", value))


def _scalars(data: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a mapping by key in lower case."""
    return {str(name).casefold(): _scalar(value) for name, value in data.items()}


def _number(value: Any) -> float | None:  # noqa: ANN401  (YAML)
    try:
        number = float(_scalar(value))
    except ValueError:
        return None
    return number if number > 0 and math.isfinite(number) else None


def _is_true(value: Any) -> bool:  # noqa: ANN401  (YAML)
    return _scalar(value).casefold() == "true"
