"""Classic release definitions: into a release file, and out of one, with an account of everything."""

from azrelease.classic.constructs import CONSTRUCTS, Construct, Handling
from azrelease.classic.conversion_report import ConversionReport, ReportEntry, ReportRow
from azrelease.classic.definition_file import DefinitionError, read_definitions, read_task_groups
from azrelease.classic.exporting.constructs import EXPORT_CONSTRUCTS
from azrelease.classic.exporting.definition import Export, export_release
from azrelease.classic.importing.definition import Import
from azrelease.classic.names import Names
from azrelease.classic.round_trip import import_definition

__all__ = [
    "CONSTRUCTS",
    "EXPORT_CONSTRUCTS",
    "Construct",
    "ConversionReport",
    "DefinitionError",
    "Export",
    "Handling",
    "Import",
    "Names",
    "ReportEntry",
    "ReportRow",
    "export_release",
    "import_definition",
    "read_definitions",
    "read_task_groups",
]
