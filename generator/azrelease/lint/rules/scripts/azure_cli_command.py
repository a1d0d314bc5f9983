"""AZR817: commands that the Azure CLI does not have."""

from azrelease.catalog.azure_cli import ml_groups, unknown_name
from azrelease.catalog.azure_ml_cli import find_commands
from azrelease.catalog.azure_ml_v1 import v1_commands
from azrelease.catalog.step_templates import is_step_template
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import Command
from azrelease.lint.rule import Code, Diagnostic, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import misspelled, suggestion

_V2 = {
    "computetarget": "compute",
    "dataset": "data",
    "deployment": "online-deployment",
    "endpoint": "online-endpoint",
    "experiment": "job",
    "pipeline": "job",
    "run": "job",
    "service": "online-endpoint",
}
"""Groups of CLI v1 and of early versions of the extension `ml`, with those that took over."""

_OF_EXTENSIONS = frozenset(
    ("alerts", "graph", "quota", "images", "stack-hci", "webpubsub", "support", "devops", "spring")
)


def check(file: LintedFile) -> Findings:
    """Names of groups and commands that are written out."""
    if is_step_template(file.document.text):
        return
    for script in file.scripts:
        if script.language == "python" or "az " not in script.text:
            continue
        for command in script.calls("az"):
            if len(command) > 1 and command[0].text == "az":
                found = _of_ml(file, script, command) if command[1].text == "ml" else _of_core(file, script, command)
                if found is not None:
                    yield found


def _of_core(file: LintedFile, script: Script, command: Command) -> Diagnostic | None:
    words = [word.text for word in command[1:]]
    unknown = unknown_name(words)
    if unknown is None:
        return None
    name = words[unknown.position]
    meant = misspelled(name, unknown.known)
    if (meant is None and not unknown.is_closed) or name in _OF_EXTENSIONS:
        return None
    message = f"`az {' '.join(words[: unknown.position + 1])}` may not exist"
    hint = f"Did you mean `{meant}`?" if meant else suggestion(name, unknown.known, _listed(unknown.known))
    return file.in_script(RULE.code, message, (script, command[0].start, command[unknown.position + 1].end), hint)


def _of_ml(file: LintedFile, script: Script, command: Command) -> Diagnostic | None:
    words = [word.text for word in command[2:]]
    if not words or find_commands([word.text for word in command[1:]]):
        return None
    if any(found.start == command[0].start for found in v1_commands(script.text)):
        return None
    group, name = words[0], words[1] if len(words) > 1 else ""
    if not group.replace("-", "").isalnum() or group.startswith("-"):
        return None
    groups = ml_groups()
    if group not in groups:
        if "azure-cli-ml" in script.text:
            return None
        message = f"`az ml {group}` is not a group of the extension `ml`"
        counterpart = _V2.get(group)
        hint = f"Use `az ml {counterpart}`." if counterpart else suggestion(group, groups)
        return file.in_script(RULE.code, message, (script, command[0].start, command[2].end), hint)
    known = groups[group]
    if not known or not name or name in known or name.startswith("-") or not name.replace("-", "").isalnum():
        return None
    message = f"`az ml {group} {name}` may not exist"
    hint = suggestion(name, known, _listed(known))
    return file.in_script(RULE.code, message, (script, command[0].start, command[3].end), hint)


def _listed(known: tuple[str, ...]) -> str:
    return f"One of: {', '.join(known)}."


_STEP = "steps:\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: azure\n    scriptType: bash\n    scriptLocation: inlineScript\n    inlineScript: {}\n"

RULE = Rule(
    code=Code("AZR817", "azure-cli-command", Severity.WARNING),
    summary="a group or command that the Azure CLI does not have",
    why=(
        "`az` answers *is misspelled or not recognized by the system*, and the command fails. The table has the groups of azure-cli 2.91 that releases use and those of the extension `ml`. "
        "Extensions add to some groups, and new versions have more: a name is reported when it is a slip of the pen, or in a group that no extension is known to add to. Silent for names "
        "that are computed, for commands of CLI v1 (AZR701), and for groups of extensions."
    ),
    wrong=_STEP.format("az keyvault key get --name sign --vault-name vault"),
    right=_STEP.format("az keyvault key show --name sign --vault-name vault"),
    check=check,
)
