"""AZR403: inputs that a task does not have."""

from functools import cache

from azrelease.catalog import TaskDefinition, Tasks
from azrelease.diagnostics import UNKNOWN_INPUT
from azrelease.lint.facts.task_inputs import KnownTask
from azrelease.lint.rule import Diagnostic, Edit, Findings, Fix, LintedFile, Rule, Severity
from azrelease.suggestions import misspelled, suggestion
from azrelease.syntax import MappingEntry
from azrelease.syntax.language import kind

_OLDER = "The built-in table may be older than the task; `azrelease catalog sync` reads the tasks of your organization."


def check(file: LintedFile) -> Findings:
    """Inputs that are neither a name nor an alias, in any case.

    An input may be newer than the built-in table: unless it is misspelt, or a key of the step, that is information.
    """
    for task in file.known_tasks:
        is_exact = file.context.tasks.is_of_organization(task.definition.reference)
        for entry, definition in task.given:
            if definition is None:
                yield _finding(file, task, entry, is_exact=is_exact)


@cache
def _step_keys() -> frozenset[str]:
    return frozenset(key.casefold() for form in kind("steps.task").forms for key in form.keys)


def _finding(file: LintedFile, task: KnownTask, entry: MappingEntry, *, is_exact: bool) -> Diagnostic:
    names = [name for known in task.definition.inputs for name in known.names]
    meant = misspelled(entry.name, names) or _plural(entry.name, names) or _shorter(file, entry.name, task.definition)
    other = None if meant else _relative_with(file, entry.name, task.definition)
    is_key_of_step = entry.name.casefold() in _step_keys()
    if other is not None and not is_key_of_step:
        message = f"`{entry.name}` is an input of {other.reference}; {task.definition.reference} ignores it"
        return file.finding(RULE.code, message, entry, suggestion(entry.name, names))
    if not (meant or is_exact or is_key_of_step):
        message = f"`{entry.name}` is not a known input of {task.definition.reference}"
        return file.finding(RULE.code, message, entry, _OLDER, level=Severity.INFO)
    message = f"{task.definition.reference} has no input `{entry.name}`; it has no effect"
    hint = f"Did you mean `{meant}`?" if meant else suggestion(entry.name, names)
    if is_key_of_step:
        hint = f"`{entry.name}` is a key of the step: write it beside `task`, not below `inputs`."
    fix = _fix(entry, meant, task) if meant and not is_key_of_step else None
    if meant and not is_key_of_step and _is_given(meant, task):
        hint = f"Remove it: `{meant}`, which is most likely meant, is given already."
    return file.finding(RULE.code, message, entry, hint, fix=fix)


_RUN_SCRIPTS = frozenset(("azurecli", "azurepowershell", "bash", "cmdline", "powershell", "pythonscript"))


def _relative_with(file: LintedFile, name: str, task: TaskDefinition) -> TaskDefinition | None:
    """Another version of a task, or the one it replaces, with an input: then no newer version has to have brought it."""
    tasks = file.context.tasks
    own = task.reference.partition("@")[0]
    names = [own, *(each for each in sorted(tasks.names()) if _is_relative(each, own, task, tasks))]
    for other in names:
        for major in tasks.majors(other):
            found = tasks.task(f"{other}@{major}")
            if found is not None and found.reference != task.reference and found.input(name) is not None:
                return found
    return None


def _is_relative(name: str, own: str, task: TaskDefinition, tasks: Tasks) -> bool:
    if own.casefold() in _RUN_SCRIPTS and name.casefold() in _RUN_SCRIPTS:
        return name.casefold() != own.casefold()
    newest = tasks.task(f"{name}@{tasks.majors(name)[-1]}") if tasks.majors(name) else None
    return newest is not None and newest.reference != task.reference and newest.id == task.id


def _plural(name: str, names: list[str]) -> str | None:
    """The input whose plural or singular a name is."""
    folded = name.casefold()
    return next(
        (other for other in names if folded in (f"{other.casefold()}s", other.casefold().removesuffix("s"))), None
    )


def _shorter(file: LintedFile, name: str, task: TaskDefinition) -> str | None:
    """The input of a script task that another of them has under a longer name: `arguments` for `scriptArguments`."""
    own = task.reference.partition("@")[0].casefold()
    if own not in _RUN_SCRIPTS:
        return None
    for known in (name for definition in task.inputs for name in definition.names):
        is_end = name.casefold().endswith(known.casefold()) and len(known) > _LEAST_LETTERS
        if is_end and _relative_with(file, name, task) is not None:
            return known
    return None


_LEAST_LETTERS = 6


def _fix(entry: MappingEntry, name: str, task: KnownTask) -> Fix | None:
    """The likely name, where it is not given already."""
    if entry.key.style or _is_given(name, task):
        return None
    return Fix((Edit(entry.key.start_mark.index, entry.key.end_mark.index, name),), safe=False)


def _is_given(name: str, task: KnownTask) -> bool:
    definition = task.definition.input(name)
    return any(other is definition for _, other in task.given)


RULE = Rule(
    code=UNKNOWN_INPUT,
    summary="a task gets an input that it does not have",
    why=(
        "The agent ignores it without a message. A slip of the pen, a key of the step, and an input of another version of the task or of its predecessor are warnings; "
        "an input that may be newer than azrelease is information."
    ),
    wrong="steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n    tragetFolder: out\n    TargetFolder: out\n",
    right="steps:\n- task: CopyFiles@2\n  inputs:\n    contents: '*.txt'\n    TargetFolder: out\n",
    check=check,
)
