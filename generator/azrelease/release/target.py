"""Where a service runs (Azure Machine Learning CLI v1)."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from azrelease.release.fields import NumberText, Text
from azrelease.release.model import Model


class AciTarget(Model):
    """Azure Container Instances: for testing; made and removed with the service."""

    type: Literal["aci"] = "aci"


class AksTarget(Model):
    """Azure Kubernetes Service: for production; the cluster is made when it is not there."""

    type: Literal["aks"] = "aks"
    cluster: Text = Field(description="Name of the compute target in the workspace.")
    vm_size: Text | None = Field(default=None, description="Size of its machines, if it has to be made.")
    agent_count: NumberText | None = Field(default=None, description="Number of its machines, if it has to be made.")


def _name_is_type(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


Target = Annotated[
    Annotated[AciTarget | AksTarget, Field(discriminator="type")],
    BeforeValidator(_name_is_type, json_schema_input_type=Literal["aci"] | AciTarget | AksTarget),
]
