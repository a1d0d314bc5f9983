"""AZR815: inline Python that no version can parse."""

import ast
import re
import warnings

from azrelease.lint.facts.bash_programs import without_macros
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_IN_EVERY_VERSION = re.compile(
    r"was never closed|unterminated (?:triple-quoted )?string literal|unmatched|expected ':'|Missing parentheses in call to 'print'"
    r"|expected an indented block|unindent does not match|unexpected indent|does not match opening|cannot assign to"
    r"|inconsistent use of tabs|invalid syntax"
)
_NEWER = re.compile(r"\b[tT][fFrR]?[\"']|^\s*type\s+\w+|\b(?:def|class)\s+\w+\[|\bmatch\s", re.MULTILINE)


def check(file: LintedFile) -> Findings:
    """Inline scripts of PythonScript, with words in place of macros and template expressions."""
    for script in file.scripts:
        if script.language != "python" or re.search(r"\$\{\{-?\s*(?:if|each|else|insert)\b", script.text):
            continue
        error = _error(without_macros(script.text))
        if error is None or not _IN_EVERY_VERSION.search(error.msg) or "f-string" in error.msg:
            continue
        if _NEWER.search(script.text) or (_is_of_python_2(error.msg) and "2." in _versions(file)):
            continue
        start, end = script.line(error.lineno or 1)
        level = Severity.WARNING if script.step.guards else None
        yield file.in_script(
            RULE.code, f"Python cannot parse this script: {error.msg}", (script, start, end), level=level
        )


def _error(text: str) -> SyntaxError | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError as error:
            return error
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _is_of_python_2(message: str) -> bool:
    return "print" in message or "invalid syntax" in message


def _versions(file: LintedFile) -> str:
    """The versions of Python that steps select, `2.` when one cannot be seen."""
    texts = [step.input("versionSpec") or "" for step in file.outline.steps if step.task_name == "usepythonversion"]
    return " ".join(text if "$" not in text else "2." for text in texts)


_STEP = 'steps:\n- task: PythonScript@0\n  inputs:\n    scriptSource: inline\n    script: |\n      import json\n      print(json.dumps({{"ready": True}}){}\n'

RULE = Rule(
    code=Code("AZR815", "python-syntax", Severity.ERROR),
    summary="an inline Python script that no Python can parse",
    why=(
        "PythonScript@0 writes the script to a file and runs it: Python parses it first, and fails. Parsed with the Python that runs azrelease; only for mistakes that are ones in every version, "
        "such as a bracket that is never closed. Macros and template expressions are replaced by words. Silent with `${{ if`, for what may be newer syntax, and for Python 2 where a step selects it."
    ),
    wrong=_STEP.format(""),
    right=_STEP.format(")"),
    check=check,
)
