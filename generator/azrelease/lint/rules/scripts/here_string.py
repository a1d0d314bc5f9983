"""AZR822: here-strings and here-documents that do not end."""

import re

from azrelease.lint.facts.powershell_text import without_comments
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_HERE_STRING = re.compile(r"(?:^|(?<=[\s=(,]))@(?P<quote>[\"'])(?P<rest>[^\n]*)", re.MULTILINE)
_HERE_DOCUMENT = re.compile(
    r"(?<![<\w$(])(?P<at><<(?P<dash>-?)[ \t]*(?P<quote>['\"]?)(?P<word>[A-Za-z_]\w*)(?P=quote))(?![\w<])"
)


def check(file: LintedFile) -> Findings:
    """Here-strings of PowerShell, and here-documents of bash, whose end is indented or missing."""
    for script in file.scripts:
        if script.language == "powershell" and "@" in script.text:
            yield from _of_powershell(file, script)
        elif script.language == "bash" and "<<" in script.text and "((" not in script.text:
            yield from _of_bash(file, script)


def _of_powershell(file: LintedFile, script: Script) -> Findings:
    text = without_comments(script.text)
    match = _HERE_STRING.search(text)
    while match is not None:
        quote = match["quote"]
        level = Severity.WARNING if script.step.guards else None
        if match["rest"].strip():
            message = f"a here-string begins on the line after `@{quote}`"
            if match["rest"].count(quote):
                return  # a splat, or text in another string
            yield file.in_script(
                RULE.code, message, (script, match.start(), match.end()), "Begin a new line there.", level
            )
            return
        end = re.compile(rf"^{quote}@", re.MULTILINE).search(text, match.end())
        if end is None:
            message = f"this here-string does not end: `{quote}@` has to be at the beginning of a line"
            yield file.in_script(RULE.code, message, (script, match.start(), match.start() + 2), _HINT, level)
            return
        match = _HERE_STRING.search(text, end.end())


_HINT = "Indent the end as far as the first line of the script."


def _of_bash(file: LintedFile, script: Script) -> Findings:
    for match in _HERE_DOCUMENT.finditer(script.text):
        line = script.text[script.text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if "#" in line or line.count('"') % 2 or line.count("'") % 2:
            continue
        tabs = "\t*" if match["dash"] else ""
        if re.compile(rf"^{tabs}{match['word']}\r?$", re.MULTILINE).search(script.text, match.end()) is None:
            message = (
                f"this here-document does not end: all that follows belongs to it, as no line is only `{match['word']}`"
            )
            hint = "Indent the end as far as the first line of the script, without blanks behind it."
            where = (script, match.start("at"), match.end("at"))
            yield file.in_script(RULE.code, message, where, hint, Severity.WARNING)
            return


_STEP = "steps:\n- pwsh: |\n    $text = @'\n      one\n    {}'@\n    Set-Content notes.txt $text\n"

RULE = Rule(
    code=Code("AZR822", "unfinished-here-string", Severity.ERROR),
    summary="a here-string or here-document that does not end",
    why=(
        "The end of a here-string, and of a here-document without `-`, has to be at the beginning of a line (about_Quoting_Rules; Bash Reference Manual, *Here Documents*). YAML takes only the "
        "indentation of the first line away. PowerShell cannot parse such a script; bash takes the rest of the script for the text, with a warning. Silent behind quotes and comments."
    ),
    wrong=_STEP.format("  "),
    right=_STEP.format(""),
    check=check,
)
