"""JUnit XML, which PublishTestResults reads: a suite for each file, a failed case for each finding.

Source: the schema junit-10.xsd of jenkinsci/xunit-plugin, and
learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2.
"""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from azrelease.diagnostics import Severity
from azrelease.lint import FileReport, Finding
from azrelease.report.text import format_text

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def format_junit(reports: Sequence[FileReport]) -> str:
    """The findings as test results; information is not a failure, but output of a passed case."""
    checked = [report for report in reports if report.checked]
    suites = [_suite(report) for report in checked]
    tests = sum(max(len(report.findings), 1) for report in checked)
    failures = sum(_fails(finding) for report in checked for finding in report.findings)
    head = f'<testsuites name="azrelease" tests="{tests}" failures="{failures}" errors="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>"]) + "\n"


def _suite(report: FileReport) -> str:
    cases = [_case(finding) for finding in report.findings]
    if not cases:
        cases = [f'    <testcase name="no findings" classname={attribute(report.path)} time="0"/>']
    failures = sum(map(_fails, report.findings))
    head = (
        f'  <testsuite name={attribute(report.path)} tests="{len(cases)}" failures="{failures}" errors="0" '
        'skipped="0" time="0">'
    )
    return "\n".join([head, *cases, "  </testsuite>"])


def _case(finding: Finding) -> str:
    diagnostic = finding.diagnostic
    name = f"{diagnostic.code.id} {diagnostic.code.name} at {diagnostic.span.line}:{diagnostic.span.column}"
    head = f'    <testcase name={attribute(name)} classname={attribute(diagnostic.file)} time="0">'
    text = element_text(format_text(finding.diagnostic, finding.line or None))
    if not _fails(finding):
        return "\n".join([head, f"      <system-out>{text}</system-out>", "    </testcase>"])
    kind, message = attribute(str(diagnostic.severity)), attribute(diagnostic.message)
    return "\n".join([head, f"      <failure type={kind} message={message}>{text}</failure>", "    </testcase>"])


def _fails(finding: Finding) -> bool:
    return finding.diagnostic.severity is not Severity.INFO


def attribute(text: str) -> str:
    """A text as a quoted attribute of XML."""
    return quoteattr(_FORBIDDEN.sub("·", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}).replace("##", "#&#35;")


def element_text(text: str) -> str:
    """A text as the content of an element of XML."""
    return escape(_FORBIDDEN.sub("·", text)).replace("##", "#&#35;")
