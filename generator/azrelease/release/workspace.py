"""The Azure Machine Learning workspace."""

from pydantic import Field

from azrelease.release.fields import Text
from azrelease.release.model import Model


class Workspace(Model):
    """The Azure Machine Learning workspace that is deployed to, and the way to it."""

    resource_group: Text = Field(description="Resource group of the workspace.")
    name: Text = Field(description="Name of the workspace.")
    service_connection: Text = Field(
        description="Azure Resource Manager service connection that may deploy to the workspace."
    )
