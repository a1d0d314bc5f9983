"""AZR112: files that are no pipeline."""

from collections.abc import Iterator

from azrelease.diagnostics import NO_PIPELINE, Diagnostic
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule

_CONTENT = frozenset(
    ("stages", "jobs", "phases", "steps", "extends", "variables", "parameters", "resources", "trigger")
)


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Files that were named, and hold nothing of a pipeline or a template."""
    root = subject.file.root
    if not root.open and root.entries and not any(entry.name in _CONTENT for entry in root.entries):
        message = "this is neither a pipeline nor a template"
        hint = "A pipeline has `stages`, `jobs`, `steps` or `extends`."
        yield subject.file.finding(NO_PIPELINE, message, root.entries[0], hint)


RULE = Rule(
    NO_PIPELINE,
    "the file is neither a pipeline nor a template",
    "It has none of the keys that a pipeline or a template consists of.",
    "name: build\n",
    "name: build\nsteps:\n- script: echo one\n",
    check,
)
