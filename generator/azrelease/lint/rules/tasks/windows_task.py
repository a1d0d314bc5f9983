"""AZR409: tasks for Windows on other systems."""

from collections.abc import Iterator

from azrelease.diagnostics import WINDOWS_TASK, Diagnostic
from azrelease.lint.facts.pools import system
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule

_WINDOWS_ONLY = frozenset(("PowerShell", "PowerShell3", "Process"))


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Tasks whose only handlers are for Windows, in jobs with a hosted image of another system."""
    for found in subject.known_tasks:
        handlers = found.definition.handlers
        if not handlers or not set(handlers) <= _WINDOWS_ONLY or found.step.block.entry("condition"):
            continue
        on = system(found.step, subject.file.root)
        if on is not None and on != "windows":
            name = {"linux": "Linux", "macos": "macOS"}[on]
            message = f"{found.definition.reference} runs on Windows only, but this job runs on {name}"
            yield subject.file.finding(WINDOWS_TASK, message, found.node, "Use a Windows image, or another task.")


RULE = Rule(
    WINDOWS_TASK,
    "a task for Windows in a job on Linux or macOS",
    "The agent fails the step: *A supported task execution handler was not found*.",
    "pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: BatchScript@1\n  inputs:\n    filename: build.cmd\n",
    "pool:\n  vmImage: windows-2022\nsteps:\n- task: BatchScript@1\n  inputs:\n    filename: build.cmd\n",
    check,
)
