"""AZR604: test reports that PublishTestResults does not find."""

import posixpath
import re
from fnmatch import fnmatchcase

from azrelease.lint.facts.deployments import publishing_steps, pytest_calls
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Diagnostic, Findings, LintedFile, Rule, Severity
from azrelease.syntax import StepOutline

_COMPUTED = re.compile(r"\$\([^)]*\)|\$\{\{.*?\}\}|\$\[.*?\]|\$\{?\w+\}?")
_OF_OTHERS = re.compile(
    r"--(?:reporter-junit-export|log-junit|junitfile|junit-output)(?:=|\s+)[\"']?(?P<path>[^\s\"'$]+\.xml)"
)
"""The reports of newman, phpunit, gotestsum and others."""

_DEFAULT = "**/TEST-*.xml"


def check(file: LintedFile) -> Findings:
    """Reports of pytest whose file name no PublishTestResults of the same job matches."""
    patterns_of = {
        job: [pattern for step in steps for pattern in _patterns(step)] for job, steps in publishing_steps(file).items()
    }
    for script in file.scripts:
        patterns = patterns_of.get(id(script.step.job))
        if script.step.job.is_open or not patterns:
            continue
        for match in _OF_OTHERS.finditer(script.text):
            if not any(_may_match(match["path"], pattern) for pattern in patterns):
                yield _finding(file, patterns, match["path"], (script, match.start("path"), match.end("path")))
        if "--junit" not in script.text:
            continue
        for call in pytest_calls(script):
            for index, word in enumerate(call):
                name, equals, value = word.text.partition("=")
                if name not in ("--junitxml", "--junit-xml"):
                    continue
                report = value if equals else call[index + 1].text if index + 1 < len(call) else ""
                if report and not any(_may_match(report, pattern) for pattern in patterns):
                    yield _finding(file, patterns, report, (script, word.start, word.end))


def _finding(file: LintedFile, patterns: list[str], report: str, where: tuple[Script, int, int]) -> Diagnostic:
    shown = ", ".join(f"`{pattern}`" for pattern in patterns)
    message = f"no pattern of PublishTestResults matches `{report}`: {shown}"
    return file.in_script(RULE.code, message, where, f"Publish `**/{posixpath.basename(report)}`.")


def _patterns(step: StepOutline) -> list[str]:
    text = step.input("testResultsFiles") or _DEFAULT
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith(("!", "#"))]


def _may_match(report: str, pattern: str) -> bool:
    """Whether the last part of the pattern may match the name of the file; computed parts match anything."""
    name = posixpath.basename(report.replace("\\", "/"))
    last = posixpath.basename(pattern.replace("\\", "/"))
    if last == "**" or _COMPUTED.search(name):
        return True
    wanted = _COMPUTED.sub("*", last)
    return any(fnmatchcase(name.casefold(), part.casefold()) for part in _alternatives(wanted))


def _alternatives(pattern: str) -> list[str]:
    """`{a,b}` as a and b."""
    match = re.search(r"\{([^{}]*,[^{}]*)\}|[?*+@!]\([^()]*\)", pattern)
    if match is None:
        return [pattern]
    if match[1] is None:
        return [pattern[: match.start()] + "*" + pattern[match.end() :]]
    return [pattern[: match.start()] + part + pattern[match.end() :] for part in match[1].split(",")]


_STEPS = (
    "steps:\n- script: pytest --junitxml=results.xml\n- task: PublishTestResults@2\n  condition: succeededOrFailed()\n  inputs:\n"
    "    testResultsFiles: '{}'\n"
)

RULE = Rule(
    code=Code("AZR604", "unmatched-results", Severity.WARNING),
    summary="no published file is the report of the tests",
    why="PublishTestResults finds no file, warns, and succeeds.",
    wrong=_STEPS.format("**/test-*.xml"),
    right=_STEPS.format("**/results.xml"),
    check=check,
)
