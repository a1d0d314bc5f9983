"""Names of things, and places of texts, that the other modules share."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.editor.names.model import Named, NameKind, Occurrence
from azrelease.lint.linted_file import LintedFile
from azrelease.open_texts import identity
from azrelease.syntax import JobOutline, StageOutline, StepOutline


def stage(name: str) -> Named:
    """A stage."""
    return Named(NameKind.STAGE, name.casefold())


def job(name: str, of: str) -> Named:
    """A job of a stage; of the only stage, whose name is empty."""
    return Named(NameKind.JOB, name.casefold(), of.casefold())


def step(name: str, of: JobOutline) -> Named:
    """A step with a name."""
    return Named(NameKind.STEP, name.casefold(), job_key(of))


def output(name: str, of: StepOutline) -> Named:
    """A variable that a step sets as an output."""
    return Named(NameKind.OUTPUT, name.casefold(), f"{job_key(of.job)}/{(of.name or '').casefold()}")


def parameter(name: str, file: str) -> Named:
    """A parameter of a file."""
    return Named(NameKind.PARAMETER, name.casefold(), identity(file))


def variable(name: str) -> Named:
    """A variable of the pipeline."""
    return Named(NameKind.VARIABLE, name.casefold())


def job_key(of: JobOutline) -> str:
    """What the steps of a job belong to."""
    return f"{stage_name(of.stage)}/{(of.name or '').casefold()}"


def stage_name(of: StageOutline) -> str:
    """The name of a stage in lower case; empty for the only one."""
    return (of.name or "").casefold()


def whole(file: LintedFile, node: ScalarNode, named: Named, *, is_definition: bool = False) -> Occurrence:
    """A scalar that is a name."""
    return part(file, node, 0, len(node.value), named, is_definition=is_definition)


def part(
    file: LintedFile, node: ScalarNode, start: int, end: int, named: Named, *, is_definition: bool = False
) -> Occurrence:
    """A part of a scalar that is a name."""
    first = file.document.offset(node, start)
    return Occurrence(
        named, *(file.document.offsets(node, start, end) if end > start else (first, first)), is_definition
    )


def outputs_named(text: str, of: JobOutline) -> Iterator[tuple[Named, int, int]]:
    """What `STEP.VARIABLE` names in a text such as the key of `outputs['…']`, perhaps behind further parts."""
    for each in of.steps:
        if not each.name:
            continue
        at = f".{text.casefold()}".find(f".{each.name.casefold()}.")
        if at < 0:
            continue
        yield step(each.name, of), at, at + len(each.name)
        behind = at + len(each.name) + 1
        yield output(text[behind:], each), behind, len(text)
