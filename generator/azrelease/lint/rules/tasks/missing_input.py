"""AZR404: inputs that a task needs."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.catalog import InputDefinition
from azrelease.catalog.visibility import named, visible
from azrelease.diagnostics import MISSING_INPUT, Diagnostic, Severity
from azrelease.lint.facts.task_inputs import KnownTask
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import JobOutline


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Required inputs without a default that are certain to be asked for."""
    for found in file.known_tasks:
        if not found.is_complete:
            continue
        values = {
            # What is given and empty is not forgotten.
            definition.name: (entry.value.value if isinstance(entry.value, ScalarNode) else "") or "$(x)"
            for entry, definition in found.given
            if definition is not None
        }
        for definition in found.definition.missing(values):
            if definition.type.startswith("connectedservice") and _has_resource(found.step.job):
                continue  # the resource of the environment brings its own connection
            message = f"{found.definition.reference} needs the input `{definition.yaml_name}`"
            hint = f"One of: {', '.join(definition.options)}." if definition.options else None
            hint = hint or _switch_hint(found, definition)
            yield file.finding(RULE.code, message, found.node, hint, level=Severity.WARNING)


def _switch_hint(found: KnownTask, missing: InputDefinition) -> str | None:
    """Which input makes a missing one unnecessary, when another was given that only counts then.

    Such as `scriptLocation: inlineScript`, where `inlineScript` is given and `scriptPath` is asked for.
    """
    given = [definition for _, definition in found.given if definition is not None]
    for switch in (found.definition.input(name) for rule in missing.visible_when for name in named(rule)):
        if switch is None or switch in given:
            continue
        for other in given:
            rules = [rule for rule in other.visible_when if switch.name.casefold() in named(rule)]
            for option in switch.options if rules else ():
                if all(visible(rule, {switch.name.casefold(): option}) for rule in rules):
                    return f"For `{other.yaml_name}`, set `{switch.yaml_name}: {option}`."
    return None


def _has_resource(job: JobOutline) -> bool:
    """Whether a deployment job is for a resource in its environment, such as a namespace of Kubernetes."""
    block = job.block.block("environment")
    return job.is_deployment and (block is not None or "." in (job.environment or ""))


RULE = Rule(
    code=MISSING_INPUT,
    summary="a task is not given an input that it needs",
    why=(
        "The task fails: *Input required*. Some tasks get by without what they call required, so this is a warning. Inputs that only "
        "count with certain values of others are asked for only then."
    ),
    wrong="steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n",
    right="steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n    targetFolder: out\n",
    check=check,
)
