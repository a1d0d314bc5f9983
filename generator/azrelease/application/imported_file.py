"""Files that an import of many definitions writes: each names its source, and shows whether it was edited since."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.files import write_atomically
from azrelease.templating.yaml_scalars import comment

_HEADER = re.compile(
    r"# Imported by azrelease from (?P<source>[^\n]*)\.\n"
    r"# azrelease-import: (?P<sum>[0-9a-f]{16})(?: (?P<key>[^\n]+))?\n"
)


class ImportState(Enum):
    """What is at the path of an imported file, compared with what the import makes of its source now."""

    MISSING = auto()
    CURRENT = auto()
    OUTDATED = auto()
    EDITED = auto()
    CONFLICT = auto()
    FOREIGN = auto()


class ImportedFile(NamedTuple):
    """A file that an import writes.

    Attributes:
        path: where it belongs.
        source: what it is made from, for its reader.
        key: what distinguishes its source from the others.
        body: its text below the header.
    """

    path: Path
    source: str
    key: str
    body: str

    @property
    def text(self) -> str:
        """The whole text."""
        source, key = comment(self.source), comment(self.key)
        mark = _sum(self.body) if key == source else f"{_sum(self.body)} {key}"
        return f"# Imported by azrelease from {source}.\n# azrelease-import: {mark}\n{self.body}"

    def state(self) -> ImportState:
        """What is at its path now.

        `EDITED` is a file that a person changed while its source stayed, `CONFLICT` one where both changed.

        Raises:
            UserError: the path cannot be read.
        """
        there = _read(self.path)
        if there is None:
            return ImportState.MISSING
        found = _HEADER.match(there)
        if found is None or _key(found) != comment(self.key):
            return ImportState.FOREIGN
        is_edited = _sum(there[found.end() :]) != found["sum"]
        is_same = _sum(self.body) == found["sum"]
        if is_edited:
            return ImportState.EDITED if is_same else ImportState.CONFLICT
        return ImportState.CURRENT if is_same else ImportState.OUTDATED


def imported_files(folder: Path, pattern: str) -> Mapping[str, Path]:
    """The imported files of a folder by the keys of their sources."""
    found: dict[str, Path] = {}
    for path in sorted(folder.glob(pattern)) if folder.is_dir() else ():
        key = imported_key(path)
        if key is not None:
            found.setdefault(key, path)
    return found


def imported_key(path: Path) -> str | None:
    """The key of the source of a file; None for a file that no import wrote, or that does not exist."""
    with suppress(UserError):
        found = _HEADER.match(_read(path) or "")
        return _key(found) if found else None
    return None


def _key(header: re.Match[str]) -> str:
    """The key of a source; it is left out where the source itself is one."""
    return header["key"] or header["source"]


def free_path(paths: Iterable[Path], key: str, taken: Mapping[str, str]) -> Path:
    """The first path that no other source has.

    Args:
        paths: the paths in question, without an end.
        key: the key of the source.
        taken: the keys of the other sources, by the names of their files in lower case.
    """
    for path in paths:
        owner = taken.get(path.name.casefold()) or imported_key(path)
        if owner in (None, comment(key)):
            return path
    raise AssertionError("there is always another path")


def write_together(files: Sequence[ImportedFile]) -> None:
    """Write files with their folders, each in one step; all of them, or none.

    Raises:
        UserError: one cannot be written; those before it are as they were.
    """
    done: list[tuple[Path, str | None]] = []
    for file in files:
        try:
            before = _read(file.path)
            file.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file.path, file.text)
        except (OSError, UserError) as error:
            for path, text in reversed(done):
                with suppress(OSError, UserError):
                    path.unlink() if text is None else write_atomically(path, text)
            if isinstance(error, OSError):
                message = f"{file.path.as_posix()}: cannot be written: {error.strerror or error}"
                raise UserError(message) from error
            raise
        done.append((file.path, before))


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"{path.as_posix()}: cannot be read: {error.strerror or error}") from error


def _sum(body: str) -> str:
    return sha256(body.encode()).hexdigest()[:16]
