"""The number of findings of each rule, instead of the findings."""

from collections.abc import Sequence
from typing import NamedTuple

from azrelease.diagnostics import Code, Severity
from azrelease.lint import FileReport
from azrelease.lint.engine.baseline import BaselineCounts
from azrelease.report.counts import counts, summary
from azrelease.report.json_object import baseline_object, dumps

_SIGN = "[*]"


class RuleCount(NamedTuple):
    """The findings of a rule.

    Attributes:
        code: the rule.
        findings: the number of its findings.
        severity: the worst severity among them.
        fixable: the number of those that `--fix` fixes.
    """

    code: Code
    findings: int
    severity: Severity
    fixable: int


def rule_counts(reports: Sequence[FileReport]) -> list[RuleCount]:
    """The rules with findings, the most frequent first."""
    found: dict[str, RuleCount] = {}
    order = list(Severity)
    for diagnostic in (finding.diagnostic for report in reports for finding in report.findings):
        code, severity = diagnostic.code, diagnostic.severity
        known = found.get(code.id, RuleCount(code, 0, severity, 0))
        fixable = known.fixable + (diagnostic.fix is not None and diagnostic.fix.safe)
        worst = min(known.severity, severity, key=order.index)
        found[code.id] = RuleCount(code, known.findings + 1, worst, fixable)
    return sorted(found.values(), key=lambda each: (-each.findings, each.code.id))


def statistics_text(
    reports: Sequence[FileReport], baseline: BaselineCounts | None = None, *, counted: bool = True
) -> str:
    """A line for each rule, with `[*]` where `--fix` fixes findings, and the number of all unless `counted` is off."""
    rules = rule_counts(reports)
    width = max((len(str(rule.findings)) for rule in rules), default=0)
    lines = [
        f"{rule.findings:>{width}}  {rule.severity:7}  {_SIGN if rule.fixable else '   '}  "
        f"{rule.code.id}  {rule.code.name}"
        for rule in rules
    ]
    lines += [summary(counts(reports), baseline)] if counted else []
    return "\n".join(lines) + "\n" if lines else ""


def statistics_json(reports: Sequence[FileReport], baseline: BaselineCounts | None = None) -> str:
    """One object with the rules, and the summary of the findings."""
    total = counts(reports)
    statistics = [
        {
            "code": rule.code.id,
            "name": rule.code.name,
            "severity": str(rule.severity),
            "count": rule.findings,
            "fixable": rule.fixable,
        }
        for rule in rule_counts(reports)
    ]
    whole = {**dict(total.by_severity), **baseline_object(baseline)}
    return dumps({"version": 1, "files": total.files, "statistics": statistics, "summary": whole})
