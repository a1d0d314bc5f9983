"""AZR213: templates that use themselves."""

import os
from collections.abc import Iterator
from pathlib import Path

from azrelease.diagnostics import TEMPLATE_CYCLE, Diagnostic
from azrelease.lint.facts.templates import Reach
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import PipelineFile

_MOST_FILES = 100


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Templates that lead back to this file. Under an `${{ if }}` a template may use itself and end."""
    here = Path(os.path.normpath(Path(subject.file.path).absolute()))
    for reference, reach, path in subject.templates:
        if reach is not Reach.FOUND or path is None or reference.guards:
            continue
        way = _way(path, here, subject)
        if way:
            names = " → ".join(step.name for step in (here, *way))
            message = f"this template leads back to this file: {names}"
            yield subject.file.finding(TEMPLATE_CYCLE, message, reference.node, "Remove one of these uses.")


def _way(start: Path, goal: Path, subject: LintedFile) -> list[Path]:
    """The files from `start` to `goal`, both included; empty when none leads there."""
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
        file = subject.around.templates.read(path) if len(came_from) < _MOST_FILES else None
        for target in _targets(file, path, subject) if file else ():
            if target not in came_from:
                came_from[target] = path
                queue.append(target)
    return []


def _targets(file: PipelineFile, path: Path, subject: LintedFile) -> Iterator[Path]:
    for reference in file.templates:
        found = subject.around.templates.find(str(path), reference)
        if found.reach is Reach.FOUND and found.path is not None and not reference.guards:
            yield found.path


RULE = Rule(
    TEMPLATE_CYCLE,
    "a template uses itself",
    "The service refuses the pipeline once its limit of nested templates is reached.",
    "steps:\n- template: again.yml\n",
    "steps:\n- template: once.yml\n",
    check,
    file="again.yml",
    beside=(("once.yml", "steps:\n- script: echo one\n"),),
)
