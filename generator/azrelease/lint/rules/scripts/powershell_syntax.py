"""AZR825: brackets of PowerShell that do not match."""

from azrelease.lint.facts.powershell_brackets import unclosed
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity


def check(file: LintedFile) -> Findings:
    """Inline PowerShell in which a bracket has no partner."""
    for script in file.scripts:
        if script.language != "powershell":
            continue
        found = unclosed(script.text)
        if found is not None:
            message = f"PowerShell cannot parse this script: `{found.bracket}` has no partner"
            level = Severity.WARNING if script.step.guards else None
            where = (script, found.position, found.position + 1)
            yield file.in_script(RULE.code, message, where, level=level)


RULE = Rule(
    code=Code("AZR825", "powershell-syntax", Severity.ERROR),
    summary="a script that PowerShell cannot parse",
    why=(
        "PowerShell parses a script before it runs any of it, and the step fails (about_Parsing). Only brackets are looked at, outside of strings and comments; nothing else is needed on the machine "
        "that runs azrelease. Silent where strings hold expressions with strings of their own, with here-strings and with escaped brackets."
    ),
    wrong="steps:\n- pwsh: |\n    if ($env:CI) {\n      Write-Host 'one'\n",
    right="steps:\n- pwsh: |\n    if ($env:CI) {\n      Write-Host 'one'\n    }\n",
    check=check,
)
