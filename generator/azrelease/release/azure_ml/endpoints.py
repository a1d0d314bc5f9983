"""Endpoints written in release.yml."""

from typing import Literal

from pydantic import Field

from azrelease.release.azure_ml.settings import Identity, Tags
from azrelease.release.fields import Text
from azrelease.release.model import Model


class OnlineEndpointDefinition(Model):
    """An online endpoint."""

    description: Text | None = Field(default=None, description="What the endpoint is for.")
    auth_mode: Literal["key", "aml_token", "aad_token"] | None = Field(
        default=None,
        description="What callers show: a `key`, or a token of the workspace (`aml_token`) or of Microsoft Entra "
        "(`aad_token`), which run out. It is fixed once the endpoint is there. Default: `key`.",
    )
    compute: Text | None = Field(
        default=None, description="Attached Kubernetes cluster. Default: that of the stage's target."
    )
    identity: Identity | None = Field(default=None, description="Identity of the endpoint. Default: one of its own.")
    public_network_access: Literal["enabled", "disabled"] | None = Field(
        default=None, description="Whether the endpoint is reached from outside the network of the workspace."
    )
    tags: Tags = Field(default_factory=dict, description="Tags of the endpoint.")
    properties: Tags = Field(default_factory=dict, description="Properties of the endpoint, fixed once set.")


class BatchEndpointDefinition(Model):
    """A batch endpoint. Its callers show a token of Microsoft Entra."""

    description: Text | None = Field(default=None, description="What the endpoint is for.")
    tags: Tags = Field(default_factory=dict, description="Tags of the endpoint.")
    properties: Tags = Field(default_factory=dict, description="Properties of the endpoint, fixed once set.")
