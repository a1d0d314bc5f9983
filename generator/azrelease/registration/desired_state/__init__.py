"""The desired state of a project: environments and checks, variable groups, pipelines and permissions of releases."""

from azrelease.registration.desired_state.context import ReleaseToRegister
from azrelease.registration.desired_state.desired_state import DesiredState, desired_state

__all__ = ["DesiredState", "ReleaseToRegister", "desired_state"]
