"""SARIF 2.1.0, which code scanning tools read.

Sources: docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; for `tags` and `security-severity`
docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
"""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from azrelease.diagnostics import Diagnostic, Severity
from azrelease.lint import FileReport, Finding, Rule
from azrelease.lint.rules import all_rules
from azrelease.report.json_object import dumps
from azrelease.report.rule_families import documentation_of, family_of
from azrelease.version import VERSION

_SECURITY = "security"
_SECURITY_SEVERITIES = {Severity.ERROR: "8.0", Severity.WARNING: "5.0", Severity.INFO: "3.0"}
"""GitHub calls 7.0 to 8.9 high, 4.0 to 6.9 medium, and less low."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def format_sarif(reports: Sequence[FileReport]) -> str:
    """The findings as a SARIF log with one run."""
    findings = [finding for report in reports for finding in report.findings]
    used = {finding.diagnostic.code.id for finding in findings}
    rules = [rule for rule in all_rules() if rule.code.id in used]
    places = {rule.code.id: index for index, rule in enumerate(rules)}
    driver = {
        "name": "azrelease",
        "version": VERSION,
        "rules": [_rule(rule) for rule in rules],
    }
    marks = fingerprints(findings)
    results = [_result(finding, places, mark) for finding, mark in zip(findings, marks, strict=True)]
    return dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
        }
    )


def _rule(rule: Rule) -> dict[str, Any]:
    """The description of a rule; of one of a plugin, without what only the families of azrelease have."""
    description: dict[str, Any] = {
        "id": rule.code.id,
        "name": rule.code.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "defaultConfiguration": {"level": _LEVELS[rule.code.severity]},
        "help": {"text": f"{rule.why}\n\nazrelease explain {rule.code.id}"},
    }
    family, documentation = family_of(rule), documentation_of(rule)
    if documentation is not None:
        description["helpUri"] = documentation
    if family is not None:
        description["properties"] = {"tags": [family.tag]}
        if family.tag == _SECURITY:
            description["properties"]["security-severity"] = _SECURITY_SEVERITIES[rule.code.severity]
    return description


def _result(finding: Finding, places: dict[str, int], mark: str) -> dict[str, Any]:
    diagnostic = finding.diagnostic
    text = f"{diagnostic.message}. {diagnostic.hint}" if diagnostic.hint else diagnostic.message
    return {
        "ruleId": diagnostic.code.id,
        "ruleIndex": places[diagnostic.code.id],
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": _location(diagnostic)}],
        "partialFingerprints": {"azrelease/v1": mark},
    }


def _location(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    path = PurePath(diagnostic.file)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    return {
        "artifactLocation": {"uri": uri},
        "region": {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": max(span.end_column, 1),
        },
    }


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """Fingerprints that survive moved lines; equal findings on equal lines of a file differ by their number."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    marks: list[str] = []
    for diagnostic, line, _ in findings:
        key = (diagnostic.file, diagnostic.code.id, line.strip(), diagnostic.message)
        text = "\0".join((diagnostic.code.id, line.strip(), diagnostic.message, str(seen[key])))
        seen[key] += 1
        marks.append(sha256(text.encode("utf-8", errors="replace")).hexdigest()[:16])
    return marks
