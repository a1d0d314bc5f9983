"""AZR820: parameters of an inline PowerShell script."""

import re

from azrelease.lint.facts.powershell_text import without_comments
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_PARAM = re.compile(r"\s*(?:\[CmdletBinding\([^)]*\)\]\s*)?(param)\s*\(", re.IGNORECASE)
_EMPTY = re.compile(r"\s*(?:\[CmdletBinding\([^)]*\)\]\s*)?param\s*\(\s*\)", re.IGNORECASE)
_TASKS = ("powershell@2", "azurepowershell@4", "azurepowershell@5")


def check(file: LintedFile) -> Findings:
    """`param(…)` at the beginning of an inline script."""
    for script in file.scripts:
        if script.language != "powershell" or "param" not in script.text.casefold() or not _is_put_behind(script):
            continue
        text = without_comments(script.text)
        match = _PARAM.match(text)
        if match is not None and not _EMPTY.match(text):
            message = "the task puts lines before an inline script, so `param` is not its first statement, and fails"
            level = Severity.WARNING if script.step.guards else None
            hint = "Set variables instead, or put the script into a file: `filePath` and `arguments`."
            yield file.in_script(RULE.code, message, (script, match.start(1), match.end(1)), hint, level)


def _is_put_behind(script: Script) -> bool:
    return script.step.action in ("powershell", "pwsh") or script.step.task.casefold() in _TASKS


_STEP = "steps:\n- pwsh: |\n    {}\n    Write-Host $Slot\n"

RULE = Rule(
    code=Code("AZR820", "inline-param", Severity.ERROR),
    summary="an inline PowerShell script that begins with `param`",
    why=(
        "PowerShell@2 and AzurePowerShell write an inline script to a file, below lines of their own such as `$ErrorActionPreference = 'Stop'` (PowerShellV2/powershell.ts, "
        "AzurePowerShellV5/azurepowershell.ts in microsoft/azure-pipelines-tasks). `param` counts only as the first statement of a file (about_Scripts): here it is a command "
        "that does not exist. AzureCLI is left alone: it keeps the script in a file of its own."
    ),
    wrong=_STEP.format("param([string]$Slot)"),
    right=_STEP.format("$Slot = 'staging'"),
    check=check,
)
