"""AZR526: commands whose output is a credential, printed to the log."""

import re

from azrelease.lint.facts.credential_commands import AZ, KUBECTL, POWERSHELL, asks_for_secret, credential_variables
from azrelease.lint.facts.script_patterns import matches
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_COMMAND = re.compile(
    rf"(?:^|(?<=&&)|(?<=;)|(?<=\bthen )|(?<=\bdo ))[ \t]*(?P<command>{AZ}|{KUBECTL}|{POWERSHELL})(?![\w-])(?P<rest>(?:\\\n|[^\n;&])*)",
    re.MULTILINE | re.IGNORECASE,
)
_QUIET = re.compile(
    r"[|>]|(?:^|\s)(?:-o|--output)[ \t=]*[\"']?none\b|--only-show-errors[^\n]*-o[ \t]*none", re.IGNORECASE
)
_PRINTS = {
    "bash": r"^[ \t]*(?:echo|printf)\b(?![^\n]*##vso)[^|>;&'`\n]*?(?P<variable>\$(?:{name}\b|\{{{name}\}}))[^|>;&`\n]*$",
    "powershell": r"^[ \t]*(?:(?:echo|Write-(?:Host|Output|Information))\b(?![^\n]*##vso)[^|>;&`\n]*?)?(?P<variable>\$\{{?{name}\b\}}?)[^|>;&`\n=]*$",
}
_SHOWS_FILE = re.compile(
    r"^[ \t]*(?:cat|type|Get-Content|more)[ \t]+(?:-\S+[ \t]+)*[\"']?(?P<file>\$\(\w+\.secureFilePath\))[\"']?[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)


def check(file: LintedFile) -> Findings:
    """Such commands whose output is not captured or switched off, what they answered, secure files, secrets of a cluster."""
    text = file.document.text
    if "az " in text or "kubectl" in text or "-Az" in text or "secureFilePath" in text:
        for script in file.scripts:
            if script.language != "python":
                yield from _in_script(file, script)
    for step in file.outline.steps:
        if step.task_name != "kubernetes" or (step.input("command") or "").casefold() != "get":
            continue
        arguments = (step.input("arguments") or "").split()
        shows = (step.input("outputFormat") or "json").casefold() in ("json", "yaml")
        if arguments and arguments[0].casefold().partition("/")[0] in ("secret", "secrets") and shows:
            message = "this prints the secrets of the cluster to the log, in base64, where nothing masks them"
            hint = "Set `outputFormat: none`, or leave the step out."
            yield file.finding(RULE.code, message, step.inputs["arguments"], hint)


def _in_script(file: LintedFile, script: Script) -> Findings:
    for match in matches(script, _COMMAND):
        if not _QUIET.search(match["rest"]) and asks_for_secret(match["rest"]):
            name = " ".join(match["command"].split())
            message = f"`{name}` prints a credential to the log, where nothing masks it"
            hint = f"Add `--output none`, or {_KEEP}" if name.startswith("az ") else f"Do not print it: {_KEEP}"
            yield file.in_script(RULE.code, message, (script, match.start("command"), match.end("command")), hint)
    for match in matches(script, _SHOWS_FILE):
        message = "this prints a secure file to the log, where nothing masks it"
        yield file.in_script(RULE.code, message, (script, match.start("file"), match.end("file")), "Do not print it.")
    pattern = _PRINTS.get(script.language or "")
    for name in credential_variables(script) if pattern is not None else ():
        flags = re.MULTILINE | (re.IGNORECASE if script.language == "powershell" else 0)
        for match in matches(script, re.compile((pattern or "").format(name=re.escape(name)), flags)):
            message = f"`{name}` has a credential that a command answered with, and nothing masks it in the log"
            hint = "Do not print it; mask it: `##vso[task.setsecret]`."
            yield file.in_script(RULE.code, message, (script, match.start("variable"), match.end("variable")), hint)


_KEEP = "keep the answer in a variable that you mask: `##vso[task.setsecret]`."


RULE = Rule(
    code=Code("AZR526", "printed-credential", Severity.WARNING),
    summary="a command prints a credential to the log",
    why=(
        "The agent masks the secrets that it knows; a key that a service answers with is none of them (learn.microsoft.com/azure/devops/pipelines/security/secrets: "
        "commands of the Azure CLI that output sensitive information). It asks the scripts of the file for commands of `az`, `kubectl` and Az PowerShell whose answer is a key, a token "
        "or a connection string, for variables that keep one and are printed, and for secure files that are printed. What is kept in a variable, piped, written to a file, queried for another field or switched off is not reported."
    ),
    wrong="steps:\n- bash: az acr credential show --name churn\n",
    right="steps:\n- bash: az acr show --name churn --output table\n",
    check=check,
)
