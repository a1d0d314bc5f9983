"""Writing a project into a folder: only what is missing there. Nothing that is there is ever touched."""

import os
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.files import create_beside
from azrelease.scaffold.project_file import ProjectFile


class State(Enum):
    """What stands where a file belongs."""

    MISSING = auto()
    SAME = auto()
    DIFFERENT = auto()


class Placed(NamedTuple):
    """A file, where it belongs, and what stands there."""

    file: ProjectFile
    path: Path
    state: State


def compare(files: Iterable[ProjectFile], folder: Path) -> tuple[Placed, ...]:
    """The files of a project, and what of them a folder has. Line endings do not count.

    A file that is there for others only is left out where a person has written all of these.

    Raises:
        UserError: something there cannot be read.
    """
    placed = [Placed(file, folder / file.path, _state(folder / file.path, file.content)) for file in files]
    theirs = {each.file.path for each in placed if each.state is State.DIFFERENT}
    return tuple(each for each in placed if not each.file.used_by or not theirs.issuperset(each.file.used_by))


def write_missing(placed: Sequence[Placed]) -> None:
    """Write the files that are missing, with their folders.

    Each is put in place in one step. Where one cannot be, those written before are taken back.

    Raises:
        UserError: a file cannot be written, or was made by somebody else in the meantime.
    """
    written: list[Path] = []
    for file, path, state in placed:
        if state is not State.MISSING:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _put(path, file)
        except OSError as error:
            for made in written:
                made.unlink(missing_ok=True)
            raise UserError(f"{path}: cannot be written: {error.strerror or error}; nothing was written") from error
        written.append(path)


def _state(path: Path, content: bytes) -> State:
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        return State.DIFFERENT if path.is_symlink() else State.MISSING
    except IsADirectoryError:
        return State.DIFFERENT
    except OSError as error:
        if path.is_dir():  # which Windows tells as a lack of permission
            return State.DIFFERENT
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
    return State.SAME if there.replace(b"\r\n", b"\n") == content else State.DIFFERENT


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
