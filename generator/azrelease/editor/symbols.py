"""The outline of a file, what of it can be folded, and its links."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from azrelease.editor.names import NameKind, occurrences
from azrelease.editor.view import FileView
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax import JobOutline, StepOutline
from azrelease.yaml_document import node_offsets

_LONGEST = 60


class SymbolKind(StrEnum):
    """What a symbol is."""

    STAGE = "stage"
    JOB = "job"
    STEP = "step"
    PARAMETER = "parameter"
    RESOURCE = "resource"
    FIELD = "field"


class Symbol(NamedTuple):
    """A part of a file with a name.

    Attributes:
        name: what it is called.
        detail: more about it, in a few words.
        start: where it begins in the text.
        end: where it ends.
        name_start: where its name begins.
        name_end: where its name ends.
        children: its parts.
    """

    name: str
    kind: SymbolKind
    detail: str
    start: int
    end: int
    name_start: int
    name_end: int
    children: tuple["Symbol", ...] = ()


class Link(NamedTuple):
    """A text that leads to a file."""

    start: int
    end: int
    path: Path


def symbols(view: FileView) -> tuple[Symbol, ...]:
    """The outline of a file: parameters, resources, stages, jobs and steps of a pipeline; the fields of a release."""
    if not view.is_ours or view.document is None:
        return ()
    if view.is_release:
        return tuple(_fields(view.text, view.document.root))
    file = view.pipeline
    return () if file is None else tuple(_pipeline(view.text, file))


def folds(view: FileView) -> tuple[tuple[int, int], ...]:
    """The first and last line, from 0, of each part of several lines."""
    if view.document is None:
        return ()
    found = dict.fromkeys(_parts(view.document.root, view.text))
    return tuple(sorted(found))


def links(view: FileView) -> tuple[Link, ...]:
    """The paths of templates in a pipeline, and of what a release extends."""
    if view.is_release and view.document is not None:
        root = view.document.root
        pairs = root.value if isinstance(root, MappingNode) else ()
        base = Path(view.path).absolute().parent
        return tuple(
            Link(*node_offsets(value), base / value.value)
            for key, value in pairs
            if key.value == "extends" and isinstance(value, ScalarNode) and (base / value.value).is_file()
        )
    file = view.pipeline
    if file is None:
        return ()
    found = (each for each in occurrences(file) if each.named.kind is NameKind.TEMPLATE)
    return tuple(Link(each.start, each.end, Path(each.named.name)) for each in found)


def _pipeline(text: str, file: LintedFile) -> Iterator[Symbol]:
    for parameter in file.parameters.values():
        yield _named(text, parameter.name, SymbolKind.PARAMETER, parameter.type, parameter.node, parameter.node)
    for kind in ("repositories", "pipelines", "containers"):
        for resource in file.resources(kind).values():
            yield _named(text, resource.alias, SymbolKind.RESOURCE, kind, resource.block.node, resource.node)
    for stage in file.outline.stages:
        inner = tuple(part for job in stage.jobs for part in _job(text, job))
        if stage.is_implicit:
            yield from inner
        elif stage.block.entries:
            node = stage.name_node or stage.block.entries[0].key
            detail = stage.block.text("displayName") or ""
            name = stage.name or "stage"
            yield _named(text, name, SymbolKind.STAGE, detail, stage.block.node, node)._replace(children=inner)


def _job(text: str, job: JobOutline) -> Iterator[Symbol]:
    steps = tuple(_step(text, step) for step in job.steps)
    if job.block is job.stage.block or not job.block.entries:
        yield from steps
        return
    node = job.name_node or job.block.entries[0].key
    detail = job.block.text("displayName") or ("deployment" if job.is_deployment else "")
    found = _named(text, job.name or "job", SymbolKind.JOB, detail, job.block.node, node)
    yield found._replace(children=steps)


def _step(text: str, step: StepOutline) -> Symbol:
    first = step.block.entries[0]
    what = step.task or step.block.text(step.action) or step.action or first.name
    line = next(iter(what.strip().splitlines()), "") or first.name
    name = step.block.text("displayName") or line[:_LONGEST]
    return _named(text, name, SymbolKind.STEP, step.task or step.action, step.block.node, first.key)


def _named(text: str, name: str, kind: SymbolKind, detail: str, whole: Node, node: Node) -> Symbol:
    start, end = node_offsets(whole)
    name_start, name_end = node_offsets(node)
    end = start + len(text[start:end].rstrip())
    return Symbol(name.strip() or kind, kind, detail, min(start, name_start), max(end, name_end), name_start, name_end)


def _fields(text: str, root: Node) -> Iterator[Symbol]:
    for key, value in root.value if isinstance(root, MappingNode) else ():
        if not isinstance(key, ScalarNode):
            continue
        start, end = node_offsets(key)
        last = start + len(text[start : max(int(value.end_mark.index), end)].rstrip())
        children = tuple(_items(text, value)) if isinstance(value, SequenceNode) else tuple(_fields(text, value))
        detail = str(value.value)[:_LONGEST] if isinstance(value, ScalarNode) else ""
        yield Symbol(str(key.value), SymbolKind.FIELD, detail, start, max(last, end), start, end, children)


def _items(text: str, node: SequenceNode) -> Iterator[Symbol]:
    for item in node.value:
        fields = tuple(_fields(text, item))
        first = next((each for each in fields if each.name in ("name", "task")), None)
        if first is not None:
            kind = SymbolKind.STAGE if first.name == "name" else SymbolKind.STEP
            start, end = node_offsets(item)
            end = start + len(text[start:end].rstrip())
            yield Symbol(first.detail, kind, "", start, end, first.start, first.end, fields)


def _parts(root: Node, text: str) -> Iterator[tuple[int, int]]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, MappingNode):
            for key, value in node.value:
                waiting.append(value)
                yield from _fold(key, value, text)
        elif isinstance(node, SequenceNode):
            for item in node.value:
                waiting.append(item)
                yield from _fold(item, item, text)


def _fold(first: Node, last: Node, text: str) -> Iterator[tuple[int, int]]:
    end = int(last.end_mark.index)
    lines = int(last.end_mark.line) - text[:end][len(text[:end].rstrip()) :].count("\n")
    if lines > int(first.start_mark.line):
        yield int(first.start_mark.line), lines
