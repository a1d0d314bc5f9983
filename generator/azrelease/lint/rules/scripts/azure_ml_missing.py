"""AZR804: required arguments of Azure ML commands that are missing."""

import re

from azrelease.catalog.azure_ml_cli import parse
from azrelease.lint.facts.services import AzureMLCall
from azrelease.lint.facts.workspace_arguments import missing_of_workspace
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_SHORT = 2
_CONFIGURED = frozenset(("--resource-group", "--workspace-name"))
"""Arguments that `az configure --defaults` may have set before."""


def check(file: LintedFile) -> Findings:
    """Required arguments of commands whose arguments can all be seen: none from variables or macros."""
    yield from _without_workspace(file)
    for call in file.azure_ml_calls:
        if len(call.candidates) != 1 or _has_more(call):
            continue
        line = parse(call.candidates[0], [word.text for word in call.words])
        for argument in call.candidates[0].arguments:
            if argument.name in _CONFIGURED:
                continue
            if argument.required and argument.name not in line.values and not _is_joined(call, argument.names):
                yield file.in_script(RULE.code, f"`az {call.name}` needs `{argument.name}`", call.place)


def _without_workspace(file: LintedFile) -> Findings:
    """Commands with only one of workspace and resource group, where no defaults are set."""
    if "az ml" not in file.document.text or _DEFAULTS.search(file.document.text):
        return
    for script in file.scripts:
        step = script.step
        if step.task_name != "azurecli" or step.input("useGlobalConfig") or step.job.is_open:
            continue
        if any(other.task_name == "azurecli" and other.input("scriptPath") for other in step.job.steps):
            continue
        for command in script.calls("az"):
            name = missing_of_workspace([word.text for word in command])
            if name is not None:
                message = f"`{' '.join(word.text for word in command[:4])}` needs `{name}`"
                level = Severity.WARNING if step.guards else None
                yield file.in_script(RULE.code, message, (script, command[0].start, command[-1].end), level=level)


_DEFAULTS = re.compile(r"az\s+config|AZURE_DEFAULTS|AZURE_CONFIG_DIR|azure-cli-ml")


def _has_more(call: AzureMLCall) -> bool:
    """Whether arguments may come from elsewhere: a word that is a variable, a splat, or `--help`."""
    words = [word.text for word in call.words]
    if "--help" in words or "-h" in words:
        return True
    return any(
        word.startswith(("$", "@")) and not (index and words[index - 1].startswith("-"))
        for index, word in enumerate(words)
    )


def _is_joined(call: AzureMLCall, names: tuple[str, ...]) -> bool:
    """Whether a short argument has its value attached: `-nname`."""
    short = tuple(name for name in names if len(name) == _SHORT)
    return bool(short) and any(word.text.startswith(short) and not word.text.startswith("--") for word in call.words)


_STEP = "steps:\n- bash: az ml online-endpoint delete --yes{}\n"

RULE = Rule(
    code=Code("AZR804", "azure-ml-missing-argument", Severity.ERROR),
    summary="a required argument of an Azure ML command is missing",
    why=(
        "The command fails: *the following arguments are required*. `--workspace-name` and `--resource-group` may come from `az configure --defaults`: one is missed only beside the other, and in AzureCLI, which has a "
        "configuration of its own (azureclitask.ts in microsoft/azure-pipelines-tasks), where the file sets no defaults and the job runs no script files with it."
    ),
    wrong=_STEP.format(""),
    right=_STEP.format(" --name churn"),
    check=check,
)
