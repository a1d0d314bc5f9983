"""Names in expressions: parameters, variables, and the results and outputs of jobs and stages."""

from collections.abc import Iterator

from azrelease.editor.names.model import Named, NameKind, Occurrence
from azrelease.editor.names.places import job, outputs_named, parameter, part, stage, stage_name, variable
from azrelease.lint.facts.dependencies import named as of_name
from azrelease.lint.facts.expressions import Expression
from azrelease.lint.facts.outputs import owners
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax import JobOutline, StageOutline
from azrelease.syntax.expressions import Index, Literal, Name, Node, route

_PIPELINE_VARIABLE = ("resources", "pipeline")


def in_expressions(file: LintedFile) -> Iterator[Occurrence]:
    """The places in expressions of a file that name something."""
    around = owners(file)
    for expression in file.all_expressions:
        inside: set[int] = set()
        for node in expression.parts:
            if not isinstance(node, Index) or id(node) in inside:
                continue
            chain = _chain(node)
            inside.update(id(each) for each in chain)
            owner = around.get(id(expression.place.node))
            yield from _of_chain(file, expression, chain, owner)


def _chain(node: Index) -> list[Index]:
    """The indexes of a reference, the outermost of the text first: `a.b` of `a.b.c` before the whole."""
    found = [node]
    while isinstance(found[-1].target, Index):
        found.append(found[-1].target)
    return found[::-1]


def _of_chain(
    file: LintedFile,
    expression: Expression,
    chain: list[Index],
    owner: tuple[StageOutline, JobOutline | None] | None,
) -> Iterator[Occurrence]:
    first = chain[0]
    if not isinstance(first.target, Name):
        return
    root = first.target.name.casefold()
    key = _text(first.key)
    if key is None:
        return
    if root == "parameters":
        yield _occurrence(file, expression, first.key, parameter(key, file.path))
    elif root == "variables":
        parts = key.casefold().split(".")
        if tuple(parts[:2]) == _PIPELINE_VARIABLE and len(parts) > 2:  # noqa: PLR2004  (the alias is the third part)
            start = len(".".join(parts[:2])) + 1
            named = Named(NameKind.PIPELINE, parts[2])
            yield _occurrence(file, expression, first.key, named, (start, start + len(parts[2])))
        else:
            yield _occurrence(file, expression, first.key, variable(key))
    elif root in ("dependencies", "stagedependencies") and owner is not None:
        yield from _dependencies(file, expression, chain, (root, *owner))


def _dependencies(
    file: LintedFile,
    expression: Expression,
    chain: list[Index],
    owner: tuple[str, StageOutline, JobOutline | None],
) -> Iterator[Occurrence]:
    root, around, inner = owner
    parts = list(route(chain[-1]) or ())[1:]
    if not parts:
        return
    if root == "dependencies" and inner is not None:
        jobs = of_name(parts[0], around.jobs)
        yield _occurrence(file, expression, chain[0].key, job(parts[0], stage_name(around)))
    else:
        yield _occurrence(file, expression, chain[0].key, stage(parts[0]))
        stages = of_name(parts[0], file.outline.stages)
        jobs = [each for found in stages for each in found.jobs]
        if root == "stagedependencies" and len(parts) > 1:
            yield _occurrence(file, expression, chain[1].key, job(parts[1], parts[0]))
            jobs = of_name(parts[1], jobs)
    if len(chain) > 1 and len(parts) > 1 and parts[-2].casefold() == "outputs":
        yield from _outputs(file, expression, chain[-1].key, jobs)


def _outputs(file: LintedFile, expression: Expression, key: Node, jobs: list[JobOutline]) -> Iterator[Occurrence]:
    text = _text(key) or ""
    for each in jobs:
        if each.name and text.casefold().startswith(f"{each.name.casefold()}."):
            named = job(each.name, stage_name(each.stage))
            yield _occurrence(file, expression, key, named, (0, len(each.name)))
        for named, start, end in outputs_named(text, each):
            yield _occurrence(file, expression, key, named, (start, end))


def _occurrence(
    file: LintedFile, expression: Expression, key: Node, named: Named, within: tuple[int, int] | None = None
) -> Occurrence:
    """The place of a key of an expression, or of a part of it."""
    text = _text(key) or ""
    quote = 1 if key.end - key.start > len(text) else 0
    start, end = within or (0, len(text))
    first = expression.offset + key.start + quote
    return part(file, expression.place.node, first + start, first + end, named)


def _text(key: Node) -> str | None:
    return key.value if isinstance(key, Literal) and isinstance(key.value, str) else None
