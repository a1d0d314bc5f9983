"""Findings as commands of Azure Pipelines and GitHub Actions, which show them in the summary and the pull request.

Sources: learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands, LogIssue, with the escapes of
microsoft/azure-pipelines-task-lib; docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from collections.abc import Sequence

from azrelease.catalog.logging_commands import escaped_property, escaped_text
from azrelease.diagnostics import Diagnostic, Severity
from azrelease.lint import FileReport
from azrelease.lint.engine.baseline import BaselineCounts
from azrelease.report.counts import counts, summary
from azrelease.report.log_sanitizer import printable, sanitized

_GITHUB_TEXT = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_GITHUB_PROPERTY = {**_GITHUB_TEXT, **str.maketrans({":": "%3A", ",": "%2C"})}
_GITHUB_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def format_azure(reports: Sequence[FileReport], baseline: BaselineCounts | None = None) -> str:
    """Logging commands of Azure Pipelines; information, which they do not support, is a plain line."""
    lines = [_azure(diagnostic) for report in reports for diagnostic, *_ in report.findings]
    return "\n".join([*lines, summary(counts(reports), baseline)]) + "\n"


def format_github(reports: Sequence[FileReport], baseline: BaselineCounts | None = None) -> str:
    """Workflow commands of GitHub Actions."""
    lines = [_github(diagnostic) for report in reports for diagnostic, *_ in report.findings]
    return "\n".join([*lines, summary(counts(reports), baseline)]) + "\n"


def _azure(diagnostic: Diagnostic) -> str:
    message = _message(diagnostic)
    if diagnostic.severity is Severity.INFO:
        place = f"{diagnostic.file}:{diagnostic.span.line}:{diagnostic.span.column}"
        line = f"{place}: info: {message} [{diagnostic.code.id}]"
        return sanitized(line.replace("\r", " ").replace("\n", " "))
    properties = {
        "type": str(diagnostic.severity),
        "sourcepath": diagnostic.file,
        "linenumber": str(diagnostic.span.line),
        "columnnumber": str(diagnostic.span.column),
        "code": diagnostic.code.id,
    }
    written = ";".join(f"{name}={escaped_property(value)}" for name, value in properties.items())
    return f"##vso[task.logissue {sanitized(written)}]{sanitized(escaped_text(message))}"


def _github(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    properties = {
        "file": diagnostic.file,
        "line": str(span.line),
        "endLine": str(span.end_line),
        "col": str(span.column),
        "endColumn": str(span.end_column),
        "title": f"{diagnostic.code.id} {diagnostic.code.name}",
    }
    written = ",".join(f"{name}={value.translate(_GITHUB_PROPERTY)}" for name, value in properties.items())
    command = _GITHUB_COMMANDS[diagnostic.severity]
    return sanitized(f"::{command} {written}::{_message(diagnostic).translate(_GITHUB_TEXT)}")


def _message(diagnostic: Diagnostic) -> str:
    text = f"{diagnostic.message}. {diagnostic.hint}" if diagnostic.hint else diagnostic.message
    return printable(text, "\r\n")
