"""Kinds of resources of a project: a class for each, which finds, creates, changes and deletes them."""

from collections.abc import Mapping
from types import MappingProxyType

from azrelease.registration.kinds.base import ResourceHandler
from azrelease.registration.kinds.build_validation import BuildValidationHandler
from azrelease.registration.kinds.check import CheckHandler
from azrelease.registration.kinds.environment import EnvironmentHandler
from azrelease.registration.kinds.folder import FolderHandler
from azrelease.registration.kinds.permission import PermissionHandler
from azrelease.registration.kinds.pipeline import PipelineHandler
from azrelease.registration.kinds.release_definition import ReleaseDefinitionHandler
from azrelease.registration.kinds.variable_group import VariableGroupHandler
from azrelease.registration.resource import ResourceKind

HANDLERS: Mapping[ResourceKind, ResourceHandler] = MappingProxyType(
    {
        handler.kind: handler
        for handler in (
            FolderHandler(),
            VariableGroupHandler(),
            EnvironmentHandler(),
            CheckHandler(),
            PipelineHandler(),
            ReleaseDefinitionHandler(),
            PermissionHandler(),
            BuildValidationHandler(),
        )
    }
)
"""The handler of each kind, in the order of `ResourceKind`."""

__all__ = ["HANDLERS", "ResourceHandler"]
