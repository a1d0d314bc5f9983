"""The test results that a run has published.

Functions raise `ServiceError` if the service refuses, or does not answer.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from azrelease.registration import rest_api
from azrelease.registration.project import Project, Raw

_FAILED = ("Failed", "Error", "Timeout", "Aborted")
"""Outcomes of a test that count as failed (learn.microsoft.com/rest/api/azure/devops/test/results, TestOutcome)."""

_SHOWN = 20
"""Failed tests that are read of a test run."""

_LONGEST_QUERY = timedelta(days=7)
"""Between the two dates of a query for test runs (learn.microsoft.com/rest/api/azure/devops/test/runs/query)."""


class FailedTest(NamedTuple):
    """A failed test, and its error message."""

    name: str
    message: str


class PublishedTestRun(NamedTuple):
    """A test run: how many tests passed, failed or were skipped, and the first failed ones."""

    name: str
    passed: int
    failed: int
    skipped: int
    failures: tuple[FailedTest, ...] = ()


def run_tests(project: Project, identifier: int) -> tuple[PublishedTestRun, ...]:
    """The test runs that a run of a pipeline has published."""
    query = {"buildUri": f"vstfs:///Build/Build/{identifier}", "includeRunDetails": "true"}
    return _test_runs(project, project.connection.listed(rest_api.TEST_RUNS, project.route, query))


def release_tests(project: Project, identifier: int, now: datetime | None = None) -> tuple[PublishedTestRun, ...]:
    """The test runs that a classic release has published in the last week."""
    until = (now or datetime.now(UTC)) + timedelta(minutes=1)
    query = {
        "minLastUpdatedDate": _formatted(until - _LONGEST_QUERY),
        "maxLastUpdatedDate": _formatted(until),
        "releaseIds": str(identifier),
    }
    listed = project.connection.listed(rest_api.TEST_RUNS, project.route, query)
    own = [each for each in listed if str((each.get("release") or {}).get("id")) == str(identifier)]
    return _test_runs(project, own)


def _formatted(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _test_runs(project: Project, raws: Sequence[Raw]) -> tuple[PublishedTestRun, ...]:
    return tuple(_test_run(project, raw) for raw in sorted(raws, key=lambda each: int(each["id"])))


def _test_run(project: Project, raw: Raw) -> PublishedTestRun:
    passed, failed, skipped = _counts(raw)
    failures = tuple(_failed_tests(project, raw)) if failed else ()
    return PublishedTestRun(str(raw.get("name") or raw["id"]), passed, failed, skipped, failures)


def _counts(raw: Raw) -> tuple[int, int, int]:
    """How many passed, failed, and were skipped."""
    total, passed = int(raw.get("totalTests") or 0), int(raw.get("passedTests") or 0)
    statistics = raw.get("runStatistics")
    if statistics:
        by_outcome: Counter[str] = Counter()
        for each in statistics:
            by_outcome[str(each.get("outcome"))] += int(each.get("count") or 0)
        failed = sum(by_outcome[outcome] for outcome in _FAILED)
        passed = by_outcome["Passed"]
        return passed, failed, max(by_outcome.total() - passed - failed, 0)
    skipped = int(raw.get("notApplicableTests") or 0) + int(raw.get("incompleteTests") or 0)
    return passed, max(total - passed - skipped, 0), skipped


def _failed_tests(project: Project, raw: Raw) -> Iterator[FailedTest]:
    query = {"outcomes": ",".join(_FAILED), "$top": str(_SHOWN)}
    answer = project.connection.get(rest_api.TEST_RESULTS, {**project.route, "runId": str(raw["id"])}, query) or {}
    for each in answer.get("value", ()):
        name = str(each.get("testCaseTitle") or each.get("automatedTestName") or each.get("id"))
        yield FailedTest(name, str(each.get("errorMessage") or "").strip())
