"""AZR802: what shellcheck says."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.bash_programs import shellcheck_problems
from azrelease.lint.facts.script_positions import offset
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule

_LEVELS = {"error": Severity.WARNING, "warning": Severity.WARNING, "info": Severity.INFO, "style": Severity.INFO}


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """The bash scripts of a file, when shellcheck is asked for. What does not parse is AZR801."""
    program = file.context.shellcheck
    scripts = [script for script in file.scripts if script.language == "bash"]
    if program is None or not scripts:
        return
    results = shellcheck_problems(program, [script.text for script in scripts])
    for script, problems in zip(scripts, results, strict=True):
        for problem in problems:
            start = offset(script.text, problem.line, problem.column)
            end = offset(script.text, problem.end_line, problem.end_column)
            message = f"{problem.message} (SC{problem.code})"
            where = (script, start, max(end, start + 1))
            hint = f"See shellcheck.net/wiki/SC{problem.code}."
            yield file.in_script(RULE.code, message, where, hint, _LEVELS.get(problem.level))


RULE = Rule(
    code=Code("AZR802", "shellcheck", Severity.WARNING),
    summary="shellcheck has something to say about a script",
    why=(
        "Asked for with `--shellcheck`, or `shellcheck = true` in the settings; the extra `azrelease[shell]` installs the program. "
        "Macros stand as plain words in what it sees."
    ),
    wrong="steps:\n- bash: cp $SOURCE target\n",
    right='steps:\n- bash: cp "$SOURCE" target\n',
    check=check,
)
