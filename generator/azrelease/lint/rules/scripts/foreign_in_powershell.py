"""AZR807: the language of bash or cmd in a script for PowerShell."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from azrelease.lint.facts.known_variables import env_names, environment_names, is_predefined
from azrelease.lint.facts.powershell_text import powershell_code, without_comments
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_BASH = "Use `bash` for this step."
_STATEMENTS = (
    (
        re.compile(r"^[^\n]*[ \t](?P<at>[\\^])[ \t]*\r?\n[ \t]*(?=--?[A-Za-z]|--[ \t])", re.MULTILINE),
        "PowerShell does not continue a line at `{0}`: it cannot run the next one, which begins with an argument",
        "Write a backtick at the end of the line.",
    ),
    (
        re.compile(r"(?:^|;)[ \t]*(?P<at>set[ \t]+[-+](?:[eux]\w*|o[ \t]+\w+))(?!\S)", re.MULTILINE),
        "`{0}` is of bash; PowerShell takes `set` for Set-Variable, and stops",
        "Remove it: the task sets `$ErrorActionPreference` to `Stop`.",
    ),
    (
        re.compile(r"(?:^|;)[ \t]*(?P<at>export[ \t]+\w+=)", re.MULTILINE),
        "`export` is of bash; PowerShell has no such command",
        "Write `$env:NAME = 'value'`.",
    ),
    (
        re.compile(
            r"(?:^|;)[ \t]*(?P<at>[A-Za-z_]\w*=(?![=\s])(?:\"[^\"\n]*\"|'[^'\n]*'|\S)*)[ \t]*\r?$", re.MULTILINE
        ),
        "`{0}` sets a variable in bash; PowerShell takes it for the name of a command, and stops",
        "Write `$name = 'value'`.",
    ),
    (
        re.compile(r"^[ \t]*(?P<at>(?:el)?if[ \t]+(?:\[\[?|test)[ \t])", re.MULTILINE),
        "PowerShell cannot read this `if` of bash",
        _BASH,
    ),
    (
        re.compile(r"^[ \t]*(?P<at>(?:fi|done|esac))[ \t]*\r?$", re.MULTILINE),
        "`{0}` is of bash; PowerShell has no such command",
        _BASH,
    ),
    (
        re.compile(r"(?P<at><<-?[ \t]*['\"]?[A-Z_]+)", re.MULTILINE),
        "PowerShell has no here-documents, and cannot read `<<`",
        "Write a here-string: `@'`, the lines, `'@`.",
    ),
    (
        re.compile(r"^[ \t]*(?P<at>(?:for|while|until)[ \t]+(?![ \t]*[(`])[^\s(])", re.MULTILINE),
        "PowerShell cannot read this loop of bash",
        _BASH,
    ),
    (
        re.compile(r"^[ \t]*(?P<at>\[\[?[ \t]+[^\]\n]*)", re.MULTILINE),
        "PowerShell cannot read this test of bash",
        "Write `if (…) { … }`.",
    ),
    (
        re.compile(r"^[ \t]*(?P<at>(?:source|unset)[ \t])", re.MULTILINE),
        "`{0}` is of bash; PowerShell has no such command",
        _BASH,
    ),
    (
        re.compile(
            r"\b(?:else)?if[ \t]*\([^\n{]*?[\w)\"'\]][ \t]*(?P<at>[!=]=)[ \t]*[\w(\"'$]", re.MULTILINE | re.IGNORECASE
        ),
        "PowerShell has no operator `{0}`, and cannot read this condition",
        "Write `-eq` or `-ne`.",
    ),
    (
        re.compile(r"^[ \t]*(?P<at>(?:call|rem)[ \t])", re.MULTILINE | re.IGNORECASE),
        "`{0}` is of cmd; PowerShell has no such command",
        "Remove it; a comment begins with `#`.",
    ),
    (
        re.compile(
            r"\b(?:else)?if[ \t]*\([ \t]*(?:\"[^\"\n]*\"|'[^'\n]*')[ \t]*(?P<at>=)[ \t]*[\"'$\w]", re.IGNORECASE
        ),
        "`=` assigns in PowerShell, and a text cannot be assigned to",
        "Write `-eq`.",
    ),
    (
        re.compile(r"^[ \t]*(?P<at>@?echo[ \t]+off)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE),
        "`{0}` is of cmd; PowerShell does something else with it",
        "Remove it.",
    ),
)
"""Statements that PowerShell cannot read or run; in the code without strings and comments."""

_SET_OF_CMD = re.compile(r"^[ \t]*(?P<at>set[ \t]+[A-Za-z_]\w*=[^\n]*)", re.MULTILINE | re.IGNORECASE)
_CMD_VARIABLE = re.compile(r"%(?P<name>[A-Za-z_][A-Za-z0-9_]*)%")
_BASH_VARIABLE = re.compile(r"(?<![\w`$])\$(?P<brace>\{)?(?P<name>[A-Za-z_]\w*)(?(brace)\})(?![\w:(])")
_OTHER_PROGRAM = re.compile(
    r"\b(?:cmd|bash|sh|wsl|docker|ssh|perl|node|kubectl|ForEach(?:-Object)?|ssh)\b", re.IGNORECASE
)


class _Problem(NamedTuple):
    start: int
    end: int
    message: str
    hint: str
    level: Severity | None = None


def check(file: LintedFile) -> Findings:
    """What only bash or cmd understands, in scripts that PowerShell runs."""
    for script in file.scripts:
        if script.language != "powershell":
            continue
        level = Severity.WARNING if _goes_on(script) else None
        for problem in (*_statements(script.text), *_variables(script, file)):
            where = (script, problem.start, problem.end)
            yield file.in_script(RULE.code, problem.message, where, problem.hint, problem.level or level)


def _goes_on(script: Script) -> bool:
    """Whether the step may succeed all the same: it is one of several branches, or ignores errors."""
    preference = (script.step.input("errorActionPreference") or "stop").casefold()
    return bool(script.step.guards) or preference != "stop" or "$ErrorActionPreference" in script.text


def _statements(text: str) -> Iterator[_Problem]:
    code = powershell_code(text)
    for pattern, message, hint in _STATEMENTS:
        match = next((found for found in pattern.finditer(code) if not _is_in_brackets(code, found.start("at"))), None)
        if match is not None:
            start, end = match.start("at"), match.end("at")
            yield _Problem(start, end, message.format(text[start:end].strip()), hint)


def _is_in_brackets(code: str, position: int) -> bool:
    """Whether a position is in brackets, such as those of a hash table, whose entries look like assignments."""
    if code.startswith(("=", "!="), position):
        return False
    before = code[:position]
    return any(before.count(opener) > before.count(closer) for opener, closer in ("{}", "()"))


def _variables(script: Script, file: LintedFile) -> Iterator[_Problem]:
    """`%NAME%`, `set NAME=value`, and `$NAME` where only an entry of `env` has that name."""
    assigned = _SET_OF_CMD.search(powershell_code(script.text))
    if assigned is not None:
        message = "`set NAME=value` is of cmd; PowerShell makes a variable with that whole name"
        yield _Problem(
            assigned.start("at"), assigned.end("at"), message, "Write `$env:NAME = 'value'`.", Severity.WARNING
        )
    if "%" in script.text:
        known = environment_names(script, file)
        for match in _CMD_VARIABLE.finditer(without_comments(script.text)):
            name = match["name"].upper()
            if (name in known or is_predefined(name)) and not _is_for_another(script.text, match.start()):
                message = f"PowerShell does not replace `{match[0]}`: the text stays as it is"
                yield _Problem(match.start(), match.end(), message, f"Write `$env:{match['name']}`.", Severity.WARNING)
    names = {name.casefold(): name for name in env_names(script.step)}
    if names:
        yield from _of_env(without_comments(script.text), names)


def _of_env(text: str, names: dict[str, str]) -> Iterator[_Problem]:
    folded = text.casefold()
    for match in _BASH_VARIABLE.finditer(text):
        name = match["name"].casefold()
        is_set = re.search(
            rf"\$(?:\w+:)?{name}\b\s*(?:[-+*/.]?=|,|\)|\bin\b)|-(?:variable|name)\s+['\"]?{name}\b", folded
        )
        if name in names and not is_set and not _is_literal(text, match.start()):
            message = f"`{match[0]}` is empty: `env` sets an environment variable, which PowerShell reads as `$env:{names[name]}`"
            yield _Problem(match.start(), match.end(), message, f"Write `$env:{names[name]}`.", Severity.WARNING)


def _is_literal(text: str, position: int) -> bool:
    """Whether a position is in single quotes."""
    code = powershell_code(text)
    line = text.rfind("\n", 0, position) + 1
    return code[position] == " " and code[line:position].count("'") % 2 == 1


def _is_for_another(text: str, position: int) -> bool:
    """Whether the line of a position calls another interpreter, which may replace the variable."""
    end = text.find("\n", position)
    return _OTHER_PROGRAM.search(text[text.rfind("\n", 0, position) + 1 : end if end >= 0 else len(text)]) is not None


_STEP = "steps:\n- {}: |\n    set -e\n    export CI=1\n"

RULE = Rule(
    code=Code("AZR807", "other-language-in-powershell", Severity.ERROR),
    summary="the language of bash or cmd in a script for PowerShell",
    why=(
        "PowerShell continues lines with a backtick (about_Special_Characters), reads environment variables as `$env:NAME` (about_Environment_Variables), and knows no `export`, "
        "`set -e`, `fi` or here-documents. The script cannot be parsed, or stops at a command that does not exist, since the task sets `$ErrorActionPreference` to `Stop` "
        "(PowerShellV2/powershell.ts in microsoft/azure-pipelines-tasks). A warning where the text only stays as it is, and where the script goes on after errors. Strings and "
        "comments are left out. `$NAME` is reported for entries of the step's `env` that the script does not set."
    ),
    wrong=_STEP.format("pwsh"),
    right=_STEP.format("bash"),
    check=check,
)
