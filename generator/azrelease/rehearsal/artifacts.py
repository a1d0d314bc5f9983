"""The artifacts of a rehearsal: laid out when a job downloads them, and which of their files were used.

A file is used when something has read it. The time of its last access says so, where the file system keeps it: it is
set to long ago, and looked at afterwards.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.rehearsal.steps import StepDownload
from azrelease.rehearsal.steps.test_results import matching

_LONG_AGO = 1_000_000_000
_WRITTEN = _LONG_AGO + 1


class ArtifactFolder(NamedTuple):
    """Where a download goes: the folder it comes from, and the folder it goes to."""

    source: Path
    target: Path


class Artifacts:
    """The artifacts that were given, and those of their files that were laid out so far."""

    def __init__(self, given: Mapping[str, Path], workspace: Path) -> None:
        self._given, self._workspace = given, workspace
        self._names: dict[Path, str] = {}
        self._read: set[str] = set()

    def place(self, download: StepDownload) -> ArtifactFolder | None:
        """Where a download comes from and goes to; None when no such artifact was given."""
        source = self._given.get(download.alias, self._given.get(""))
        if source is None:
            return None
        usual = self._workspace / ("" if download.alias == "current" else download.alias) / (download.artifact or "")
        return ArtifactFolder(source, usual if download.target is None else self._workspace / "s" / download.target)

    def fetch(self, download: StepDownload) -> Path:
        """Lay out what a step downloads; returns the folder.

        Raises:
            UserError: there is no such artifact, or it cannot be copied.
        """
        place = self.place(download)
        if place is None:
            raise UserError(f"no folder was given for `{download.alias}`: --artifact {download.alias}=FOLDER")
        for path in matching(place.source, download.patterns, _files(place.source, ())):
            target = place.target / path.relative_to(place.source)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
            except OSError as error:
                raise UserError(f"{path}: the artifact cannot be copied: {error.strerror or error}") from error
            # A file whose access is older than its change gets a new time of access, also with `relatime`.
            os.utime(target, (_LONG_AGO, _WRITTEN))
            self._names[target] = target.relative_to(place.target).as_posix()
        place.target.mkdir(parents=True, exist_ok=True)
        return place.target

    def collect(self) -> None:
        """Note which files were read so far, before they are removed."""
        self._read |= {name for path, name in self._names.items() if _was_read(path)}

    def served(self, folder: Path) -> None:
        """Note that the files of a folder in an artifact are those of a model that is served."""
        for source in self._given.values():
            if folder.is_relative_to(source):
                self._read |= {path.relative_to(source).as_posix() for path in folder.rglob("*") if path.is_file()}

    def seen(self, copies: Iterable[tuple[Path, Path]]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        """The files that were read, and those that were not; None for these where the file system does not tell.

        Args:
            copies: files that were copied, each with a copy that may have been read in its place.
        """
        self.collect()
        read = self._read | {
            self._names[source] for source, copy in copies if source in self._names and _was_read(copy)
        }
        names = list(dict.fromkeys(self._names.values()))
        used = tuple(name for name in names if name in read)
        return used, tuple(name for name in names if name not in read) if used else None


def check_artifact(folder: Path) -> None:
    """See that an artifact can be copied.

    Raises:
        UserError: a link leads back to where it is, or something is no file and no folder.
    """
    for _ in _files(folder, ()):
        pass


def _files(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """The files of an artifact: links are followed, as they are when it is published."""
    here = folder.resolve()
    if here in above:
        raise UserError(f"{folder}: the link leads back to a folder that it is in: an artifact cannot have it")
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _files(path, (*above, here))
        elif path.is_file():
            yield path
        elif path.exists():
            raise UserError(f"{path}: is no file: an artifact cannot have it")


def _was_read(path: Path) -> bool:
    try:
        return path.stat().st_atime > _WRITTEN
    except OSError:
        return False
