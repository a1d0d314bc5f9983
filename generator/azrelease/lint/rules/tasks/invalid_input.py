"""AZR405: inputs with values that a task does not accept."""

from yaml import ScalarNode

from azrelease.diagnostics import INVALID_INPUT
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
            if text and not is_computed(text) and not definition.allows(text):
                message = f"{task.definition.reference} does not accept `{text}` for `{entry.name}`"
                hint = suggestion(text, definition.options, f"One of: {', '.join(definition.options)}.")
                yield file.finding(RULE.code, message, entry.value, hint, level=Severity.WARNING)


RULE = Rule(
    code=INVALID_INPUT,
    summary="a task gets a value that it does not accept",
    why="The values of a pick list are fixed. With another value, a task fails or uses its default.",
    wrong="steps:\n- task: PublishTestResults@2\n  inputs:\n    testResultsFormat: JUint\n    testResultsFiles: '**/test-*.xml'\n",
    right="steps:\n- task: PublishTestResults@2\n  inputs:\n    testResultsFormat: JUnit\n    testResultsFiles: '**/test-*.xml'\n",
    check=check,
)
