"""AZR821: what Windows PowerShell 5.1 does not have."""

import re

from azrelease.lint.facts.powershell_text import powershell_code
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shells import Shell
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_LATER = (
    (re.compile(r"&&|\|\|"), "the operator `{}`"),
    (re.compile(r"\?\?=?"), "the operator `{}`"),
    (re.compile(r"(?<=\bForEach-Object )\s*-Parallel\b", re.IGNORECASE), "the parameter `{}`"),
    (re.compile(r"(?<=\bConvertFrom-Json )[^\n|;]*?-AsHashtable\b", re.IGNORECASE), "the parameter `-AsHashtable`"),
    (re.compile(r"-SkipCertificateCheck\b", re.IGNORECASE), "the parameter `{}`"),
    (re.compile(r"-SkipHttpErrorCheck\b", re.IGNORECASE), "the parameter `{}`"),
    (re.compile(r"\b(?:Test-Json|Remove-Alias|Get-Error|Join-String)\b", re.IGNORECASE), "the command `{}`"),
)
_ALIASES = re.compile(
    r"(?:^|(?<=[;|\n]))[ \t]*(?P<alias>curl|wget)(?=[ \t]+(?:-[a-zA-Z]{1,5}[ \t]|--\w))", re.MULTILINE
)
_FAST = re.compile(
    r"curl|wget|&&|\|\||\?\?|-parallel|-ashashtable|-skip|test-json|remove-alias|get-error|join-string", re.IGNORECASE
)


def check(file: LintedFile) -> Findings:
    """Operators, parameters and commands of PowerShell 6 and 7, in scripts that 5.1 certainly runs."""
    for script, shell in file.script_shells:
        may_be = shell.is_windows_powershell or _may_be_windows(script, shell)
        if not may_be or not _FAST.search(script.text):
            continue
        code = powershell_code(script.text)
        is_sure = shell.is_windows_powershell and not script.step.guards
        level = None if is_sure else Severity.WARNING
        alias = _ALIASES.search(code)
        if alias is not None and "Remove-Item" not in code:
            name = alias["alias"]
            message = f"`{name}` is an alias of Invoke-WebRequest in Windows PowerShell 5.1, which does not have these arguments"
            where = (script, alias.start("alias"), alias.end("alias"))
            yield file.in_script(RULE.code, message, where, f"Write `{name}.exe`, or use `pwsh`.", level)
        for pattern, what in _LATER:
            match = pattern.search(code)
            if match is None or "PSVersion" in script.text or "PSEdition" in script.text:
                continue
            message = f"Windows PowerShell 5.1 does not have {what.format(match[0].strip())}"
            yield file.in_script(RULE.code, message, (script, match.start(), match.end()), _hint(match[0]), level)


def _may_be_windows(script: Script, shell: Shell) -> bool:
    """Whether a step asks for Windows PowerShell on an agent whose system is not known, outside of containers."""
    step = script.step
    return shell.on is None and step.action == "powershell" and step.job.block.entry("container") is None


def _hint(found: str) -> str:
    return "Use `pwsh`, or `if ($?) { … }`." if found == "&&" else "Use `pwsh` (`pwsh: true` in the inputs of a task)."


_STEP = "pool:\n  vmImage: windows-2025\nsteps:\n- {}: dotnet restore && dotnet build --no-restore\n"

RULE = Rule(
    code=Code("AZR821", "not-in-windows-powershell", Severity.ERROR),
    summary="a script for PowerShell 7 that Windows PowerShell runs",
    why=(
        "`powershell`, and PowerShell@2 without `pwsh: true`, run Windows PowerShell 5.1 on Windows. `&&`, `||` (about_Pipeline_Chain_Operators) and `??` are of PowerShell 7: 5.1 cannot "
        "parse the script. `ForEach-Object -Parallel`, `ConvertFrom-Json -AsHashtable`, `-SkipCertificateCheck` and some commands came later as well, and `curl` and `wget` are aliases of Invoke-WebRequest there. Asks which system runs the step: "
        "on Linux and macOS these steps run PowerShell 7. A warning for `powershell` where the image is unknown; silent in containers, and in scripts that look at the version."
    ),
    wrong=_STEP.format("powershell"),
    right=_STEP.format("pwsh"),
    check=check,
)
