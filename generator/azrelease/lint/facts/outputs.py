"""References to the results and outputs of other jobs and stages that are wrong.

Source: learn.microsoft.com/azure/devops/pipelines/process/expressions, chapters Dependencies and Stage to stage
dependencies.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from azrelease.lint.facts import dependencies
from azrelease.lint.facts.expressions import CONDITION, TEMPLATE, Expression
from azrelease.lint.facts.logging_commands import LoggingCommand, logging_commands
from azrelease.lint.facts.output_names import holder_of
from azrelease.lint.facts.scripts import Script
from azrelease.suggestions import suggestion
from azrelease.syntax import HOOKS, Block, JobOutline, PipelineFile, StageOutline
from azrelease.syntax.embedded import is_computed
from azrelease.syntax.expressions import Index, route
from azrelease.yaml_document import nodes_below

_OUTPUTS = "outputs"
_LEAST_STAGE_PARTS, _LEAST_JOB_PARTS = 3, 2

_Owner: TypeAlias = tuple[StageOutline, JobOutline | None]


class OutputMistake(StrEnum):
    """The kinds of mistakes in references to outputs."""

    UNKNOWN = "what it names does not exist"
    NO_DEPENDENCY = "what it names is not in `dependsOn`"
    NO_JOB_NAME = "the name of the deployment job is missing"
    NO_LEG = "the name of the leg of the matrix is missing"
    OTHER_FORM = "the reference has the form of another place"


class OutputProblem(NamedTuple):
    """A mistake in a reference, and where the reference is in its expression."""

    mistake: OutputMistake
    message: str
    hint: str | None
    expression: Expression
    start: int
    end: int


class _Reference(NamedTuple):
    """A reference: its parts, and where it is.

    Attributes:
        set_by: the commands that set variables, by the identity of their steps.
    """

    parts: tuple[str, ...]
    expression: Expression
    start: int
    end: int
    stage: StageOutline
    job: JobOutline | None
    set_by: Mapping[int, Sequence[LoggingCommand]]

    def problem(self, mistake: OutputMistake, message: str, hint: str | None = None) -> OutputProblem:
        return OutputProblem(mistake, message, hint, self.expression, self.start, self.end)


def output_problems(
    file: PipelineFile, expressions: Sequence[Expression], scripts: Sequence[Script]
) -> tuple[OutputProblem, ...]:
    """The mistakes in the references of a file, in the order of the text."""
    if file.is_part:
        return ()
    set_by: dict[int, list[LoggingCommand]] = {}
    for command in logging_commands(scripts):
        if (command.area, command.name) == ("task", "setvariable"):
            set_by.setdefault(id(command.script.step), []).append(command)
    return tuple(
        problem
        for reference in _references(file, expressions, set_by)
        for problem in _problems(reference, file.outline.stages, file)
    )


def _references(
    file: PipelineFile, expressions: Sequence[Expression], set_by: Mapping[int, Sequence[LoggingCommand]]
) -> Iterator[_Reference]:
    chosen = [e for e in expressions if e.node is not None and e.usage != TEMPLATE and "ependencies" in e.text]
    around = owners(file) if chosen else {}
    for expression in chosen:
        inside: set[int] = set()
        for node in expression.parts:
            if not isinstance(node, Index) or id(node) in inside:
                continue
            target = node.target
            while isinstance(target, Index):
                inside.add(id(target))
                target = target.target
            parts = route(node)
            stage, job = around.get(id(expression.place.node), (None, None))
            if parts is not None and stage is not None:
                yield _Reference(parts, expression, node.start, node.end, stage, job, set_by)


def owners(file: PipelineFile) -> dict[int, _Owner]:
    """The stage and job of each node in one, by its `id`: in an expanded pipeline, positions are of several files."""
    found: dict[int, _Owner] = {}
    for stage in file.outline.stages:
        found.update((id(node), (stage, None)) for node in nodes_below(stage.block.node))
        for job in stage.jobs:
            found.update((id(node), (stage, job)) for node in nodes_below(job.block.node))
    return found


def _problems(reference: _Reference, stages: tuple[StageOutline, ...], file: PipelineFile) -> Iterator[OutputProblem]:
    head, *rest = reference.parts
    if any(is_computed(part) for part in rest):
        return
    match head.casefold():
        case "dependencies" if reference.job is not None and rest:
            yield from _job_problems(reference, rest, stages)
        case "dependencies" if rest and not file.outline.is_open:
            yield from _stage_problems(reference, rest, stages)
        case "stagedependencies" if len(rest) > 1 and not file.outline.is_open:
            yield from _stage_problems(reference, rest, stages)


def _job_problems(reference: _Reference, rest: list[str], stages: Sequence[StageOutline]) -> Iterator[OutputProblem]:
    """`dependencies.JOB.…` in a job."""
    stage, name = reference.stage, rest[0]
    targets = dependencies.named(name, stage.jobs)
    if targets:
        block = reference.job.block if reference.job is not None else None
        yield from _missing_dependency(reference, dependencies.jobs(stage), block, name, "job")
        yield from _of_all(_output_problems(reference, target, rest[1:]) for target in targets)
    elif not stage.is_open and all(other.name for other in stage.jobs):
        hint = suggestion(name, [other.name for other in stage.jobs if other.name])
        if dependencies.named(name, stages):
            hint = f"That is a stage: write `{_of_stage(rest)}`."
        yield reference.problem(OutputMistake.UNKNOWN, f"the stage has no job `{name}`", hint)


def _of_all(candidates: Iterable[Iterator[OutputProblem]]) -> Iterator[OutputProblem]:
    """The problems with what a name may refer to; none when one of these has none."""
    found = [list(problems) for problems in candidates]
    if all(found):
        yield from found[0] if found else ()


def _of_stage(rest: list[str]) -> str:
    """How a job refers to what `dependencies.STAGE.…` was meant to be."""
    if len(rest) == _LEAST_STAGE_PARTS and rest[1].casefold() == _OUTPUTS and "." in rest[2]:
        job, _, output = rest[2].partition(".")
        return f"stageDependencies.{rest[0]}.{job}.outputs['{output}']"
    return f"stageDependencies.{rest[0]}.JOB.result"


def _stage_problems(
    reference: _Reference, rest: list[str], stages: tuple[StageOutline, ...]
) -> Iterator[OutputProblem]:
    """`dependencies.STAGE.…` in a stage, outside of its jobs; `stageDependencies.STAGE.JOB.…` anywhere."""
    targets = dependencies.named(rest[0], stages)
    if not targets:
        if all(stage.name for stage in stages):
            hint = suggestion(rest[0], [stage.name for stage in stages if stage.name])
            yield reference.problem(OutputMistake.UNKNOWN, f"stage `{rest[0]}` does not exist", hint)
        return
    yield from _missing_dependency(reference, dependencies.stages(stages), reference.stage.block, rest[0], "stage")
    is_of_jobs = reference.parts[0].casefold() == "stagedependencies"
    wrong = _other_form(reference, rest, targets) if reference.job is None else None
    if wrong is not None:
        yield wrong
        return
    if is_of_jobs and rest[1].casefold() == _OUTPUTS and not dependencies.named(_OUTPUTS, targets[0].jobs):
        # Not documented, and taken for `dependencies.STAGE.outputs['JOB.STEP.VARIABLE']` (azure-devops-docs#9622).
        return
    if is_of_jobs:
        yield from _of_all(_stage_job(reference, (rest[0], target), rest[1], rest[2:]) for target in targets)
    elif len(rest) >= _LEAST_STAGE_PARTS and rest[1].casefold() == _OUTPUTS:
        name, _, output = rest[2].partition(".")
        inner = [_OUTPUTS, output] if output else []
        hint = "Write `outputs['JOB.STEP.VARIABLE']`."
        yield from _of_all(_stage_job(reference, (rest[0], target), name, inner, hint) for target in targets)


def _other_form(reference: _Reference, rest: list[str], targets: Sequence[StageOutline]) -> OutputProblem | None:
    """An output that a stage reads as jobs do in its condition, or as conditions do in its variables."""
    head, is_condition = reference.parts[0].casefold(), reference.expression.usage == CONDITION
    if is_condition and len(rest) > _LEAST_STAGE_PARTS and rest[2].casefold() == _OUTPUTS:
        message = "the condition of a stage reads outputs in another form than a job does, so this is empty here"
        right = f"dependencies.{rest[0]}.outputs['{rest[1]}.{'.'.join(rest[3:])}']"
        return reference.problem(OutputMistake.OTHER_FORM, message, f"Write `{right}`.")
    is_of_condition = len(rest) == _LEAST_STAGE_PARTS and rest[1].casefold() == _OUTPUTS and "." in rest[2]
    if not is_condition and head == "dependencies" and is_of_condition and targets:
        message = "the variables of a stage are evaluated in its jobs, which know `stageDependencies`: this is empty"
        job, _, output = rest[2].partition(".")
        right = f"stageDependencies.{rest[0]}.{job}.outputs['{output}']"
        return reference.problem(OutputMistake.OTHER_FORM, message, f"Write `{right}`.")
    return None


def _stage_job(
    reference: _Reference, stage: tuple[str, StageOutline], name: str, rest: list[str], hint: str | None = None
) -> Iterator[OutputProblem]:
    """A job of a stage, by its name, and what a reference reads of it."""
    stage_name, target = stage
    jobs = dependencies.named(name, target.jobs)
    if jobs:
        yield from _of_all(_output_problems(reference, job, rest) for job in jobs)
    elif not target.is_open and all(other.name for other in target.jobs):
        hint = suggestion(name, [other.name for other in target.jobs if other.name], hint)
        yield reference.problem(OutputMistake.UNKNOWN, f"stage `{stage_name}` has no job `{name}`", hint)


def _missing_dependency(
    reference: _Reference, members: Sequence[dependencies.Member], block: Block | None, name: str, what: str
) -> Iterator[OutputProblem]:
    """A job or stage that the member with a block does not depend on."""
    index = next((index for index, member in enumerate(members) if member.block is block), None)
    if index is not None:
        waits = dependencies.waits_for(members, index, in_order=what == "stage")
        if waits is not None and name.casefold() not in waits:
            message = f"the {what} does not depend on `{name}`, so its results and outputs are empty here"
            yield reference.problem(OutputMistake.NO_DEPENDENCY, message, _depend_on(members, index, name, what))


def _depend_on(members: Sequence[dependencies.Member], index: int, name: str, what: str) -> str:
    """The `dependsOn` of a member with one more name, in full, since a second one would be a duplicate key.

    A stage without `dependsOn` depends on the one above it, and no longer does once it has one.
    """
    member = members[index]
    written = [node.value for node in member.depends_on or ()]
    above = members[index - 1].name if member.depends_on is None and what == "stage" and index else None
    names = [*written, *([above] if above else []), name]
    text = f"dependsOn: {names[0] if len(names) == 1 else '[' + ', '.join(names) + ']'}"
    has_key = member.block.entry("dependsOn") is not None
    return f"Write `{text}` instead of its `dependsOn`." if has_key else f"Add `{text}` to the {what}."


def _output_problems(reference: _Reference, target: JobOutline, rest: list[str]) -> Iterator[OutputProblem]:
    """`outputs['STEP.VARIABLE']` of a job that exists."""
    if len(rest) < _LEAST_JOB_PARTS or rest[0].casefold() != _OUTPUTS or target.is_open:
        return
    parts = rest[1].split(".") if len(rest) == _LEAST_JOB_PARTS else rest[1:]
    named = {step.name.casefold() for step in target.steps if step.name}
    if any(is_computed(name) for name in named):
        return
    if target.block.entry("strategy") and not target.is_deployment:
        yield from _leg_problems(reference, target, parts, named)
        return
    if target.is_deployment:
        yield from _not_output(reference, target, parts[1:])
        if len(parts) == _LEAST_JOB_PARTS and parts[0].casefold() in named:
            right = f"outputs['{holder_of(target) or target.name}.{'.'.join(parts)}']"
            message = "an output of a deployment job begins with the name of the job"
            yield reference.problem(OutputMistake.NO_JOB_NAME, message, f"Write `{right}`.")
        elif len(parts) > _LEAST_JOB_PARTS and parts[1].casefold() in named:
            yield from _wrong_holder(reference, target, parts)
        return
    if len(parts) < _LEAST_JOB_PARTS:
        message = f"`{rest[1]}` names no step: an output is `STEP.VARIABLE`"
        yield reference.problem(OutputMistake.UNKNOWN, message, "STEP is the `name` of the step.")
    elif parts[0].casefold() not in named:
        known = [step.name for step in target.steps if step.name]
        hint = suggestion(parts[0], known, f"Give the step that sets it `name: {parts[0]}`.")
        yield reference.problem(
            OutputMistake.UNKNOWN, f"job `{target.name}` has no step with the name `{parts[0]}`", hint
        )
    else:
        yield from _not_output(reference, target, parts)


def _wrong_holder(reference: _Reference, target: JobOutline, parts: Sequence[str]) -> Iterator[OutputProblem]:
    """An output of a deployment job under another name than the one that its strategy and environment give it."""
    holder = holder_of(target)
    if holder is None or parts[0].casefold() == holder.casefold():
        return
    own = (target.name or "").casefold()
    if parts[0].casefold() not in (own, *map(str.casefold, HOOKS)):
        return
    message = f"outputs of this deployment are under `{holder}`, not under `{parts[0]}`"
    yield reference.problem(OutputMistake.OTHER_FORM, message, f"Write `outputs['{holder}.{'.'.join(parts[1:])}']`.")


def _leg_problems(
    reference: _Reference, target: JobOutline, parts: Sequence[str], named: set[str]
) -> Iterator[OutputProblem]:
    """`outputs['LEG.STEP.VARIABLE']` of a job with a matrix, which runs once for each leg."""
    matrices = [matrix for strategy, _ in target.block.blocks("strategy") for matrix, _ in strategy.blocks("matrix")]
    legs = [leg.name for matrix in matrices for leg in matrix.entries if not is_computed(leg.name)]
    is_complete = bool(legs) and not any(matrix.open for matrix in matrices)
    if (
        len(parts) == _LEAST_JOB_PARTS
        and parts[0].casefold() in named
        and parts[0].casefold() not in map(str.casefold, legs)
    ):
        leg = legs[0] if legs else "LEG"
        message = f"job `{target.name}` runs once for each leg of its matrix, and each has outputs of its own"
        yield reference.problem(OutputMistake.NO_LEG, message, f"Write `outputs['{leg}.{'.'.join(parts)}']`.")
    elif is_complete and len(parts) > _LEAST_JOB_PARTS and parts[0].casefold() not in map(str.casefold, legs):
        message = f"job `{target.name}` has no leg `{parts[0]}`"
        yield reference.problem(OutputMistake.NO_LEG, message, suggestion(parts[0], legs))


def _not_output(reference: _Reference, target: JobOutline, parts: Sequence[str]) -> Iterator[OutputProblem]:
    """A variable that its step sets for its own job only."""
    if len(parts) != _LEAST_JOB_PARTS:
        return
    steps = [step for step in target.steps if step.name and step.name.casefold() == parts[0].casefold()]
    if steps and all(_sets_plainly(reference.set_by.get(id(step), ()), parts[1]) for step in steps):
        message = f"step `{steps[0].name}` sets `{parts[1]}` for its own job only, not as an output"
        hint = f"Set it with `##vso[task.setvariable variable={parts[1]};isOutput=true]`."
        yield reference.problem(OutputMistake.UNKNOWN, message, hint)


def _sets_plainly(commands: Sequence[LoggingCommand], variable: str) -> bool:
    """Whether a script sets a variable, and no command in it can make an output of it.

    A property behind a blank has no effect; AZR510 finds it.
    """
    own = [
        properties
        for command in commands
        if (properties := {found.name.casefold(): found.value for found in command.properties})
        .get("variable", "")
        .casefold()
        == variable.casefold()
    ]
    return bool(own) and not any(command.is_computed for command in commands) and not any("isoutput" in p for p in own)
