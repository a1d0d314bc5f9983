"""The pipeline that is rehearsed: as rendered, with nothing left to be expanded before a run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.errors import UserError
from azrelease.source import Document

HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic")
"""The hooks of a deployment in their order (learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs)."""

_SCRIPTS = {"bash": "Bash@3", "script": "CmdLine@2", "pwsh": "PowerShell@2", "powershell": "PowerShell@2"}
_COPIES = ("matrix", "parallel")


class Step(NamedTuple):
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


class Job(NamedTuple):
    """A job.

    Attributes:
        name: its name.
        title: what it is called.
        depends_on: the jobs of the stage that it waits for.
        condition: when it runs.
        variables: its variables, as written.
        hooks: its steps by hook; those of a job that is no deployment under an empty name.
        is_deployment: whether it is a deployment job.
        on_server: whether it runs on the server, without an agent.
        environment: the environment that it deploys to.
        timeout: minutes.
    """

    name: str
    title: str
    depends_on: tuple[str, ...]
    condition: str | None
    variables: Mapping[str, str]
    hooks: Mapping[str, tuple[Step, ...]]
    is_deployment: bool = False
    on_server: bool = False
    environment: str | None = None
    timeout: float | None = None
    continue_on_error: bool = False


class Stage(NamedTuple):
    """A stage."""

    name: str
    title: str
    depends_on: tuple[str, ...]
    condition: str | None
    variables: Mapping[str, str]
    jobs: tuple[Job, ...]


class Pipeline(NamedTuple):
    """A pipeline.

    Attributes:
        path: its file.
        variables: its variables, as written.
        groups: the variable groups that it reads, whose values are not known here.
        sources: pipelines that it downloads from, alias and name.
        stages: its stages, each with the stages that it waits for.
    """

    path: str
    variables: Mapping[str, str]
    groups: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    stages: tuple[Stage, ...]

    def stage(self, name: str) -> Stage:
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


def read_pipeline(text: str, path: str) -> Pipeline:
    """Read a pipeline.

    Raises:
        InvalidFileError: it is no YAML.
        UserError: it is no pipeline, or one that the service has to expand first.
    """
    data = Document.parse(text, path).data
    if not isinstance(data, dict):
        raise UserError(f"{path}: is no pipeline")
    if "${{" in text or "extends" in data:
        raise UserError(
            f"{path}: has templates or template expressions, which the service expands. Rehearse the YAML that "
            "`azrelease render` or `azrelease run --dry-run` writes."
        )
    stages = _mappings(data.get("stages"))
    if not stages:
        stages = [{"stage": "pipeline", **{key: data[key] for key in ("jobs", "steps", "pool") if key in data}}]
    found: list[Stage] = []
    for number, stage in enumerate(stages):
        above = (found[-1].name,) if found else ()
        found.append(_stage(stage, number, above, data.get("pool")))
    if not any(stage.jobs for stage in found):
        raise UserError(f"{path}: is no pipeline, or has no jobs")
    resources = _mapping(data.get("resources"))
    sources = tuple(
        (str(entry["pipeline"]), str(entry.get("source", entry["pipeline"])))
        for entry in _mappings(resources.get("pipelines"))
        if "pipeline" in entry
    )
    return Pipeline(path, _variables(data), tuple(_groups(data, *stages)), sources, tuple(found))


def _stage(data: Mapping[str, Any], number: int, above: tuple[str, ...], pool: Any) -> Stage:  # noqa: ANN401  (YAML)
    name = str(data.get("stage") or f"stage_{number + 1}")
    jobs = _mappings(data.get("jobs"))
    if not jobs and "steps" in data:
        jobs = [{"job": "Job", "steps": data["steps"]}]
    waits = above if "dependsOn" not in data else _names(data["dependsOn"])
    return Stage(
        name=name,
        title=str(data.get("displayName") or name),
        depends_on=waits,
        condition=_text(data.get("condition")),
        variables=_variables(data),
        jobs=tuple(_job(job, index, data.get("pool", pool)) for index, job in enumerate(jobs)),
    )


def _job(data: Mapping[str, Any], number: int, pool: Any) -> Job:  # noqa: ANN401  (YAML)
    name = str(data.get("deployment") or data.get("job") or f"job_{number + 1}")
    environment = data.get("environment")
    named = environment.get("name") if isinstance(environment, dict) else environment
    return Job(
        name=name,
        title=str(data.get("displayName") or name),
        depends_on=_names(data.get("dependsOn")),
        condition=_text(data.get("condition")),
        variables=_variables(data),
        hooks=dict(_hooks(data)),
        is_deployment="deployment" in data,
        on_server=data.get("pool", pool) == "server",
        environment=None if named is None else str(named),
        timeout=_number(data.get("timeoutInMinutes")),
        continue_on_error=_is_true(data.get("continueOnError")),
    )


def _hooks(data: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Step, ...]]]:
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


def _steps(data: Mapping[str, Any]) -> tuple[Step, ...]:
    return tuple(_step(step) for step in _mappings(data.get("steps")))


def _step(data: Mapping[str, Any]) -> Step:
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
    return Step(
        task=task,
        inputs=inputs,
        title=str(data.get("displayName") or (f"{kind} {data[kind]}" if kind in ("download", "checkout") else task)),
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
        return float(_scalar(value)) or None
    except ValueError:
        return None


def _is_true(value: Any) -> bool:  # noqa: ANN401  (YAML)
    return _scalar(value).casefold() == "true"


def _is_false(value: Any) -> bool:  # noqa: ANN401  (YAML)
    return _scalar(value).casefold() == "false"


def in_order(pipeline: Pipeline, names: Sequence[str]) -> tuple[Stage, ...]:
    """Stages by name, each behind those of them that it waits for.

    Raises:
        UserError: there is no such stage.
    """
    wanted = {pipeline.stage(name).name for name in names}
    done: list[Stage] = []
    waiting = [stage for stage in pipeline.stages if stage.name in wanted]
    while waiting:
        names_left = {stage.name for stage in waiting}
        ready = next((s for s in waiting if not names_left & set(s.depends_on)), waiting[0])
        waiting.remove(ready)
        done.append(ready)
    return tuple(done)
