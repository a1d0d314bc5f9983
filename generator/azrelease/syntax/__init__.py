"""What azrelease reads: any pipeline or template of Azure Pipelines, as a tree with places, and its expressions."""

from azrelease.syntax.outline import HOOKS, SCRIPT_ACTIONS, JobOutline, Outline, StageOutline, StepOutline
from azrelease.syntax.pipeline_file import FileKind, Parameter, PipelineFile, ResourceReference, TemplateReference
from azrelease.syntax.tree import (
    Block,
    ExpressionScalar,
    Guards,
    Items,
    MappingEntry,
    OtherNode,
    Presence,
    Value,
    exclusive,
)

__all__ = [
    "HOOKS",
    "SCRIPT_ACTIONS",
    "Block",
    "ExpressionScalar",
    "FileKind",
    "Guards",
    "Items",
    "JobOutline",
    "MappingEntry",
    "OtherNode",
    "Outline",
    "Parameter",
    "PipelineFile",
    "Presence",
    "ResourceReference",
    "StageOutline",
    "StepOutline",
    "TemplateReference",
    "Value",
    "exclusive",
]
