"""The texts of an editor, which stand in place of the files on the disk while it asks about them."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path


class OpenTexts:
    """What files say in an editor, saved or not.

    Args:
        texts: the content of each open file by its path, absolute or from the current folder.

    Attributes:
        asked: the files that were asked for, open or not, as `identity` names them.
    """

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = {identity(path): text for path, text in texts.items()}
        self.asked: set[str] = set()

    def get(self, path: str | Path) -> bytes | None:
        """The content of an open file; None for any other."""
        name = identity(path)
        self.asked.add(name)
        return self._texts.get(name)

    @property
    def paths(self) -> Iterator[str]:
        """The open files, as `identity` names them."""
        return iter(self._texts)

    def names_in(self, folder: str | Path) -> Iterator[str]:
        """The names of the open files of a folder, also of those that were never saved."""
        wanted = identity(folder)
        return (os.path.basename(path) for path in self._texts if os.path.dirname(path) == wanted)  # noqa: PTH119, PTH120


_CURRENT: ContextVar[OpenTexts | None] = ContextVar("open texts", default=None)


@contextmanager
def reading(texts: OpenTexts) -> Iterator[OpenTexts]:
    """Have open texts stand in place of files, for everything that reads files meanwhile."""
    token = _CURRENT.set(texts)
    try:
        yield texts
    finally:
        _CURRENT.reset(token)


def is_editor_asking() -> bool:
    """Whether the texts of an editor stand in place of files now."""
    return _CURRENT.get() is not None


def open_text(path: str | Path) -> bytes | None:
    """The content of a file that is open in the editor that asks; None for any other, and where none asks."""
    texts = _CURRENT.get()
    return None if texts is None else texts.get(path)


def open_names(folder: str | Path) -> Iterator[str]:
    """The names of the files of a folder that are open in the editor that asks."""
    texts = _CURRENT.get()
    return iter(()) if texts is None else texts.names_in(folder)


def open_paths() -> Iterator[str]:
    """The files that are open in the editor that asks, as `identity` names them."""
    texts = _CURRENT.get()
    return iter(()) if texts is None else texts.paths


def is_file(path: str | Path) -> bool:
    """Whether there is a file, on the disk or in the editor that asks."""
    return open_text(path) is not None or os.path.isfile(path)  # noqa: PTH113  (templates are looked for by the thousand)


def identity(path: str | Path) -> str:
    """The one name of a file, whatever links and letter cases of the system lead to it."""
    return os.path.normcase(os.path.realpath(path))
