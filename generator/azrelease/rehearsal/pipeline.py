"""The pipeline that is rehearsed: as rendered, with nothing left to be expanded before a run."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.errors import UserError
from azrelease.yaml_document import YamlDocument

HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic")
"""The hooks of a deployment in their order (learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs)."""

_SCRIPTS = {"bash": "Bash@3", "script": "CmdLine@2", "pwsh": "PowerShell@2", "powershell": "PowerShell@2"}
_TITLES = {"bash": "Bash", "script": "CmdLine", "pwsh": "PowerShell", "powershell": "PowerShell"}


class RehearsedStep(NamedTuple):
    """A step. Scripts are steps of the task that runs them; `download` and `checkout` have these words as task.

    Attributes:
        task: the task, `AzureCLI@2`.
        inputs: its inputs by name in lower case.
        title: what it is called.
        name: the name that its outputs are found under.
        condition: when it runs; None when nothing failed before.
        env: its environment variables.
        continue_on_error: whether the job goes on when it fails.
        enabled: whether it runs at all.
        timeout: minutes; None for no limit of its own.
        retries: how often it is tried again.
    """

    task: str
    inputs: Mapping[str, str]
    title: str
    name: str | None = None
    condition: str | None = None
    env: Mapping[str, str] = {}
    continue_on_error: bool = False
    enabled: bool = True
    timeout: float | None = None
    retries: int = 0


class RehearsedJob(NamedTuple):
    """A job.

    Attributes:
        name: its name.
        title: what it is called.
        depends_on: the jobs of the stage that it waits for.
        condition: when it runs.
        variables: its variables, as written.
        hooks: its steps by hook; those of a job that is no deployment under an empty name.
        is_deployment: whether it is a deployment job.
        environment: the environment that it deploys to.
        timeout: minutes; None for no limit.
        continue_on_error: whether the stage goes on when it fails.
        readonly: the names of its variables that nothing changes.
        copies: how many of it run; the first is rehearsed.
    """

    name: str
    title: str
    depends_on: tuple[str, ...]
    condition: str | None
    variables: Mapping[str, str]
    hooks: Mapping[str, tuple[RehearsedStep, ...]]
    is_deployment: bool = False
    environment: str | None = None
    timeout: float | None = None
    continue_on_error: bool = False
    readonly: frozenset[str] = frozenset()
    copies: int = 1


class RehearsedStage(NamedTuple):
    """A stage."""

    name: str
    title: str
    depends_on: tuple[str, ...]
    condition: str | None
    variables: Mapping[str, str]
    jobs: tuple[RehearsedJob, ...]
    readonly: frozenset[str] = frozenset()


class RehearsedPipeline(NamedTuple):
    """A pipeline.

    Attributes:
        path: its file.
        variables: its variables, as written.
        groups: the variable groups that it reads, whose values are not known here.
        sources: pipelines that it downloads from, alias and name.
        stages: its stages, each with the stages that it waits for.
        readonly: the names of its variables that nothing changes.
    """

    path: str
    variables: Mapping[str, str]
    groups: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    stages: tuple[RehearsedStage, ...]
    readonly: frozenset[str] = frozenset()

    def stage(self, name: str) -> RehearsedStage:
        """A stage by its name.

        Raises:
            UserError: there is none.
        """
        from azrelease.suggestions import suggestion

        found = next((stage for stage in self.stages if stage.name.casefold() == name.casefold()), None)
        if found is None:
            names = [stage.name for stage in self.stages]
            hint = suggestion(name, names, f"One of: {', '.join(names)}.")
            raise UserError(f"{self.path}: no stage `{name}`. {hint}")
        return found


def read_pipeline(text: str, path: str) -> RehearsedPipeline:
    """Read a pipeline.

    Raises:
        InvalidFileError: it is no YAML.
        UserError: it is no pipeline, or one that the service has to expand first.
    """
    data = YamlDocument.parse(text, path).data
    if not isinstance(data, dict):
        raise UserError(f"{path}: is no pipeline")
    if "extends" in data or any(_is_expanded(value) for value in _all_of(data)):
        raise UserError(
            f"{path}: has templates or template expressions, which the service expands. Rehearse the YAML that "
            "`azrelease render` or `azrelease run --dry-run` writes."
        )
    stages = _mappings(data.get("stages"))
    if not stages:
        stages = [{"stage": "pipeline", **{key: data[key] for key in ("jobs", "steps", "pool") if key in data}}]
    found: list[RehearsedStage] = []
    for number, stage in enumerate(stages):
        above = (found[-1].name,) if found else ()
        found.append(_stage(stage, number, above))
    if not any(stage.jobs for stage in found):
        raise UserError(f"{path}: is no pipeline, or has no jobs")
    _check_waits(path, "stage", found)
    for stage_read in found:
        _check_waits(path, "job", stage_read.jobs)
    resources = _mapping(data.get("resources"))
    sources = tuple(
        (str(entry["pipeline"]), str(entry.get("source", entry["pipeline"])))
        for entry in _mappings(resources.get("pipelines"))
        if "pipeline" in entry
    )
    jobs = [job for stage in stages for job in _mappings(stage.get("jobs"))]
    groups = tuple(dict.fromkeys(_groups(data, *stages, *jobs)))
    return RehearsedPipeline(path, _variables(data), groups, sources, tuple(found), _readonly(data))


def _all_of(value: Any) -> Iterator[Any]:  # noqa: ANN401  (YAML)
    """All that stands in a value: keys, entries and scalars."""
    yield value
    if isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from _all_of(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _all_of(entry)


def _is_expanded(value: Any) -> bool:  # noqa: ANN401  (YAML)
    """Whether a value is one that the service expands before a run."""
    if isinstance(value, list):
        return any(isinstance(entry, dict) and "template" in entry and set(entry) <= _TEMPLATE for entry in value)
    return not isinstance(value, dict) and "${{" in _scalar(value)


_TEMPLATE = frozenset({"template", "parameters"})


def _check_waits(path: str, what: str, found: Sequence[RehearsedStage] | Sequence[RehearsedJob]) -> None:
    """See that stages, or the jobs of one, can run in some order.

    Raises:
        UserError: one waits for what is not there, or for itself.
    """
    waits = {each.name.casefold(): {name.casefold() for name in each.depends_on} for each in found}
    missing = sorted({f"`{name}`" for names in waits.values() for name in names - waits.keys()})
    if missing:
        raise UserError(f"{path}: a {what} waits for {', '.join(missing)}, which is no {what} here")
    while ready := [name for name, names in waits.items() if not names & waits.keys()]:
        for name in ready:
            del waits[name]
    if waits:
        raise UserError(f"{path}: these {what}s wait for each other: {', '.join(f'`{name}`' for name in waits)}")


def _stage(data: Mapping[str, Any], number: int, above: tuple[str, ...]) -> RehearsedStage:
    name = str(data.get("stage") or f"stage_{number + 1}")
    jobs = _mappings(data.get("jobs"))
    if not jobs and "steps" in data:
        jobs = [{"job": "Job", "steps": data["steps"]}]
    waits = above if "dependsOn" not in data else _names(data["dependsOn"])
    return RehearsedStage(
        name=name,
        title=str(data.get("displayName") or name),
        depends_on=waits,
        condition=_text(data.get("condition")),
        variables=_variables(data),
        jobs=tuple(_job(job, index) for index, job in enumerate(jobs)),
        readonly=_readonly(data),
    )


def _job(data: Mapping[str, Any], number: int) -> RehearsedJob:
    name = str(data.get("deployment") or data.get("job") or f"job_{number + 1}")
    environment = data.get("environment")
    named = environment.get("name") if isinstance(environment, dict) else environment
    leg, copies = _first_copy(data)
    if "deployment" in data and not isinstance(data.get("strategy"), dict):
        raise UserError(f"the deployment `{name}` has no strategy: the service refuses it")
    return RehearsedJob(
        name=name,
        title=str(data.get("displayName") or name),
        depends_on=_names(data.get("dependsOn")),
        condition=_text(data.get("condition")),
        variables={**_variables(data), **leg},
        hooks=dict(_hooks(data)),
        is_deployment="deployment" in data,
        environment=None if named is None else str(named),
        timeout=_number(data.get("timeoutInMinutes")),
        continue_on_error=_is_true(data.get("continueOnError")),
        readonly=_readonly(data),
        copies=copies,
    )


def _first_copy(data: Mapping[str, Any]) -> tuple[dict[str, str], int]:
    """The variables of the first of the copies of a job, and how many there are."""
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
    held = next((value for value in strategy.values() if isinstance(value, dict)), {})
    for hook in HOOKS:
        if isinstance(held.get(hook), dict):
            yield hook, _steps(held[hook])
    endings = _mapping(held.get("on"))
    for ending in ("success", "failure"):
        if isinstance(endings.get(ending), dict):
            yield f"on {ending}", _steps(endings[ending])


def _steps(data: Mapping[str, Any]) -> tuple[RehearsedStep, ...]:
    return tuple(_step(step) for step in _mappings(data.get("steps")))


def _step(data: Mapping[str, Any]) -> RehearsedStep:
    kind = next((key for key in (*_SCRIPTS, "task", "download", "checkout", "publish") if key in data), "")
    inputs: dict[str, str] = {}
    if kind == "task":
        task = str(data["task"])
        given = _mapping(data.get("inputs"))
        inputs = {str(name).casefold(): _scalar(value) for name, value in given.items()}
    elif kind in _SCRIPTS:
        task = _SCRIPTS[kind]
        inputs = {"targettype": "inline", "script": _scalar(data[kind]), "pwsh": str(kind == "pwsh")}
        for name in ("workingDirectory", "failOnStderr", "errorActionPreference"):
            if name in data:
                inputs[name.casefold()] = _scalar(data[name])
    else:
        task = kind or "unknown"
        inputs = {str(name).casefold(): _scalar(value) for name, value in data.items()}
    env = data.get("env")
    return RehearsedStep(
        task=task,
        inputs=inputs,
        title=str(
            data.get("displayName")
            or (f"{kind} {data[kind]}" if kind in ("download", "checkout") else _TITLES.get(kind, task))
        ),
        name=_text(data.get("name")),
        condition=_text(data.get("condition")),
        env={str(name): _scalar(value) for name, value in (env if isinstance(env, dict) else {}).items()},
        continue_on_error=_is_true(data.get("continueOnError")),
        enabled=not _is_false(data.get("enabled")),
        timeout=_number(data.get("timeoutInMinutes")),
        retries=int(_number(data.get("retryCountOnTaskFailure")) or 0),
    )


def _variables(data: Mapping[str, Any]) -> dict[str, str]:
    given = data.get("variables")
    if isinstance(given, dict):
        return {str(name): _scalar(value) for name, value in given.items()}
    return {str(entry["name"]): _scalar(entry.get("value")) for entry in _mappings(given) if "name" in entry}


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
    """A scalar as the service takes it: as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(getattr(value, "text", value))


def _number(value: Any) -> float | None:  # noqa: ANN401  (YAML)
    try:
        number = float(_scalar(value))
    except ValueError:
        return None
    return number if number > 0 and math.isfinite(number) else None


def _is_true(value: Any) -> bool:  # noqa: ANN401  (YAML)
    return _scalar(value).casefold() == "true"


def _is_false(value: Any) -> bool:  # noqa: ANN401  (YAML)
    return _scalar(value).casefold() == "false"


def in_order(pipeline: RehearsedPipeline, names: Sequence[str]) -> tuple[RehearsedStage, ...]:
    """Stages by name, each behind those of them that it waits for.

    Raises:
        UserError: there is no such stage.
    """
    wanted = {pipeline.stage(name).name for name in names}
    done: list[RehearsedStage] = []
    waiting = [stage for stage in pipeline.stages if stage.name in wanted]
    while waiting:
        left = {stage.name.casefold() for stage in waiting}
        ready = next(stage for stage in waiting if not left & {name.casefold() for name in stage.depends_on})
        waiting.remove(ready)
        done.append(ready)
    return tuple(done)
