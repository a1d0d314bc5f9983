"""Jobs: what a stage does in one place, where it needs more places than one."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Annotated, Literal

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE, MISSING_FIELD
from azrelease.release.agent import Agent
from azrelease.release.artifact import Alias
from azrelease.release.fields import (
    ONE_OR_MORE,
    Boolean,
    FixedText,
    Identifier,
    ListOf,
    Minutes,
    Text,
    VariableName,
    VariableValue,
    matching,
    whole_number,
)
from azrelease.release.model import Model
from azrelease.release.problems import Problem
from azrelease.release.tasks import AnyTask

MOST_COPIES = 256
"""Jobs that a stage can have (learn.microsoft.com/azure/devops/pipelines/process/stages)."""


class Machines(Model):
    """Machines that the tasks of a job run on: virtual machine resources of an environment."""

    environment: FixedText = Field(description="Environment that the machines are registered in.")
    tags: ListOf[FixedText] = Field(default=(), description="Only machines that have all of these tags.")
    at_once: (
        Annotated[str, *matching(r"[1-9]\d*|(?:[1-9]\d?|100)%", "{} is not a number of machines", "`1`, `25%`.")] | None
    ) = Field(default=None, description="How many are deployed to at once: a number, or `25%`. Default: all of them.")


class Download(Model):
    """A source that a job downloads."""

    alias: Alias = Field(description="Alias of the source.")
    artifacts: ListOf[FixedText] = Field(default=(), description="Only these artifacts of it. Default: all.")
    patterns: ListOf[FixedText] = Field(default=(), description="Only files that match: `**/*.zip`.")


class Job(Model):
    """Tasks that run one after the other in one place. The jobs of a stage follow each other."""

    name: Identifier = Field(description="Name of the job: letters, digits and _.")
    display_name: Text | None = Field(default=None, description="What the job is called in the portal.")
    runs_on: Literal["agent", "server", "machines"] = Field(
        default="agent",
        description="`agent`: the agent of the stage. `server`: no agent; only server tasks run there. `machines`: "
        "machines that are registered in an environment.",
    )
    agent: Agent | None = Field(default=None, description="Machine of this job. Default: that of the stage.")
    machines: Machines | None = Field(default=None, description="Machines that the job runs on, each of them.")
    condition: Text | None = Field(
        default=None, description="Expression that says whether the job runs. Default: `succeeded()`."
    )
    timeout: Minutes | None = Field(default=None, description="How long the job may take. Default: 1 hour.")
    cancel_timeout: Minutes | None = Field(
        default=None, description="How long it may go on after it was canceled. Default: 5 minutes."
    )
    continue_on_error: Boolean = Field(default=False, description="Go on with the stage when the job fails.")
    matrix: dict[VariableName, Annotated[tuple[VariableValue, ...], Field(min_length=1), *ONE_OR_MORE]] = Field(
        default_factory=dict,
        description="Values of variables; the job runs once for each combination: `{region: [europe, asia]}`.",
    )
    parallel: Annotated[int, *whole_number(2, MOST_COPIES)] | None = Field(
        default=None, description="Run the same job on this many agents."
    )
    at_once: Annotated[int, *whole_number(1)] | None = Field(
        default=None, description="How many copies of a `matrix` run at once. Default: all of them."
    )
    download: tuple[Download, ...] | None = Field(
        default=None, description="Sources that the job downloads; `[]` for none. Default: all of them."
    )
    tasks: tuple[AnyTask, ...] = Field(default=(), description="What is done, in this order.")

    def _problems(self) -> Iterator[Problem]:
        if self.runs_on == "machines" and self.machines is None:
            yield Problem((), MISSING_FIELD, "a job on machines needs the field `machines`", "Name their environment.")
        if self.runs_on != "machines" and self.machines is not None:
            message = f"the job runs on the {self.runs_on}, not on `machines`"
            yield Problem(("machines",), CONFLICTING_FIELDS, message, "Set `runs_on: machines`, or remove them.")
        if self.runs_on != "agent" and self.agent is not None:
            message = f"a job on {'the server' if self.runs_on == 'server' else 'machines'} has no agent to choose"
            yield Problem(("agent",), CONFLICTING_FIELDS, message, "Remove `agent`.")
        if self.runs_on == "machines" and (self.matrix or self.parallel):
            field = "matrix" if self.matrix else "parallel"
            message = "a job on machines runs on each of them; it cannot have copies"
            yield Problem((field,), CONFLICTING_FIELDS, message, f"Remove `{field}`.")
        if self.runs_on == "server" and self.download:
            yield Problem(("download",), CONFLICTING_FIELDS, "a job on the server downloads nothing", "Remove it.")
        if self.runs_on == "server" and not self.tasks:
            yield Problem((), MISSING_FIELD, "a job on the server has no tasks", "List `tasks`, or remove it.")
        yield from self._copy_problems()

    def _copy_problems(self) -> Iterator[Problem]:
        if self.matrix and self.parallel:
            message = "`matrix` and `parallel` are both given"
            yield Problem(("parallel",), CONFLICTING_FIELDS, message, "Remove one of them.")
        if self.at_once and not self.matrix:
            yield Problem(("at_once",), CONFLICTING_FIELDS, "`at_once` is for a `matrix`", "Remove it.")
        count = 1
        for values in self.matrix.values():
            count *= len(values)
        if count > MOST_COPIES:
            message = f"the matrix has {count} copies; a stage can have {MOST_COPIES} jobs"
            yield Problem(("matrix",), INVALID_VALUE, message, "Split the job.")

    def copies(self) -> Iterator[Mapping[str, str]]:
        """The variables of each copy of a matrix, the last variable changing fastest."""
        for values in product(*self.matrix.values()) if self.matrix else ():
            yield dict(zip(self.matrix, values, strict=True))
