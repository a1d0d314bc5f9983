"""The normal form of steps: each is a task.

Sources: learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps and its pages say which task a step is short for.
Keys and order are those of the service's preview: `task`, the other keys of a step as they are written, `inputs`. It
writes three tasks as an id; here they have their names.
"""

from collections.abc import Iterable
from typing import NamedTuple

from azrelease.expansion.normal_nodes import (
    Form,
    entry_of,
    is_else,
    is_empty,
    items_of,
    list_of,
    named_by,
    text_node,
    with_entries,
)
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence

_TRUE = frozenset(("true", "y", "yes", "on"))
_FALSE = frozenset(("false", "n", "no", "off"))

_STEP_KEYS = frozenset(
    (
        "condition",
        "continueOnError",
        "displayName",
        "enabled",
        "env",
        "name",
        "retryCountOnTaskFailure",
        "target",
        "timeoutInMinutes",
    )
)


class Shorthand(NamedTuple):
    """A step that is short for a task.

    Attributes:
        task: name and version of the task.
        input: the input that gets the text of the step.
        others: name and value of inputs that it implies.
    """

    task: str
    input: str
    others: tuple[tuple[str, str], ...] = ()


SHORTHANDS = {
    "script": Shorthand("CmdLine@2", "script"),
    "bash": Shorthand("Bash@3", "script", (("targetType", "inline"),)),
    "powershell": Shorthand("PowerShell@2", "script", (("targetType", "inline"),)),
    "pwsh": Shorthand("PowerShell@2", "script", (("targetType", "inline"), ("pwsh", "true"))),
    "checkout": Shorthand("Checkout@1", "repository"),
    "download": Shorthand("DownloadPipelineArtifact@2", "buildType"),
    "downloadBuild": Shorthand("DownloadBuildArtifacts@0", "buildType"),
    "getPackage": Shorthand("DownloadPackage@1", "definition"),
    "publish": Shorthand("PublishPipelineArtifact@1", "path"),
    "upload": Shorthand("PublishPipelineArtifact@1", "path"),
    "reviewApp": Shorthand("ReviewApp@0", "resourceName"),
}


def normal_steps(steps: ExpandedSequence) -> ExpandedSequence:
    """The steps as tasks."""
    return items_of(steps, normal_step)


def normal_step(step: ExpandedMapping) -> ExpandedMapping:
    """The step as a task, `task` first. One that only the run completes stays as it is."""
    first = next((entry for entry in step.entries if entry.key.text == "task" or entry.key.text in SHORTHANDS), None)
    others = tuple(entry for entry in step.entries if entry is not first)
    if first is None:
        return step
    if first.key.text != "task":
        if _has_unknown_entries(step):
            return step
        others = _properties_and_inputs(step, first, others)
        shorthand = SHORTHANDS[first.key.text]
        first = entry_of("task", text_node(shorthand.task, first.key.origin), first.key.origin)
    return ExpandedMapping((first, *_properties(others)), step.origin, step.written or step)


def _properties_and_inputs(
    step: ExpandedMapping, first: ExpandedEntry, others: tuple[ExpandedEntry, ...]
) -> tuple[ExpandedEntry, ...]:
    """What a shorthand step has besides `task`."""
    shorthand, origin = SHORTHANDS[first.key.text], first.key.origin
    properties, inputs = _split(others)
    texts = ((name, text_node(value, origin)) for name, value in shorthand.others)
    given = {entry.key.text for entry in inputs}
    implied = ((shorthand.input, first.value), *texts)
    entries = (*(entry_of(name, value, origin) for name, value in implied if name not in given), *inputs)
    return (*properties, entry_of("inputs", ExpandedMapping(entries, step.origin), origin))


def _has_unknown_entries(mapping: ExpandedMapping) -> bool:
    """Whether a directive adds entries of which not even the keys are known."""
    return any(
        entry.is_directive and (not isinstance(entry.value, ExpandedMapping) or _has_unknown_entries(entry.value))
        for entry in mapping.entries
    )


def _split(entries: Iterable[ExpandedEntry]) -> tuple[list[ExpandedEntry], list[ExpandedEntry]]:
    """The keys of a step, and those that are inputs of its task. A directive goes to both: an `else` needs its `if`."""
    properties: list[ExpandedEntry] = []
    inputs: list[ExpandedEntry] = []
    for entry in entries:
        if entry.is_directive and isinstance(entry.value, ExpandedMapping):
            for side, part in zip((properties, inputs), _split(entry.value.entries), strict=True):
                side.append(ExpandedEntry(entry.key, with_entries(entry.value, part)))
        elif entry.key.text == "inputs" and isinstance(entry.value, ExpandedMapping):
            inputs.extend(entry.value.entries)
        else:
            (properties if entry.key.text in _STEP_KEYS else inputs).append(entry)
    return _without_idle_directives(properties), _without_idle_directives(inputs)


def _without_idle_directives(entries: list[ExpandedEntry]) -> list[ExpandedEntry]:
    """The entries, without directives that add nothing and that no `else` needs."""
    kept: list[ExpandedEntry] = []
    for entry in reversed(entries):
        if not entry.is_directive or not is_empty(entry.value) or (kept and is_else(kept[-1])):
            kept.append(entry)
    return kept[::-1]


def _properties(entries: Iterable[ExpandedEntry]) -> Iterable[ExpandedEntry]:
    """The keys of a step with the normal form of their values, without those that say what holds anyway."""
    for entry in entries:
        key, value = entry.key.text, entry.value
        if entry.is_directive:
            body = with_entries(value, _properties(value.entries)) if isinstance(value, ExpandedMapping) else value
            yield ExpandedEntry(entry.key, body)
        elif key == "target":
            yield ExpandedEntry(entry.key, _TARGET(value))
        elif key in _DEFAULTS:
            word = _truth(value)
            if word is None or word is not _DEFAULTS[key]:
                yield entry if word is None else ExpandedEntry(entry.key, text_node(str(word), value.origin))
        elif key not in {"inputs", "env"} or not is_empty(value):
            yield entry


def _truth(node: ExpandedNode) -> bool | None:
    """The boolean that a text is for the service (schema of the language: eight words without regard to case)."""
    word = node.text.lower() if isinstance(node, ExpandedScalar) else ""
    return True if word in _TRUE else False if word in _FALSE else None


_DEFAULTS = {"continueOnError": False, "enabled": True}
_TARGET = named_by("container")

STEP_LIST: Form = list_of(normal_step)
"""The form of the value of `steps`."""
