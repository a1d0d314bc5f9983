"""AZR409: tasks for Windows on other systems."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.pools import system
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule

_WINDOWS_ONLY = frozenset(("PowerShell", "PowerShell3", "Process"))


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Tasks whose only handlers are for Windows, in jobs with a hosted image of another system."""
    for found in file.known_tasks:
        handlers = found.definition.handlers
        if not handlers or not set(handlers) <= _WINDOWS_ONLY or found.step.block.entry("condition"):
            continue
        on = system(found.step, file.root)
        if on is not None and on != "windows":
            name = {"linux": "Linux", "macos": "macOS"}[on]
            message = f"{found.definition.reference} runs on Windows only, but this job runs on {name}"
            yield file.finding(RULE.code, message, found.node, "Use a Windows image, or another task.")


RULE = Rule(
    code=Code("AZR409", "windows-task", Severity.ERROR),
    summary="a task for Windows in a job on Linux or macOS",
    why="The agent fails the step: *A supported task execution handler was not found*.",
    wrong="pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: BatchScript@1\n  inputs:\n    filename: build.cmd\n",
    right="pool:\n  vmImage: windows-2022\nsteps:\n- task: BatchScript@1\n  inputs:\n    filename: build.cmd\n",
    check=check,
)
