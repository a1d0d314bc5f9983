"""AZR414: scripts of AzureCLI in a shell that the system does not have."""

from azrelease.lint.facts.pools import system
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_ON_WINDOWS_ONLY = {"ps": "pscore", "batch": "bash"}
_NAMES = {"linux": "Linux", "macos": "macOS"}


def check(file: LintedFile) -> Findings:
    """`scriptType: ps` and `scriptType: batch` on hosted images of other systems."""
    for task in file.known_tasks:
        if task.step.task_name != "azurecli":
            continue
        node = task.step.inputs.get("scripttype")
        instead = _ON_WINDOWS_ONLY.get(node.value.casefold()) if node is not None else None
        on = system(task.step, file.root)
        if node is not None and instead is not None and on in _NAMES and not task.step.block.entry("condition"):
            message = f"`scriptType: {node.value}` runs on Windows only, but this job runs on {_NAMES[on]}"
            level = Severity.WARNING if task.step.guards else None
            yield file.finding(RULE.code, message, node, f"Use `{instead}`.", level=level)


_STEP = (
    "pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: azure\n    scriptType: {}\n    scriptLocation: inlineScript\n"
    "    inlineScript: az account show\n"
)

RULE = Rule(
    code=Code("AZR414", "shell-not-on-system", Severity.ERROR),
    summary="a script of AzureCLI in a shell that its system does not have",
    why=(
        "`ps` is Windows PowerShell and `batch` is cmd: on Linux and macOS the task fails, as it finds no such program (ScriptTypeFactory.ts in microsoft/azure-pipelines-tasks). Asks which "
        "hosted image the job runs on; silent where that is unknown, and for steps with a condition."
    ),
    wrong=_STEP.format("ps"),
    right=_STEP.format("pscore"),
    check=check,
)
