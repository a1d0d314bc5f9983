"""AZR405: inputs with values that a task does not accept."""

from yaml import ScalarNode

from azrelease.catalog import InputDefinition
from azrelease.diagnostics import INVALID_INPUT
from azrelease.lint.facts.pools import system
from azrelease.lint.facts.task_inputs import KnownTask
from azrelease.lint.rule import Findings, LintedFile, Rule, Severity
from azrelease.suggestions import suggestion
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Findings:
    """Literal values outside of closed lists. Tasks read booleans in their own ways, so these are not checked."""
    for task in file.known_tasks:
        for entry, definition in task.given:
            if definition is None or not isinstance(entry.value, ScalarNode):
                continue
            text = entry.value.value
            if text and not is_computed(text) and not definition.allows(text) and not _takes_any(task, definition):
                message = f"{task.definition.reference} does not accept `{text}` for `{entry.name}`"
                hint = suggestion(text, definition.options, f"One of: {', '.join(definition.options)}.")
                level = None if _must_fail(task, definition, file) else Severity.WARNING
                yield file.finding(RULE.code, message, entry.value, hint, level=level)


_OPEN = {"downloadbuildartifacts@0": ("downloadtype",)}
"""Inputs with a list in the definition, of which the code of the task knows one value, and takes any other for its opposite."""


def _takes_any(task: KnownTask, definition: InputDefinition) -> bool:
    return definition.name.casefold() in _OPEN.get(task.definition.reference.casefold(), ())


_REFUSED = {
    "npm@1": ("command",),
    "nugetcommand@2": ("command",),
    "dotnetcorecli@2": ("command",),
    "powershell@2": ("targettype", "erroractionpreference"),
    "azurecli@2": ("scriptlocation",),
    "azurecli@3": ("scriptlocation",),
}
"""Inputs for whose values the code of a task has a list, and fails with any other."""


def _must_fail(task: KnownTask, definition: InputDefinition, file: LintedFile) -> bool:
    """Whether the code of the task refuses other values. AzureCLI takes an unknown `scriptType` for a batch file."""
    if task.step.guards:
        return False
    if task.step.task_name == "azurecli" and definition.name == "scriptType":
        return system(task.step, file.root) in ("linux", "macos")
    return definition.name.casefold() in _REFUSED.get(task.definition.reference.casefold(), ())


RULE = Rule(
    code=INVALID_INPUT,
    summary="a task gets a value that it does not accept",
    why=(
        "The values of a pick list are fixed. With another value, a task fails or uses its default: an error where the code of the task in "
        "microsoft/azure-pipelines-tasks refuses it, such as `command` of Npm@1, otherwise a warning."
    ),
    wrong="steps:\n- task: PublishTestResults@2\n  inputs:\n    testResultsFormat: JUint\n    testResultsFiles: '**/test-*.xml'\n",
    right="steps:\n- task: PublishTestResults@2\n  inputs:\n    testResultsFormat: JUnit\n    testResultsFiles: '**/test-*.xml'\n",
    check=check,
)
