"""AZR403: inputs that a task does not have."""

from collections.abc import Iterator

from azrelease.diagnostics import UNKNOWN_INPUT, Diagnostic
from azrelease.lint.rule import Rule
from azrelease.lint.subject import Subject
from azrelease.lint.suggestions import suggestion


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Names and aliases in any case are known."""
    for found in subject.known_tasks:
        for entry, definition in found.given:
            if definition is None:
                message = f"{found.definition.reference} has no input `{entry.name}`; it has no effect"
                names = [name for known in found.definition.inputs for name in known.names]
                yield subject.file.finding(UNKNOWN_INPUT, message, entry, suggestion(entry.name, names))


RULE = Rule(
    UNKNOWN_INPUT,
    "a task is given an input that it does not have",
    "The agent says nothing, and the input has no effect.",
    "steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n    tragetFolder: out\n    TargetFolder: out\n",
    "steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n    TargetFolder: out\n",
    check,
)
