"""AZR840: arguments of a script on several lines."""

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_TASKS = frozenset(("powershell", "azurepowershell", "bash", "azurecli", "pythonscript"))
_INPUTS = ("arguments", "scriptarguments")
_CONTINUED = ("`", "\\", "^")


def check(file: LintedFile) -> Findings:
    """`arguments` of script tasks in a block that keeps its line breaks."""
    for step in file.outline.steps:
        for node in (step.inputs[name] for name in _INPUTS if step.task_name in _TASKS and name in step.inputs):
            lines = [line.strip() for line in node.value.strip().splitlines()]
            if node.style != "|" or len(lines) < 2 or any(line.endswith(_CONTINUED) for line in lines[:-1]):  # noqa: PLR2004
                continue
            message = "the line breaks stay in the arguments: the script may get those of the first line only"
            yield file.finding(RULE.code, message, node, "Write `>-` instead of `|`.")


_STEPS = "steps:\n- task: PowerShell@2\n  inputs:\n    filePath: ci/pack.ps1\n    arguments: {}\n      -Source site\n      -Target out\n"

RULE = Rule(
    code=Code("AZR840", "arguments-on-lines", Severity.WARNING),
    summary="arguments of a script on several lines",
    why=(
        "The task puts the arguments behind the name of the script, so the shell ends the command at the first line break, and runs the next line as another one "
        "(microsoft/azure-pipelines-tasks, PowerShellV2 and BashV3). Says nothing of lines that end with the sign of a continuation."
    ),
    wrong=_STEPS.format("|"),
    right=_STEPS.format(">-"),
    check=check,
)
