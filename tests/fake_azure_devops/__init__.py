"""A stateful fake of the Azure DevOps REST service on loopback HTTP, for the real client.

with serve(Organization("org")) as service:
    project = service.organization.project("Fabrikam")
    ...
"""

from fake_azure_devops.faults import Fault
from fake_azure_devops.messages import Request
from fake_azure_devops.scripts import Script, Snapshot, scripted
from fake_azure_devops.server import Service, serve
from fake_azure_devops.state import Organization, Project

__all__ = ["Fault", "Organization", "Project", "Request", "Script", "Service", "Snapshot", "scripted", "serve"]
