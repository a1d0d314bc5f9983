"""AZR224: variables with a name that the service or the agent uses."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.catalog.predefined_variables import predefined_variable
from azrelease.lint.facts.environment_names import environment_name, reads
from azrelease.lint.facts.logging_commands import LoggingCommand, variables_set
from azrelease.lint.facts.scopes import scopes
from azrelease.lint.facts.variables import matrix_legs, name_nodes, variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block

_RESERVED = ("endpoint", "input", "secret", "path", "securefile")
_HIDDEN = ("SECRET_", "INPUT_", "SECUREFILE_", "ENDPOINT_AUTH_")
_SETTINGS = frozenset(("system.debug", "build.clean", "build.repository.clean", "agent.source.skip"))


def check(file: LintedFile) -> Findings:
    """Names in `variables`, in matrices and in `env`, and those that scripts set."""
    keys = name_nodes(file)
    for name, node in (*variables(file), *_of_matrices(file)):
        if name.casefold() == "path":
            at = keys.get(id(node), node)
            yield file.finding(RULE.code, _PATH, at, "Choose another name.", level=Severity.ERROR)
            continue
        message = _problem(file, name)
        if message is not None:
            yield file.finding(RULE.code, message, keys.get(id(node), node), "Choose another name.")
    for step in file.outline.steps:
        for entry in step.environment:
            if entry.name.upper().startswith(_HIDDEN):
                message = (
                    f"the library of the tasks takes `{entry.name}` out of the environment: a script may not get it"
                )
                yield file.finding(RULE.code, message, entry.key, "Choose a name that does not begin so.")
    yield from _set_by_scripts(file)


def _set_by_scripts(file: LintedFile) -> Findings:
    read_only: set[str] | None = None
    for each in variables_set(file.scripts):
        where = (each.command.script, each.command.start, each.command.end)
        known = predefined_variable(each.name)
        if read_only is None:
            read_only = _read_only(file)
        if each.is_output:
            continue
        if each.name.casefold() == "path":
            if _OLD_PATH.search(_value(each.command)):
                continue
            yield file.in_script(RULE.code, _PATH, where, "Use `##vso[task.prependpath]FOLDER`.", Severity.ERROR)
        elif (known is not None and each.name.casefold() not in _SETTINGS) or each.name.casefold() in read_only:
            message = f"`{each.name}` is read only: the agent refuses to set it, and the step fails"
            is_number = each.name.casefold() == "build.buildnumber"
            hint = "Use `##vso[build.updatebuildnumber]NUMBER`." if is_number else "Choose another name."
            yield file.in_script(RULE.code, message, where, hint, Severity.ERROR)


_OLD_PATH = re.compile(r"\$(?:env:)?\{?PATH\b|\$\((?:\$env:)?PATH\)|%PATH%|\{PATH\}", re.IGNORECASE)
"""The value that the variable had, in the new one."""


def _value(command: LoggingCommand) -> str:
    """The line of a logging command, behind its properties."""
    text = command.script.text
    return text[text.find("]", command.end) + 1 :].partition("\n")[0]


_PATH = "this replaces the `PATH` of every step: programs are not found any more"


def _of_matrices(file: LintedFile) -> Iterator[tuple[str, ScalarNode]]:
    for job in file.outline.jobs:
        for leg in matrix_legs(job):
            for entry in leg.value.entries if isinstance(leg.value, Block) else ():
                if isinstance(entry.value, ScalarNode):
                    yield entry.name, entry.value


def _read_only(file: LintedFile) -> set[str]:
    """The variables that the file declares as read only, in lower case."""
    return {
        (inner.text("name") or "").casefold()
        for block in scopes(file)
        for inner, _ in block.blocks("variables")
        if (inner.text("readonly") or "").casefold() == "true"
    }


def _problem(file: LintedFile, name: str) -> str | None:
    folded = name.casefold()
    known = predefined_variable(name)
    if known is not None and folded not in _SETTINGS:
        return f"`{known.name}` is a predefined variable, which is read only: it may keep its value, or break what reads it"
    if folded.startswith(_RESERVED) and (name == environment_name(name) or _is_read(file, name)):
        prefix = next(each for each in _RESERVED if folded.startswith(each))
        return f"names that begin with `{prefix}` are reserved: no script gets `{environment_name(name)}` in its environment"
    return None


def _is_read(file: LintedFile, name: str) -> bool:
    """Whether a script reads a variable from its environment."""
    wanted = environment_name(name)
    return wanted in file.document.text.upper() and any(
        read.shell_name.upper() == wanted
        for script in file.scripts
        if wanted not in {entry.name.upper() for entry in script.step.environment}
        for read in reads(script)
    )


RULE = Rule(
    code=Code("AZR224", "reserved-variable", Severity.WARNING),
    summary="a variable has a name that the service or the agent uses",
    why=(
        "Predefined variables are read only, `PATH` is where the shell finds programs, and variables whose names begin with `endpoint`, `input`, `secret`, "
        "`path` or `securefile` are not given to scripts (learn.microsoft.com/azure/devops/pipelines/process/variables, Variable naming restrictions). The agent refuses to set a variable that is read only "
        "(microsoft/azure-pipelines-agent, TaskCommandExtension.cs); the library of the tasks keeps `SECRET_…` and `INPUT_…` for itself. "
        "The rule asks for the predefined variables, and for the names that scripts read from their environment."
    ),
    wrong="variables:\n  Build.SourceBranch: refs/heads/main\nsteps:\n- bash: ./build.sh\n",
    right="variables:\n  releaseBranch: refs/heads/main\nsteps:\n- bash: ./build.sh\n",
    check=check,
    of_run=True,
)
