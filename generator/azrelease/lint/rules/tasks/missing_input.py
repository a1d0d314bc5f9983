"""AZR404: required inputs that are missing."""

from yaml import ScalarNode

from azrelease.catalog import InputDefinition
from azrelease.catalog.visibility import named, visible
from azrelease.diagnostics import MISSING_INPUT
from azrelease.lint.facts.task_inputs import KnownTask
from azrelease.lint.rule import Findings, LintedFile, Rule, Severity
from azrelease.syntax import JobOutline
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Findings:
    """Required inputs without a default, where it is certain that they are required."""
    for task in file.known_tasks:
        if not task.is_complete:
            continue
        values = {
            # An empty input is not forgotten.
            definition.name: (entry.value.value if isinstance(entry.value, ScalarNode) else "") or "$(x)"
            for entry, definition in task.given
            if definition is not None
        }
        for definition in task.definition.missing(values):
            if _is_optional(task, definition) or (_is_of_cluster(definition) and _has_resource(task.step.job)):
                continue
            message = f"{task.definition.reference} needs the input `{definition.yaml_name}`"
            hint = f"One of: {', '.join(definition.options)}." if definition.options else None
            hint = hint or _switch_hint(task, definition)
            level = None if _must_fail(task, definition) else Severity.WARNING
            yield file.finding(RULE.code, message, task.node, hint, level=level)


_REFUSED = {
    "azurecli@2": ("scriptpath", "scripttype"),
    "azurecli@3": ("scriptpath", "scripttype"),
    "bash@3": ("filepath",),
    "powershell@2": ("filepath",),
    "pythonscript@0": ("scriptpath",),
}
"""Inputs that the code of a task needs: the file of a script, and what runs it; empty, they make the task fail."""


_OPTIONAL = {
    "azurewebapp@1": ("apptype",),
    "kubernetes@1": ("inline", "configuration"),
}
"""Inputs that the definition calls required, and the code of the task does not: it asks Azure, or takes the other one."""


def _is_optional(task: KnownTask, missing: InputDefinition) -> bool:
    return missing.name.casefold() in _OPTIONAL.get(task.definition.reference.casefold(), ())


def _is_of_cluster(missing: InputDefinition) -> bool:
    """Whether an input says how to reach the target of a deployment, which a resource of an environment brings itself."""
    return missing.type.startswith("connectedservice") or missing.name.casefold() in _OF_CLUSTER


_OF_CLUSTER = ("kubernetescluster", "azureresourcegroup")


def _must_fail(task: KnownTask, missing: InputDefinition) -> bool:
    return not task.step.guards and missing.name.casefold() in _REFUSED.get(task.definition.reference.casefold(), ())


def _switch_hint(task: KnownTask, missing: InputDefinition) -> str | None:
    """The input that makes a missing one unnecessary, when a given one has an effect only then.

    Such as `scriptLocation: inlineScript`, where `inlineScript` is given and `scriptPath` is missing.
    """
    given = [definition for _, definition in task.given if definition is not None]
    for switch in (task.definition.input(name) for rule in missing.visible_when for name in named(rule)):
        if switch is None or switch in given:
            continue
        for other in given:
            rules = [rule for rule in other.visible_when if switch.name.casefold() in named(rule)]
            for option in switch.options if rules else ():
                if all(visible(rule, {switch.name.casefold(): option}) for rule in rules):
                    return f"For `{other.yaml_name}`, set `{switch.yaml_name}: {option}`."
    return None


def _has_resource(job: JobOutline) -> bool:
    """Whether a deployment job is, or may be, for a resource in its environment, such as a namespace of Kubernetes."""
    block, name = job.block.block("environment"), job.environment or ""
    return job.is_deployment and (block is not None or "." in name or is_computed(name))


RULE = Rule(
    code=MISSING_INPUT,
    summary="a required input of a task is missing",
    why=(
        "The task fails: *Input required*. Some tasks work without an input that they call required, so this is a warning, and an error only for the file and the type of a script, which the code of the task needs. Inputs that have an effect only "
        "with certain values of others are required only then."
    ),
    wrong="steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n",
    right="steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n    targetFolder: out\n",
    check=check,
)
