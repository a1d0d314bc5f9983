"""AZR811: JSON that is pasted between double quotes."""

import re
from collections.abc import Iterator

from azrelease.lint.facts.open_quotes import open_quote
from azrelease.lint.facts.powershell_text import without_comments
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_PASTE = re.compile(r"\$\{\{-?\s*converttojson\s*\((?:(?!\}\}).)*\}\}", re.IGNORECASE | re.DOTALL)


def check(file: LintedFile) -> Findings:
    """`${{ convertToJson(…) }}` in a script between double quotes that open before it."""
    if file.is_expanded or "convertToJson(" not in file.document.text:
        return
    for script in file.scripts:
        language = script.language or ("bash" if script.step.action == "script" else "")
        for match in _pasted(script.text, language):
            yield file.in_script(RULE.code, _MESSAGE, (script, match.start(), match.end()), _HINT)
    for step in file.outline.steps:
        for name in _ARGUMENTS if step.task_name in _RUN_SCRIPTS else ():
            node = step.inputs.get(name)
            if node is not None and any(_pasted(node.value, "powershell")):
                yield file.finding(RULE.code, _MESSAGE, node, _HINT)


_MESSAGE = "the quotes of the JSON end the text around it, and the JSON loses them"
_HINT = "Pass it in `env`, and read the variable in double quotes."
_ARGUMENTS = ("arguments", "scriptarguments")
_RUN_SCRIPTS = frozenset(("azurecli", "azurepowershell", "bash", "powershell", "pythonscript"))


def _pasted(text: str, language: str) -> Iterator[re.Match[str]]:
    """The JSON in a text that is between double quotes."""
    if language not in ("bash", "powershell", "cmd", "python"):
        return
    code = without_comments(text) if language == "powershell" else text
    for match in _PASTE.finditer(code):
        is_triple = language == "python" and code[: match.start()].endswith(('"""', "'''"))
        if open_quote(code, match.start(), "cmd" if language == "python" else language) == '"' and not is_triple:
            yield match


_STEP = "parameters:\n- name: shards\n  type: object\n  default: [a, b]\nsteps:\n- bash: {}\n"

RULE = Rule(
    code=Code("AZR811", "json-in-double-quotes", Severity.WARNING),
    summary="JSON that is pasted between double quotes",
    why=(
        "The service puts the JSON into the text of the script before a shell reads it (learn.microsoft.com/azure/devops/pipelines/process/expressions, *convertToJson*): "
        "its first double quote ends the text, and bash, PowerShell and cmd lose the others. Asks for the language of the script and its quotes; the arguments of script files count as well. Silent in single quotes, "
        "which hold JSON without apostrophes, in here-documents and here-strings, and in the expansion, where the values are already pasted."
    ),
    wrong=_STEP.format("'echo \"${{ convertToJson(parameters.shards) }}\" | jq length'"),
    right=_STEP.format('echo "$SHARDS" | jq length') + "  env:\n    SHARDS: ${{ convertToJson(parameters.shards) }}\n",
    check=check,
    of_text=True,
)
