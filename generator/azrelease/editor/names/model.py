"""What can have a name in a pipeline, and the places that name it."""

from enum import StrEnum
from typing import NamedTuple

from azrelease.lint.facts.environment_names import environment_name


class NameKind(StrEnum):
    """What has a name."""

    STAGE = "stage"
    JOB = "job"
    STEP = "step"
    PARAMETER = "parameter"
    VARIABLE = "variable"
    OUTPUT = "output"
    REPOSITORY = "repository"
    PIPELINE = "pipeline"
    CONTAINER = "container"
    TEMPLATE = "template"


class Named(NamedTuple):
    """Something with a name; equal ones are the same thing.

    Attributes:
        kind: what it is.
        name: its name in lower case; of a template, its path on the disk.
        owner: what it belongs to, in lower case: of a job its stage, of a step its job, of an output its step, of a
            parameter the file that declares it; empty where the name counts in the whole pipeline.
    """

    kind: NameKind
    name: str
    owner: str = ""


class Form(StrEnum):
    """How a place writes a name."""

    PLAIN = "as it is"
    ENVIRONMENT = "as an environment variable"


class Occurrence(NamedTuple):
    """A place that names something.

    Attributes:
        named: what it names.
        start: where the name begins in the text of the file.
        end: where it ends.
        is_definition: whether it is the place that gives the name.
        form: how it is written.
    """

    named: Named
    start: int
    end: int
    is_definition: bool = False
    form: Form = Form.PLAIN

    def written(self, name: str) -> str:
        """Another name, as this place writes it."""
        return environment_name(name) if self.form is Form.ENVIRONMENT else name
