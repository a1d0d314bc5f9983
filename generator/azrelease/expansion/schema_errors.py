"""What the schema of the language refuses in an expanded pipeline."""

from azrelease.diagnostics import Severity
from azrelease.expansion.document import expanded_document
from azrelease.expansion.problems import Problems
from azrelease.expansion.result import Expansion
from azrelease.syntax import PipelineFile


def report_schema_errors(expansion: Expansion, problems: Problems) -> None:
    """Report the parts of an expanded pipeline that the service refuses, at their places in the files."""
    document = expanded_document(expansion)
    for found in PipelineFile(document).problems:
        if found.severity is Severity.ERROR:
            located = document.located(found)
            problems.add_found(located.diagnostic, located.frame)
