"""AZR403: inputs that a task does not have."""

from collections.abc import Iterator
from functools import cache

from azrelease.diagnostics import UNKNOWN_INPUT, Diagnostic, Edit, Fix, Severity
from azrelease.lint.facts.task_inputs import KnownTask
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.suggestions import misspelled, suggestion
from azrelease.syntax import MappingEntry
from azrelease.syntax.language import kind

_OLDER = "The built-in table may be older than the task; `azrelease catalog sync` reads the tasks of your organization."


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Names and aliases in any case are known.

    An input that the built-in table lacks may be newer than it. Unless it is a slip of the pen, or a key of the step,
    that is information, and no reason to change the file.
    """
    for found in file.known_tasks:
        is_exact = file.context.tasks.is_of_organization(found.definition.reference)
        for entry, definition in found.given:
            if definition is None:
                yield _finding(file, found, entry, is_exact=is_exact)


@cache
def _step_keys() -> frozenset[str]:
    return frozenset(key.casefold() for form in kind("steps.task").forms for key in form.keys)


def _finding(file: LintedFile, found: KnownTask, entry: MappingEntry, *, is_exact: bool) -> Diagnostic:
    names = [name for known in found.definition.inputs for name in known.names]
    meant = misspelled(entry.name, names)
    is_key_of_step = entry.name.casefold() in _step_keys()
    if not (meant or is_exact or is_key_of_step):
        message = f"`{entry.name}` is not a known input of {found.definition.reference}"
        return file.finding(RULE.code, message, entry, _OLDER, level=Severity.INFO)
    message = f"{found.definition.reference} has no input `{entry.name}`; it has no effect"
    hint = f"Did you mean `{meant}`?" if meant else suggestion(entry.name, names)
    if is_key_of_step:
        hint = f"`{entry.name}` is a key of the step: write it beside `task`, not below `inputs`."
    fix = _fix(entry, meant, found) if meant and not is_key_of_step else None
    return file.finding(RULE.code, message, entry, hint, fix=fix)


def _fix(entry: MappingEntry, name: str, found: KnownTask) -> Fix | None:
    """The name that was most likely meant, where it is not given already."""
    definition = found.definition.input(name)
    if entry.key.style or any(other is definition for _, other in found.given):
        return None
    return Fix((Edit(entry.key.start_mark.index, entry.key.end_mark.index, name),), safe=False)


RULE = Rule(
    code=UNKNOWN_INPUT,
    summary="a task is given an input that it does not have",
    why="The agent says nothing, and the input has no effect. An input that only the built-in table may lack is information.",
    wrong="steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n    tragetFolder: out\n    TargetFolder: out\n",
    right="steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n    TargetFolder: out\n",
    check=check,
)
