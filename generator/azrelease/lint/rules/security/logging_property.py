"""AZR510: properties of logging commands that have no effect."""

from azrelease.catalog.logging_commands import PROPERTIES
from azrelease.lint.facts.logging_commands import LoggingCommand, Property, logging_commands
from azrelease.lint.rule import Code, Edit, Findings, Fix, LintedFile, Rule, Severity
from azrelease.suggestions import suggestion


def check(file: LintedFile) -> Findings:
    """Unknown properties, and known ones after a space."""
    for command in logging_commands(file.scripts):
        known = PROPERTIES.get(command.name) if command.area == "task" else None
        for prop in command.properties if known is not None else ():
            name = prop.name.casefold()
            where = (command.script, prop.start, prop.end)
            if not name or "$" in name or known is None:
                continue
            if name not in known:
                message = f"`task.{command.name}` has no property `{prop.name}`; it has no effect"
                yield file.in_script(RULE.code, message, where, suggestion(prop.name, known))
            elif prop.blank is not None:
                message = f"the space before `{prop.name}` makes the agent ignore it"
                fix = _fix(file, command, prop)
                yield file.in_script(RULE.code, message, where, "Remove the space after `;`.", fix=fix)


def _fix(file: LintedFile, command: LoggingCommand, prop: Property) -> Fix | None:
    start = file.document.offset(command.script.node, prop.start)
    text = file.document.text
    before = start
    while before and text[before - 1] in " \t":
        before -= 1
    return Fix((Edit(before, start, ""),)) if before < start and text[before - 1] == ";" else None


RULE = Rule(
    code=Code("AZR510", "logging-property", Severity.WARNING),
    summary="a property of a logging command that has no effect",
    why=(
        "The agent ignores properties that it does not know. A space belongs to the name after it: with `; isOutput=true` the variable "
        "is not an output, and reading it gives nothing."
    ),
    wrong='steps:\n- bash: echo "##vso[task.setvariable variable=tag; isOutput=true]1"\n  name: version\n',
    right='steps:\n- bash: echo "##vso[task.setvariable variable=tag;isOutput=true]1"\n  name: version\n',
    check=check,
)
