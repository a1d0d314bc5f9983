"""AZR701: the Azure ML CLI v1."""

import re

from azrelease.catalog.azure_ml_v1 import v1_commands
from azrelease.catalog.step_templates import is_step_template
from azrelease.diagnostics import CLI_V1
from azrelease.lint.rule import Findings, LintedFile, LintedRelease, Route, Rule

_EXTENSION = re.compile(r"\baz\s+extension\s+(?:add|update)\b[^\n;&|]*?\b(azure-cli-ml)\b")

_SPACED = re.compile(r"\baz\s+ml\b")


def check(file: LintedFile) -> Findings:
    """Commands of CLI v1, and its extension. Those of a generated step template are found in the releases."""
    if is_step_template(file.document.text):
        return
    for script in file.scripts:
        if "az ml" not in script.text and "azure-cli-ml" not in script.text and not _SPACED.search(script.text):
            continue
        calls = {command[0].start for command in script.calls("az")}
        is_python = script.language == "python"  # in Python they are in strings
        for match in _EXTENSION.finditer(script.text):
            if not is_python and match.start() not in calls:
                continue
            message = "azure-cli-ml is the Azure ML CLI v1, which is out of support"
            where = (script, match.start(1), match.end(1))
            yield file.in_script(RULE.code, message, where, "Use the extension `ml` and its commands.")
        for command in v1_commands(script.text):
            if not is_python and command.start not in calls:
                continue
            message = f"`{command.name}` is a command of the Azure ML CLI v1, which is out of support"
            hint = f"In v2: {command.counterpart}." if command.counterpart else "v2 has no such command."
            yield file.in_script(RULE.code, message, (script, command.start, command.end), hint)


_V1_TASKS = frozenset(("ModelDeploy", "CreateAksCompute"))


def check_release(file: LintedRelease) -> Findings:
    """Tasks of CLI v1; where a stage leaves its tasks to its target, the target, once."""
    reported: set[Route] = set()
    for placed in file.tasks:
        if placed.task.task in _V1_TASKS or getattr(placed.task, "extension", None) == "azure-cli-ml":
            written = file.written.stages[placed.stage_index].tasks is not None or placed.stage.jobs is not None
            route = (*placed.route, "task") if written else ("stages", placed.stage_index, "target")
            if route not in reported:
                reported.add(route)
                message = "this uses the Azure ML CLI v1, which is out of support"
                yield file.finding(RULE.code, message, route, "`azrelease migrate` writes the release for v2.")


_STEP = "steps:\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: azure\n    scriptType: bash\n    scriptLocation: inlineScript\n    inlineScript: {}\n"

RULE = Rule(
    code=CLI_V1,
    summary="a command or task of the Azure ML CLI v1",
    why=(
        "The extension azure-cli-ml has been out of support since 2025-09-30. Services that it deployed keep running, without fixes "
        "(learn.microsoft.com/azure/machine-learning/how-to-migrate-from-v1). `azrelease migrate` moves a release file."
    ),
    wrong=_STEP.format("az ml model deploy --name churn --model churn:1"),
    right=_STEP.format("az ml online-deployment create --file deployment.yml"),
    check=check,
    check_release=check_release,
)
