"""AZR213: templates that use themselves."""

import os
from collections.abc import Iterator
from pathlib import Path

from azrelease.diagnostics import TEMPLATE_CYCLE
from azrelease.lint.facts.templates import Reach, TemplateLibrary
from azrelease.lint.rule import Findings, LintedFile, Rule
from azrelease.syntax import PipelineFile

_MOST_FILES = 100


def check(file: LintedFile) -> Findings:
    """Templates that lead back to this file. Under an `${{ if }}` a template may use itself and end."""
    here = Path(os.path.normpath(Path(file.path).absolute()))
    for reference, reach, path in file.template_uses:
        if reach is not Reach.FOUND or path is None or reference.guards:
            continue
        way = _way(path, here, file)
        if way:
            names = " → ".join(step.name for step in (here, *way))
            message = f"this template leads back to this file: {names}"
            yield file.finding(RULE.code, message, reference.node, "Remove one of these uses.")


def _way(start: Path, goal: Path, file: LintedFile) -> list[Path]:
    """The files from `start` to `goal`, both included; empty without a way."""
    came_from: dict[Path, Path | None] = {start: None}
    queue = [start]
    for path in queue:
        if path == goal:
            way: list[Path] = []
            step: Path | None = path
            while step is not None:
                way.append(step)
                step = came_from[step]
            return way[::-1]
        template = file.context.templates.read(path) if len(came_from) < _MOST_FILES else None
        for target in _targets(template, path, file.context.templates) if template else ():
            if target not in came_from:
                came_from[target] = path
                queue.append(target)
    return []


def _targets(template: PipelineFile, path: Path, templates: TemplateLibrary) -> Iterator[Path]:
    for reference in template.templates:
        found = templates.find(str(path), reference)
        if found.reach is Reach.FOUND and found.path is not None and not reference.guards:
            yield found.path


RULE = Rule(
    code=TEMPLATE_CYCLE,
    summary="a template uses itself",
    why="The service refuses the pipeline once its limit of nested templates is reached.",
    wrong="steps:\n- template: again.yml\n",
    right="steps:\n- template: once.yml\n",
    check=check,
    of_text=True,
    file="again.yml",
    beside=(("once.yml", "steps:\n- script: echo one\n"),),
)
