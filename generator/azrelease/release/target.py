"""Where a model serves: services of Azure Machine Learning CLI v1, endpoints of v2."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from azrelease.diagnostics import MISSING_FIELD
from azrelease.release.fields import NumberText, Text
from azrelease.release.model import Model
from azrelease.release.problems import failure


class AciTarget(Model):
    """A v1 service on Azure Container Instances: for testing; created and removed with the service."""

    type: Literal["aci"] = "aci"


class AksTarget(Model):
    """A v1 service on Azure Kubernetes Service: for production; the cluster is created when it does not exist."""

    type: Literal["aks"] = "aks"
    cluster: Text = Field(description="Name of the compute target in the workspace.")
    vm_size: Text | None = Field(default=None, description="Size of its machines, if it has to be created.")
    agent_count: NumberText | None = Field(default=None, description="Number of its machines, if it has to be created.")


class ManagedTarget(Model):
    """An online endpoint on machines that Azure Machine Learning looks after."""

    type: Literal["managed"] = "managed"


class KubernetesTarget(Model):
    """An online endpoint on a Kubernetes cluster that is attached to the workspace."""

    type: Literal["kubernetes"] = "kubernetes"
    compute: Text = Field(description="Name under which the cluster is attached to the workspace.")


class BatchTarget(Model):
    """A batch endpoint: scores files and tables in jobs, on a compute cluster."""

    type: Literal["batch"] = "batch"
    compute: Text | None = Field(
        default=None, description="Compute cluster that runs the jobs. Default: what the deployment's file says."
    )


ServiceTarget = AciTarget | AksTarget
"""Targets of CLI v1 (extension azure-cli-ml)."""

_NEEDED = {"aks": "cluster", "kubernetes": "compute"}
"""What a target of a kind cannot leave out."""


def _name_is_type(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value in _NEEDED:
        hint = f"Write `{{type: {value}, {_NEEDED[value]}: …}}`."
        raise failure(MISSING_FIELD, f"a target of type {value} needs the field `{_NEEDED[value]}`", hint)
    return {"type": value}


AnyTarget = AciTarget | AksTarget | ManagedTarget | KubernetesTarget | BatchTarget

Target = Annotated[
    Annotated[AnyTarget, Field(discriminator="type")],
    BeforeValidator(_name_is_type, json_schema_input_type=Literal["aci", "managed", "batch"] | AnyTarget),
]
