"""AZR802: findings of shellcheck."""

from azrelease.lint.facts.bash_programs import shellcheck_problems
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_LEVELS = {"error": Severity.WARNING, "warning": Severity.WARNING, "info": Severity.INFO, "style": Severity.INFO}


def check(file: LintedFile) -> Findings:
    """The bash scripts of a file, with `--shellcheck`. Scripts that do not parse are AZR801."""
    program = file.context.shellcheck
    scripts = [script for script in file.scripts if script.language == "bash"]
    if program is None or not scripts:
        return
    results = shellcheck_problems(program, [script.text for script in scripts])
    for script, problems in zip(scripts, results, strict=True):
        for problem in problems:
            start = script.offset(problem.line, problem.column)
            end = script.offset(problem.end_line, problem.end_column)
            message = f"{problem.message} (SC{problem.code})"
            where = (script, start, max(end, start + 1))
            hint = f"See shellcheck.net/wiki/SC{problem.code}."
            yield file.in_script(RULE.code, message, where, hint, _LEVELS.get(problem.level))


RULE = Rule(
    code=Code("AZR802", "shellcheck", Severity.WARNING),
    summary="a finding of shellcheck in a script",
    why=(
        "Runs with `--shellcheck`, or `shellcheck = true` in the settings; the extra `azrelease[shell]` installs the program. "
        "azrelease replaces macros by words before it calls shellcheck."
    ),
    wrong="steps:\n- bash: cp $SOURCE target\n",
    right='steps:\n- bash: cp "$SOURCE" target\n',
    check=check,
)
