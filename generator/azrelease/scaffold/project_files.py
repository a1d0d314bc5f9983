"""Writing a project into a folder: only the files that are missing. Files that exist are never changed."""

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.files import create_files


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
    """What is at the path of a file."""

    MISSING = auto()
    SAME = auto()
    DIFFERENT = auto()


class ComparedFile(NamedTuple):
    """A file, its path, and what is there."""

    file: ProjectFile
    path: Path
    result: Comparison


def compare(files: Iterable[ProjectFile], folder: Path) -> tuple[ComparedFile, ...]:
    """The files of a project, and what of them a folder has. Line endings do not count.

    A file that is there for others only is left out where the user has written all of these.

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
        UserError: a file cannot be written, or was created by another process in the meantime.
    """
    missing = [each for each in placed if each.result is Comparison.MISSING]
    create_files([(each.path, each.file.content, each.file.executable) for each in missing])


def _compared(path: Path, content: bytes) -> Comparison:
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        return Comparison.DIFFERENT if path.is_symlink() else Comparison.MISSING
    except IsADirectoryError:
        return Comparison.DIFFERENT
    except OSError as error:
        if path.is_dir():  # which Windows reports as a lack of permission
            return Comparison.DIFFERENT
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
    return Comparison.SAME if there.replace(b"\r\n", b"\n") == content else Comparison.DIFFERENT
