"""Which files of an artifact were used: those that something has read.

The time of the last access says so, where the file system keeps it: it is set to long ago, and looked at afterwards.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_LONG_AGO = 1_000_000_000
_WRITTEN = _LONG_AGO + 1


class Assets:
    """The files of the artifacts of a rehearsal."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._files = {path: folder for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()}
        for path in self._files:
            # A file whose access is older than its change gets a new time of access, also with `relatime`.
            os.utime(path, (_LONG_AGO, _WRITTEN))

    def seen(self, copies: Iterable[tuple[Path, Path]]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        """The files that were read, and those that were not; None for these where the file system does not tell.

        Args:
            copies: files that were copied, each with a copy that may have been read in its place.
        """
        read = {source for source, copy in copies if _was_read(copy)}
        used = tuple(name for path, name in self._names() if path in read or _was_read(path))
        return used, tuple(name for _, name in self._names() if name not in used) if used else None

    def _names(self) -> Iterator[tuple[Path, str]]:
        return ((path, path.relative_to(folder).as_posix()) for path, folder in self._files.items())


def _was_read(path: Path) -> bool:
    try:
        return path.stat().st_atime > _WRITTEN
    except OSError:
        return True
