"""The artifacts of a rehearsal: copied when a job downloads them, with a record of the files that were read.

The time of the last access shows whether something read a file, where the file system records it: a copy gets an old
time, which is compared afterwards.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.rehearsal.file_patterns import matching_files

_OLD = 1_000_000_000
_WRITTEN = _OLD + 1


class ArtifactDownload(NamedTuple):
    """A download of an artifact.

    Attributes:
        alias: the alias of the source; `current` for an artifact of the pipeline itself.
        artifact: the name of the artifact; None for all of them.
        target: the target folder; None for the default.
    """

    alias: str
    artifact: str | None = None
    target: str | None = None
    patterns: tuple[str, ...] = ("**",)


class Artifacts:
    """The folders of artifacts by the alias of their source, and the files that were copied so far."""

    def __init__(self, folders: Mapping[str, Path], workspace: Path) -> None:
        self._folders, self._workspace = folders, workspace
        self._names: dict[Path, str] = {}
        self._read: set[str] = set()

    def fetch(self, download: ArtifactDownload) -> Path:
        """Copy the files of a download; returns the target folder.

        Raises:
            UserError: the artifact was not given, or cannot be copied.
        """
        source = self._folders.get(download.alias, self._folders.get(""))
        if source is None:
            raise UserError(
                f"no folder for the artifact of `{download.alias}`: pass --artifact {download.alias}=FOLDER"
            )
        alias = "" if download.alias == "current" else download.alias
        folder = self._workspace / alias / (download.artifact or "")
        if download.target is not None:
            folder = self._workspace / "s" / download.target
        for path in matching_files(source, download.patterns, _files(source, ())):
            target = folder / path.relative_to(source)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
            except OSError as error:
                raise UserError(f"{path}: cannot copy the artifact: {error.strerror or error}") from error
            # An access time before the change time is updated on the next access, also with `relatime`.
            os.utime(target, (_OLD, _WRITTEN))
            self._names[target] = target.relative_to(folder).as_posix()
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def record_reads(self) -> None:
        """Record the files that were read so far, before they are removed."""
        self._read |= {name for path, name in self._names.items() if _was_read(path)}

    def record_served(self, folder: Path) -> None:
        """Record that the files of a folder in an artifact belong to a served model."""
        for source in self._folders.values():
            if folder.is_relative_to(source):
                self._read |= {path.relative_to(source).as_posix() for path in folder.rglob("*") if path.is_file()}

    def used_and_unused(self, copies: Iterable[tuple[Path, Path]]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        """The files that were read, and the others; None for these where the file system records no access times.

        Of copied files, something may have read the copy instead.
        """
        self.record_reads()
        read = self._read | {
            self._names[source] for source, copy in copies if source in self._names and _was_read(copy)
        }
        names = list(dict.fromkeys(self._names.values()))
        used = tuple(name for name in names if name in read)
        return used, tuple(name for name in names if name not in read) if used else None


def check_artifact(folder: Path) -> None:
    """Check that an artifact can be copied.

    Raises:
        UserError: a link leads back to a folder around it, or an entry is neither a file nor a folder.
    """
    for _ in _files(folder, ()):
        pass


def _files(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """The files of an artifact; follows links, as publishing does."""
    here = folder.resolve()
    if here in above:
        raise UserError(f"{folder}: the link leads back to a folder around it: remove it from the artifact")
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _files(path, (*above, here))
        elif path.is_file():
            yield path
        elif path.exists():
            raise UserError(f"{path}: neither a file nor a folder: remove it from the artifact")


def _was_read(path: Path) -> bool:
    try:
        return path.stat().st_atime > _WRITTEN
    except OSError:
        return False
