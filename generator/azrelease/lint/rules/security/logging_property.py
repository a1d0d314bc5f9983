"""AZR510: properties of logging commands that have no effect."""

from collections.abc import Iterator

from azrelease.catalog.logging_commands import PROPERTIES
from azrelease.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from azrelease.lint.facts.logging_commands import LoggingCommand, Property, logging_commands
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.suggestions import suggestion


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Unknown properties, and known ones after a blank."""
    for command in logging_commands(file.scripts):
        known = PROPERTIES.get(command.name) if command.area == "task" else None
        for found in command.properties if known is not None else ():
            name = found.name.casefold()
            where = (command.script, found.start, found.end)
            if not name or "$" in name or known is None:
                continue
            if name not in known:
                message = f"`task.{command.name}` has no property `{found.name}`; it has no effect"
                yield file.in_script(RULE.code, message, where, suggestion(found.name, known))
            elif found.blank is not None:
                message = f"the blank before `{found.name}` makes the agent ignore it"
                fix = _fix(file, command, found)
                yield file.in_script(RULE.code, message, where, "Remove the blank after `;`.", fix=fix)


def _fix(file: LintedFile, command: LoggingCommand, found: Property) -> Fix | None:
    start = file.document.offset(command.script.node, found.start)
    text = file.document.text
    before = start
    while before and text[before - 1] in " \t":
        before -= 1
    return Fix((Edit(before, start, ""),)) if before < start and text[before - 1] == ";" else None


RULE = Rule(
    code=Code("AZR510", "logging-property", Severity.WARNING),
    summary="a property of a logging command that has no effect",
    why=(
        "The agent ignores properties that it does not know. A blank belongs to the name behind it: with `; isOutput=true` the variable "
        "is no output, and whoever reads it gets nothing."
    ),
    wrong='steps:\n- bash: echo "##vso[task.setvariable variable=tag; isOutput=true]1"\n  name: version\n',
    right='steps:\n- bash: echo "##vso[task.setvariable variable=tag;isOutput=true]1"\n  name: version\n',
    check=check,
)
