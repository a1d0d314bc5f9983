"""AZR519: secrets that a script sets as variables without `issecret`."""

import re

from azrelease.lint.facts.credential_commands import credential_variables
from azrelease.lint.facts.logging_commands import LoggingCommand, logging_commands
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.redaction import names_secret

_COMMAND_OF_SECRET = re.compile(
    r"get-access-token|keyvault[ \t]+secret[ \t]+show|get-credentials|keys?[ \t]+list|list-keys|generate-sas|Get-AzKeyVaultSecret|Get-AzAccessToken|credential[ \t]+(?:show|reset)",
    re.IGNORECASE,
)


def check(file: LintedFile) -> Findings:
    """`task.setvariable` without `issecret=true`, with the name of a secret or a secret as its value."""
    if "task.setvariable" not in file.document.text.casefold():
        return
    for command in logging_commands(file.scripts):
        properties = {prop.name.casefold(): prop for prop in command.properties}
        variable = properties.get("variable")
        if command.name != "setvariable" or variable is None:
            continue
        secret = properties.get("issecret")
        if secret is not None and secret.value.strip().casefold() not in ("false", ""):
            continue
        reason = _reason(file, command, variable.value.strip())
        if reason:
            message = f"`{variable.value.strip()}` is set without `issecret=true`: {reason}"
            hint = "Write `issecret=true` beside `variable=`. Steps then get it only through their `env`."
            where = (command.script, variable.start, variable.end)
            yield file.in_script(RULE.code, message, where, hint)


def _reason(file: LintedFile, command: LoggingCommand, name: str) -> str | None:
    text = command.script.text
    closing = text.find("]", command.end)
    end = text.find("\n", closing)
    value = text[closing + 1 : len(text) if end < 0 else end]
    if "$" in name or closing < 0:
        return None
    for reference in file.secret_references(command.script):
        if closing < reference.start < closing + 1 + len(value):
            return f"every later step gets `{reference.name}` as an ordinary variable"
    if _COMMAND_OF_SECRET.search(value):
        return "its value is a credential, which every later step gets as an ordinary variable"
    for kept in credential_variables(command.script):
        if re.search(rf"\$[({{]*{re.escape(kept)}\b", value):
            return f"`{kept}` has a credential, which every later step gets as an ordinary variable"
    if names_secret(name) and re.search(r"[$%`]|\{\w+\}", value):
        return "by its name it is a secret, and every later step gets it as an ordinary variable, which the agent does not mask"
    return None


RULE = Rule(
    code=Code("AZR519", "unmasked-variable", Severity.WARNING),
    summary="a script sets a secret as an ordinary variable",
    why=(
        "Without `issecret=true` the agent neither masks the value nor keeps it out of the environment of the steps behind it; as an output, it is also "
        "stored with the run (learn.microsoft.com/azure/devops/pipelines/process/set-secret-variables). It asks the logging commands of the scripts in the file: "
        "the names of their variables, and where their values come from. Names that are computed are not reported, nor constant values."
    ),
    wrong='steps:\n- bash: echo "##vso[task.setvariable variable=apiToken]$(./get-token.sh)"\n',
    right='steps:\n- bash: echo "##vso[task.setvariable variable=apiToken;issecret=true]$(./get-token.sh)"\n',
    check=check,
)
