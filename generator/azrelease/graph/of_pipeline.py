"""The picture of a pipeline of anybody's, as far as its file shows it."""

from collections.abc import Iterator
from pathlib import PurePath

from yaml import ScalarNode

from azrelease.graph.model import Fact, Graph, Hold, JobPart, JobView, SourceView, StageView, StepView
from azrelease.graph.shown import shown_text, shown_value
from azrelease.graph.words import branches_text, joined
from azrelease.syntax import PipelineFile
from azrelease.syntax.outline import SCRIPT_ACTIONS, Job, Stage, Step
from azrelease.syntax.tree import Block, Guards, Items

_RESULTS = frozenset(("publishtestresults", "vstest"))
_VALIDATION = "manualvalidation"
_SCRIPT_INPUTS = frozenset(("script", "inlinescript", "inline"))


def pipeline_graph(file: PipelineFile) -> Graph:
    """The picture of a pipeline or template.

    Checks on environments are no part of a file: the picture says where they may be, not which there are.
    """
    stages = tuple(_stages(file))
    environments = [stage.environment for stage in stages if stage.environment]
    return Graph(
        name=PurePath(file.path).name,
        file=file.path,
        kind="pipeline",
        sources=tuple(_sources(file)),
        starts=tuple(_starts(file.root)),
        stages=stages,
        variables=tuple(_variables(file.root)),
        notes=tuple(_notes(file, environments)),
    )


def _notes(file: PipelineFile, environments: list[str]) -> Iterator[str]:
    if environments:
        names = joined(dict.fromkeys(environments))
        yield f"Approvals and checks on environments are no part of a file: Azure DevOps has those of {names}."
    if file.templates:
        names = joined(dict.fromkeys(shown_text(found.node.value) for found in file.templates))
        yield f"What stands in templates is not shown: {names}."


def _stages(file: PipelineFile) -> Iterator[StageView]:
    outlined = {id(stage.block): stage for stage in file.outline.stages}
    extended = file.root.block("extends")
    if extended is not None:
        yield _template(extended, 0, ())
    if not any(True for _ in file.root.blocks("stages")):
        for stage in file.outline.stages:
            yield _stage(stage, "jobs", ())
        return
    above: tuple[str, ...] = ()
    for index, (block, guards) in enumerate(file.root.blocks("stages")):
        found = outlined.get(id(block))
        if found is not None:
            view = _stage(found, found.name or f"stage {index + 1}", above, guards)
        elif block.kind.endswith(".template"):
            view = _template(block, index, above)
        else:
            continue
        yield view
        above = (view.id,)


def _template(block: Block, index: int, above: tuple[str, ...]) -> StageView:
    name = shown_text(block.text("template") or "a template")
    facts = tuple(_facts(block.block("parameters")))
    return StageView(f"template {index + 1}", name, above, facts=facts, is_template=True)


def _stage(stage: Stage, name: str, above: tuple[str, ...], guards: Guards = ()) -> StageView:
    block = stage.block
    jobs = stage.jobs
    waited_for = {node.value for job in jobs for node in job.block.texts("dependsOn")}
    validations = [(job, step) for job in jobs for step in job.steps if step.task_name == _VALIDATION]
    environments = tuple(dict.fromkeys(job.environment for job in jobs if job.is_deployment and job.environment))
    after = above if block.entry("dependsOn") is None else tuple(node.value for node in block.texts("dependsOn"))
    facts = (
        *(Fact("only", shown_text(guard.key.value)) for guard in guards),
        *_named(block, "condition", "pool", "lockBehavior"),
        *([Fact("environments", joined(environments))] if len(environments) > 1 else []),
        *([Fact("more", "jobs that stand in templates or expressions")] if stage.is_open else []),
    )
    return StageView(
        id=name,
        title=shown_text(block.text("displayName") or name) if not stage.is_implicit else name,
        after=() if stage.is_implicit else after,
        before=(
            *([Hold("start", "started by a person")] if (block.text("trigger") or "").casefold() == "manual" else []),
            *(_hold(step) for job, step in validations if job.name in waited_for or len(jobs) == 1),
        ),
        behind=tuple(_hold(step) for job, step in validations if job.name not in waited_for and len(jobs) > 1),
        environment=environments[0] if environments else None,
        tests=tuple(dict.fromkeys(_title(step) for step in stage.steps if step.task_name in _RESULTS)),
        facts=facts,
        variables=() if stage.is_implicit else tuple(_variables(block)),
        jobs=tuple(_job(job) for job in jobs),
    )


def _hold(step: Step) -> Hold:
    people = step.input("approvers") or step.input("notifyUsers") or "somebody"
    instructions = step.input("instructions")
    facts = (Fact("instructions", shown_text(instructions)),) if instructions else ()
    return Hold("approval", joined(line.strip() for line in people.splitlines()), facts, "job in the pipeline")


def _job(job: Job) -> JobView:
    block = job.block
    parts: dict[str, list[StepView]] = {}
    for step in job.steps:
        parts.setdefault(step.hook, []).append(_step(step))
    place = _pool(block) or "an agent"
    if job.environment:
        place = f"{place}, deployment to {job.environment}"
    facts = (
        *(Fact("only", shown_text(guard.key.value)) for guard in job.guards),
        *_named(block, "condition", "timeoutInMinutes"),
        *([Fact("after", joined(node.value for node in block.texts("dependsOn")))] if block.entry("dependsOn") else []),
        *([Fact("more", "steps that stand in templates or expressions")] if job.is_open else []),
    )
    title = block.text("displayName") or job.name or "job"
    shown = tuple(JobPart(_HOOKS.get(hook, hook), tuple(steps)) for hook, steps in parts.items())
    return JobView(shown_text(title), place, shown, facts)


_HOOKS = {
    "preDeploy": "before",
    "routeTraffic": "route traffic",
    "postRouteTraffic": "after the traffic is routed",
    "on.failure": "on failure",
    "on.success": "on success",
}


def _pool(block: Block) -> str:
    pool = block.block("pool")
    if pool is None:
        text = block.text("pool") or ""
        return "the server, without an agent" if text == "server" else f"pool {text}" if text else ""
    image, name = pool.text("vmImage"), pool.text("name")
    return image or (f"pool {name}" if name else "")


def _title(step: Step) -> str:
    block = step.block
    title = block.text("displayName") or step.task or step.action
    return shown_text(title) if title else "step"


def _step(step: Step) -> StepView:
    block = step.block
    script = block.text(step.action) if step.action in SCRIPT_ACTIONS else None
    if step.action == "task":
        script = next((step.input(name) for name in _SCRIPT_INPUTS if step.input(name)), None)
    inputs = tuple(
        Fact(node_name, shown_value(node_name, str(node.value)))
        for node_name, node in step.inputs.items()
        if node_name not in _SCRIPT_INPUTS
    )
    env = tuple(fact._replace(name=f"env {fact.name}") for fact in _facts(block.block("env")))
    notes = (
        *(f"only {shown_text(guard.key.value)}" for guard in step.guards),
        *([f"runs if {condition}"] if (condition := block.text("condition")) else []),
        *(["the stage goes on when it fails"] if (block.text("continueOnError") or "").casefold() == "true" else []),
    )
    return StepView(
        title=_title(step),
        task=step.task or step.action,
        script=None if script is None else shown_text(script),
        inputs=(*inputs, *env),
        notes=notes,
        enabled=(block.text("enabled") or "true").casefold() != "false",
    )


def _sources(file: PipelineFile) -> Iterator[SourceView]:
    for kind, word in _KINDS.items():
        for resource in file.resources(kind).values():
            block = resource.block
            starts = "what is new in it" if _is_trigger(block) else None
            if kind == "pipelines" and starts:
                trigger = block.block("trigger")
                starts = joined(["every new artifact", *_branches(trigger)], " ")
            facts = tuple(fact for fact in _facts(block) if fact.name not in (word, "trigger"))
            yield SourceView(resource.alias, word, starts, facts)


_KINDS = {
    "pipelines": "pipeline",
    "repositories": "repository",
    "builds": "build",
    "containers": "container",
    "packages": "package",
    "webhooks": "webhook",
}


def _is_trigger(block: Block) -> bool:
    entry = block.entry("trigger")
    return entry is not None and not (isinstance(entry.value, ScalarNode) and entry.value.value in ("none", "false"))


def _branches(block: Block | None) -> list[str]:
    if block is None:
        return []
    branches = block.block("branches")
    if branches is None:
        return branches_text([node.value for node in block.texts("branches")], ())
    include = [node.value for node in branches.texts("include")]
    return branches_text(include, [node.value for node in branches.texts("exclude")])


def _starts(root: Block) -> Iterator[str]:
    for key, what in (("trigger", "a push"), ("pr", "a pull request")):
        entry = root.entry(key)
        if entry is None:
            continue
        if isinstance(entry.value, ScalarNode):
            if entry.value.value not in ("none", ""):
                yield f"{what} to {entry.value.value}"
        elif isinstance(entry.value, Items):
            yield f"{what} to {joined(node.value for node in root.texts(key))}"
        else:
            yield joined([what, *(text.replace("of ", "to ", 1) for text in _branches(root.block(key)))], " ")
    for block, _ in root.blocks("schedules"):
        named = block.text("displayName")
        yield f"{named + ': ' if named else ''}{block.text('cron') or 'a schedule'} UTC"


def _variables(block: Block) -> Iterator[Fact]:
    entry = block.entry("variables")
    if entry is None:
        return
    if isinstance(entry.value, Block):
        yield from _facts(entry.value)
        return
    for item, _ in block.blocks("variables"):
        group, name, template = item.text("group"), item.text("name"), item.text("template")
        if group:
            yield Fact(f"group {group}", "")
        elif name:
            yield Fact(name, shown_value(name, item.text("value") or ""))
        elif template:
            yield Fact(f"template {template}", "")


def _named(block: Block, *names: str) -> Iterator[Fact]:
    for name in names:
        text = _pool(block) if name == "pool" else block.text(name)
        if text:
            yield Fact(name, shown_text(text))


def _facts(block: Block | None) -> Iterator[Fact]:
    for entry in block.entries if block else ():
        if isinstance(entry.value, ScalarNode) and entry.value.value:
            yield Fact(entry.name, shown_value(entry.name, entry.value.value))
