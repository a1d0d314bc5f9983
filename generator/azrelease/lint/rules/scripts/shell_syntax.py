"""AZR801: scripts that bash cannot parse."""

from azrelease.lint.facts.bash_programs import bash_problem
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity


def check(file: LintedFile) -> Findings:
    """Bash scripts whose quotes, brackets or keywords do not match, with the message of the installed bash.

    Macros and template expressions are replaced by words. A script with `${{ if` is not checked.
    """
    for script in file.scripts:
        if script.language != "bash" or "${{ if" in script.text:
            continue
        problem = bash_problem(script.text)
        if problem is not None:
            start, end = script.line(problem.line)
            message = f"bash cannot parse this script: {problem.message}"
            yield file.in_script(RULE.code, message, (script, start, end))


RULE = Rule(
    code=Code("AZR801", "shell-syntax", Severity.ERROR),
    summary="a script that bash cannot parse",
    why="The step fails after running everything before the mistake. This rule needs bash on the machine that runs azrelease.",
    wrong="steps:\n- bash: |\n    if [ -f requirements.txt ]; then\n      pip install -r requirements.txt\n",
    right="steps:\n- bash: |\n    if [ -f requirements.txt ]; then\n      pip install -r requirements.txt\n    fi\n",
    check=check,
)
