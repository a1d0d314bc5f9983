"""The stages of any pipeline; its jobs, where it has no stages."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from azrelease.graph.labels import joined
from azrelease.graph.model import MANUAL_START, Fact, StageView
from azrelease.graph.pipeline_gates import pipeline_gates
from azrelease.graph.pipeline_jobs import facts_of, guard_facts, job_view, pool_text, title_of, variables_of
from azrelease.redaction import redacted_text
from azrelease.syntax import PipelineFile
from azrelease.syntax.embedded import is_computed
from azrelease.syntax.outline import JobOutline, StageOutline
from azrelease.syntax.tree import Block, Guards, exclusive

_RESULTS = frozenset(("publishtestresults", "vstest"))


class _Unconnected(NamedTuple):
    """A stage before its dependencies are resolved: its name in lower case, its `dependsOn`, its guards."""

    view: StageView
    name: str
    depends_on: tuple[str, ...] | None
    guards: Guards


def stage_views(file: PipelineFile) -> tuple[StageView, ...]:
    """The stages, each with a unique id: the branches of an `if` may have stages of one name."""
    if not any(True for _ in file.root.blocks("stages")):
        jobs = [*_extended(file), *(_job(job) for job in file.outline.jobs)]
        return tuple(_connected(jobs, in_sequence=False))
    return tuple(_connected([*_extended(file), *_stages(file)], in_sequence=True))


def _connected(stages: Sequence[_Unconnected], *, in_sequence: bool) -> Iterator[StageView]:
    """The stages with their dependencies: by name, in any letter case; without `dependsOn` the stage above."""
    ids: list[str] = []
    by_name: dict[str, list[str]] = {}
    for stage in stages:
        number = ids.count(stage.view.id) + sum(known.startswith(f"{stage.view.id} (") for known in ids)
        ids.append(stage.view.id if not number else f"{stage.view.id} ({number + 1})")
        by_name.setdefault(stage.name, []).append(ids[-1])
    for index, stage in enumerate(stages):
        missing = [name for name in stage.depends_on or () if name.casefold() not in by_name]
        if stage.depends_on is None:
            after = _above(stages, ids, index) if in_sequence else []
        else:
            after = [other for name in stage.depends_on for other in by_name.get(name.casefold(), ())]
        facts = stage.view.facts
        if missing:
            facts = (*facts, Fact("waits for", f"{redacted_text(joined(missing))}, which is not in this file"))
        yield stage.view._replace(id=ids[index], after=tuple(dict.fromkeys(after)), facts=facts)


def _above(stages: Sequence[_Unconnected], ids: Sequence[str], index: int) -> list[str]:
    """The stage above; every branch of an `if` follows the stage before all branches."""
    above = index - 1
    while above >= 0 and exclusive(stages[above].guards, stages[index].guards):
        above -= 1
    if above < 0:
        return []
    numbers = [above]
    while numbers[-1] > 0 and exclusive(stages[numbers[-1] - 1].guards, stages[above].guards):
        numbers.append(numbers[-1] - 1)
    return [ids[number] for number in reversed(numbers)]


def _extended(file: PipelineFile) -> Iterator[_Unconnected]:
    block = file.root.block("extends")
    if block is not None:
        yield _template(block, (), "extends")


def _stages(file: PipelineFile) -> Iterator[_Unconnected]:
    outlined = {id(stage.block): stage for stage in file.outline.stages}
    for number, (block, guards) in enumerate(file.root.blocks("stages"), start=1):
        stage = outlined.get(id(block))
        if stage is not None:
            yield _stage(stage, stage.name or f"stage {number}", guards)
        elif block.kind.endswith(".template"):
            yield _template(block, guards, f"template {number}")


def _template(block: Block, guards: Guards, name: str) -> _Unconnected:
    title = redacted_text(block.text("template") or "a template")
    parameters = (fact._replace(name=f"parameter {fact.name}") for fact in facts_of(block.block("parameters")))
    view = StageView(name, title, facts=(*guard_facts(guards), *parameters), is_template=True)
    return _Unconnected(view, name, None, guards)


def _stage(stage: StageOutline, name: str, guards: Guards) -> _Unconnected:
    block = stage.block
    before, between, behind = pipeline_gates(stage.jobs)
    environments = _environments(stage.jobs)
    manual = (block.text("trigger") or "").casefold() == "manual"
    view = StageView(
        id=name,
        title=redacted_text(block.text("displayName") or block.text("stage") or name),
        before=(*([MANUAL_START] if manual else []), *before),
        behind=behind,
        environment=joined(environments) or None,
        tests=_tests(stage.jobs),
        facts=(
            *guard_facts(guards),
            *_own_facts(block),
            *between,
            *([Fact("more", "jobs from templates or expressions")] if stage.is_open else []),
        ),
        variables=tuple(variables_of(block)),
        jobs=tuple(map(job_view, stage.jobs)),
    )
    return _Unconnected(view, name.casefold(), _depends_on(block), guards)


def _job(job: JobOutline) -> _Unconnected:
    """A job of a pipeline without stages, drawn as a stage."""
    name = job.name or "job"
    before, between, behind = pipeline_gates([job])
    view = StageView(
        id=name,
        title=redacted_text(job.block.text("displayName") or (job.name_node.value if job.name_node else name)),
        before=before,
        behind=behind,
        environment=job.environment,
        tests=_tests([job]),
        facts=(*guard_facts(job.guards), *_own_facts(job.block), *between),
        jobs=(job_view(job),),
    )
    return _Unconnected(view, name.casefold(), _depends_on(job.block), job.guards)


def _depends_on(block: Block) -> tuple[str, ...] | None:
    if block.entry("dependsOn") is None:
        return None
    return tuple(node.value for node in block.texts("dependsOn") if node.value)


def _own_facts(block: Block) -> Iterator[Fact]:
    for name in ("condition", "lockBehavior"):
        if text := block.text(name):
            yield Fact(name, redacted_text(text))
    if text := pool_text(block):
        yield Fact("pool", text)


def _environments(jobs: Sequence[JobOutline]) -> tuple[str, ...]:
    names = (job.environment for job in jobs if job.is_deployment and job.environment)
    return tuple(dict.fromkeys(name if is_computed(name) else redacted_text(name) for name in names))


def _tests(jobs: Sequence[JobOutline]) -> tuple[str, ...]:
    steps = (step for job in jobs for step in job.steps)
    return tuple(dict.fromkeys(title_of(step) for step in steps if step.task_name in _RESULTS))
