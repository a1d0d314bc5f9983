"""AZR405: inputs with values that a task does not take."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.diagnostics import INVALID_INPUT, Diagnostic, Severity
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.suggestions import suggestion
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Literal values of closed lists. Texts in booleans are left alone: tasks read them in their own ways."""
    for found in file.known_tasks:
        for entry, definition in found.given:
            if definition is None or not isinstance(entry.value, ScalarNode):
                continue
            text = entry.value.value
            if text and not is_computed(text) and not definition.allows(text):
                message = f"{found.definition.reference} does not take `{text}` for `{entry.name}`"
                hint = suggestion(text, definition.options, f"One of: {', '.join(definition.options)}.")
                yield file.finding(RULE.code, message, entry.value, hint, level=Severity.WARNING)


RULE = Rule(
    code=INVALID_INPUT,
    summary="a task is given a value that it does not take",
    why="The values of a pick list are fixed; with another a task fails, or does what it does by default.",
    wrong="steps:\n- task: PublishTestResults@2\n  inputs:\n    testResultsFormat: JUint\n    testResultsFiles: '**/test-*.xml'\n",
    right="steps:\n- task: PublishTestResults@2\n  inputs:\n    testResultsFormat: JUnit\n    testResultsFiles: '**/test-*.xml'\n",
    check=check,
)
