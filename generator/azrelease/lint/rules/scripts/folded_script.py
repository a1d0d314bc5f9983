"""AZR813: scripts whose lines a folded scalar joins."""

import re
from itertools import pairwise

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_PASTED = re.compile(r"\$\{\{|\$\(")
_UNFINISHED = re.compile(r"(?:[|&;,({+=`\\]|\b(?:do|then|else|in))$")
_POWERSHELL = re.compile(r"\$[\w:]+[ \t]*=[^=]|[A-Z][a-z]+-[A-Z]\w+\b|(?:if|foreach)[ \t]*\(|#")
_BASH = re.compile(r"(?:echo|cd|export|source|mkdir)[ \t]|set[ \t]+[-+]|[A-Za-z_]\w*=\S+$|(?:if|for|while)[ \t]|#")
_CMD = re.compile(r"(?:echo|cd|call|mkdir|copy|del)[ \t]|set[ \t]+\w+=|rem[ \t]", re.IGNORECASE)
_PYTHON = re.compile(r"(?:import|from|def|with|for|if|print\(|#)|\w+[ \t]*=[^=]")
_STATEMENTS = {"powershell": _POWERSHELL, "bash": _BASH, "cmd": _CMD, "python": _PYTHON}
_VALUE = re.compile(r"""\$[\w:]+[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|\d+|\$\w+)""")
_TAKES_COMMANDS = re.compile(
    r"\b(?:docker|ssh|xargs|sudo|env|time|timeout|nohup|wsl|vagrant|kubectl|-c|-Command)\b", re.IGNORECASE
)


def check(file: LintedFile) -> Findings:
    """Folded scripts in which a line begins a statement of its own."""
    for script in file.scripts:
        begins = _STATEMENTS.get(script.language or "")
        if script.node.style != ">" or file.is_expanded or begins is None:
            continue
        raw = file.document.text[script.node.start_mark.index : script.node.end_mark.index]
        for before, line in _joined(raw):
            if not begins.match(line) or _UNFINISHED.search(before) or _TAKES_COMMANDS.search(_up_to(raw, line)):
                continue
            position = script.text.find(line)
            if position < 0:
                continue
            fails = script.language == "python" or (script.language == "powershell" and _VALUE.fullmatch(before))
            level = None if fails and not line.startswith("#") and not script.step.guards else Severity.WARNING
            message = "`>` joins this line to the one before, so it is not a statement of its own"
            yield file.in_script(RULE.code, message, (script, position, position + len(line)), _HINT, level)
            break


_HINT = "Write `|` instead of `>`."


def _up_to(raw: str, line: str) -> str:
    """The text before a line, back to the last empty one."""
    before = raw[: raw.find(line)]
    return re.split(r"\n[ \t]*\n", before)[-1]


def _joined(text: str) -> list[tuple[str, str]]:
    """The pairs of lines that a folded scalar joins: not empty, and not indented more than the first."""
    lines = text.splitlines()[1:]
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    least = min(indents, default=0)
    plain = [line.strip() if line.strip() and len(line) - len(line.lstrip()) == least else "" for line in lines]
    return [(one, other) for one, other in pairwise(plain) if one and other]


_STEP = "steps:\n- pwsh: {}\n    $first = 'shop'\n    $second = 'site'\n    Write-Host \"$first $second\"\n"

RULE = Rule(
    code=Code("AZR813", "folded-script", Severity.ERROR),
    summary="a script whose lines a folded scalar joins",
    why=(
        "`>` replaces line breaks by blanks (YAML 1.2, *8.1.3 Folded Style*), so all lines are one command. An error where the shell cannot parse that, such as two assignments of PowerShell; "
        "otherwise a warning. Asks whether a line begins a statement: an assignment, a cmdlet, `echo`, `cd`, `export`, a comment. Silent for lines that go on with arguments, after an "
        "operator, and behind programs that take a command, such as `docker run`."
    ),
    wrong=_STEP.format(">"),
    right=_STEP.format("|"),
    check=check,
    of_text=True,
)
