"""Templates of the organization: where they are, and what they are given."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE, MISSING_FIELD, WRONG_TYPE
from azrelease.pipeline import ParameterValue
from azrelease.release.artifact import Alias
from azrelease.release.fields import HAS_TO_BE, FixedText, matching
from azrelease.release.model import Model
from azrelease.release.problems import Problem, failure
from azrelease.yaml_document import YamlFloat, YamlInt

_MOST_NESTED = 50
_NAME = "Use letters, digits, `.`, `_` and `-`, as in `stages`."


def _template_file(text: str) -> str:
    if "@" in text:
        raise failure(INVALID_VALUE, f"`{text}` names a repository", "Name its alias in `repository`.")
    if "${{" not in text and not re.search(r"\.ya?ml$", text, re.IGNORECASE):
        raise failure(INVALID_VALUE, f"`{text}` is not a YAML file", "A template is a file `.yml` or `.yaml`.")
    return text


def _parameter(value: object) -> ParameterValue:
    return _plain(value, 0)


def _plain(value: object, level: int) -> ParameterValue:
    """A value of a YAML file as text, a whole number, true or false, a list or a mapping.

    Other numbers are the text that they were written as: the service reads `1.10` by the type of the parameter.
    """
    if level > _MOST_NESTED:
        raise failure(INVALID_VALUE, f"is nested more than {_MOST_NESTED} levels deep")
    if isinstance(value, YamlInt | YamlFloat):
        return int(value) if isinstance(value, YamlInt) and value.text == str(int(value)) else value.text
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(inner, level + 1) for name, inner in value.items()}
    if isinstance(value, Sequence):
        return [_plain(inner, level + 1) for inner in value]
    raise failure(WRONG_TYPE, f"{HAS_TO_BE} text, a number, true or false, a list or a mapping")


TemplateFile = Annotated[FixedText, AfterValidator(_template_file)]
"""The path of a template, relative to the pipeline or, with a `/` at its start, to the top of the repository."""

ParameterName = Annotated[str, *matching(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", "{} cannot be the name of a parameter", _NAME)]

AnyParameter = Annotated[Any, PlainValidator(_parameter), WithJsonSchema({})]
"""Any YAML, as a `ParameterValue`: pydantic has no schema for a type that contains itself."""


class TemplateRepository(Model):
    """A repository of Azure Pipelines templates. Nothing of it is downloaded; the service reads templates in it."""

    alias: Alias = Field(description="Short name of the repository in the release.")
    type: Literal["git", "github", "githubenterprise", "bitbucket"] = Field(
        default="git", description="Where the repository is. Default: Azure Repos."
    )
    repository: FixedText = Field(
        description="Name of the repository: `repository` or `project/repository`; elsewhere `owner/repository`."
    )
    ref: FixedText | None = Field(
        default=None,
        description="Branch or tag that templates are read from, `refs/tags/v1`. A tag keeps them as they are until it "
        "is changed here. Default: the default branch.",
    )
    service_connection: FixedText | None = Field(
        default=None, description="Service connection that may read it; Azure Repos of the organization needs none."
    )

    def _problems(self) -> Iterator[Problem]:
        if self.alias.casefold() == "self":
            message = "`self` is the repository of the pipeline"
            yield Problem(("alias",), INVALID_VALUE, message, "Choose another alias.")
        if self.type != "git" and self.service_connection is None:
            message = f"a repository of type `{self.type}` is read through a service connection"
            yield Problem((), MISSING_FIELD, message, "Name it in `service_connection`.")


class PipelineTemplate(Model):
    """A template that the pipeline extends. It gets the stages as a parameter and decides what runs around them."""

    file: TemplateFile = Field(
        description="File of the template: relative to the pipeline, or from the top of its repository."
    )
    repository: FixedText | None = Field(
        default=None, description="Alias of its repository. Default: the repository of the pipeline."
    )
    stages_parameter: ParameterName = Field(default="stages", description="Parameter that gets the stages.")
    parameters: dict[ParameterName, AnyParameter] = Field(
        default_factory=dict, description="Its other parameters, with text, numbers, booleans, lists or mappings."
    )

    def _problems(self) -> Iterator[Problem]:
        for name in self.parameters:
            if name.casefold() == self.stages_parameter.casefold():
                message = f"`{name}` gets the stages of the release"
                hint = "Remove it, or name another parameter in `stages_parameter`."
                yield Problem(("parameters", name), CONFLICTING_FIELDS, message, hint)


def reference(file: str, repository: str | None) -> str:
    """A template as a pipeline names it."""
    return f"{file}@{repository}" if repository else file
