"""The picture of a release."""

from collections.abc import Iterable, Iterator, Mapping

from azrelease.graph.labels import branches_text, joined, rollout_text, target_text
from azrelease.graph.model import Fact, Graph, SourceView, StageView
from azrelease.graph.release_gates import gates_after, gates_before, service_gates
from azrelease.graph.release_jobs import job_view
from azrelease.lowering import lower
from azrelease.lowering.releases import fixed_variables
from azrelease.pipeline import PipelineStage, Pool
from azrelease.redaction import redacted_setting, redacted_text
from azrelease.release import Release, Stage
from azrelease.release.artifact import ArtifactSource
from azrelease.release.fields import minutes_text
from azrelease.release.source import AnySource, PipelineSource
from azrelease.release.tasks import BaseTask
from azrelease.release.template_reference import reference
from azrelease.syntax.macros import expand
from azrelease.templating import Templates


def release_graph(release: Release, file: str, templates: Templates | None = None) -> Graph:
    """The graph of a release; `templates` has the templates of its scripts, by default the shipped ones."""
    full = release.completed()
    pipeline = lower(full, templates)
    stages = tuple(
        _stage(stage, lowered, pipeline.pool, fixed_variables(full))
        for stage, lowered in zip(full.stages, pipeline.stages, strict=True)
    )
    return Graph(
        name=full.name,
        file=file,
        kind="release",
        description=None if full.description is None else redacted_text(full.description),
        sources=tuple(_sources(full)),
        starts=tuple(_starts(full)),
        stages=stages,
        variables=_variables(full.variables, full.variable_groups, full.secrets, full.settable),
        registered=tuple(_registered_resources(full)),
    )


def _sources(release: Release) -> Iterator[SourceView]:
    if release.artifact is not None:
        yield _artifact(release.artifact, _continuous(release), "artifact")
    for source in release.sources:
        yield _source(source)
    for repository in release.template_repositories:
        facts = [Fact("repository", repository.repository), *([Fact("ref", repository.ref)] if repository.ref else [])]
        yield SourceView(repository.alias, "templates", None, tuple(facts))
    extended = release.pipeline_template
    if extended is not None:
        yield SourceView(reference(extended.file, extended.repository), "extended template", None)


def _artifact(artifact: ArtifactSource, starts: str | None, kind: str) -> SourceView:
    facts = [
        Fact("artifact", artifact.name or "all artifacts"),
        *([Fact("folder", artifact.path)] if artifact.path != "." else []),
        *([Fact("project", artifact.project)] if artifact.project else []),
        Fact("default version", joined([artifact.version, *_version_filters(artifact)], " ")),
    ]
    return SourceView(artifact.pipeline, kind, starts, tuple(facts))


def _version_filters(artifact: ArtifactSource) -> Iterator[str]:
    if artifact.branch:
        yield f"of {artifact.branch}"
    if artifact.tags:
        yield f"tagged {joined(artifact.tags)}"


def _continuous(release: Release) -> str | None:
    trigger = release.trigger.continuous_deployment
    if trigger is None:
        return None
    return joined(
        [
            "every new artifact",
            *branches_text(trigger.branch_filter.include, trigger.branch_filter.exclude),
            *([f"tagged {joined(trigger.tags)}"] if trigger.tags else []),
            *([f"after its stage {joined(trigger.stages)}"] if trigger.stages else []),
        ],
        " ",
    )


def _source(source: AnySource) -> SourceView:
    if isinstance(source, PipelineSource):
        starts = None
        if source.trigger is not None:
            branches = source.trigger.branch_filter
            starts = joined(["every new artifact", *branches_text(branches.include, branches.exclude)], " ")
        return _artifact(source, starts, "pipeline")
    own = {"type", "alias", "trigger"}
    data = source.model_dump(mode="json", exclude=own, exclude_none=True, exclude_defaults=True)
    starts = "every new version" if getattr(source, "trigger", None) else None
    facts = tuple(Fact(name.replace("_", " "), str(value)) for name, value in data.items())
    return SourceView(source.alias or "", source.type.replace("_", " "), starts, facts)


def _starts(release: Release) -> Iterator[str]:
    for schedule in release.trigger.schedules:
        named = f"{schedule.display_name}: " if schedule.display_name else ""
        yield f"{named}{schedule.cron} UTC"
    triggers = (
        release.trigger.continuous_deployment,
        *(getattr(source, "trigger", None) for source in release.sources),
    )
    if not any(triggers) and not release.trigger.schedules:
        yield "a user"


def _variables(
    values: dict[str, str], groups: Iterable[str], secrets: Iterable[str], settable: Iterable[str] = ()
) -> tuple[Fact, ...]:
    folded = {name.casefold() for name in settable}
    notes = {name: " (settable at queue time)" for name in values if name.casefold() in folded}
    return (
        *(Fact(f"group {name}", "") for name in groups),
        *(Fact(name, redacted_setting(name, value) + notes.get(name, "")) for name, value in values.items()),
        *(Fact(name, "secret") for name in secrets),
    )


def _stage(stage: Stage, lowered: PipelineStage, pool: Pool | None, variables: Mapping[str, str]) -> StageView:
    known = {name.casefold(): value for name, value in {**variables, **stage.variables}.items()}
    tasks = [task for _, task in stage.placed_tasks if task.enabled]
    workspace = stage.workspace
    facts = (
        *([Fact("agent", stage.agent.image or stage.agent.pool or "")] if stage.agent else []),
        *([Fact("condition", redacted_text(stage.condition))] if stage.condition else []),
        *([Fact("workspace", expand(f"{workspace.name} in {workspace.resource_group}", known))] if workspace else []),
        *([Fact("service connection", expand(workspace.service_connection, known))] if workspace else []),
        *([Fact("timeout", minutes_text(stage.timeout))] if stage.timeout else []),
        *([Fact("retries", str(stage.retries))] if stage.retries else []),
    )
    return StageView(
        id=stage.name,
        title=stage.display_name or stage.name,
        after=stage.depends_on or (),
        before=tuple(gates_before(stage)),
        behind=(*service_gates(stage.gates_after, "job at the end of the stage"), *gates_after(stage)),
        target=expand(target_text(stage.target), known) if stage.target else None,
        endpoint=expand(stage.endpoint or stage.service or "", known) or None,
        environment=stage.environment,
        tests=tuple(dict.fromkeys(text for task in tasks if (text := _test(task)))),
        rollout=rollout_text(stage.rollout) if stage.rollout else None,
        facts=facts,
        variables=_variables(stage.variables, stage.variable_groups, stage.secrets),
        jobs=tuple(job_view(job, lowered.pool or pool) for job in lowered.jobs),
    )


def _test(task: BaseTask) -> str | None:
    if task.task in ("BatchTest", "EndpointTest"):
        return str(getattr(task, "script", "")) or "endpoint test"
    if task.task == "EvaluationGate":
        return f"better {getattr(task, 'metric', 'metric')} than the model in service"
    return {"InvokeEndpoint": "a sample request", "BatchInvoke": "a batch job"}.get(task.task)


def _registered_resources(release: Release) -> Iterator[Fact]:
    """The resources that `azrelease plan` manages for a completed release, each as kind and name."""
    folder = (release.folder or "").strip("\\")
    yield Fact("pipeline", "\\" + "\\".join(filter(None, (folder, release.name))))
    registration = release.registration
    for group in registration.variable_groups if registration else ():
        yield Fact("variable group", group.name)
    done: set[str] = set()
    for stage in release.stages:
        environment = stage.environment or stage.name
        # Stages that share an environment share its checks.
        if environment.casefold() in done:
            continue
        done.add(environment.casefold())
        yield Fact("environment", environment)
        for gate in gates_before(stage):
            if gate.place.startswith("check on"):
                yield Fact(f"{gate.kind} of {environment}", gate.title)
    check = registration.pull_request_check if registration else None
    if check is not None:
        name = check.name or f"{release.name} pull request"
        yield Fact("pipeline", "\\" + "\\".join(filter(None, (folder, name))))
        yield Fact("build validation", f"{name}, {'required' if check.blocking else 'optional'} for pull requests")
    yield Fact("permissions", "of this pipeline alone, for the resources it uses")
