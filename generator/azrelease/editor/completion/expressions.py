"""Expressions and macros: functions, contexts, parameters, variables by scope, outputs as full references."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from azrelease.catalog.descriptions import context_description, function_description, variable_description
from azrelease.catalog.predefined_variables import Known, predefined_variables
from azrelease.editor.completion.items import ItemKind, Suggestion, Written
from azrelease.editor.cursor import PLACEHOLDER, Writing
from azrelease.editor.parameters import parameter_documentation
from azrelease.lint.facts.output_names import output_names, output_references
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.run_model import KnownVariable, known_variables
from azrelease.syntax import JobOutline
from azrelease.syntax.expressions import FUNCTIONS, STATUS_FUNCTIONS

_CHAIN = re.compile(
    r"(?P<root>[A-Za-z_]\w*)(?P<parts>(?:\.[\w-]+|\['[^']*'\])*)(?P<opening>\.|\[')(?P<word>[\w.\- ]*)$"
)
_PART = re.compile(r"\.([\w-]+)|\['([^']*)'\]")
_DOTTED = re.compile(r"[A-Za-z_][\w-]*")

_TEMPLATE_CONTEXTS = ("parameters", "variables")
_RUNTIME_CONTEXTS = ("variables", "dependencies", "stageDependencies", "pipeline", "resources")
_DIRECTIVES = ("if", "elseif", "else", "each", "insert")
_RESULTS = ("Succeeded", "SucceededWithIssues", "Skipped", "Failed", "Canceled")


class _Member(NamedTuple):
    """A member of a context, and what is known of it."""

    name: str
    kind: ItemKind
    detail: str = ""
    documentation: str = ""
    order: int = 5


def expression_items(here: Written) -> Iterator[Suggestion]:
    """What can stand in `${{ }}` or `$[ ]`."""
    is_template = here.cursor.what is Writing.TEMPLATE
    before = here.cursor.before
    yield from _items(here, before, is_template=is_template)
    if is_template and not before.strip(" \tabcdefghijklmnopqrstuvwxyz"):
        yield from (Suggestion(name, ItemKind.KEY, f"{name} ", "a directive", order=6) for name in _DIRECTIVES)


def condition_items(here: Written) -> Iterator[Suggestion]:
    """What can stand in a condition of a stage, a job or a step."""
    before = here.cursor.before
    yield from _items(here, before, is_template=False)
    if _CHAIN.search(before) is None:
        yield from (_function(name) for name in STATUS_FUNCTIONS)


def macro_items(here: Written) -> Iterator[Suggestion]:
    """What can stand in `$( )`: the variables that the job has there."""
    file, closing = here.view.pipeline, here.cursor.added
    job = here.around.job
    known = [] if file is None or job is None else known_variables(file, job)
    for each in known:
        yield _variable_item(each)._replace(text=f"{each.name}{closing}")
    for variable in predefined_variables().values():
        documentation = variable_description(variable.name) or ""
        yield Suggestion(
            variable.name, ItemKind.VARIABLE, f"{variable.name}{closing}", "predefined", documentation, order=6
        )


def _items(here: Written, before: str, *, is_template: bool) -> Iterator[Suggestion]:
    chain = _CHAIN.search(before)
    if chain is None:
        yield from _words(here, is_template=is_template)
        return
    parts = [dotted or quoted for dotted, quoted in _PART.findall(chain["parts"])]
    is_quoted = chain["opening"] != "."
    word = re.search(r"\w*$", chain["word"])
    # Of `Build.So` behind a quote, the word that the editor knows begins behind the dot.
    more = len(chain["word"]) - len(word[0] if word else "")
    for member in _members(here, chain["root"].casefold(), parts, is_template=is_template):
        closing = "']" if is_quoted and not _is_closed(here, "']") else ""
        if is_quoted:
            yield _item(member, f"{member.name}{closing}", more)
        elif _DOTTED.fullmatch(member.name):
            yield _item(member, member.name, more)
        else:
            yield _item(member, f"['{member.name}']", more + 1)


def _item(member: _Member, text: str, takes_before: int) -> Suggestion:
    return Suggestion(
        member.name, member.kind, text, member.detail, member.documentation, member.order, takes_before=takes_before
    )


def _is_closed(here: Written, closing: str) -> bool:
    behind = here.cursor.text[here.cursor.text.find(PLACEHOLDER) + len(PLACEHOLDER) :]
    return behind.startswith(closing) and not here.cursor.added.startswith(closing)


def _words(here: Written, *, is_template: bool) -> Iterator[Suggestion]:
    """Functions, contexts, loop variables, and whole references."""
    for name in FUNCTIONS:
        if name not in STATUS_FUNCTIONS:
            yield _function(name)
    for name in _TEMPLATE_CONTEXTS if is_template else _RUNTIME_CONTEXTS:
        yield Suggestion(name, ItemKind.CONTEXT, None, "a context", context_description(name) or "", 4)
    for loop in _loops(here) if is_template else ():
        yield Suggestion(loop, ItemKind.VARIABLE, None, "the loop around this", order=3)
    if not is_template:
        for reference in _references(here):
            yield Suggestion(reference, ItemKind.REFERENCE, None, "of an earlier job or stage", order=3)


def _function(name: str) -> Suggestion:
    known = function_description(name)
    call, text = (f"{name}()", "") if known is None else (known.call, known.text)
    return Suggestion(name, ItemKind.FUNCTION, f"{name}(", call, text, 5)


def _loops(here: Written) -> frozenset[str]:
    file = here.view.pipeline
    places = file.all_places if file is not None else ()
    return next((place.loops for place in places if PLACEHOLDER in place.node.value), frozenset())


def _references(here: Written) -> Iterable[str]:
    file, stage = here.view.pipeline, here.around.stage
    if file is None or stage is None:
        return ()
    return output_references(file, stage, here.around.job, file.run_variables)


def _members(here: Written, root: str, parts: list[str], *, is_template: bool) -> Iterator[_Member]:
    file = here.view.pipeline
    if file is None:
        return
    match root, len(parts):
        case "parameters", 0:
            for parameter in file.parameters.values():
                text = parameter_documentation(parameter)
                yield _Member(parameter.name, ItemKind.PARAMETER, parameter.type or "parameter", text, 3)
        case "variables", 0:
            yield from _variables(here, file, is_template=is_template)
        case "dependencies" | "stagedependencies", _ if not is_template:
            yield from _dependencies(here, file, root, parts)
        case "pipeline", 0 if not is_template:
            yield _Member("startTime", ItemKind.VALUE, "when the run began")


def _variables(here: Written, file: LintedFile, *, is_template: bool) -> Iterator[_Member]:
    job = here.around.job or next(iter(file.outline.jobs), None)
    for each in () if job is None else known_variables(file, job):
        if not is_template or each.since == "the expansion of templates":
            item = _variable_item(each)
            yield _Member(each.name, ItemKind.VARIABLE, item.detail, item.documentation, 3)
    last = Known.UNCONFIRMED if is_template else Known.RUN
    for variable in predefined_variables().values():
        if variable.known <= last:
            text = variable_description(variable.name) or ""
            yield _Member(variable.name, ItemKind.VARIABLE, "predefined", text, 6)


def _variable_item(each: KnownVariable) -> Suggestion:
    value = f" = `{each.value}`" if each.value else ""
    text = f"{each.origin[:1].upper()}{each.origin[1:]} ({each.place}){value}; has its value from {each.since} on."
    return Suggestion(each.name, ItemKind.VARIABLE, None, each.value or each.origin, text, 3)


def _dependencies(here: Written, file: LintedFile, root: str, parts: list[str]) -> Iterator[_Member]:
    """Stages, jobs, `result`, `outputs` and the names of outputs, by how far the reference goes."""
    stage, job = here.around.stage, here.around.job
    if stage is None:
        return
    is_of_jobs = root == "dependencies" and job is not None
    jobs = stage.jobs if is_of_jobs else _jobs(file, parts[0]) if parts else ()
    depth = len(parts) - (1 if root == "stagedependencies" else 0)
    if not parts:
        names = (each.name for each in (stage.jobs if is_of_jobs else file.outline.stages))
        own = (job.name if is_of_jobs and job else stage.name) or ""
        yield from (_Member(name, ItemKind.REFERENCE) for name in names if name and name != own)
    elif depth == 0:
        yield from (_Member(each.name, ItemKind.REFERENCE, "a job") for each in jobs if each.name)
    elif depth == 1:
        yield _Member("result", ItemKind.VALUE, ", ".join(_RESULTS))
        yield _Member("outputs", ItemKind.VALUE)
    elif parts[-1].casefold() == "outputs":
        wanted = parts[-2].casefold()
        for each in jobs:
            if not each.name:
                continue
            lead = "" if is_of_jobs or root == "stagedependencies" else f"{each.name}."
            if lead or each.name.casefold() == wanted:
                outputs = output_names(each, file.run_variables)
                yield from (_Member(f"{lead}{name}", ItemKind.VARIABLE, "an output") for name in outputs)


def _jobs(file: LintedFile, stage: str) -> tuple[JobOutline, ...]:
    return next((each.jobs for each in file.outline.stages if (each.name or "").casefold() == stage.casefold()), ())
