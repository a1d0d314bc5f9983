"""AZR823: blanks that bash needs, or does not take."""

import re

from azrelease.lint.facts.open_quotes import open_quote
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_TEST = re.compile(
    r"(?:^|[;&|][ \t]*|\b(?:if|while|until|elif|!)[ \t]+)(?P<at>\[[\"$'A-Za-z0-9-][^\]\n]*\])[ \t]*(?:;|&&|\|\||\r?$)",
    re.MULTILINE,
)
_SPACED = re.compile(r"^[ \t]*(?P<at>[A-Za-z_]\w*[ \t]+=[ \t]*(?:[\"'$\w/.][^\n=]*)?)\r?$", re.MULTILINE)
_BEHIND = re.compile(r"^[ \t]*(?P<at>[A-Za-z_]\w*=[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\d+))[ \t]*\r?$", re.MULTILINE)

_MISTAKES = (
    (_TEST, "bash takes `[` without a blank behind it for a part of the command's name", "Write `[ … ]`, with blanks."),
    (_SPACED, "bash takes the name before ` =` for a command", "Write `NAME=value`, without blanks."),
    (
        _BEHIND,
        "bash sets the variable to nothing, and takes what follows for a command",
        "Write `NAME=value`, without blanks.",
    ),
)


def check(file: LintedFile) -> Findings:
    """Tests and assignments in bash scripts, outside of quotes and here-documents."""
    for script, shell in file.script_shells:
        if shell.language != "bash" or not shell.is_certain:
            continue
        for pattern, message, hint in _MISTAKES:
            for match in pattern.finditer(script.text):
                if open_quote(script.text, match.start("at"), "bash") == "" and not _goes_on(
                    script.text, match.start()
                ):
                    where = (script, match.start("at"), match.end("at"))
                    yield file.in_script(RULE.code, message, where, hint)
                    break


def _goes_on(text: str, position: int) -> bool:
    """Whether the line of a position continues the one before, or is in the brackets of an array or of awk."""
    before = text[:position].rstrip(" \t\r")
    return before.removesuffix("\n").endswith(("\\", "(", "{")) or before.count("(") > before.count(")")


_STEP = 'steps:\n- bash: |\n    {}\n    echo "$VERSION"\n'

RULE = Rule(
    code=Code("AZR823", "bash-blanks", Severity.WARNING),
    summary="a test or an assignment of bash with a blank too few or too many",
    why=(
        "`[` is a command, so a blank has to follow it; an assignment has no blanks around `=` (Bash Reference Manual, *Bash Conditional Expressions*, *Shell Parameters*). bash answers *command not "
        "found*, and goes on. Silent in quotes, here-documents and arrays."
    ),
    wrong=_STEP.format("VERSION = 1.2"),
    right=_STEP.format("VERSION=1.2"),
    check=check,
)
