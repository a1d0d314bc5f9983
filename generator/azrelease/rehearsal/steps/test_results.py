"""PublishTestResults@2: collects the files and judges them as the task does.

Source: the task definition PublishTestResultsV2 in microsoft/azure-pipelines-tasks.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from azrelease.rehearsal.outcome import Remark, Result, TestCase
from azrelease.rehearsal.steps.step_run import Performed, StepRun


def publish_test_results(run: StepRun) -> Performed:
    """Read the results that match the patterns."""
    folder = run.path(run.input("searchfolder"))
    patterns = [
        line.strip() for line in run.input("testresultsfiles", default="**/TEST-*.xml").splitlines() if line.strip()
    ]
    found_files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    files = matching(folder, patterns, found_files)
    if not files:
        return _nothing(run, folder, patterns)
    form = run.input("testresultsformat", "testrunner", default="JUnit")
    if form.casefold() != "junit":
        text = f"results in the format {form} are not read in a rehearsal"
        return Performed(Result.SUCCEEDED, (Remark("info", text, run.step.title),))
    tests: list[TestCase] = []
    remarks: list[Remark] = []
    for file in files:
        found = read_junit(file)
        if found is None:
            remarks.append(Remark("warning", f"{run.shown(file)} is no JUnit report", run.step.title))
        else:
            tests += found
    failed = [test for test in tests if test.result == "failed"]
    run.say(f"{len(files)} files, {len(tests)} tests, {len(failed)} failed")
    if not tests:
        remarks.append(Remark("error", "the published results hold no test: nothing was tested", run.step.title))
    fails = run.flag("failtaskonfailedtests") and failed
    return Performed(Result.FAILED if fails else Result.SUCCEEDED, tuple(remarks), tuple(tests))


def _nothing(run: StepRun, folder: Path, patterns: list[str]) -> Performed:
    """No file matches: the task warns. That results were written elsewhere is worth an error."""
    said = f"no file matches {', '.join(patterns)} in {run.shown(folder)}"
    elsewhere = sorted(
        path for path in run.sandbox.workspace.rglob("*.xml") if path.is_file() and read_junit(path) is not None
    )
    if elsewhere:
        places = ", ".join(run.shown(path) for path in elsewhere[:3])
        said += f"; test results were written to {places}, and are not published"
    run.line(f"##[warning]{said}", True)
    severity = "error" if elsewhere else "warning"
    fails = run.flag("failtaskonmissingresultsfile")
    return Performed(Result.FAILED if fails else Result.SUCCEEDED, (Remark(severity, said, run.step.title),))


def matching(folder: Path, patterns: Sequence[str], of: Iterable[Path]) -> list[Path]:
    """Those of the files of a folder that patterns match; one with `!` in front takes files out."""
    files = list(of)
    found: dict[Path, None] = {}
    for pattern in patterns:
        unwanted = pattern.startswith("!")
        expression = _expression(pattern.removeprefix("!"))
        for path in files:
            text = path.as_posix()
            if expression.fullmatch(path.relative_to(folder).as_posix()) or expression.fullmatch(text):
                if unwanted:
                    found.pop(path, None)
                else:
                    found[path] = None
    return list(found)


def _expression(pattern: str) -> "re.Pattern[str]":
    """A pattern of minimatch: `**` for any folders, `*` and `?` within one name, `{a,b}`; case counts on Linux."""
    parts: list[str] = []
    at = 0
    for found in re.finditer(r"\*\*/|\*\*|\*|\?|\{([^{}]*)\}", pattern):
        parts.append(re.escape(pattern[at : found.start()]))
        match found[0]:
            case "**/":
                parts.append("(?:.*/)?")
            case "**":
                parts.append(".*")
            case "*":
                parts.append("[^/]*")
            case "?":
                parts.append("[^/]")
            case _:
                parts.append("(?:" + "|".join(map(re.escape, found[1].split(","))) + ")")
        at = found.end()
    return re.compile("".join(parts) + re.escape(pattern[at:]))


def read_junit(path: Path) -> list[TestCase] | None:
    """The tests in a JUnit report; None when it is none."""
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
