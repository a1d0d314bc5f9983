"""The files that share names with a file: the templates that it calls, and the files that call it."""

import os
from collections.abc import Iterator
from pathlib import Path

from azrelease.editor.view import FileView
from azrelease.errors import UserError
from azrelease.lint.facts.templates import Reach
from azrelease.yaml_document import YamlDocument


def related_files(view: FileView) -> Iterator[FileView]:
    """A file, the templates that it calls, the files that call it, and so on; each once.

    It reads one file at a time, so that a search of many files can be ended.
    """
    waiting = [view]
    known = {_key(view.path)}
    while waiting:
        found = waiting.pop(0)
        yield found
        for path in (*_called(found), *_callers(found)):
            if _key(path) in known:
                continue
            known.add(_key(path))
            other = read(path, view)
            if other is not None:
                waiting.append(other)


def read(path: str, view: FileView) -> FileView | None:
    """Another file, as far as it can be read."""
    try:
        document = YamlDocument.read(Path(path))
    except UserError:
        return None
    return FileView(path, document.text, view.context, document)


def _called(view: FileView) -> Iterator[str]:
    file = view.pipeline
    for use in file.template_uses if file is not None else ():
        if use.reach is Reach.FOUND and use.path is not None:
            yield os.path.relpath(use.path)


def _callers(view: FileView) -> Iterator[str]:
    """The files that use one as a template, as far as their texts name it and lead to it."""
    own = _key(view.path)
    for path in view.context.templates.files_naming(view.path):
        other = read(os.path.relpath(path), view)
        file = None if other is None else other.pipeline
        if file is None:
            continue
        if any(use.path is not None and _key(str(use.path)) == own for use in file.template_uses):
            yield os.path.relpath(path)


def _key(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))
