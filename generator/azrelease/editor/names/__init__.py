"""The names in a file: stages, jobs, steps, parameters, variables, outputs, resources and templates."""

from azrelease.editor.names.declared import declared
from azrelease.editor.names.in_expressions import in_expressions
from azrelease.editor.names.in_scripts import in_scripts
from azrelease.editor.names.model import Form, Named, NameKind, Occurrence
from azrelease.editor.names.referenced import referenced
from azrelease.lint.linted_file import LintedFile

__all__ = ["Form", "NameKind", "Named", "Occurrence", "occurrence_at", "occurrences"]


def occurrences(file: LintedFile) -> tuple[Occurrence, ...]:
    """Every place in a file that names something, in the order of the text."""
    found = {*declared(file), *referenced(file), *in_expressions(file), *in_scripts(file)}
    return tuple(sorted(found, key=lambda each: (each.start, each.end, not each.is_definition, each.named)))


def occurrence_at(file: LintedFile, offset: int) -> Occurrence | None:
    """What is named at an offset of a file: of several, the shortest."""
    inside = [each for each in occurrences(file) if each.start <= offset <= each.end]
    return min(inside, key=lambda each: each.end - each.start, default=None)
