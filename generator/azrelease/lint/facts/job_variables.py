"""The variables that the steps of a job can read, with where each comes from and from which step on it has a value.

Sources: learn.microsoft.com/azure/devops/pipelines/process/variables (scopes, secrets) and
process/set-variables-scripts; microsoft/azure-pipelines-tasks, AzureKeyVaultV2 (each secret is a secret variable).
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.lint.facts.logging_commands import variables_set
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.variables import matrix_legs
from azrelease.syntax import Block, Items, JobOutline, PipelineFile, StepOutline
from azrelease.syntax.embedded import is_computed


class VariableOrigin(StrEnum):
    """Where a variable comes from."""

    PIPELINE = "variables of the pipeline"
    STAGE = "variables of the stage"
    JOB = "variables of the job"
    MATRIX = "a leg of the matrix"
    SCRIPT = "a script"
    TASK = "a task"


class ScopedVariable(NamedTuple):
    """A variable of a job.

    Attributes:
        name: its name, as written; of an output, without its step.
        node: where it is written.
        origin: where it comes from.
        value: its value, as written; None where a script or task gives it.
        step: the step that sets it; None for a variable that all steps have.
        is_output: whether it is an output, which the job itself reads as `STEP.NAME`.
        is_secret: whether it is a secret, which scripts get through `env` only.
    """

    name: str
    node: ScalarNode
    origin: VariableOrigin
    value: str | None = None
    step: StepOutline | None = None
    is_output: bool = False
    is_secret: bool = False


class VariablesOfJob(NamedTuple):
    """The variables of a job.

    Attributes:
        job: the job.
        variables: those that can be seen, in the order of a run.
        groups: the variable groups that it uses.
        is_open: whether there may be others: of groups, templates out of reach, or computed names.
        order: the place of each step in the job, by its `id`.
    """

    job: JobOutline
    variables: tuple[ScopedVariable, ...]
    groups: tuple[str, ...]
    is_open: bool
    order: Mapping[int, int]

    def before(self, step: StepOutline) -> Iterator[ScopedVariable]:
        """Those that have their value when a step of the job runs."""
        place = self.order.get(id(step), 0)
        return (each for each in self.variables if each.step is None or self.order[id(each.step)] < place)

    @property
    def names(self) -> frozenset[str]:
        """All names in lower case, outputs without their step."""
        return frozenset(each.name.casefold() for each in self.variables)


class RunVariables:
    """The variables of all jobs of a file, each job once."""

    def __init__(self, file: PipelineFile, scripts: tuple[Script, ...]) -> None:
        self._file = file
        self._scripts: dict[int, list[Script]] = {}
        for script in scripts:
            self._scripts.setdefault(id(script.step.job), []).append(script)
        self._jobs: dict[int, VariablesOfJob] = {}

    def of(self, job: JobOutline) -> VariablesOfJob:
        """The variables of a job."""
        if id(job) not in self._jobs:
            self._jobs[id(job)] = self._of_job(job)
        return self._jobs[id(job)]

    @cached_property
    def all_names(self) -> frozenset[str]:
        """The names, in lower case, of the variables of all jobs."""
        return frozenset(name for job in self._file.outline.jobs for name in self.of(job).names)

    def _of_job(self, job: JobOutline) -> VariablesOfJob:
        blocks = {id(block): (block, origin) for block, origin in self._scopes(job)}
        found: list[ScopedVariable] = []
        groups: list[str] = []
        is_open = self._file.is_part or self._file.root.entry("extends") is not None
        for block, origin in blocks.values():
            found += _declared(block, origin)
            groups += _groups(block)
            is_open = is_open or _is_open(block)
        for leg in matrix_legs(job):
            entries = leg.value.entries if isinstance(leg.value, Block) else ()
            found += (
                ScopedVariable(entry.name, entry.value, VariableOrigin.MATRIX, entry.value.value)
                for entry in entries
                if isinstance(entry.value, ScalarNode)
            )
        found += self._set_in_run(job)
        order = {id(step): place for place, step in enumerate(job.steps)}
        return VariablesOfJob(job, tuple(found), tuple(groups), is_open or bool(groups) or job.is_open, order)

    def _scopes(self, job: JobOutline) -> Iterator[tuple[Block, VariableOrigin]]:
        yield self._file.root, VariableOrigin.PIPELINE
        yield job.stage.block, VariableOrigin.STAGE
        yield job.block, VariableOrigin.JOB

    def _set_in_run(self, job: JobOutline) -> Iterator[ScopedVariable]:
        """What scripts and tasks set, in the order of the steps."""
        by_step: dict[int, list[ScopedVariable]] = {}
        for each in variables_set(self._scripts.get(id(job), [])):
            script = each.command.script
            variable = ScopedVariable(
                each.name, script.node, VariableOrigin.SCRIPT, None, script.step, each.is_output, each.is_secret
            )
            by_step.setdefault(id(script.step), []).append(variable)
        for step in job.steps:
            yield from by_step.get(id(step), ())
            if step.task_name == "azurekeyvault":
                yield from _vault_secrets(step)


def _declared(block: Block, origin: VariableOrigin) -> Iterator[ScopedVariable]:
    for inner, _ in block.blocks("variables"):
        if inner.kind == "variables.name":
            name, value = inner.text("name"), inner.scalar("value")
            if name is not None and value is not None:
                yield ScopedVariable(name, value, origin, str(value.value))
        elif inner.kind == "variables":
            for entry in inner.entries:
                if isinstance(entry.value, ScalarNode) and not is_computed(entry.name):
                    yield ScopedVariable(entry.name, entry.value, origin, str(entry.value.value))


def _groups(block: Block) -> Iterator[str]:
    for inner, _ in block.blocks("variables"):
        name = inner.text("group")
        if name is not None:
            yield name


def _is_open(block: Block) -> bool:
    """Whether the variables of a block may be more than can be seen."""
    if block.open and block.entry("variables") is None:
        return True
    for entry in block.all("variables"):
        if not isinstance(entry.value, Block | Items) or entry.value.open:
            return True
    for inner, _ in block.blocks("variables"):
        if inner.kind.endswith((".template", ".group")) or inner.open or is_computed(inner.text("name") or ""):
            return True
    return False


def _vault_secrets(step: StepOutline) -> Iterator[ScopedVariable]:
    node = step.inputs.get("secretsfilter")
    for name in (node.value if node is not None else "").split(","):
        if node is not None and name.strip() and name.strip() != "*" and not is_computed(name):
            yield ScopedVariable(name.strip(), node, VariableOrigin.TASK, None, step, is_secret=True)
