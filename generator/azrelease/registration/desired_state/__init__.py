"""What releases want of a project: environments and their checks, variable groups, pipelines and their permissions."""

from azrelease.registration.desired_state.context import ReleaseToRegister
from azrelease.registration.desired_state.desired_state import DesiredState, desired_state

__all__ = ["DesiredState", "ReleaseToRegister", "desired_state"]
