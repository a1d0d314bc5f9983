"""Writing files in one step."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex

from azrelease.errors import UserError

logger = logging.getLogger(__name__)


def from_here(path: Path) -> Path:
    """A path as the user would write it: relative to the current folder, unless it is on another drive."""
    try:
        return Path(os.path.relpath(path))
    except ValueError:  # another drive on Windows
        return path


def write_atomically(path: Path, text: str) -> None:
    """Put a text in place in one step, as UTF-8; the permissions of the file stay, or are those of a new one.

    Raises:
        UserError: it cannot be written; the old file is as it was.
    """
    try:
        _replace(path, text.encode())
        logger.info("wrote %s", path)
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror or error}") from error


def create_files(files: Sequence[tuple[Path, bytes, bool]]) -> None:
    """Create files with their folders, each in one step; all of them, or none.

    Args:
        files: the path and content of each, and whether it is a program.

    Raises:
        UserError: a file cannot be written, or exists.
    """
    created: list[Path] = []
    for path, content, executable in files:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _create(path, content, executable=executable)
        except OSError as error:
            for each in created:
                each.unlink(missing_ok=True)
            raise UserError(f"{path}: cannot be written: {error.strerror or error}; nothing was written") from error
        created.append(path)


def _create_beside(path: Path, *, executable: bool = False) -> tuple[int, Path]:
    """Make a new file for what is to be moved to a path: in its folder, with the permissions of a file made there.

    The system itself applies the mask of permissions, which belongs to the whole process and is never changed.

    Returns:
        A descriptor to write to, and the path of the new file.

    Raises:
        OSError: it cannot be made.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    while True:
        new = path.with_name(f".{path.name}.{token_hex(6)}")
        try:
            return os.open(new, flags, 0o777 if executable else 0o666), new
        except FileExistsError:
            continue


def _replace(path: Path, content: bytes) -> None:
    target = path.resolve()
    handle, temporary = _create_beside(target)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _create(path: Path, content: bytes, *, executable: bool) -> None:
    handle, temporary = _create_beside(path, executable=executable)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        try:
            # Unlike a rename this fails where the file exists.
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if path.exists():
                raise
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
