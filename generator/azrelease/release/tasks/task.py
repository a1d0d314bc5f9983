"""Task: any task of Azure Pipelines by `name@major`, its inputs checked against the catalog."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, field_validator

from azrelease import catalog
from azrelease.diagnostics import (
    DUPLICATE_KEY,
    INVALID_INPUT,
    MISSING_INPUT,
    UNKNOWN_INPUT,
    UNKNOWN_TASK_VERSION,
    WRONG_AGENT,
)
from azrelease.pipeline import Step
from azrelease.release.fields import VariableValue, matching
from azrelease.release.problems import Problem
from azrelease.release.tasks.base import BaseTask, RunsOn, TaskContext
from azrelease.suggestions import suggestion
from azrelease.templating.scripts import is_expanded
from azrelease.yaml_document import KEY

REFERENCE = r"[A-Za-z0-9_.-]+@\d+"


TaskReference = Annotated[str, *matching(REFERENCE, "{} is not a task", "Write name and major version: `CopyFiles@2`.")]
InputName = Annotated[str, *matching(r"[A-Za-z_][\w .-]{0,255}", "{} cannot be the name of an input")]


class Task(BaseTask):
    """Any task, as it is written in a pipeline: `task: CopyFiles@2` with its `inputs`.

    Inputs of built-in tasks are checked against the catalog. Tasks that it does not have, such as those of the
    marketplace, are taken as they are.
    """

    task: TaskReference = Field(description="Name and major version: `CopyFiles@2`.")
    inputs: dict[InputName, VariableValue] = Field(
        default_factory=dict, description="Inputs of the task, by name or alias."
    )

    @field_validator("task")
    @classmethod
    def _check_name(cls, name: str) -> str:
        return name

    def _problems(self) -> Iterator[Problem]:
        known = catalog.BUILT_IN.task(self.task)
        if known is not None:
            yield from _given_twice(known, self.inputs)

    def warnings(self) -> Iterator[Problem]:
        """What the service would take without a word, though it is most likely a mistake."""
        known = catalog.BUILT_IN.task(self.task)
        if known is None:
            name = self.task.split("@", maxsplit=1)[0]
            majors = catalog.BUILT_IN.majors(name)
            if majors:
                listed = ", ".join(f"{name}@{major}" for major in majors)
                yield Problem(("task",), UNKNOWN_TASK_VERSION, f"{self.task} is not known", f"Known: {listed}.")
            return
        yield from _doubtful_inputs(known, self.inputs)
        names = [name for definition in known.inputs for name in definition.names]
        for name in self.inputs:
            if known.input(name) is None:
                message = f"{self.task} has no input `{name}`; it would have no effect"
                yield Problem(("inputs", name, KEY), UNKNOWN_INPUT, message, suggestion(name, names))

    def runs_on_problems(self, runs_on: RunsOn) -> Iterator[Problem]:
        """A task that the catalog knows runs where the catalog says."""
        known = catalog.BUILT_IN.task(self.task)
        if known is None:
            return
        if known.runs_in(runs_on):
            return
        if runs_on == "server":
            message = f"{known.reference} needs an agent, but this runs on the server"
            yield Problem(("task",), WRONG_AGENT, message, "Move it to a job with an agent.")
        else:
            message = f"{known.reference} runs on the server only, not on the agent of a stage"
            hint = "Put it in a job that says `runs_on: server`; for an approval, use `approval` of the stage."
            yield Problem(("task",), WRONG_AGENT, message, hint)

    def steps(self, context: TaskContext) -> tuple[Step, ...]:  # noqa: ARG002  (nothing of it is resolved)
        """One step, as it is; true and false of the task's own switches are written as such."""
        known = catalog.BUILT_IN.task(self.task)
        inputs: dict[str, str | bool | int | None] = dict(self.inputs)
        for name, value in self.inputs.items():
            definition = known.input(name) if known else None
            if definition is not None and definition.type == "boolean" and value.casefold() in ("true", "false"):
                inputs[name] = value.casefold() == "true"
        return (self.step(self.task, inputs),)


def _given_twice(task: catalog.TaskDefinition, inputs: dict[str, str]) -> Iterator[Problem]:
    given: dict[str, str] = {}
    for name in inputs:
        definition = task.input(name)
        if definition is None:
            continue
        if definition.name in given:
            message = f"`{name}` and `{given[definition.name]}` are the same input of {task.reference}"
            yield Problem(("inputs", name, KEY), DUPLICATE_KEY, message, "Remove one of them.")
        given[definition.name] = name


def _doubtful_inputs(task: catalog.TaskDefinition, inputs: dict[str, str]) -> Iterator[Problem]:
    """Inputs that are missing or not among the options: the task decides at its run whether it can do with them."""
    known = {name: task.input(name) for name in inputs}
    for name, definition in known.items():
        value = inputs[name]
        if definition is not None and not is_expanded(value) and not definition.allows(value):
            message = f"{task.reference} does not take `{value}` for `{name}`"
            hint = f"One of: {', '.join(definition.options)}."
            yield Problem(("inputs", name), INVALID_INPUT, message, hint)
    values = {definition.name: inputs[name] for name, definition in known.items() if definition is not None}
    for definition in task.missing(values):
        yield Problem((), MISSING_INPUT, f"{task.reference} needs the input `{definition.yaml_name}`")
