"""AZR811: JSON that is pasted between double quotes."""

import re

from azrelease.lint.facts.open_quotes import open_quote
from azrelease.lint.facts.powershell_text import without_comments
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

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
            if open_quote(text, match.start(), script.language) == '"':
                message = "the quotes of the JSON end the text around it, and the JSON loses them"
                hint = "Pass it in `env`, and read the variable in double quotes."
                yield file.in_script(RULE.code, message, (script, match.start(), match.end()), hint)


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
