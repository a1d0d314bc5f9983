"""AZR808: the language of PowerShell or cmd in a script for bash."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from azrelease.lint.facts.known_variables import environment_names, is_predefined
from azrelease.lint.facts.open_quotes import open_quote
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import Command, commands, without_prefix
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_FAST = re.compile(
    r"\$env:|>[ \t]*\$null|(?:^|\s)[A-Za-z]:\\\w|^[ \t]*\.\\\w|%\w+%|[ \t][`^][ \t]*\r?\n|^[ \t]*(?:\$\w+[ \t]*=|@?echo[ \t]+off|rem[ \t]|call[ \t]|xcopy|robocopy|copy[ \t]|del[ \t]|if (?:not )?exist"
    r"|set[ \t]+\w+=|(?:write|get|set|new|remove|copy|move|test|invoke|import)-)",
    re.IGNORECASE | re.MULTILINE,
)
_ENV = re.compile(r"\$env:(?P<name>\w+)", re.IGNORECASE)
_PERCENT = re.compile(r"%(?P<name>[A-Za-z_]\w*)%")
_CONTINUED = re.compile(r"^[^\n#]*[^\s](?P<mark>[ \t][`^])[ \t]*\r?\n[ \t]*(?=--?[A-Za-z])", re.MULTILINE)
_ASSIGNED = re.compile(r"^[ \t]*(?P<name>\$[A-Za-z_]\w*)[ \t]*=(?!=)", re.MULTILINE)
_NULL = re.compile(r"\d?>[ \t]*\$null\b", re.IGNORECASE)
_WINDOWS_PATH = re.compile(r"(?:(?<=[\s=])|^)(?:[A-Za-z]:|\.)\\[\w.][^\s;|&\"']*", re.MULTILINE)
_SET = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_CMDLET = re.compile(
    r"(?:Write-(?:Host|Output|Error|Warning|Verbose)|(?:Get|Set|New|Remove|Copy|Move|Test|Invoke|Import|Expand|Compress|Install|ConvertTo|ConvertFrom)-[A-Z]\w+)"
)
_OF_CMD = frozenset(("rem", "call", "xcopy", "robocopy", "copy", "del", "@echo"))
_OTHER_PROGRAM = re.compile(r"\b(?:powershell|pwsh|cmd|wine)(?:\.exe)?\b", re.IGNORECASE)


class _Problem(NamedTuple):
    start: int
    end: int
    message: str
    hint: str


def check(file: LintedFile) -> Findings:
    """What only PowerShell or cmd understands, in scripts that bash runs."""
    for script, shell in file.script_shells:
        if shell.language == "bash" and _FAST.search(script.text) and not _OTHER_PROGRAM.search(script.text):
            for problem in _problems(script, file):
                where = "" if shell.is_certain else f"on {_SYSTEMS[shell.on or 'linux']}, "
                hint = problem.hint if shell.is_certain else _ON_ALL
                yield file.in_script(RULE.code, f"{where}{problem.message}", (script, problem.start, problem.end), hint)


_SYSTEMS = {"linux": "Linux", "macos": "macOS"}


_ON_ALL = "Use `pwsh` or `bash` for this step: both are there on all hosted images."


def _problems(script: Script, file: LintedFile) -> Iterator[_Problem]:
    text = script.text
    continued = _CONTINUED.search(text)
    if continued is not None:
        message = (
            f"bash does not continue a line at `{continued['mark'].strip()}`: the arguments on the next line are lost"
        )
        yield _Problem(
            continued.start("mark") + 1, continued.end("mark"), message, "Write `\\` at the end of the line."
        )
    assigned = _ASSIGNED.search(text)
    if assigned is not None:
        name = assigned["name"]
        message = f"`{name} =` is of PowerShell; bash takes it for a command"
        yield _Problem(assigned.start("name"), assigned.end(), message, f"Write `{name[1:]}=…`, without blanks.")
    null = _NULL.search(text)
    if null is not None:
        message = "bash cannot redirect to an empty `$null`, and does not run the command"
        yield _Problem(null.start(), null.end(), message, "Write `> /dev/null`.")
    path = _WINDOWS_PATH.search(text)
    if path is not None and open_quote(text, path.start(), "bash") == "":
        message = f"bash drops the backslashes of `{path[0]}`"
        yield _Problem(path.start(), path.end(), message, "Write slashes, or put the path in single quotes.")
    for command in commands(text):
        yield from _of_command(without_prefix(command))
    yield from _variables(script, file)


def _of_command(command: Command) -> Iterator[_Problem]:
    if not command:
        return
    first = command[0]
    name = first.text
    if _CMDLET.fullmatch(name):
        message = f"`{name}` is of PowerShell; bash has no such command"
        yield _Problem(first.start, first.end, message, "Use `pwsh` for this step.")
    elif name.casefold() in _OF_CMD and (name.casefold() != "@echo" or len(command) > 1):
        message = f"`{name}` is of cmd; bash has no such command"
        yield _Problem(first.start, first.end, message, _INSTEAD.get(name.casefold(), "Remove it."))
    elif name == "exist" or (name == "not" and len(command) > 1 and command[1].text == "exist"):
        yield _Problem(first.start, first.end, "bash cannot read this `if` of cmd", "Write `if [ -e … ]; then`.")
    elif name == "set" and len(command) > 1 and _SET.fullmatch(command[1].text):
        message = f"`set {command[1].text}` sets no variable in bash"
        yield _Problem(first.start, command[1].end, message, "Write `NAME=value`, without `set`.")


_INSTEAD = {
    "copy": "Use `cp`.",
    "xcopy": "Use `cp -r`.",
    "robocopy": "Use `cp -r`.",
    "del": "Use `rm`.",
    "rem": "Write `#`.",
}


def _variables(script: Script, file: LintedFile) -> Iterator[_Problem]:
    for match in _ENV.finditer(script.text):
        name = match["name"]
        message = f"`{match[0]}` is of PowerShell; bash reads an empty `$env` and the text `:{name}`"
        yield _Problem(match.start(), match.end(), message, f'Write `"${name}"`.')
    if "%" in script.text:
        known = environment_names(script, file)
        for match in _PERCENT.finditer(script.text):
            if match["name"].upper() in known or is_predefined(match["name"].upper()):
                message = f"bash does not replace `{match[0]}`: the text stays as it is"
                yield _Problem(match.start(), match.end(), message, f'Write `"${match["name"]}"`.')


_STEP = 'steps:\n- {}: |\n    Write-Host "build $env:BUILD_BUILDID"\n'

RULE = Rule(
    code=Code("AZR808", "other-language-in-bash", Severity.WARNING),
    summary="the language of PowerShell or cmd in a script for bash",
    why=(
        "`bash` runs bash everywhere, and `script` does on Linux and macOS (learn.microsoft.com/azure/devops/pipelines/tasks/reference/cmd-line-v2). bash continues lines with a "
        "backslash, reads variables as `$NAME`, and has no cmdlets, no `call` and no `copy`. It goes on after a command that does not exist, so this is a warning. Asks which shell "
        "runs the script, and which variables are in its environment. Silent in scripts that call another interpreter, and where the image is unknown."
    ),
    wrong=_STEP.format("bash"),
    right=_STEP.format("pwsh"),
    check=check,
)
