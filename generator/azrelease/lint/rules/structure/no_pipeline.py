"""AZR112: files that are not pipelines."""

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_CONTENT = frozenset(
    ("stages", "jobs", "phases", "steps", "extends", "variables", "parameters", "resources", "trigger")
)


def check(file: LintedFile) -> Findings:
    """Named files without any key of a pipeline or a template."""
    root = file.root
    if not root.open and root.entries and not any(entry.name in _CONTENT for entry in root.entries):
        message = "this is neither a pipeline nor a template"
        hint = "A pipeline has `stages`, `jobs`, `steps` or `extends`."
        yield file.finding(RULE.code, message, root.entries[0], hint)


RULE = Rule(
    code=Code("AZR112", "no-pipeline", Severity.WARNING),
    summary="the file is neither a pipeline nor a template",
    why="It has none of the keys of a pipeline or a template.",
    wrong="name: build\n",
    right="name: build\nsteps:\n- script: echo one\n",
    check=check,
    of_text=True,
)
