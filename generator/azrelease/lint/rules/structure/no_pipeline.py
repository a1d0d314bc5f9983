"""AZR112: files that are no pipeline."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule

_CONTENT = frozenset(
    ("stages", "jobs", "phases", "steps", "extends", "variables", "parameters", "resources", "trigger")
)


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Files that were named, and hold nothing of a pipeline or a template."""
    root = file.root
    if not root.open and root.entries and not any(entry.name in _CONTENT for entry in root.entries):
        message = "this is neither a pipeline nor a template"
        hint = "A pipeline has `stages`, `jobs`, `steps` or `extends`."
        yield file.finding(RULE.code, message, root.entries[0], hint)


RULE = Rule(
    code=Code("AZR112", "no-pipeline", Severity.WARNING),
    summary="the file is neither a pipeline nor a template",
    why="It has none of the keys that a pipeline or a template consists of.",
    wrong="name: build\n",
    right="name: build\nsteps:\n- script: echo one\n",
    check=check,
)
