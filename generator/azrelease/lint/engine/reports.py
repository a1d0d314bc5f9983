"""Reports on files: the findings that are selected and not ignored, with the severities of the user, redacted."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from yaml import Node

from azrelease.diagnostics import Diagnostic
from azrelease.lint.engine.ignores import ignores, unused_ignores
from azrelease.lint.engine.settings import RuleSelection
from azrelease.lint.rules import by_id
from azrelease.redaction import RedactedText, SourceLine


class Finding(NamedTuple):
    """A finding with its source line, all redacted.

    Attributes:
        diagnostic: the finding.
        line: its line; empty where the file has none.
        around: the lines before and after it that have content, without blanks around them; empty where there are none.
    """

    diagnostic: Diagnostic
    line: SourceLine
    around: tuple[str, str] = ("", "")


class ExpandedFinding(NamedTuple):
    """A finding in the pipeline that the service makes of a file.

    Attributes:
        diagnostic: the finding, at the file of the repository that it is in, and redacted.
        is_of_file: whether the check of that file has it as well, whatever the calls.
    """

    diagnostic: Diagnostic
    is_of_file: bool


class FileReport(NamedTuple):
    """The findings of a file.

    Attributes:
        path: the path as the user gave it.
        findings: in the order of the file.
        checked: whether the file was one to check.
        read: whether it could be read.
        expanded: what the pipeline that the service makes of the file shows, in it and in its templates; see
            `expanded_reports`.
    """

    path: str
    findings: tuple[Finding, ...]
    checked: bool = True
    read: bool = True
    expanded: tuple[ExpandedFinding, ...] = ()


class ReportScope(NamedTuple):
    """The codes that a report is about.

    Attributes:
        reported: the codes whose findings are reported.
        searched: the codes that the whole file was searched for: a comment that hides none of their findings is
            unused. Empty when only a part of the file was searched, or only the service has findings.
    """

    reported: frozenset[str]
    searched: frozenset[str] = frozenset()


class ReportedFile(NamedTuple):
    """A file to report on: its path, its text, and the tree of the text where it was parsed."""

    path: str
    text: str
    root: Node | None = None


def file_report(
    file: ReportedFile,
    diagnostics: Iterable[Diagnostic],
    selection: RuleSelection,
    scope: ReportScope,
) -> FileReport:
    """The report on a file.

    Args:
        file: the file.
        diagnostics: everything that was found in it.
        selection: the severities that the user sets.
        scope: the codes that the report is about.
    """
    found = sorted(set(diagnostics), key=_position)
    reported = [_with_level(diagnostic, selection) for diagnostic in found if diagnostic.code.id in scope.reported]
    comments = ignores(file.text)
    if comments:
        hidden = [diagnostic for diagnostic in reported if any(comment.hides(diagnostic) for comment in comments)]
        unused = unused_ignores(file.path, comments, hidden, by_id(), scope.searched)
        reported = sorted([*(d for d in reported if d not in hidden), *unused], key=_position)
    return FileReport(file.path, _redacted(file, reported, found))


def _position(diagnostic: Diagnostic) -> tuple[object, ...]:
    return (diagnostic.span, diagnostic.code.id, diagnostic.message)


def _with_level(diagnostic: Diagnostic, selection: RuleSelection) -> Diagnostic:
    level = selection.level(diagnostic.code)
    return diagnostic if level is None else diagnostic._replace(level=level)


def _redacted(file: ReportedFile, reported: Sequence[Diagnostic], found: Sequence[Diagnostic]) -> tuple[Finding, ...]:
    """Findings without secrets. Findings that are not reported also show where secrets are."""
    if not reported:
        return ()
    text = RedactedText(file.text, found, file.root)
    return tuple(_finding(text, diagnostic) for diagnostic in reported)


def _finding(text: RedactedText, diagnostic: Diagnostic) -> Finding:
    number = diagnostic.span.line
    around = (_content(text, number - 1, -1), _content(text, number + 1, 1))
    return Finding(text.redact(diagnostic), text.line(number) or SourceLine(""), around)


def _content(text: RedactedText, number: int, step: int) -> str:
    """The next line with content from a line on, upwards or downwards."""
    while (line := text.line(number)) is not None:
        words = line.strip()
        if words and not words.startswith("#"):
            return words
        number += step
    return ""
