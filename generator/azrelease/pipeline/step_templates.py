"""Step templates: a step of a kind with what differs from use to use as typed parameters.

The service expands a call of one before a run, so the same step can be written out in full, or as a call
(learn.microsoft.com/azure/devops/pipelines/process/templates). `TaskStep.call` says how a step is called.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

ParameterValue = str | int | bool | Sequence["ParameterValue"] | Mapping[str, "ParameterValue"] | None
"""What a parameter of a template is given: text, a number, true or false, a list or a mapping."""

Scalar = str | int | bool

CONNECTION_VARIABLE = "azrelease.connection"
"""Variable of a pipeline or a stage: the service connection of the steps that name no other."""


class TemplateParameter(NamedTuple):
    """A parameter of a step template.

    Attributes:
        name: its name.
        description: what it is for, for the reader of the template.
        default: its value where a call gives none; None where each call has to give one.
        optional: whether the step goes without what it is for where it is empty, 0 or false.
        values: the texts that it can be; empty for any.
    """

    name: str
    description: str
    default: Scalar | None = ""
    optional: bool = True
    values: tuple[str, ...] = ()

    @property
    def type(self) -> Literal["string", "number", "boolean"]:
        """The type that the template declares."""
        if isinstance(self.default, bool):
            return "boolean"
        return "number" if isinstance(self.default, int) else "string"

    @property
    def variable(self) -> str:
        """The environment variable by which a script gets it: `ARG_MODEL_METADATA` for `modelMetadata`."""
        words = "".join(f"_{letter}" if letter.isupper() else letter for letter in self.name)
        return f"ARG_{words.upper()}"


class TemplateInput(NamedTuple):
    """An input of the task: a value, or a parameter by its name."""

    name: str
    value: Scalar = ""
    parameter: TemplateParameter | None = None


class TemplateBody(NamedTuple):
    """One step of a template.

    Attributes:
        task: the task by `name@major`.
        inputs: its inputs, without the service connection.
        title: what the step is called unless a call says otherwise.
        connection: the input for a service connection; None where it has none.
        environment: the parameters that the script gets as environment variables.
        fixed_environment: environment variables that are the same in each call.
        condition: when it runs, unless a call says otherwise.
    """

    task: str
    inputs: tuple[TemplateInput, ...]
    title: str
    connection: str | None = None
    environment: tuple[TemplateParameter, ...] = ()
    fixed_environment: tuple[tuple[str, str], ...] = ()
    condition: str | None = None


class StepTemplate(NamedTuple):
    """A step template, which is a file of its own.

    Attributes:
        name: the file without its suffix: `online-deployment`.
        summary: what the step is for, at the top of the file.
        bodies: the steps.
        needs_functions: whether its scripts call the functions that a job defines first.
    """

    name: str
    summary: str
    bodies: tuple[TemplateBody, ...]
    needs_functions: bool = False

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.yml"

    @property
    def parameters(self) -> tuple[TemplateParameter, ...]:
        """The parameters of its own, in the order of their use."""
        found = (
            *(parameter for body in self.bodies for parameter in body.environment),
            *(given.parameter for body in self.bodies for given in body.inputs if given.parameter is not None),
        )
        return tuple({parameter.name: parameter for parameter in found}.values())


class StepCall(NamedTuple):
    """How a step is said with a step template.

    Attributes:
        template: the template.
        arguments: the values of its parameters that are not their defaults.
        number: which of the steps of the template it is, from 0.
    """

    template: StepTemplate
    arguments: tuple[tuple[str, ParameterValue], ...] = ()
    number: int = 0
