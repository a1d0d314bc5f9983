"""AZR413: script files with an extension that their task refuses."""

from azrelease.lint.facts.task_inputs import KnownTask
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import is_computed

_POWERSHELL = (".ps1",)
_AZURE_CLI = {"bash": (".sh",), "ps": _POWERSHELL, "pscore": _POWERSHELL, "batch": (".bat", ".cmd")}
_INPUTS = {
    "powershell@2": ("filePath", "targetType", "filepath"),
    "azurepowershell@4": ("ScriptPath", "ScriptType", "filepath"),
    "azurepowershell@5": ("ScriptPath", "ScriptType", "filepath"),
    "azurecli@2": ("scriptPath", "scriptLocation", "scriptpath"),
    "azurecli@3": ("scriptPath", "scriptLocation", "scriptpath"),
}
"""The input with the file, the input that says where the script is, and its value for a file."""


def check(file: LintedFile) -> Findings:
    """Paths whose end can be read, in tasks that run the file."""
    for task in file.known_tasks:
        names = _INPUTS.get(task.definition.reference.casefold())
        if names is None:
            continue
        node = task.input(names[0])
        where = task.definition.input(names[1])
        mode = task.step.input(*where.names) if where is not None else None
        default = where.default if where is not None else None
        if node is None or (mode or default or "").casefold() != names[2]:
            continue
        path = node.value.strip().strip("\"'")
        if not path or path.endswith((")", "}")) or is_computed(path[path.rfind("/") + 1 :]):
            continue
        allowed = _allowed(task)
        if allowed and not path.casefold().endswith(allowed):
            message = f"{task.definition.reference} runs files that end with {' or '.join(allowed)} only"
            yield file.finding(RULE.code, message, node, _hint(path, allowed))


def _allowed(task: KnownTask) -> tuple[str, ...]:
    if task.step.task_name != "azurecli":
        return _POWERSHELL
    return _AZURE_CLI.get((task.step.input("scriptType") or "").casefold(), ())


def _hint(path: str, allowed: tuple[str, ...]) -> str | None:
    if path.casefold().endswith(".py"):
        return "Run it with PythonScript@0."
    if path.casefold().endswith((".ps1", ".sh", ".bat", ".cmd")):
        return "Use the type of script that the file has."
    return f"Give the file the extension {allowed[0]}."


RULE = Rule(
    code=Code("AZR413", "script-extension", Severity.ERROR),
    summary="a script file with an extension that the task refuses",
    why=(
        "PowerShell, AzurePowerShell and AzureCLI look at the extension before they run a file, and fail: *Invalid file path* (powershell.ts, azurepowershell.ts and "
        "ScriptTypeFactory.ts in microsoft/azure-pipelines-tasks). Silent when the end of the path or the type of the script is computed."
    ),
    wrong="steps:\n- task: PowerShell@2\n  inputs:\n    filePath: build/settings.psm1\n",
    right="steps:\n- task: PowerShell@2\n  inputs:\n    filePath: build/settings.ps1\n",
    check=check,
)
