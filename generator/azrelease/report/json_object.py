"""Findings as one JSON object for other programs."""

import json
from collections.abc import Sequence

from azrelease.lint import FileReport
from azrelease.report.counts import counts


def format_json(reports: Sequence[FileReport]) -> str:
    """The findings as one object; lines and columns count from 1, `end_column` is not included."""
    findings = [
        {
            "code": diagnostic.code.id,
            "name": diagnostic.code.name,
            "severity": str(diagnostic.severity),
            "message": diagnostic.message,
            "file": diagnostic.file,
            "line": diagnostic.span.line,
            "column": diagnostic.span.column,
            "end_line": diagnostic.span.end_line,
            "end_column": diagnostic.span.end_column,
            "hint": diagnostic.hint,
            "fixable": diagnostic.fix is not None,
        }
        for report in reports
        for diagnostic, _ in report.findings
    ]
    total = counts(reports)
    return dumps({"version": 1, "files": total.files, "findings": findings, "summary": dict(total.by_severity)})


def dumps(value: object) -> str:
    """JSON text without commands of an agent that reads the log."""
    return json.dumps(value, indent=2, ensure_ascii=False).replace("##", "#\\u0023") + "\n"
