"""AZR408: inputs given twice."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import MappingEntry, exclusive


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Two spellings of one input, unless only one of them can be there."""
    for found in file.known_tasks:
        seen: dict[str, MappingEntry] = {}
        for entry, definition in found.given:
            if definition is None:
                continue
            other = seen.setdefault(definition.name, entry)
            if other is not entry and not exclusive(other.guards, entry.guards) and not entry.guards:
                message = f"`{entry.name}` and `{other.name}` are the same input of {found.definition.reference}"
                yield file.finding(RULE.code, message, entry, "Remove one of them.")


RULE = Rule(
    code=Code("AZR408", "repeated-input", Severity.ERROR),
    summary="an input is given twice, under two of its names",
    why="Inputs have a name and aliases, and letter case does not count; which of two values a task would get is not defined.",
    wrong=(
        "steps:\n- task: PublishTestResults@2\n  inputs:\n    testRunner: JUnit\n    testResultsFormat: NUnit\n"
        "    testResultsFiles: '**/test-*.xml'\n"
    ),
    right="steps:\n- task: PublishTestResults@2\n  inputs:\n    testResultsFormat: NUnit\n    testResultsFiles: '**/test-*.xml'\n",
    check=check,
)
