"""Findings as one JSON object for other programs."""

import json
from collections.abc import Sequence

from azrelease.diagnostics import CallSite, Diagnostic
from azrelease.lint import FileReport
from azrelease.lint.engine.baseline import BaselineCounts
from azrelease.report.counts import counts


def format_json(reports: Sequence[FileReport], baseline: BaselineCounts | None = None) -> str:
    """The findings as one object; lines and columns count from 1, `end_column` is not included.

    `fix` is `safe` for what `--fix` corrects, `unsafe` for what `--unsafe-fixes` corrects as well, or `none`.
    With a baseline, the summary says how many findings it hides, and how many of its entries hide nothing any more.
    A finding that depends on the arguments of templates has `calls`: the chains of calls and loops around it.
    """
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
            "fix": fix_safety(diagnostic),
            **({"calls": [list(map(_call, chain)) for chain in diagnostic.calls]} if diagnostic.calls else {}),
        }
        for report in reports
        for diagnostic, *_ in report.findings
    ]
    total = counts(reports)
    summary = {**dict(total.by_severity), **baseline_object(baseline)}
    return dumps({"version": 1, "files": total.files, "findings": findings, "summary": summary})


def baseline_object(baseline: BaselineCounts | None) -> dict[str, int]:
    """What a baseline hides, for the summary."""
    return {} if baseline is None else {"hidden": baseline.hidden, "unused_entries": baseline.unused}


def fix_safety(diagnostic: Diagnostic) -> str:
    """What `--fix` may do with a finding: `safe` fixes are made, `unsafe` ones only when asked for."""
    if diagnostic.fix is None:
        return "none"
    return "safe" if diagnostic.fix.safe else "unsafe"


def _call(site: CallSite) -> dict[str, object]:
    kind = "loop" if site.is_loop else "template"
    return {"kind": kind, "file": site.file, "line": site.line, "arguments": dict(site.arguments)}


def dumps(value: object) -> str:
    """JSON text without commands of an agent that reads the log."""
    return json.dumps(value, indent=2, ensure_ascii=False).replace("##", "#\\u0023") + "\n"
