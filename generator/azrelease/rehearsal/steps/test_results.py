"""PublishTestResults@2: reads the test results, and fails as the task does.

Source: the task definition PublishTestResultsV2 in microsoft/azure-pipelines-tasks.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from azrelease.rehearsal.file_patterns import matching_files
from azrelease.rehearsal.outcome import Remark, Result, TestCase
from azrelease.rehearsal.steps.step_run import StepResult, StepRun


def publish_test_results(run: StepRun) -> StepResult:
    """Publish the test results that match the patterns."""
    folder = run.path(run.input("searchfolder"))
    patterns = [
        line.strip() for line in run.input("testresultsfiles", default="**/TEST-*.xml").splitlines() if line.strip()
    ]
    files = matching_files(folder, patterns, (path for path in sorted(folder.rglob("*")) if path.is_file()))
    if not files:
        return _no_files(run, folder, patterns)
    file_format = run.input("testresultsformat", "testrunner", default="JUnit")
    if file_format.casefold() != "junit":
        text = f"a rehearsal does not read test results in the format {file_format}"
        return StepResult(Result.SUCCEEDED, (run.remark("info", text),))
    tests: list[TestCase] = []
    remarks: list[Remark] = []
    for file in files:
        of_file = _read_junit(file)
        if of_file is None:
            remarks.append(run.remark("warning", f"{run.display_path(file)} is not a JUnit report"))
        else:
            tests += of_file
    failed = [test for test in tests if test.result == "failed"]
    run.log(f"{len(files)} files, {len(tests)} tests, {len(failed)} failed")
    if not tests:
        remarks.append(run.remark("error", "the published results contain no tests"))
    fails = run.flag("failtaskonfailedtests") and failed
    return StepResult(Result.FAILED if fails else Result.SUCCEEDED, tuple(remarks), tuple(tests))


def _no_files(run: StepRun, folder: Path, patterns: list[str]) -> StepResult:
    """Warn, as the task does; unpublished results in other files are an error."""
    text = f"no file matches {', '.join(patterns)} in {run.display_path(folder)}"
    elsewhere = sorted(
        path for path in run.sandbox.workspace.rglob("*.xml") if path.is_file() and _read_junit(path) is not None
    )
    if elsewhere:
        places = ", ".join(run.display_path(path) for path in elsewhere[:3])
        text += f"; test results were written to {places}, and are not published"
    run.line(f"##[warning]{text}", True)
    severity = "error" if elsewhere else "warning"
    fails = run.flag("failtaskonmissingresultsfile")
    return StepResult(Result.FAILED if fails else Result.SUCCEEDED, (run.remark(severity, text),))


def _read_junit(path: Path) -> list[TestCase] | None:
    """The tests in a JUnit report; None for any other file."""
    try:
        root = ET.fromstring(path.read_bytes())  # noqa: S314  (written by the tests of the user, in the sandbox)
    except (OSError, ET.ParseError, ValueError, LookupError):
        return None
    if root.tag not in ("testsuites", "testsuite"):
        return None
    return list(_cases(root))


def _cases(root: ET.Element) -> Iterator[TestCase]:
    for case in root.iter("testcase"):
        name = "::".join(filter(None, (case.get("classname", ""), case.get("name", ""))))
        for tag, result in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
            found = case.find(tag)
            if found is not None:
                message = " ".join((found.get("message") or found.text or "").split())
                yield TestCase(name, result, message)
                break
        else:
            yield TestCase(name, "passed")
