"""AZR806: the language of another shell in a script for cmd."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from azrelease.lint.facts.cmd_words import CmdCommand, cmd_commands
from azrelease.lint.facts.known_variables import environment_names, is_predefined
from azrelease.lint.facts.open_quotes import open_quote
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shells import Shell
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_CONTINUED = re.compile(r"^[^\n]*[^\s\\](?P<mark>[ \t]+[\\`])[ \t]*\r?\n[ \t]*(?=-)", re.MULTILINE)
_VARIABLE = re.compile(r"\$(?:env:(?P<env>\w+)|\{?(?P<name>[A-Za-z_]\w*)\}?)(?![\w(])", re.IGNORECASE)
_OTHER_PROGRAM = re.compile(
    r"\b(?:powershell|pwsh|bash|sh|wsl|perl|node|python3?|docker|ssh|sed|awk|jq)\b",
    re.IGNORECASE,
)
_SET_OPTIONS = re.compile(r"[-+][a-zA-Z]+")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_SET_BEFORE = re.compile(r"^[ \t]*(?:set|export)?[ \t]*\"?(?P<name>[A-Za-z_]\w*)=", re.IGNORECASE | re.MULTILINE)
_SEMICOLON = re.compile(r"(?<=\w);(?=[ \t]+(?:cd|dotnet|npm|pip|python|git|echo|make|cmake)\b)")
_BACKTICKS = re.compile(r"`[a-z][^`\n]*`")
_BACKSLASH = re.compile(r"(?<=[ \t])\\(?=[ \t]*\r?\n[ \t]*[^\s-])")
_SUBSTITUTED = re.compile(r"\$\([a-z][\w.-]*[ \t][^)\n]*\)")
_NULL_FILE = re.compile(r"\d?>[ \t]*/dev/null")
_SPECIAL_IN_APOSTROPHES = re.compile(r"(?:(?<=[\s=])|^)'[^'\n]*[<>|&][^'\n]*'")
_FOREIGN = frozenset(
    (
        "while",
        "local",
        "export",
        "source",
        "fi",
        "done",
        "esac",
        "unset",
        "alias",
        "then",
        "shopt",
        "declare",
        "readonly",
    )
)
_CMDLETS = re.compile(
    r"(?:write-(?:host|output|error|warning)|(?:get|set|new|remove|copy|move|test|invoke|import)-[a-z]+)$"
)


class _Problem(NamedTuple):
    start: int
    end: int
    message: str
    hint: str
    fails: bool = False


def check(file: LintedFile) -> Findings:
    """What only bash or PowerShell understands, in scripts that cmd runs."""
    for script, shell in file.script_shells:
        if shell.language != "cmd":
            continue
        for problem in _problems(script, file):
            level = None if problem.fails and shell.is_certain and not script.step.guards else Severity.WARNING
            where = "" if shell.is_certain else "on Windows, "
            message = f"{where}{problem.message}"
            yield file.in_script(RULE.code, message, (script, problem.start, problem.end), _hint(problem, shell), level)


def _hint(problem: _Problem, shell: Shell) -> str:
    return problem.hint if shell.is_certain else "Use `bash` for this step: it is there on all hosted images."


def _problems(script: Script, file: LintedFile) -> Iterator[_Problem]:
    text = script.text
    yield from _continuations(text)
    commands = cmd_commands(text)
    for command in commands:
        yield from _of_command(command, commands[-1] is command)
    if "$" in text:
        yield from _variables(script, file)
    for pattern, message, hint in _IN_TEXT:
        match = pattern.search(text)
        if match is not None and not _is_quoted(text, match.start()):
            yield _Problem(match.start(), match.end(), message, hint)


_IN_TEXT = (
    (_SEMICOLON, "cmd does not separate commands at `;`: what follows becomes arguments", "Write `&&`, or a new line."),
    (_BACKTICKS, "cmd has no command substitution: the text stays as it is", "Use `for /f`, or `bash` for this step."),
    (
        _BACKSLASH,
        "cmd does not continue a line at `\\`: it takes it for an argument or a command",
        "Write `^` at the end of the line.",
    ),
    (
        _SUBSTITUTED,
        "cmd has no command substitution: the text stays as it is",
        "Use `for /f`, or `bash` for this step.",
    ),
    (_NULL_FILE, "`/dev/null` is not there on Windows: cmd does not run the command", "Write `> NUL`."),
    (
        _SPECIAL_IN_APOSTROPHES,
        "cmd does not know single quotes: it takes what is in them for redirections and operators",
        "Use double quotes.",
    ),
)


def _line(text: str, position: int) -> str:
    end = text.find("\n", position)
    return text[text.rfind("\n", 0, position) + 1 : end if end >= 0 else len(text)]


def _is_quoted(text: str, position: int) -> bool:
    """Whether a position is in double quotes, in a comment or `for /f`, or on a line for another interpreter."""
    line = _line(text, position)
    is_other = _OTHER_PROGRAM.search(line) is not None or line.lstrip().casefold().startswith(("for ", "rem", "::"))
    return is_other or open_quote(text, position, "cmd") == '"'


def _continuations(text: str) -> Iterator[_Problem]:
    """The first line that a backslash or a backtick shall continue; the step fails when a last line begins with an argument."""
    match = _CONTINUED.search(text)
    if match is not None:
        last = text.rstrip().rpartition("\n")[2].lstrip()
        mark = match["mark"].strip()
        message = f"cmd does not continue a line at `{mark}`: it takes the next one for a command of its own"
        yield _Problem(
            match.start(), match.end("mark"), message, "Write `^` at the end of the line.", last.startswith("-")
        )


def _of_command(command: CmdCommand, is_last: bool) -> Iterator[_Problem]:
    first, words = command.words[0], command.words
    start, end = first.start, words[-1].end
    name = first.text.casefold()
    if name == "set" and len(words) > 1 and _SET_OPTIONS.fullmatch(words[1].text):
        message = f"`set {words[1].text}` is of bash; in cmd it looks for a variable of that name, and the script goes on after errors"
        yield _Problem(
            start, words[1].end, message, "Use `bash` for this step, or write `|| exit /b 1` behind each command."
        )
    elif name == "if" and len(words) > 1 and words[1].text in ("[", "[["):
        message = "cmd cannot read this `if` of bash, and stops the script"
        yield _Problem(start, end, message, "Use `bash` for this step.", fails=True)
    elif name == "for" and len(words) > 1 and not words[1].text.startswith(("%", "/")):
        yield _Problem(
            start,
            end,
            "cmd cannot read this `for` of bash, and stops the script",
            "Use `bash` for this step.",
            fails=True,
        )
    elif name == "mkdir" and len(words) > 1 and words[1].text == "-p":
        yield _Problem(
            start,
            end,
            "`mkdir` of cmd has no `-p`: it makes a folder of that name",
            "Write `mkdir a\\b`, without `-p`.",
        )
    elif first.text.startswith("./"):
        message = f"cmd cannot run `{first.text}`: it takes `.` for the name of a command"
        hint = "Use `bash` for this step." if name.endswith(".sh") else f"Write `.\\{first.text[2:]}`."
        yield _Problem(start, end, message, hint, fails=is_last)
    elif name.startswith("#"):
        yield _Problem(
            start, end, "cmd takes this comment of bash for a command", "Write `rem` instead of `#`.", fails=is_last
        )
    elif _ASSIGNMENT.fullmatch(first.text) and "%" not in first.text.partition("=")[0]:
        message = f"`{first.text}` sets a variable in bash; cmd takes it for the name of a command"
        yield _Problem(start, end, message, f"Write `set {first.text}`.", fails=is_last)
    elif name in _FOREIGN:
        message = f"`{first.text}` is of bash; cmd has no such command"
        hint = (
            "Write `set NAME=value`, or use `bash` for this step." if name == "export" else "Use `bash` for this step."
        )
        yield _Problem(start, end, message, hint, fails=is_last)
    elif _CMDLETS.match(name):
        message = f"`{first.text}` is of PowerShell; cmd has no such command"
        yield _Problem(start, end, message, "Use `pwsh` or `powershell` for this step.", fails=is_last)


def _variables(script: Script, file: LintedFile) -> Iterator[_Problem]:
    """`$NAME` of a variable that is in the environment: cmd writes the text as it is."""
    known: frozenset[str] | None = None
    for match in _VARIABLE.finditer(script.text):
        if _OTHER_PROGRAM.search(_line(script.text, match.start())):
            continue
        name = (match["env"] or match["name"]).upper()
        if known is None:
            set_here = {found["name"].upper() for found in _SET_BEFORE.finditer(script.text)}
            known = environment_names(script, file) | set_here
        if match["env"] or name in known or is_predefined(name):
            message = f"cmd does not replace `{match[0]}`: the text stays as it is"
            yield _Problem(match.start(), match.end(), message, f"Write `%{match['env'] or match['name']}%`.")


_STEP = "pool:\n  vmImage: windows-2025\nsteps:\n- {}: |\n    set -e\n    cargo build\n    cargo test\n"

RULE = Rule(
    code=Code("AZR806", "other-language-in-cmd", Severity.ERROR),
    summary="the language of bash or PowerShell in a script for cmd",
    why=(
        "`script` runs cmd on Windows (learn.microsoft.com/azure/devops/pipelines/tasks/reference/cmd-line-v2). cmd continues lines with `^`, writes variables as `%NAME%`, "
        "and knows no `export`, no `set -e` and no `[ ]`. An error where the script must fail: a line that is only an argument is the last command, an `if` that cmd cannot "
        "read; a warning where cmd goes on. Asks which shell runs the script, and which variables are in its environment. Silent where the image is unknown, for lines that "
        "call another interpreter, and for `$NAME` of unknown names."
    ),
    wrong=_STEP.format("script"),
    right=_STEP.format("bash"),
    check=check,
)
