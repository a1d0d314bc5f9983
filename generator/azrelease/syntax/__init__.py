"""What azrelease reads: any pipeline or template of Azure Pipelines, as a tree with places, and its expressions."""

from azrelease.syntax.outline import HOOKS, SCRIPT_ACTIONS, Job, Outline, Stage, Step
from azrelease.syntax.pipeline_file import FileKind, Parameter, PipelineFile, Resource, TemplateReference
from azrelease.syntax.tree import Block, Entry, Guards, Items, Other, Place, Presence, Value, exclusive

__all__ = [
    "HOOKS",
    "SCRIPT_ACTIONS",
    "Block",
    "Entry",
    "FileKind",
    "Guards",
    "Items",
    "Job",
    "Other",
    "Outline",
    "Parameter",
    "PipelineFile",
    "Place",
    "Presence",
    "Resource",
    "Stage",
    "Step",
    "TemplateReference",
    "Value",
    "exclusive",
]
