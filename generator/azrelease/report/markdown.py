"""Markdown, for a comment on a pull request."""

from collections.abc import Sequence

from azrelease.diagnostics import Diagnostic, Severity
from azrelease.lint import FileReport
from azrelease.report.counts import counts, summary
from azrelease.report.harmless import harmless, printable

_SIGNS = {Severity.ERROR: "❌ error", Severity.WARNING: "⚠️ warning", Severity.INFO: "ℹ️ info"}  # noqa: RUF001  (the sign is meant)
_ESCAPED = str.maketrans({**{character: f"\\{character}" for character in "\\*_[]<>|#~"}, "@": "&#64;", "&": "&amp;"})


def format_markdown(reports: Sequence[FileReport]) -> str:
    """A table of the findings of each file."""
    parts = ["## azrelease check", "", summary(counts(reports))]
    for report in reports:
        if report.findings:
            parts += ["", f"### {_code(report.path)}", "", "| line | | finding | |", "|---:|---|---|---|"]
            parts += [_row(diagnostic) for diagnostic, _ in report.findings]
    return harmless("\n".join(parts)) + "\n"


def _row(diagnostic: Diagnostic) -> str:
    hint = f"<br>{_text(diagnostic.hint)}" if diagnostic.hint else ""
    return (
        f"| {diagnostic.span.line} | {_SIGNS[diagnostic.severity]} | {_text(diagnostic.message)}{hint} "
        f"| {diagnostic.code.id} {diagnostic.code.name} |"
    )


def _text(text: str) -> str:
    """A text with its code spans kept, and nothing else in it that Markdown or HTML acts on."""
    parts = printable(" ".join(text.split())).split("`")
    if len(parts) % 2 == 0:
        return "".join(parts).translate(_ESCAPED)
    return "".join(_code(part) if index % 2 else part.translate(_ESCAPED) for index, part in enumerate(parts))


def _code(text: str) -> str:
    """A code span that may hold backticks; a bar in a table has to be escaped even there."""
    text = printable(text)
    fence = "`" * (max((len(run) for run in _runs(text)), default=0) + 1)
    blank = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{blank}{text}{blank}{fence}".replace("|", "\\|").replace("\n", " ") if text else ""


def _runs(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split(" ") if run]
