"""AZR409: Windows tasks on other systems."""

from azrelease.lint.facts.pools import system
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_WINDOWS_ONLY = frozenset(("PowerShell", "PowerShell3", "Process"))


def check(file: LintedFile) -> Findings:
    """Tasks whose only handlers are for Windows, in jobs with a hosted image of another system."""
    for task in file.known_tasks:
        handlers = task.definition.handlers
        if not handlers or not set(handlers) <= _WINDOWS_ONLY or task.step.block.entry("condition"):
            continue
        on = system(task.step, file.root)
        if on is not None and on != "windows":
            name = {"linux": "Linux", "macos": "macOS"}[on]
            message = f"{task.definition.reference} runs on Windows only, but this job runs on {name}"
            yield file.finding(RULE.code, message, task.node, "Use a Windows image, or another task.")


RULE = Rule(
    code=Code("AZR409", "windows-task", Severity.ERROR),
    summary="a Windows task in a job on Linux or macOS",
    why="The agent fails the step: *A supported task execution handler was not task*.",
    wrong="pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: BatchScript@1\n  inputs:\n    filename: build.cmd\n",
    right="pool:\n  vmImage: windows-2022\nsteps:\n- task: BatchScript@1\n  inputs:\n    filename: build.cmd\n",
    check=check,
)
