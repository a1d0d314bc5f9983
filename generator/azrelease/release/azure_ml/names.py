"""Names that Azure Machine Learning accepts.

Source: learn.microsoft.com/azure/machine-learning/how-to-manage-quotas, limits of endpoints and deployments.
"""

from typing import Annotated

from azrelease.release.fields import matching

ENDPOINT_NAME = r"[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]"

_EXPANDED = r".*\$(?:\(|\{\{|\[).*"

EndpointName = Annotated[
    str,
    *matching(
        rf"{ENDPOINT_NAME}|{_EXPANDED}",
        "{} cannot be the name of an endpoint",
        "Use 3 to 32 letters, digits and `-`; begin with a letter, end with a letter or a digit.",
    ),
]
"""The name of an endpoint, unique in its region; or a macro."""

DeploymentName = Annotated[
    str,
    *matching(
        rf"[a-z][a-z0-9-]{{1,30}}[a-z0-9]|{_EXPANDED}",
        "{} cannot be the name of a deployment",
        "Use 3 to 32 lower-case letters, digits and `-`; begin with a letter, end with a letter or a digit. "
        "(Traffic rules are kept in lower case.)",
    ),
]
"""The name of a deployment of an endpoint; or a macro."""

RegistryName = Annotated[
    str,
    *matching(
        rf"[A-Za-z0-9][A-Za-z0-9_-]{{1,32}}|{_EXPANDED}",
        "{} cannot be the name of a registry",
        "Use 2 to 33 letters, digits, `-` and `_`; begin with a letter or a digit.",
    ),
]
"""The name of a registry of Azure Machine Learning; or a macro."""

TagName = Annotated[
    str,
    *matching(
        r"[^\s.=\[\]$\0-][^.=\[\]$\0]*",
        "{} cannot be the name of a tag here",
        "`.`, `=`, `$` and brackets mean something to the command line.",
    ),
]
"""The name of a tag or a property."""

KeyName = Annotated[
    str,
    *matching(
        r"[A-Za-z_][A-Za-z0-9_]*",
        "{} cannot be a name here",
        "Use letters, digits and _, and begin with a letter or _.",
    ),
]
"""The name of an environment variable or of a collection of data."""

AssetReference = Annotated[
    str,
    *matching(
        rf"azureml:.+|{_EXPANDED}",
        "{} is not a reference to a registered asset",
        "Write `azureml:name:version`, `azureml:name@latest`, or the whole `azureml://` address.",
    ),
]
"""A registered model or environment; or a macro."""

ResourceId = Annotated[
    str,
    *matching(
        r"/[^$\0]+", "{} cannot be the id of a resource", "Write it out: `/subscriptions/…/userAssignedIdentities/…`."
    ),
]
"""The id of a resource of Azure, written out."""


def compute_reference(name: str) -> str:
    """A compute of the workspace as the files of Azure Machine Learning name it."""
    return name if name.startswith("azureml:") else f"azureml:{name}"
