"""Writing a project into a folder: only what is missing there. Nothing that is there is ever touched."""

import os
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.files import create_beside


class ProjectFile(NamedTuple):
    """A file, by its path in the project with `/` between folders.

    Attributes:
        path: where it belongs.
        content: what is in it.
        executable: whether it is a program.
        used_by: paths of the files that it is for; empty where it is for itself.
    """

    path: str
    content: bytes
    executable: bool = False
    used_by: tuple[str, ...] = ()


class Comparison(Enum):
    """What stands where a file belongs."""

    MISSING = auto()
    SAME = auto()
    DIFFERENT = auto()


class ComparedFile(NamedTuple):
    """A file, where it belongs, and what stands there."""

    file: ProjectFile
    path: Path
    result: Comparison


def compare(files: Iterable[ProjectFile], folder: Path) -> tuple[ComparedFile, ...]:
    """The files of a project, and what of them a folder has. Line endings do not count.

    A file that is there for others only is left out where a person has written all of these.

    Raises:
        UserError: something there cannot be read.
    """
    placed = [ComparedFile(file, folder / file.path, _compared(folder / file.path, file.content)) for file in files]
    theirs = {each.file.path for each in placed if each.result is Comparison.DIFFERENT}
    return tuple(each for each in placed if not each.file.used_by or not theirs.issuperset(each.file.used_by))


def write_missing(placed: Sequence[ComparedFile]) -> None:
    """Write the files that are missing, with their folders.

    Each is put in place in one step. Where one cannot be, those written before are taken back.

    Raises:
        UserError: a file cannot be written, or was made by somebody else in the meantime.
    """
    written: list[Path] = []
    for file, path, result in placed:
        if result is not Comparison.MISSING:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _put(path, file)
        except OSError as error:
            for made in written:
                made.unlink(missing_ok=True)
            raise UserError(f"{path}: cannot be written: {error.strerror or error}; nothing was written") from error
        written.append(path)


def _compared(path: Path, content: bytes) -> Comparison:
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        return Comparison.DIFFERENT if path.is_symlink() else Comparison.MISSING
    except IsADirectoryError:
        return Comparison.DIFFERENT
    except OSError as error:
        if path.is_dir():  # which Windows tells as a lack of permission
            return Comparison.DIFFERENT
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
    return Comparison.SAME if there.replace(b"\r\n", b"\n") == content else Comparison.DIFFERENT


def _put(path: Path, file: ProjectFile) -> None:
    """Make a file that is not there, in one step.

    Raises:
        OSError: it cannot be made, or is there.
    """
    handle, temporary = create_beside(path, executable=file.executable)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(file.content)
        try:
            # Unlike a rename this fails where somebody else has made the file in the meantime.
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if path.exists():
                raise
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
