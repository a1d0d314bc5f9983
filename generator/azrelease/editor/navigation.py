"""Where something is defined, everywhere that it is named, and how it gets another name."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from azrelease.catalog.predefined_variables import predefined_variable
from azrelease.editor.names import Named, NameKind, Occurrence, occurrence_at, occurrences
from azrelease.editor.related_files import read, related_files, with_callers
from azrelease.editor.view import FileView
from azrelease.errors import UserError
from azrelease.lint.facts.generated_pipeline import is_generated
from azrelease.open_texts import identity
from azrelease.yaml_document import node_offsets

_RENAMED = {
    NameKind.STAGE: re.compile(r"[A-Za-z_]\w*"),
    NameKind.JOB: re.compile(r"[A-Za-z_]\w*"),
    NameKind.STEP: re.compile(r"[A-Za-z_]\w*"),
    NameKind.PARAMETER: re.compile(r"[A-Za-z_][\w-]*"),
    NameKind.VARIABLE: re.compile(r"[A-Za-z_][\w.-]*"),
}
"""What can be renamed, and the names that it can have."""


class FilePart(NamedTuple):
    """A part of a file.

    Attributes:
        path: the file, from the current folder.
        start: where the part begins in its text.
        end: where it ends.
    """

    path: str
    start: int
    end: int


class Rename(NamedTuple):
    """A part of a file that gets another text."""

    place: FilePart
    text: str


def at(view: FileView, offset: int) -> Occurrence | None:
    """What is named at an offset of a file."""
    file = view.pipeline
    return None if file is None or not view.is_ours else occurrence_at(file, offset)


def definitions(view: FileView, offset: int) -> Iterator[FilePart | None]:
    """Where the thing at an offset gets its name; None after each file in which it does not."""
    if view.is_release:
        yield from _stage_of_release(view, offset)
        return
    found = at(view, offset)
    if found is None:
        return
    if found.named.kind is NameKind.TEMPLATE:
        yield FilePart(found.named.name, 0, 0)
        return
    for other in _files(view, found.named):
        yield from (_place(other, each) for each in _named(other, found.named) if each.is_definition)
        yield None


def references(view: FileView, offset: int, *, with_definition: bool) -> Iterator[FilePart | None]:
    """Everywhere that the thing at an offset is named; None after each file."""
    found = at(view, offset)
    if found is None:
        return
    for other in _files(view, found.named):
        for each in _named(other, found.named):
            if with_definition or not each.is_definition:
                yield _place(other, each)
        yield None


def renames(view: FileView, offset: int, name: str) -> Iterator[Rename | None]:
    """The edits that give the thing at an offset another name, in all files; None after each file.

    Raises:
        UserError: it cannot have another name, or not this one.
    """
    found = renamable(view, offset)
    pattern = _RENAMED[found.named.kind]
    if pattern.fullmatch(name) is None:
        raise UserError(f"`{name}` cannot be the name of a {found.named.kind}")
    wanted = found.named._replace(name=name.casefold())
    edits: list[Rename] = []
    is_defined = False
    for other in _files(view, found.named):
        file = other.pipeline
        for each in occurrences(file) if file is not None else ():
            if each.named == wanted and wanted != found.named:
                raise UserError(f"there is a {found.named.kind} `{name}` already, in {other.path}")
            if each.named == found.named:
                is_defined = is_defined or each.is_definition
                edits.append(Rename(_place(other, each), each.written(name)))
        yield None
    if not is_defined:
        raise UserError(f"the {found.named.kind} is not defined in this repository")
    yield from edits


def renamable(view: FileView, offset: int) -> Occurrence:
    """What can get another name at an offset.

    Raises:
        UserError: nothing there can.
    """
    found = at(view, offset)
    if found is None or found.named.kind not in _RENAMED:
        raise UserError("only stages, jobs, steps, parameters and variables of pipelines can be renamed")
    if view.document is not None and is_generated(view.document):
        raise UserError("the file is generated from a release: change that, and render it")
    if found.named.kind is NameKind.VARIABLE and predefined_variable(found.named.name) is not None:
        raise UserError("the variable is predefined")
    return found


def _files(view: FileView, named: Named) -> Iterator[FileView]:
    """The files that may name something: a parameter and a template only what calls them."""
    if named.kind not in (NameKind.PARAMETER, NameKind.TEMPLATE):
        yield from related_files(view)
        return
    path = named.owner if named.kind is NameKind.PARAMETER else named.name
    owner = view if path == identity(view.path) else read(path, view)
    yield from with_callers(owner) if owner is not None else ()


def _named(view: FileView, named: Named) -> Iterator[Occurrence]:
    file = view.pipeline
    return (each for each in occurrences(file) if each.named == named) if file is not None else iter(())


def _place(view: FileView, found: Occurrence) -> FilePart:
    return FilePart(view.path, found.start, found.end)


def _stage_of_release(view: FileView, offset: int) -> Iterator[FilePart]:
    """The stage that a `depends_on` of a release names."""
    path = view.path_to(offset)
    if path is None or view.document is None:
        return
    data = view.document.data
    stages = data.get("stages") if isinstance(data, dict) else None
    name = str(path.last.node.value)
    for index, stage in enumerate(stages if isinstance(stages, list) else ()):
        if isinstance(stage, dict) and stage.get("name") == name:
            node = view.document.node(("stages", index, "name"))
            yield FilePart(view.path, *node_offsets(node))
