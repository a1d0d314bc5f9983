"""AZR226 and AZR227: artifacts that no job publishes, or that are published twice."""

import re
from collections.abc import Iterable

from azrelease.lint.facts import dependencies
from azrelease.lint.facts.job_folders import Publication, downloads, publications
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import misspelled, suggestion
from azrelease.syntax import Block, JobOutline, StepOutline
from azrelease.syntax.expressions import STATUS_FUNCTIONS

_UNPUBLISHED = Code("AZR226", "unpublished-artifact", Severity.ERROR)
_DUPLICATE = Code("AZR227", "duplicate-artifact", Severity.ERROR)


def check_downloads(file: LintedFile) -> Findings:
    """Downloads of artifacts of the run itself, where all publications can be seen."""
    wanted = [
        each for unit in file.work_units for each in downloads(unit) if each.source == "current" and each.artifact
    ]
    if not wanted or not _is_complete(file):
        return
    published = list(publications(file.outline.steps))
    if any(each.artifact is None for each in published):
        return
    names = {each.artifact.casefold(): each.artifact for each in published if each.artifact is not None}
    for each in wanted:
        if each.artifact is None:
            continue
        makers = [other.step for other in published if (other.artifact or "").casefold() == each.artifact.casefold()]
        if makers:
            if not any(_is_before(file, maker, each.step) for maker in makers):
                message = f"the job that publishes `{each.artifact}` runs at the same time: it may not be there yet"
                name = makers[0].job.name or makers[0].job.stage.name or "JOB"
                yield file.finding(
                    _UNPUBLISHED, message, each.node, f"Add `dependsOn: {name}`.", level=Severity.WARNING
                )
            elif each.step.task_name == "downloadbuildartifacts" and all(
                _is_pipeline_artifact(maker) for maker in makers
            ):
                message = f"`{each.artifact}` is a pipeline artifact, which this task may not find"
                yield file.finding(
                    _UNPUBLISHED, message, each.step.head, "Use DownloadPipelineArtifact@2.", level=Severity.WARNING
                )
            continue
        message = f"no job publishes the artifact `{each.artifact}`"
        runs_files = any(_RUNS_FILE.search(s.text) for s in file.scripts if not _is_behind(s.step, each.step))
        if runs_files and misspelled(each.artifact, names.values()) is None:
            continue
        hint = suggestion(each.artifact, names.values(), _known(names.values()))
        is_soft = each.step.block.entry("continueOnError") is not None or each.step.block.entry("condition") is not None
        level = Severity.WARNING if is_soft or runs_files else None
        yield file.finding(_UNPUBLISHED, message, each.node, hint, level=level)


_RUNS_FILE = re.compile(r"[\w)}][\\/]?[\w.-]*\.(?:ps1|psm1|sh|py|cmd|bat|cake|js)\b", re.IGNORECASE)
"""A script file, which may print the command that publishes an artifact."""


def _is_behind(step: StepOutline, other: StepOutline) -> bool:
    """Whether a step runs after another one of its job."""
    steps = [id(each.block) for each in other.job.steps]
    return id(step.block) in steps and steps.index(id(step.block)) > steps.index(id(other.block))


def _is_pipeline_artifact(maker: StepOutline) -> bool:
    return all(each.is_pipeline_artifact for each in publications((maker,)))


def _is_before(file: LintedFile, maker: StepOutline, reader: StepOutline) -> bool:
    """Whether a step has run when another does, or may have."""
    if maker.job is reader.job:
        return True
    if maker.job.stage is reader.job.stage:
        members = dependencies.jobs(maker.job.stage)
        way = list(dependencies.way_to(members, reader.job.block, in_order=False))
        blocks = [members[index].block for index, _ in way]
        return any(names is None for _, names in way) or any(block is maker.job.block for block in blocks) or not blocks
    stages = dependencies.stages(file.outline.stages)
    way = list(dependencies.way_to(stages, reader.job.stage.block, in_order=True))
    blocks = [stages[index].block for index, _ in way]
    return any(names is None for _, names in way) or any(block is maker.job.stage.block for block in blocks)


def _known(names: Iterable[str]) -> str | None:
    listed = ", ".join(f"`{name}`" for name in names)
    return f"Published are {listed}." if listed else None


def _is_complete(file: LintedFile) -> bool:
    """Whether every step that may publish an artifact can be seen."""
    if file.is_part or file.outline.is_open or any(stage.is_open for stage in file.outline.stages):
        return False
    if any(job.is_open for job in file.outline.jobs):
        return False
    if any("artifact.upload" in script.text or "artifact.associate" in script.text for script in file.scripts):
        return False
    known = {id(task.step) for task in file.known_tasks}
    return all(step.action != "task" or id(step) in known for step in file.outline.steps)


def check_publications(file: LintedFile) -> Findings:
    """Pipeline artifacts of one name from each leg of a matrix, or from two steps that always run."""
    seen: dict[str, StepOutline] = {}
    for each in publications(file.outline.steps):
        if not each.is_pipeline_artifact or each.artifact is None:
            continue
        copies = _copies(each.step.job)
        name = each.artifact.casefold()
        if copies:
            message = f"each copy of this job publishes the artifact `{each.artifact}`, and the second is refused"
            yield file.finding(
                _DUPLICATE,
                message,
                each.node,
                f"Put a name of the copy into it: `{each.artifact}-{copies}`.",
                level=_level(file, each),
            )
        elif name in seen and _always_runs(file, each.step) and _always_runs(file, seen[name]):
            message = f"the artifact `{each.artifact}` is published before, and a name may be used once in a run"
            yield file.finding(_DUPLICATE, message, each.node, "Choose another name.")
        seen.setdefault(name, each.step)


def _level(file: LintedFile, each: Publication) -> Severity | None:
    return None if _always_runs(file, each.step) else Severity.WARNING


def _copies(job: JobOutline) -> str | None:
    """What distinguishes the copies of a job; None for a job that runs once."""
    for strategy, _ in job.block.blocks("strategy"):
        for matrix, _ in strategy.blocks("matrix"):
            if len(matrix.entries) > 1:
                return "$(System.JobName)"
        parallel = strategy.text("parallel")
        if parallel is not None and parallel.isdigit() and int(parallel) > 1:
            return "$(System.JobPositionInPhase)"
    return None


def _always_runs(file: LintedFile, step: StepOutline) -> bool:
    """Whether nothing but the status of what ran before decides whether a step runs."""
    holders = (step, step.job, step.job.stage)
    return not file.is_part and all(not each.guards and _is_status(file, each.block) for each in holders)


def _is_status(file: LintedFile, block: Block) -> bool:
    if block.entry("condition") is None:
        return True
    condition = file.condition(block)
    return (
        condition is not None
        and all(call.name.casefold() in STATUS_FUNCTIONS for call in condition.calls)
        and bool(list(condition.calls))
    )


_JOBS = "jobs:\n- job: build\n  steps:\n  - script: make\n  - publish: dist\n    artifact: {}\n- job: test\n  dependsOn: build\n  steps:\n  - download: current\n    artifact: site\n  - script: make test\n"
_MATRIX = "strategy:\n  matrix:\n    slim:\n      flavor: slim\n    full:\n      flavor: full\nsteps:\n- script: make $(flavor)\n- publish: dist\n  artifact: {}\n"

RULES = (
    Rule(
        code=_UNPUBLISHED,
        summary="an artifact is downloaded that no job publishes",
        why=(
            "The download fails: *Artifact NAME was not found* (learn.microsoft.com/azure/devops/pipelines/artifacts/pipeline-artifacts). The rule asks for the publications of all jobs, and "
            "says nothing where a template out of reach, a task that is not built in, a script file or a logging command may publish others."
        ),
        wrong=_JOBS.format("dist"),
        right=_JOBS.format("site"),
        check=check_downloads,
        of_run=True,
        of_every_run=True,
    ),
    Rule(
        code=_DUPLICATE,
        summary="two pipeline artifacts of one name",
        why=(
            "A name may be used once in a run: the second publication fails, *Artifact NAME already exists* "
            "(learn.microsoft.com/azure/devops/pipelines/artifacts/pipeline-artifacts). Build artifacts of one name are merged, and are not reported. The rule asks for the publications of all jobs, "
            "and for the copies that a matrix makes; of two steps, both have to run always."
        ),
        wrong=_MATRIX.format("site"),
        right=_MATRIX.format("site-$(flavor)"),
        check=check_publications,
        of_run=True,
        of_every_run=True,
    ),
)
