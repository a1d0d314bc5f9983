"""Classic release definitions: into a release file, and out of one, with an account of everything."""

from azrelease.classic.conversion_report import ConversionReport, ReportEntry, ReportRow
from azrelease.classic.definition_file import (
    DefinitionError,
    ExportedFile,
    read_definitions,
    read_exported_file,
    read_task_groups,
)
from azrelease.classic.exporting.definition import ExportResult, export_release
from azrelease.classic.exporting.features import RELEASE_FEATURES
from azrelease.classic.features import CLASSIC_FEATURES, ConversionOutcome, Feature
from azrelease.classic.importing.definition import ImportResult
from azrelease.classic.importing.group_templates import step_templates
from azrelease.classic.importing.step_template import GroupKey, TaskGroupTemplate, group_key
from azrelease.classic.resource_names import ResourceNames
from azrelease.classic.round_trip import import_definition

__all__ = [
    "CLASSIC_FEATURES",
    "RELEASE_FEATURES",
    "ConversionOutcome",
    "ConversionReport",
    "DefinitionError",
    "ExportResult",
    "ExportedFile",
    "Feature",
    "GroupKey",
    "ImportResult",
    "ReportEntry",
    "ReportRow",
    "ResourceNames",
    "TaskGroupTemplate",
    "export_release",
    "group_key",
    "import_definition",
    "read_definitions",
    "read_exported_file",
    "read_task_groups",
    "step_templates",
]
