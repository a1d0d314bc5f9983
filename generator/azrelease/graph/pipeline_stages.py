"""The stages of a pipeline of anybody's; of one without stages, its jobs in their place."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from azrelease.graph.labels import joined
from azrelease.graph.model import Fact, StageView
from azrelease.graph.pipeline_gates import STARTED, holds_of
from azrelease.graph.pipeline_jobs import facts_of, job_view, only, pool_text, title_of, variables_of
from azrelease.redaction import redacted_text
from azrelease.syntax import PipelineFile
from azrelease.syntax.embedded import is_computed
from azrelease.syntax.outline import JobOutline, StageOutline
from azrelease.syntax.tree import Block, Guards, exclusive

_RESULTS = frozenset(("publishtestresults", "vstest"))


class _Placed(NamedTuple):
    """A stage before its dependencies are known: its name in lower case, what it says it waits for, its guards."""

    view: StageView
    name: str
    waits_for: tuple[str, ...] | None
    guards: Guards


def stage_views(file: PipelineFile) -> tuple[StageView, ...]:
    """The stages, each with an id of its own: the branches of an `if` may have stages of one name."""
    if not any(True for _ in file.root.blocks("stages")):
        placed = [*_extended(file), *(_job(job) for job in file.outline.jobs)]
        return tuple(_connected(placed, follows=False))
    return tuple(_connected([*_extended(file), *_placed(file)], follows=True))


def _connected(placed: Sequence[_Placed], *, follows: bool) -> Iterator[StageView]:
    """The stages with what they wait for: by name, where case does not count, else the one above."""
    ids: list[str] = []
    by_name: dict[str, list[str]] = {}
    for each in placed:
        number = ids.count(each.view.id) + sum(known.startswith(f"{each.view.id} (") for known in ids)
        ids.append(each.view.id if not number else f"{each.view.id} ({number + 1})")
        by_name.setdefault(each.name, []).append(ids[-1])
    for index, each in enumerate(placed):
        missing = [name for name in each.waits_for or () if name.casefold() not in by_name]
        if each.waits_for is None:
            after = _above(placed, ids, index) if follows else []
        else:
            after = [other for name in each.waits_for for other in by_name.get(name.casefold(), ())]
        facts = each.view.facts
        if missing:
            facts = (*facts, Fact("waits for", f"{redacted_text(joined(missing))}, which this file does not show"))
        yield each.view._replace(id=ids[index], after=tuple(dict.fromkeys(after)), facts=facts)


def _above(placed: Sequence[_Placed], ids: Sequence[str], index: int) -> list[str]:
    """The stage above; of the branches of an `if`, each follows what stands before all of them."""
    above = index - 1
    while above >= 0 and exclusive(placed[above].guards, placed[index].guards):
        above -= 1
    if above < 0:
        return []
    found = [above]
    while found[-1] > 0 and exclusive(placed[found[-1] - 1].guards, placed[above].guards):
        found.append(found[-1] - 1)
    return [ids[number] for number in reversed(found)]


def _extended(file: PipelineFile) -> Iterator[_Placed]:
    block = file.root.block("extends")
    if block is not None:
        yield _template(block, (), "extends")


def _placed(file: PipelineFile) -> Iterator[_Placed]:
    outlined = {id(stage.block): stage for stage in file.outline.stages}
    for number, (block, guards) in enumerate(file.root.blocks("stages"), start=1):
        stage = outlined.get(id(block))
        if stage is not None:
            yield _stage(stage, stage.name or f"stage {number}", guards)
        elif block.kind.endswith(".template"):
            yield _template(block, guards, f"template {number}")


def _template(block: Block, guards: Guards, name: str) -> _Placed:
    title = redacted_text(block.text("template") or "a template")
    given = (fact._replace(name=f"parameter {fact.name}") for fact in facts_of(block.block("parameters")))
    view = StageView(name, title, facts=(*only(guards), *given), is_template=True)
    return _Placed(view, name, None, guards)


def _stage(stage: StageOutline, name: str, guards: Guards) -> _Placed:
    block = stage.block
    before, between, behind = holds_of(stage.jobs)
    environments = _environments(stage.jobs)
    started = (block.text("trigger") or "").casefold() == "manual"
    view = StageView(
        id=name,
        title=redacted_text(block.text("displayName") or name),
        before=(*([STARTED] if started else []), *before),
        behind=behind,
        environment=joined(environments) or None,
        tests=_tests(stage.jobs),
        facts=(
            *only(guards),
            *_said(block),
            *between,
            *([Fact("more", "jobs that stand in templates or expressions")] if stage.is_open else []),
        ),
        variables=tuple(variables_of(block)),
        jobs=tuple(map(job_view, stage.jobs)),
    )
    return _Placed(view, name.casefold(), _waits_for(block), guards)


def _job(job: JobOutline) -> _Placed:
    """A job of a pipeline without stages, drawn as a stage."""
    name = job.name or "job"
    before, between, behind = holds_of([job])
    view = StageView(
        id=name,
        title=redacted_text(job.block.text("displayName") or name),
        before=before,
        behind=behind,
        environment=job.environment,
        tests=_tests([job]),
        facts=(*only(job.guards), *_said(job.block), *between),
        jobs=(job_view(job),),
    )
    return _Placed(view, name.casefold(), _waits_for(job.block), job.guards)


def _waits_for(block: Block) -> tuple[str, ...] | None:
    return (
        None
        if block.entry("dependsOn") is None
        else tuple(node.value for node in block.texts("dependsOn") if node.value)
    )


def _said(block: Block) -> Iterator[Fact]:
    for name in ("condition", "lockBehavior"):
        if text := block.text(name):
            yield Fact(name, redacted_text(text))
    if text := pool_text(block):
        yield Fact("pool", text)


def _environments(jobs: Sequence[JobOutline]) -> tuple[str, ...]:
    named = (job.environment for job in jobs if job.is_deployment and job.environment)
    return tuple(dict.fromkeys(name if is_computed(name) else redacted_text(name) for name in named))


def _tests(jobs: Sequence[JobOutline]) -> tuple[str, ...]:
    steps = (step for job in jobs for step in job.steps)
    return tuple(dict.fromkeys(title_of(step) for step in steps if step.task_name in _RESULTS))
