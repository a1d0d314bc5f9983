"""Findings as diagnostics of the protocol."""

from collections.abc import Iterator

from lsprotocol.types import (
    CodeDescription,
    Diagnostic,
    DiagnosticRelatedInformation,
    DiagnosticSeverity,
    DiagnosticTag,
    Location,
    Position,
    Range,
)

from azrelease import diagnostics
from azrelease.application.open_files import OpenFiles
from azrelease.diagnostics import CallSite, Severity
from azrelease.language_server.open_documents import address
from azrelease.language_server.positions import EditorText
from azrelease.lint.rules import by_id
from azrelease.report.rule_families import documentation_of

SOURCE = "azrelease"

_SEVERITIES = {
    Severity.ERROR: DiagnosticSeverity.Error,
    Severity.WARNING: DiagnosticSeverity.Warning,
    Severity.INFO: DiagnosticSeverity.Information,
}
_RETIREMENT = "AZR7"
_UNUSED = "unused-"


def diagnostic(found: diagnostics.Diagnostic, text: EditorText, files: OpenFiles) -> Diagnostic:
    """A finding, with a link to the page of its rule, and with the calls of templates that lead to it.

    Args:
        found: the finding.
        text: the text of its file.
        files: the folder that its path begins at.
    """
    rule = by_id().get(found.code.id)
    page = documentation_of(rule) if rule is not None else None
    return Diagnostic(
        range=text.of_span(found.span),
        message=f"{found.message}\n{found.hint}" if found.hint else found.message,
        severity=_SEVERITIES[found.severity],
        code=found.code.id,
        code_description=CodeDescription(page) if page is not None else None,
        source=SOURCE,
        tags=list(_tags(found.code)) or None,
        related_information=[_related(site, files) for chain in found.calls for site in chain] or None,
    )


def _tags(code: diagnostics.Code) -> Iterator[DiagnosticTag]:
    if code.id.startswith(_RETIREMENT):
        yield DiagnosticTag.Deprecated
    if code.name.startswith(_UNUSED):
        yield DiagnosticTag.Unnecessary


def _related(site: CallSite, files: OpenFiles) -> DiagnosticRelatedInformation:
    given = ", ".join(f"{name} = {value}" for name, value in site.arguments)
    what = "in this loop" if site.is_loop else "included here"
    start = Position(site.line - 1, 0)
    return DiagnosticRelatedInformation(
        Location(address(files.folder / site.file), Range(start, start)), f"{what}, with {given}" if given else what
    )
