"""AZR416: arguments of a script file on several lines."""

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_ARGUMENTS = {
    "powershell@2": ("arguments", "filePath", "`"),
    "azurepowershell@4": ("ScriptArguments", "ScriptPath", "`"),
    "azurepowershell@5": ("ScriptArguments", "ScriptPath", "`"),
    "bash@3": ("arguments", "filePath", "\\"),
}
"""The input with the arguments, the one with the file, and what continues a line in its shell."""


def check(file: LintedFile) -> Findings:
    """Line breaks in the arguments, with more arguments behind them."""
    for task in file.known_tasks:
        names = _ARGUMENTS.get(task.definition.reference.casefold())
        if names is None:
            continue
        node, path = task.input(names[0]), task.input(names[1])
        if node is None or path is None:
            continue
        lines = node.value.strip().splitlines()
        if any(line.strip() and not line.rstrip().endswith(names[2]) for line in lines[:-1]):
            message = f"the line break stays in `{names[0]}`: what is behind it becomes a command of its own"
            yield file.finding(RULE.code, message, node, "Write `>-` instead of `|`, or one line.")


_STEP = "steps:\n- task: PowerShell@2\n  inputs:\n    filePath: ci/rewrite.ps1\n    arguments: {}\n      -Source a.xml\n      -Target b.xml\n"

RULE = Rule(
    code=Code("AZR416", "arguments-on-lines", Severity.WARNING),
    summary="arguments of a script file on several lines",
    why=(
        "PowerShell@2, AzurePowerShell and Bash@3 write the file and its arguments into a line of a script (`. 'file' arguments`: powershell.ts, azurepowershell.ts and bash.ts in "
        "microsoft/azure-pipelines-tasks). A line break in the arguments ends that line: the script does not get the rest. Silent where each line ends with what continues it."
    ),
    wrong=_STEP.format("|"),
    right=_STEP.format(">-"),
    check=check,
)
