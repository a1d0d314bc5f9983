"""AZR214: templates in places where they do not fit."""

from collections.abc import Iterator

from azrelease.diagnostics import WRONG_TEMPLATE, Diagnostic
from azrelease.lint.facts.templates import Reach, weight
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule

_CONTENT = ("stages", "jobs", "steps", "variables")


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Templates of the same repository that hold something else than their place takes."""
    for reference, reach, path in subject.templates:
        file = subject.around.templates.read(path) if reach is Reach.FOUND and path else None
        if file is None or file.root.open or reference.place == "extends":
            continue
        names = {entry.name for entry in file.root.entries}
        holds = [name for name in _CONTENT if name in names or (name == "jobs" and "phases" in names)]
        if holds and reference.place not in holds:
            message = f"`{reference.path}` holds {' and '.join(holds)}, but here stand {reference.place}"
            hint = f"Use it below `{holds[0]}:`."
            level = weight(reference.block.presence)
            yield subject.file.finding(WRONG_TEMPLATE, message, reference.node, hint, level=level)


RULE = Rule(
    WRONG_TEMPLATE,
    "a template stands where it does not fit",
    "The service refuses the pipeline: a template of jobs cannot stand among steps, nor one of steps among jobs.",
    "jobs:\n- template: build.yml\n",
    "jobs:\n- job: build\n  steps:\n  - template: build.yml\n",
    check,
    beside=(("build.yml", "steps:\n- script: echo one\n"),),
)
