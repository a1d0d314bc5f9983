"""AZR833: variables that a script sets and reads itself."""

from azrelease.lint.facts.environment_names import environment_name, names_set, reads
from azrelease.lint.facts.logging_commands import LoggingCommand, variables_set
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import macros


def check(file: LintedFile) -> Findings:
    """Macros of a variable behind the command that sets it, in the same script."""
    for script in file.scripts:
        if "##vso[" not in script.text:
            continue
        names = {each.name.casefold(): each.command for each in reversed(list(variables_set((script,))))}
        if not names:
            continue
        before = {each.name.casefold() for each in file.run_variables.of(script.step.job).before(script.step)}
        yield from _environment(file, script, names, before)
        for match in macros(script.text):
            command = names.get(match[1].casefold())
            if command is None or match.start() < script.text.find("]", command.end):
                continue
            line = script.text.count("\n", 0, match.start())
            if line == script.text.count("\n", 0, command.start):
                continue  # the value itself may be made of the one before
            if match[1].casefold() in before:
                message = (
                    f"`{match[0]}` has the value from before this step: the agent expands it before the script runs"
                )
            else:
                message = (
                    f"`{match[0]}` has no value in the step that sets it: the agent expands it before the script runs"
                )
            hint = "Keep the value in a variable of the shell, or read it in a later step."
            yield file.in_script(RULE.code, message, (script, match.start(), match.end()), hint)


def _environment(file: LintedFile, script: Script, names: dict[str, LoggingCommand], before: set[str]) -> Findings:
    """Reads of the environment behind the command that sets the variable."""
    by_environment = {environment_name(name): command for name, command in names.items() if name not in before}
    own = names_set(script) | {entry.name.upper() for entry in script.step.environment}
    for read in reads(script) if by_environment else ():
        command = by_environment.get(read.shell_name.upper())
        if command is None or read.has_default or read.start < command.end or read.shell_name.upper() in own:
            continue
        if script.text.count("\n", command.end, read.start) == 0:
            continue
        message = f"`{read.shell_name}` is empty in the step that sets it: later steps have it in their environment"
        hint = "Keep the value in a variable of the shell, or read it in a later step."
        yield file.in_script(RULE.code, message, (script, read.start, read.end), hint)


RULE = Rule(
    code=Code("AZR833", "set-in-this-step", Severity.WARNING),
    summary="a script reads a variable that it sets itself",
    why=(
        "The agent expands macros before the script runs, and `##vso[task.setvariable]` holds for later steps only "
        "(learn.microsoft.com/azure/devops/pipelines/process/set-variables-scripts). The rule asks for the variables that the script sets, and for those that have "
        "a value before."
    ),
    wrong='steps:\n- bash: |\n    echo "##vso[task.setvariable variable=tag]$(git rev-parse HEAD)"\n    ./push.sh "$(tag)"\n',
    right='steps:\n- bash: |\n    echo "##vso[task.setvariable variable=tag]$(git rev-parse HEAD)"\n- bash: |\n    ./push.sh "$(tag)"\n',
    check=check,
)
