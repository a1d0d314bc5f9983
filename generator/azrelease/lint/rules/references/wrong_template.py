"""AZR214: templates in places where they do not fit."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.templates import Reach, weight
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule

_CONTENT = ("stages", "jobs", "steps", "variables")


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Templates of the same repository that hold something else than their place takes."""
    for reference, reach, path in file.template_uses:
        template = file.context.templates.read(path) if reach is Reach.FOUND and path else None
        if template is None or template.root.open or reference.place == "extends":
            continue
        names = {entry.name for entry in template.root.entries}
        holds = [name for name in _CONTENT if name in names or (name == "jobs" and "phases" in names)]
        if holds and reference.place not in holds:
            message = f"`{reference.path}` holds {' and '.join(holds)}, but here stand {reference.place}"
            hint = f"Use it below `{holds[0]}:`."
            level = weight(reference.block.presence)
            yield file.finding(RULE.code, message, reference.node, hint, level=level)


RULE = Rule(
    code=Code("AZR214", "wrong-template", Severity.ERROR),
    summary="a template stands where it does not fit",
    why="The service refuses the pipeline: a template of jobs cannot stand among steps, nor one of steps among jobs.",
    wrong="jobs:\n- template: build.yml\n",
    right="jobs:\n- job: build\n  steps:\n  - template: build.yml\n",
    check=check,
    beside=(("build.yml", "steps:\n- script: echo one\n"),),
)
