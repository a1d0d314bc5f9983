"""What the service makes of a pipeline before a run: templates included, template expressions worked out."""

from azrelease.expansion.document import ExpandedDocument, Located, expanded_document
from azrelease.expansion.node_paths import NodePath, node_at, paths_below
from azrelease.expansion.normal_form import as_written, normal_form
from azrelease.expansion.normal_steps import SHORTHANDS
from azrelease.expansion.origins import (
    SELF,
    ConditionBranch,
    Frame,
    LoopTurn,
    Origin,
    SourceFile,
    TemplateCall,
    chain_of,
)
from azrelease.expansion.pipeline import expand_document, expand_file, expand_source, location_in, repository_root
from azrelease.expansion.plain_data import plain
from azrelease.expansion.result import Expansion, ExpansionProblem, ExpansionRequest
from azrelease.expansion.sources import FolderFiles, RepositoryFiles
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.expansion.yaml_text import yaml_text

__all__ = [
    "SELF",
    "SHORTHANDS",
    "ConditionBranch",
    "ExpandedDocument",
    "ExpandedEntry",
    "ExpandedMapping",
    "ExpandedNode",
    "ExpandedScalar",
    "ExpandedSequence",
    "Expansion",
    "ExpansionProblem",
    "ExpansionRequest",
    "FolderFiles",
    "Frame",
    "Located",
    "LoopTurn",
    "NodePath",
    "Origin",
    "RepositoryFiles",
    "SourceFile",
    "TemplateCall",
    "as_written",
    "chain_of",
    "expand_document",
    "expand_file",
    "expand_source",
    "expanded_document",
    "location_in",
    "node_at",
    "normal_form",
    "paths_below",
    "plain",
    "repository_root",
    "yaml_text",
]
