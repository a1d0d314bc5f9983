"""The results of template tests: a line for each case and the failures below, or JUnit XML."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from azrelease.report.junit import attribute, element_text
from azrelease.report.log_sanitizer import sanitized_line, sanitized_lines


class CaseResult(NamedTuple):
    """The result of a case.

    Attributes:
        file: the path of its file.
        line: its line there, from 1.
        name: its name.
        failures: what is not as expected, redacted; empty for a case that passes.
        updated: whether the expectation of the case was written.
    """

    file: str
    line: int
    name: str
    failures: tuple[str, ...]
    updated: bool = False

    @property
    def outcome(self) -> str:
        """PASSED, FAILED or UPDATED."""
        return "FAILED" if self.failures else "UPDATED" if self.updated else "PASSED"


def results_text(results: Sequence[CaseResult]) -> str:
    """A line for each case, then what is not as expected, then how many passed and failed."""
    lines = [f"{sanitized_line(f'{result.file}::{result.name}')} {result.outcome}" for result in results]
    for result in results:
        if result.failures:
            lines += ["", sanitized_line(f"{result.file}:{result.line}: {result.name}")]
            lines += (f"  {line}".rstrip() for text in result.failures for line in sanitized_lines(text).splitlines())
    counts = [
        (word, sum(result.outcome == outcome for result in results))
        for word, outcome in (("failed", "FAILED"), ("updated", "UPDATED"), ("passed", "PASSED"))
    ]
    summary = ", ".join(f"{count} {word}" for word, count in counts if count)
    return "\n".join((*lines, "", summary)) + "\n"


def results_junit(results: Sequence[CaseResult]) -> str:
    """JUnit XML, which PublishTestResults reads: a suite for each file, a case for each case."""
    suites = [_suite(file, list(cases)) for file, cases in groupby(results, key=lambda result: result.file)]
    failed = sum(bool(result.failures) for result in results)
    head = f'<testsuites name="azrelease expand" tests="{len(results)}" failures="{failed}" errors="0">'
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>")) + "\n"


def _suite(file: str, results: Sequence[CaseResult]) -> str:
    failed = sum(bool(result.failures) for result in results)
    counts = f'tests="{len(results)}" failures="{failed}" errors="0" skipped="0" time="0"'
    head = f"  <testsuite name={attribute(file)} {counts}>"
    return "\n".join((head, *(_case(result) for result in results), "  </testsuite>"))


def _case(result: CaseResult) -> str:
    head = f'    <testcase name={attribute(result.name)} classname={attribute(result.file)} time="0"'
    if not result.failures:
        return f"{head}/>"
    message = attribute(result.failures[0].partition("\n")[0])
    text = element_text("\n".join(result.failures))
    failure = f'      <failure type="failure" message={message}>{text}</failure>'
    return "\n".join((f"{head}>", failure, "    </testcase>"))
