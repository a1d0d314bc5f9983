"""AZR811: JSON that is pasted between double quotes."""

import re

from azrelease.lint.facts.powershell_text import without_comments
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_HERE_DOCUMENT = re.compile(r"(?<!<)<<(?!<)")
_PASTE = re.compile(r"\$\{\{-?\s*converttojson\s*\((?:(?!\}\}).)*\}\}", re.IGNORECASE | re.DOTALL)


def check(file: LintedFile) -> Findings:
    """`${{ convertToJson(…) }}` in a script between double quotes that open before it."""
    if file.is_expanded or "convertToJson(" not in file.document.text:
        return
    for script in file.scripts:
        if script.language not in ("bash", "powershell", "cmd"):
            continue
        text = without_comments(script.text) if script.language == "powershell" else script.text
        for match in _PASTE.finditer(text):
            quote = _open_quote(text, match.start(), script.language)
            if quote == '"':
                message = "the quotes of the JSON end the text around it, and the JSON loses them"
                hint = "Pass it in `env`, and read the variable in double quotes."
                yield file.in_script(RULE.code, message, (script, match.start(), match.end()), hint)


def _open_quote(text: str, position: int, language: str) -> str:
    """The quote that is open at a position of a line; empty for none. Here-documents of several lines are not one."""
    start = text.rfind("\n", 0, position) + 1
    before = text[:position] if language == "bash" else text[start:position]
    if _HERE_DOCUMENT.search(before) or '@"' in before or "@'" in before:
        return ""
    quote, index = "", 0
    while index < len(before):
        character = before[index]
        if character == ("`" if language == "powershell" else "\\") and quote != "'" and language != "cmd":
            index += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character == '"' or (character == "'" and language != "cmd"):
            quote = character
        elif character == "#" and language == "bash" and (index == 0 or before[index - 1] in " \t\n;"):
            end = before.find("\n", index)
            index = len(before) if end < 0 else end
        index += 1
    return quote


_STEP = "parameters:\n- name: shards\n  type: object\n  default: [a, b]\nsteps:\n- bash: {}\n"

RULE = Rule(
    code=Code("AZR811", "json-in-double-quotes", Severity.WARNING),
    summary="JSON that is pasted between double quotes",
    why=(
        "The service puts the JSON into the text of the script before a shell reads it (learn.microsoft.com/azure/devops/pipelines/process/expressions, *convertToJson*): "
        "its first double quote ends the text, and bash, PowerShell and cmd lose the others. Asks for the language of the script and its quotes. Silent in single quotes, "
        "which hold JSON without apostrophes, in here-documents and here-strings, and in the expansion, where the values are already pasted."
    ),
    wrong=_STEP.format("'echo \"${{ convertToJson(parameters.shards) }}\" | jq length'"),
    right=_STEP.format('echo "$SHARDS" | jq length') + "  env:\n    SHARDS: ${{ convertToJson(parameters.shards) }}\n",
    check=check,
    of_text=True,
)
