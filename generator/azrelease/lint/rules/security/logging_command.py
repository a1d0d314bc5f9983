"""AZR509: logging commands that fail."""

from azrelease.catalog.logging_commands import TASK_COMMANDS
from azrelease.lint.facts.logging_commands import half_commands, logging_commands
from azrelease.lint.rule import Code, Edit, Findings, Fix, LintedFile, Rule, Severity
from azrelease.suggestions import suggestion


def check(file: LintedFile) -> Findings:
    """Unknown commands of the area `task`, `setvariable` without a name, and commands with one `#` too few."""
    for command in logging_commands(file.scripts):
        where = (command.script, command.start, command.end)
        if command.area != "task" or "$" in command.name:
            continue
        if command.name not in TASK_COMMANDS:
            message = f"unknown logging command `task.{command.name}`"
            hint = suggestion(command.name, TASK_COMMANDS)
            yield file.in_script(RULE.code, message, where, hint)
        elif (
            command.name == "setvariable"
            and not any(p.name.casefold() == "variable" for p in command.properties)
            and not command.is_computed
        ):
            message = "`task.setvariable` names no variable"
            hint = "Write `variable=name` after the command, in the same brackets."
            yield file.in_script(RULE.code, message, where, hint)
    for script, start, end in half_commands(file.scripts):
        span = file.document.text_span(script.node, start, end)
        message = "a logging command begins with `##`: this line is only printed"
        index = file.document.offset(script.node, start)
        fix = Fix((Edit(index, index, "#"),), safe=False)
        yield file.finding(RULE.code, message, span, "Add a `#`.", level=Severity.WARNING, fix=fix)


RULE = Rule(
    code=Code("AZR509", "logging-command", Severity.ERROR),
    summary="a logging command that the agent does not know",
    why="The step fails: *##vso[task.…] is not a recognized command*. With one `#` too few, the line is only printed.",
    wrong='steps:\n- bash: echo "##vso[task.setvariabel variable=tag]1"\n',
    right='steps:\n- bash: echo "##vso[task.setvariable variable=tag]1"\n',
    check=check,
)
