"""The files that share names with a file: the templates that it calls, and the files that call it."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

from azrelease.editor.view import FileView
from azrelease.errors import UserError
from azrelease.files import from_here
from azrelease.lint.facts.templates import Reach
from azrelease.open_texts import identity
from azrelease.yaml_document import YamlDocument


def related_files(view: FileView) -> Iterator[FileView]:
    """A file, the templates that it calls, the files that call it, and so on; each once.

    It reads one file at a time, so that a search of many files can be ended.
    """
    view.context.templates.look_again()
    waiting = deque([view])
    known = {identity(view.path)}
    while waiting:
        found = waiting.popleft()
        yield found
        for path in (*_called(found), *_naming(found)):
            if identity(path) in known:
                continue
            other = read(path, view)
            if other is not None and (_calls(other, found) or _calls(found, other)):
                known.add(identity(path))
                waiting.append(other)


def with_callers(view: FileView) -> Iterator[FileView]:
    """A file, and those that use it as a template."""
    view.context.templates.look_again()
    yield view
    for path in _naming(view):
        other = read(path, view)
        if other is not None and _calls(other, view):
            yield other


def read(path: str, view: FileView) -> FileView | None:
    """Another file, as far as it can be read."""
    place = from_here(Path(path))
    try:
        document = YamlDocument.read(place)
    except UserError:
        return None
    return FileView(str(place), document.text, view.context, document, repositories=view.repositories)


def _called(view: FileView) -> Iterator[str]:
    file = view.pipeline
    for use in file.template_uses if file is not None else ():
        if use.reach is Reach.FOUND and use.path is not None:
            yield str(use.path)


def _naming(view: FileView) -> Iterator[str]:
    """The files whose texts name a file as a template."""
    return view.context.templates.files_naming(view.path)


def _calls(view: FileView, template: FileView) -> bool:
    """Whether a file uses another one as a template."""
    file, wanted = view.pipeline, identity(template.path)
    uses = file.template_uses if file is not None else ()
    return any(use.path is not None and identity(use.path) == wanted for use in uses)
