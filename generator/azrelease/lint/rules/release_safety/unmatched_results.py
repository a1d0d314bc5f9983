"""AZR604: test reports that the publishing pattern misses."""

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.deployments import publishing_steps, pytest_calls
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import StepOutline

_COMPUTED = re.compile(r"\$\([^)]*\)|\$\{\{.*?\}\}|\$\[.*?\]|\$\{?\w+\}?")
_DEFAULT = "**/TEST-*.xml"


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """The file names of reports of pytest against the patterns of all steps that publish in the same job."""
    patterns_of = {
        job: [pattern for step in steps for pattern in _patterns(step)] for job, steps in publishing_steps(file).items()
    }
    for script in file.scripts:
        patterns = patterns_of.get(id(script.step.job))
        if script.step.job.is_open or not patterns or "--junit" not in script.text:
            continue
        for call in pytest_calls(script):
            for index, word in enumerate(call):
                name, equals, value = word.text.partition("=")
                if name not in ("--junitxml", "--junit-xml"):
                    continue
                report = value if equals else call[index + 1].text if index + 1 < len(call) else ""
                if report and not any(_may_match(report, pattern) for pattern in patterns):
                    message = (
                        f"no pattern of PublishTestResults matches `{report}`: {', '.join(f'`{p}`' for p in patterns)}"
                    )
                    hint = f"Publish `**/{posixpath.basename(report)}`."
                    yield file.in_script(RULE.code, message, (script, word.start, word.end), hint)


def _patterns(step: StepOutline) -> list[str]:
    text = step.input("testResultsFiles") or _DEFAULT
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith(("!", "#"))]


def _may_match(report: str, pattern: str) -> bool:
    """Whether the last part of the pattern can match the name of the file, whatever is computed being anything."""
    name = posixpath.basename(report.replace("\\", "/"))
    last = posixpath.basename(pattern.replace("\\", "/"))
    if last == "**" or _COMPUTED.search(name):
        return True
    wanted = _COMPUTED.sub("*", last)
    return any(fnmatchcase(name.casefold(), part.casefold()) for part in _alternatives(wanted))


def _alternatives(pattern: str) -> list[str]:
    """`{a,b}` as a and b."""
    found = re.search(r"\{([^{}]*,[^{}]*)\}|[?*+@!]\([^()]*\)", pattern)
    if found is None:
        return [pattern]
    if found[1] is None:
        return [pattern[: found.start()] + "*" + pattern[found.end() :]]
    return [pattern[: found.start()] + part + pattern[found.end() :] for part in found[1].split(",")]


_STEPS = (
    "steps:\n- script: pytest --junitxml=results.xml\n- task: PublishTestResults@2\n  condition: succeededOrFailed()\n  inputs:\n"
    "    testResultsFiles: '{}'\n"
)

RULE = Rule(
    code=Code("AZR604", "unmatched-results", Severity.WARNING),
    summary="the report of the tests is not among the files that are published",
    why="PublishTestResults finds nothing, warns, and the step is green.",
    wrong=_STEPS.format("**/test-*.xml"),
    right=_STEPS.format("**/results.xml"),
    check=check,
)
