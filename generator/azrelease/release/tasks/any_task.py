"""Task: any task of Azure Pipelines by `name@major`, its inputs checked against the catalog."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

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
from azrelease.release.problems import Problem, raise_problems
from azrelease.release.tasks.base import BaseTask, TaskContext
from azrelease.source import KEY
from azrelease.suggestions import suggestion
from azrelease.templating.scripts import is_expanded

REFERENCE = r"[A-Za-z0-9_.-]+@\d+"


TaskReference = Annotated[str, matching(REFERENCE, "{} is not a task", "Write name and major version: `CopyFiles@2`.")]
InputName = Annotated[str, matching(r"[A-Za-z_][\w .-]{0,255}", "{} cannot be the name of an input")]


class Task(BaseTask):
    """Any task, as it is written in a pipeline: `task: CopyFiles@2` with its `inputs`.

    Inputs of built-in tasks are checked against the catalog. Tasks that it does not have, such as those of the
    marketplace, are taken as they are.
    """

    task: TaskReference = Field(description="Name and major version: `CopyFiles@2`.")
    inputs: dict[InputName, VariableValue] = Field(
        default_factory=dict, description="Inputs of the task, by name or alias."
    )

    @model_validator(mode="after")
    def _inputs_fit(self) -> Self:
        known = catalog.task(self.task)
        if known is not None:
            raise_problems("Task", _errors(known, self.inputs), self)
        return self

    def warnings(self) -> Iterator[Problem]:
        """What the service would take without a word, though it is most likely a mistake."""
        known = catalog.task(self.task)
        if known is None:
            name = self.task.split("@", maxsplit=1)[0]
            majors = catalog.majors(name)
            if majors:
                listed = ", ".join(f"{name}@{major}" for major in majors)
                yield Problem(("task",), UNKNOWN_TASK_VERSION, f"{self.task} is not known", f"Known: {listed}.")
            return
        names = [name for definition in known.inputs for name in definition.names]
        for name in self.inputs:
            if known.input(name) is None:
                message = f"{self.task} has no input `{name}`; it would have no effect"
                yield Problem(("inputs", name, KEY), UNKNOWN_INPUT, message, suggestion(name, names))

    def steps(self, context: TaskContext) -> tuple[Step, ...]:  # noqa: ARG002  (nothing of it is resolved)
        """One step, as it is."""
        return (self.step(self.task, dict(self.inputs)),)


def _errors(task: catalog.TaskDefinition, inputs: dict[str, str]) -> Iterator[Problem]:
    if not task.runs_on_agent:
        message = f"{task.reference} runs on the server only, not on the agent of a stage"
        yield Problem(("task",), WRONG_AGENT, message, "For an approval, use `approval` of the stage.")
    given: dict[str, str] = {}
    for name, value in inputs.items():
        definition = task.input(name)
        if definition is None:
            continue
        if definition.name in given:
            message = f"`{name}` and `{given[definition.name]}` are the same input of {task.reference}"
            yield Problem(("inputs", name, KEY), DUPLICATE_KEY, message, "Remove one of them.")
        given[definition.name] = name
        if not is_expanded(value) and not definition.allows(value):
            message = f"{task.reference} does not take `{value}` for `{name}`"
            hint = f"One of: {', '.join(definition.options)}."
            yield Problem(("inputs", name), INVALID_INPUT, message, hint)
    values = {definition: inputs[name] for definition, name in given.items()}
    for definition in task.missing(values):
        yield Problem((), MISSING_INPUT, f"{task.reference} needs the input `{definition.yaml_name}`")
