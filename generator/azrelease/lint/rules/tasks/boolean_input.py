"""AZR417: switches of tasks that are neither true nor false."""

from yaml import ScalarNode

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import is_computed

_WORDS = ("true", "false")
_YES = frozenset(("yes", "on", "y", "1", "$true", "enabled", "enable"))


def check(file: LintedFile) -> Findings:
    """Literal values of inputs of the type boolean, in tasks that run on Node."""
    for task in file.known_tasks:
        handlers = task.definition.handlers
        if not handlers or not all(handler.startswith("Node") for handler in handlers):
            continue
        for entry, definition in task.given:
            if definition is None or definition.type != "boolean" or not isinstance(entry.value, ScalarNode):
                continue
            text = entry.value.value.strip()
            if text and not is_computed(text) and text.casefold() not in _WORDS:
                message = f"{task.definition.reference} takes `{text}` for `{entry.name}` as false"
                hint = "Write `true`." if text.casefold() in _YES else "Write `true` or `false`."
                yield file.finding(RULE.code, message, entry.value, hint)


_STEP = "steps:\n- task: PublishTestResults@2\n  inputs:\n    testResultsFiles: '**/test-*.xml'\n    failTaskOnFailedTests: {}\n"

RULE = Rule(
    code=Code("AZR417", "boolean-input", Severity.WARNING),
    summary="a switch of a task that is neither `true` nor `false`",
    why=(
        "Tasks on Node read a switch with `getBoolInput` of azure-pipelines-task-lib: `true` in any case is true, and all other text is false, without a message. Asks for the handlers of "
        "the task; tasks in PowerShell read switches in another way. Silent for computed values."
    ),
    wrong=_STEP.format("yes"),
    right=_STEP.format("true"),
    check=check,
)
