"""AZR411: inputs of another mode of a task."""

from collections.abc import Mapping

from yaml import ScalarNode

from azrelease.catalog import InputDefinition
from azrelease.catalog.visibility import hidden, named
from azrelease.lint.facts.task_inputs import KnownTask
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import MappingEntry
from azrelease.syntax.embedded import is_computed

_READ_ANYHOW = frozenset(("cwd", "resourcegroupname"))
"""Inputs that tasks read whatever the definition says, in lower case: ShellScript, AzureWebApp."""

_READ_BY = {"kubernetes@1": ("inline", "configuration")}
"""Inputs that a task reads whenever they are given: of the two, Kubernetes takes the one that is there."""

_SAME_FOR_OTHERS = {
    "dotnetcorecli@2": {"arguments": {"restore": "restoreArguments"}},
}
"""The input that another mode of a task has for the same purpose."""


def check(file: LintedFile) -> Findings:
    """Inputs that the task shows only for other values of its other inputs, where all values can be seen."""
    for task in file.known_tasks:
        if not task.is_complete or any(definition is None for _, definition in task.given):
            continue
        values = {
            definition.name: entry.value.value if isinstance(entry.value, ScalarNode) else "$(x)"
            for entry, definition in task.given
            if definition is not None
        }
        for entry, definition in task.given:
            if definition is None or not _says_something(entry, definition) or _is_read_by(task, definition):
                continue
            if task.definition.without_effect(definition, values):
                by = _decided_by(task, definition, values)
                message = f"{task.definition.reference} may ignore `{entry.name}`{by}"
                yield file.finding(RULE.code, message, entry, _hint(task, definition, values))


def _says_something(entry: MappingEntry, definition: InputDefinition) -> bool:
    """Whether an input has a value of its own. A switch that is written out, or a default, loses nothing."""
    node = entry.value
    if not isinstance(node, ScalarNode) or not node.value.strip() or entry.guards:
        return False
    if definition.name.casefold() in _READ_ANYHOW:
        return False
    return definition.type != "boolean" and node.value.casefold() != (definition.default or "").casefold()


def _is_read_by(task: KnownTask, definition: InputDefinition) -> bool:
    """Whether a task reads an input in every mode, or the file chooses the mode with `${{ if }}`: it is for another branch."""
    if definition.name.casefold() in _READ_BY.get(task.definition.reference.casefold(), ()):
        return True
    deciding = {name.casefold() for rule in definition.visible_when for name in named(rule)}
    return any(entry.guards and other is not None and other.name.casefold() in deciding for entry, other in task.given)


def _decided_by(task: KnownTask, definition: InputDefinition, values: Mapping[str, str]) -> str:
    """What makes the input one of another mode, as the end of a message."""
    for rule in definition.visible_when:
        for name in named(rule):
            switch = task.definition.input(name)
            value = values.get(switch.name, switch.default or "") if switch is not None else ""
            if switch is not None and value and not is_computed(value) and hidden(rule, {name: value}):
                by_default = "" if switch.name in values else ", the default"
                return f" with `{switch.yaml_name}: {value}`{by_default}"
    return ""


def _hint(task: KnownTask, definition: InputDefinition, values: Mapping[str, str]) -> str | None:
    others = _SAME_FOR_OTHERS.get(task.definition.reference.casefold(), {}).get(definition.name.casefold(), {})
    other = next((name for value, name in others.items() if value in values.values()), None)
    return f"Use `{other}`." if other else "Remove it, or choose the mode that it is for."


_STEP = "steps:\n- task: DotNetCoreCLI@2\n  inputs:\n    command: restore\n    projects: src/*.csproj\n    {}: --runtime win-x64\n"

RULE = Rule(
    code=Code("AZR411", "input-of-another-mode", Severity.WARNING),
    summary="an input that the task has for another mode",
    why=(
        "Many inputs count only with certain values of others: `arguments` of DotNetCoreCLI for `build` but not for `restore`. The rules are those of the task "
        "definition (`visibleRule` in task.json of microsoft/azure-pipelines-tasks). Most tasks ignore such an input without a message; a task may read it "
        "all the same, so the message says *may*. Silent when an input is computed or unknown, for switches, and for values that are the default."
    ),
    wrong=_STEP.format("arguments"),
    right=_STEP.format("restoreArguments"),
    check=check,
)
