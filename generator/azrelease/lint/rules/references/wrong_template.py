"""AZR214: templates in places where they do not fit."""

from azrelease.diagnostics import WRONG_TEMPLATE
from azrelease.lint.facts.templates import Reach, weight
from azrelease.lint.rule import Findings, LintedFile, Rule

_CONTENT = ("stages", "jobs", "steps", "variables")


def check(file: LintedFile) -> Findings:
    """Templates of the same repository whose content does not fit their place."""
    for reference, reach, path in file.template_uses:
        template = file.context.templates.read(path) if reach is Reach.FOUND and path else None
        if template is None or template.root.open or reference.place == "extends":
            continue
        names = {entry.name for entry in template.root.entries}
        contents = [name for name in _CONTENT if name in names or (name == "jobs" and "phases" in names)]
        if contents and reference.place not in contents:
            message = f"`{reference.path}` has {' and '.join(contents)}, but {reference.place} are expected here"
            hint = f"Use it below `{contents[0]}:`."
            level = weight(reference.block.presence)
            yield file.finding(RULE.code, message, reference.node, hint, level=level)


RULE = Rule(
    code=WRONG_TEMPLATE,
    summary="a template in a place where it does not fit",
    why="The service refuses the pipeline: a list of steps takes templates with steps, a list of jobs templates with jobs.",
    wrong="jobs:\n- template: build.yml\n",
    right="jobs:\n- job: build\n  steps:\n  - template: build.yml\n",
    check=check,
    of_text=True,
    beside=(("build.yml", "steps:\n- script: echo one\n"),),
)
