"""AZR518: the environment of a service connection is printed."""

import re

from azrelease.lint.facts.script_patterns import matches
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_PATTERNS = {
    "bash": re.compile(r"(?:^|[;&({]|&&|\bthen\b|\bdo\b)[ \t]*(?:sudo[ \t]+(?:-E[ \t]+)?)?(?P<print>(?:env|printenv|export(?:[ \t]+-p)?|declare[ \t]+-[xp]+|set)(?=[ \t]*(?:$|[|;&>)}])))", re.MULTILINE),
    "powershell": re.compile(r"(?P<print>(?:(?:Get-ChildItem|gci|dir|ls|Get-Item)[ \t]+(?:-Path[ \t]+)?[\"']?env:[\\/]?\*?[\"']?|\[(?:System\.)?Environment\]::GetEnvironmentVariables\(\))(?=[ \t]*(?:$|[|;})\n])))", re.IGNORECASE | re.MULTILINE),
    "cmd": re.compile(r"(?:^|[&(])[ \t]*@?(?P<print>set(?=[ \t]*(?:$|[|&>)])))", re.IGNORECASE | re.MULTILINE),
    "python": re.compile(r"\bprint\((?P<print>(?:dict\()?os\.environ)(?=\)|\b(?:\.items\(\))?\))"),
}  # fmt: skip
_QUIET = re.compile(
    r"\s*\|[ \t]*(?:grep|cut|awk|sed|wc|findstr|Select-String|Where-Object|where|\?|Measure-Object)\b|\s*>[ \t]*/dev/null",
    re.IGNORECASE,
)
_SPN = re.compile(
    r"\b(?:echo|printf|Write-Host|Write-Output)\b(?![^\n]*##vso)[^\n|>]*(?P<print>\$(?:env:)?\{?(?:servicePrincipalKey|idToken)\b\}?)",
    re.IGNORECASE,
)


def check(file: LintedFile) -> Findings:
    """Scripts that print all of their environment, in a step that has secrets in it."""
    for script in file.scripts:
        mapped = file.mapped_secrets(script.step)
        if not mapped:
            continue
        spn = "servicePrincipalKey" in mapped
        what = "the key or token of the service connection" if spn else f"`{next(iter(mapped))}`"
        for match in _prints(script):
            if not _QUIET.match(script.text, match.end()):
                where = (script, match.start("print"), match.end("print"))
                message = f"this prints the environment, with {what}: the log may show it where it is not masked letter for letter"
                hint = "Print the variables that you need, by name."
                if spn:
                    hint = "Print the variables that you need, by name, and remove `addSpnToEnvironment` where `az` alone is used."
                yield file.in_script(RULE.code, message, where, hint)
        for match in matches(script, _SPN) if spn else ():
            where = (script, match.start("print"), match.end("print"))
            message = f"`{match['print']}` is printed to the log"
            yield file.in_script(RULE.code, message, where, "Do not print it.")


def _prints(script: Script) -> list[re.Match[str]]:
    if script.language is None:
        return [*matches(script, _PATTERNS["bash"])]
    pattern = _PATTERNS.get(script.language)
    return [] if pattern is None else list(matches(script, pattern))


_FILE = (
    "steps:\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: deploy\n    scriptType: bash\n    scriptLocation: inlineScript\n"
    "    addSpnToEnvironment: true\n    inlineScript: |\n      {}\n      terraform apply -auto-approve\n"
)

RULE = Rule(
    code=Code("AZR518", "printed-environment", Severity.WARNING),
    summary="an environment with secrets is printed",
    why=(
        "`addSpnToEnvironment` puts the id, the key or the federated token, and the tenant of the service connection into the environment of the script "
        "(task AzureCLI), as `env` of a step does with its secrets. The agent masks secrets in the log only letter for letter: encoded, cut or over several lines "
        "they may be visible. It asks the scripts of steps with such an environment; output that another program searches is not reported."
    ),
    wrong=_FILE.format("env | sort"),
    right=_FILE.format('echo "tenant $tenantId"'),
    check=check,
)
