"""AZR812: values that the agent pastes into a script without the quotes that they need."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from azrelease.lint.facts.bash_programs import is_refused
from azrelease.lint.facts.open_quotes import open_quote
from azrelease.lint.facts.pasted_values import MACRO_NAME, PastedMacro, pasted_macros
from azrelease.lint.facts.powershell_text import powershell_code, without_comments
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shells import Shell
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_ASSIGNED = re.compile(r"(?:^|(?<=[;{\n]))[ \t]*\$[\w:]+[ \t]*\+?=[ \t]*$")
_COMPARED = re.compile(r"(?:\(|-(?:and|or|not)[ \t]+|![ \t]*)[ \t]*$", re.IGNORECASE)
_OPERATOR = re.compile(
    r"[ \t]+-(?:i|c)?(?:eq|ne|like|notlike|match|notmatch|contains|in|notin|replace|split)\b", re.IGNORECASE
)
_EXPRESSION_END = re.compile(r"(?P<tail>[\\/][\w.\\/\-]*)?[ \t]*(?=$|[\r\n;+}#|])")
_PROGRAM_END = re.compile(r"\.(?:ps1|exe|cmd|bat|sh|py)$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][\w.\-]*")
_SPECIAL = frozenset("()<>|;&'\"`")


class _Problem(NamedTuple):
    macro: PastedMacro
    message: str
    hint: str
    fails: bool


def check(file: LintedFile) -> Findings:
    """Macros whose value is known as far as it matters: a folder of the agent, a word, or a variable of the file."""
    for script, shell in file.script_shells:
        if "$(" not in script.text or shell.language not in _FIND:
            continue
        for problem in _FIND[shell.language](script, shell, pasted_macros(script, file)):
            is_sure = problem.fails and shell.is_certain and not script.step.guards
            level = None if is_sure else Severity.WARNING
            where = (script, problem.macro.start, problem.macro.end)
            yield file.in_script(RULE.code, problem.message, where, problem.hint, level)


def _in_powershell(script: Script, shell: Shell, macros: tuple[PastedMacro, ...]) -> Iterator[_Problem]:
    code = powershell_code(script.text)
    for macro in macros:
        written = script.text[macro.start : macro.end]
        if code[macro.start : macro.end] == written:
            if _is_command(macro, code, shell):
                message = f"the value of `{written}` is pasted without quotes: PowerShell takes it for a command"
                yield _Problem(macro, message, f"Write `'{written}'`.", fails=True)
        elif (
            macro.value
            and '"' in macro.value
            and open_quote(without_comments(script.text), macro.start, "powershell") == '"'
        ):
            message = f"the quotes in the value of `{written}` end the text around it"
            yield _Problem(macro, message, "Pass it in `env`, and read `$env:NAME`.", fails=False)


def _is_command(macro: PastedMacro, code: str, shell: Shell) -> bool:
    """Whether PowerShell reads a pasted value as the name of a command that does not exist."""
    word = macro.value if macro.value and _WORD.fullmatch(macro.value) else None
    if word is not None and word.casefold() in ("true", "false") and shell.on != "windows":
        word = None
    if not (macro.is_folder or macro.is_text or (word is not None and not _is_program(word))):
        return False
    before, behind = code[: macro.start], code[macro.end :]
    line = before[before.rfind("\n") + 1 :]
    if _ASSIGNED.search(line):
        end = _EXPRESSION_END.match(behind)
        return end is not None and not _PROGRAM_END.search(end["tail"] or "")
    return _COMPARED.search(line) is not None and _OPERATOR.match(behind) is not None


def _is_program(word: str) -> bool:
    return word.casefold() in (
        "dotnet",
        "git",
        "npm",
        "node",
        "python",
        "docker",
        "az",
        "date",
        "pwd",
        "ls",
        "dir",
        "hostname",
        "whoami",
    )


def _in_bash(script: Script, shell: Shell, macros: tuple[PastedMacro, ...]) -> Iterator[_Problem]:
    values = {macro.name.casefold(): macro.value for macro in macros if macro.value and set(macro.value) & _SPECIAL}
    if not values and shell.on != "windows":
        return
    breaks = bool(values) and _cannot_be_read(script.text, values)
    for macro in macros:
        is_folder = shell.on == "windows" and macro.is_folder
        value = values.get(macro.name.casefold(), "")
        if not is_folder and not value:
            continue
        quote = open_quote(script.text, macro.start, "bash")
        written = script.text[macro.start : macro.end]
        if is_folder and quote == "":
            message = f"on Windows `{written}` has backslashes, which bash drops outside of quotes"
            yield _Problem(macro, message, f'Write `"{written}"`.', fails=False)
        elif value and quote == "" and (breaks or set(value) & set(";&|<>")):
            message = f"the value of `{written}` is pasted without quotes: bash reads its special characters"
            yield _Problem(macro, message, f'Write `"{written}"`.' if '"' not in (value or "") else _BY_ENV, breaks)
        elif value and quote == '"' and '"' in value:
            message = f"the quotes in the value of `{written}` end the text around it"
            yield _Problem(macro, message, _BY_ENV, fails=False)


_BY_ENV = "Pass it in `env`, and read the variable in double quotes."


def _cannot_be_read(text: str, values: Mapping[str, str | None]) -> bool:
    """Whether bash cannot parse a script with the values in place, and can without them."""
    pasted = MACRO_NAME.sub(lambda match: values.get(match["name"].casefold()) or match[0], text)
    return "${{" not in text and is_refused(pasted) and not is_refused(text)


_FIND = {"powershell": _in_powershell, "bash": _in_bash}

_STEP = "steps:\n- pwsh: |\n    $source = {0}$(Build.SourcesDirectory){0} + '/src'\n    Get-ChildItem $source\n"

RULE = Rule(
    code=Code("AZR812", "unquoted-paste", Severity.ERROR),
    summary="a value that is pasted into a script without the quotes that it needs",
    why=(
        "The agent puts the value of a macro into the text of the script before a shell reads it (learn.microsoft.com/azure/devops/pipelines/process/variables, *macro syntax*). In an "
        "expression, PowerShell takes a word without quotes for a command (about_Parsing), and stops; bash cannot parse parentheses, and drops the backslashes of Windows paths "
        "(a warning). Asks for the values of variables in the file, which predefined variables are folders or words, the shell, and its quotes; bash decides what it can parse, where it "
        "is installed. Silent for variables whose values are not in the file, or are set in more than one place, and for paths to scripts that PowerShell shall run."
    ),
    wrong=_STEP.format(""),
    right=_STEP.format("'"),
    check=check,
)
