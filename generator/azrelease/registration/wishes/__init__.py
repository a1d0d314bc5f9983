"""What releases want of a project: environments and their checks, variable groups, pipelines and their permissions."""

from azrelease.registration.wishes.context import WantedRelease
from azrelease.registration.wishes.wanted import Wanted, wanted

__all__ = ["Wanted", "WantedRelease", "wanted"]
