"""What is read from Azure DevOps, and made there. The only room that imports azure.devops."""

from azrelease.registration.classic_releases import ClassicRelease, classic_release
from azrelease.registration.connection import Connection, connect, organization_url
from azrelease.registration.tasks import organization_tasks

__all__ = [
    "ClassicRelease",
    "Connection",
    "classic_release",
    "connect",
    "organization_tasks",
    "organization_url",
]
