"""AZR408: inputs that are given twice."""

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import MappingEntry, exclusive


def check(file: LintedFile) -> Findings:
    """Two names of one input, unless they exclude each other."""
    for task in file.known_tasks:
        seen: dict[str, MappingEntry] = {}
        for entry, definition in task.given:
            if definition is None:
                continue
            other = seen.setdefault(definition.name, entry)
            if other is not entry and not exclusive(other.guards, entry.guards) and not entry.guards:
                message = f"`{entry.name}` and `{other.name}` are the same input of {task.definition.reference}"
                yield file.finding(RULE.code, message, entry, "Remove one of them.")


RULE = Rule(
    code=Code("AZR408", "repeated-input", Severity.ERROR),
    summary="an input is given twice, under two of its names",
    why="Inputs have a name and aliases, and letter case does not count; which of two values a task gets is not defined.",
    wrong=(
        "steps:\n- task: PublishTestResults@2\n  inputs:\n    testRunner: JUnit\n    testResultsFormat: NUnit\n"
        "    testResultsFiles: '**/test-*.xml'\n"
    ),
    right="steps:\n- task: PublishTestResults@2\n  inputs:\n    testResultsFormat: NUnit\n    testResultsFiles: '**/test-*.xml'\n",
    check=check,
)
