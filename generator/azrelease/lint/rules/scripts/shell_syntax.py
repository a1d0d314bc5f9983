"""AZR801: scripts that bash cannot parse."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.bash_programs import bash_problem
from azrelease.lint.facts.script_positions import line_place
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Bash scripts whose quotes, brackets or keywords do not match, in the words of the machine's own bash.

    Macros and template expressions stand as plain words. A script that a template expression completes is not judged.
    """
    for script in file.scripts:
        if script.language != "bash" or "${{ if" in script.text:
            continue
        problem = bash_problem(script.text)
        if problem is not None:
            start, end = line_place(script.text, problem.line)
            message = f"bash cannot parse this script: {problem.message}"
            yield file.in_script(RULE.code, message, (script, start, end))


RULE = Rule(
    code=Code("AZR801", "shell-syntax", Severity.ERROR),
    summary="a script that bash cannot parse",
    why="The step fails, with whatever stood before the mistake already done. Found where bash is installed.",
    wrong="steps:\n- bash: |\n    if [ -f requirements.txt ]; then\n      pip install -r requirements.txt\n",
    right="steps:\n- bash: |\n    if [ -f requirements.txt ]; then\n      pip install -r requirements.txt\n    fi\n",
    check=check,
)
