"""Settings that endpoints and deployments share."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from azrelease.diagnostics import CONFLICTING_FIELDS, MISSING_FIELD, WRONG_TYPE
from azrelease.release.azure_ml.names import AssetReference, ResourceId, TagName
from azrelease.release.fields import HAS_TO_BE, MACRO, ArtifactPath, Text, VariableValue
from azrelease.release.model import Model
from azrelease.release.problems import Problem, failure


def _number(value: object) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return int(value)
    if isinstance(value, str) and re.fullmatch(MACRO, value):
        return value
    raise failure(WRONG_TYPE, f"{HAS_TO_BE} a whole number, or a macro such as `$(name)`")


def _flag(value: object) -> bool | str:
    if isinstance(value, bool) or (isinstance(value, str) and re.fullmatch(MACRO, value)):
        return value
    raise failure(WRONG_TYPE, f"{HAS_TO_BE} true or false, or a macro such as `$(name)`")


Number = Annotated[int | str, PlainValidator(_number), WithJsonSchema({"type": ["integer", "string"]})]
"""A whole number of 0 or more, or a macro."""

Flag = Annotated[bool | str, PlainValidator(_flag), WithJsonSchema({"type": ["boolean", "string"]})]
"""true or false, or a macro."""

Tags = dict[TagName, VariableValue]


class UserAssignedIdentity(Model):
    """A managed identity of the subscription."""

    resource_id: ResourceId = Field(description="Resource id of the identity.")


class Identity(Model):
    """What an endpoint is, to the other services of Azure."""

    type: Literal["system_assigned", "user_assigned"] = Field(
        default="system_assigned",
        description="`system_assigned`: one of the endpoint; `user_assigned`: yours.",
    )
    user_assigned_identities: tuple[UserAssignedIdentity, ...] = Field(
        default=(), description="The identities, for `user_assigned`."
    )

    def _problems(self) -> Iterator[Problem]:
        if (self.type == "user_assigned") is not bool(self.user_assigned_identities):
            message = "`user_assigned_identities` belong to the type `user_assigned` only"
            yield Problem((), CONFLICTING_FIELDS, message, "Change the `type`, or the list.")


class CodeConfiguration(Model):
    """The scoring script and its folder."""

    code: ArtifactPath = Field(default=".", description="Folder of the artifact that is uploaded.")
    scoring_script: Text = Field(description="Script with init() and run(), from that folder.")


class Environment(Model):
    """The image and the packages that the model runs with."""

    name: Text | None = Field(default=None, description="Name to register the environment under.")
    version: VariableValue | None = Field(default=None, description="Version to register it as.")
    image: Text = Field(description="Docker image.")
    conda_file: ArtifactPath | None = Field(default=None, description="Conda file of the artifact.")

    def _problems(self) -> Iterator[Problem]:
        yield from _version_without_name(self.name, self.version)


class ModelFiles(Model):
    """A model from files of the artifact, instead of a registered one."""

    path: ArtifactPath = Field(description="File or folder of the artifact.")
    type: Literal["custom_model", "mlflow_model", "triton_model"] | None = Field(
        default=None, description="Kind of model. Default: custom_model."
    )
    name: Text | None = Field(default=None, description="Name to register it under.")
    version: VariableValue | None = Field(default=None, description="Version to register it as.")

    def _problems(self) -> Iterator[Problem]:
        yield from _version_without_name(self.name, self.version)


def _version_without_name(name: str | None, version: str | None) -> Iterator[Problem]:
    if version is not None and name is None:
        yield Problem(("version",), MISSING_FIELD, "a `version` without a `name`", "Name it, or leave the version out.")


def _form(value: object) -> str:
    return "reference" if isinstance(value, str) else "fields"


ModelSource = Annotated[
    Annotated[AssetReference, Tag("reference")] | Annotated[ModelFiles, Tag("fields")],
    Discriminator(_form),
    Field(description="Registered model, as `azureml:name:version`; or files of the artifact."),
]
EnvironmentSource = Annotated[
    Annotated[AssetReference, Tag("reference")] | Annotated[Environment, Tag("fields")],
    Discriminator(_form),
    Field(description="Registered environment, as `azureml:name:version`; or what is in it."),
]
