"""AZR403: inputs that a task does not have."""

from collections.abc import Iterator

from azrelease.diagnostics import UNKNOWN_INPUT, Diagnostic, Edit, Fix
from azrelease.lint.rule import Rule
from azrelease.lint.subject import Subject
from azrelease.lint.task_inputs import KnownTask
from azrelease.suggestions import closest
from azrelease.syntax import Entry


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Names and aliases in any case are known."""
    for found in subject.known_tasks:
        for entry, definition in found.given:
            if definition is None:
                message = f"{found.definition.reference} has no input `{entry.name}`; it has no effect"
                names = [name for known in found.definition.inputs for name in known.names]
                close = closest(entry.name, names)
                hint = f"Did you mean `{close}`?" if close else None
                fix = _fix(entry, close, found) if close else None
                yield subject.file.finding(UNKNOWN_INPUT, message, entry, hint, fix=fix)


def _fix(entry: Entry, name: str, found: KnownTask) -> Fix | None:
    """The name that was most likely meant, where it is not given already."""
    definition = found.definition.input(name)
    if entry.key.style or any(other is definition for _, other in found.given):
        return None
    return Fix((Edit(entry.key.start_mark.index, entry.key.end_mark.index, name),), safe=False)


RULE = Rule(
    UNKNOWN_INPUT,
    "a task is given an input that it does not have",
    "The agent says nothing, and the input has no effect.",
    "steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n    tragetFolder: out\n    TargetFolder: out\n",
    "steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n    TargetFolder: out\n",
    check,
)
