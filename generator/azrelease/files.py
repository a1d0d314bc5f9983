"""Writing files in one step, and showing what would change in them."""

import os
from pathlib import Path

from azrelease.errors import UserError
from azrelease.tracing import trace


def write_atomically(path: Path, text: str) -> None:
    """Put a text in place in one step, as UTF-8; the permissions of the file stay, or are those of a new one.

    Raises:
        UserError: it cannot be written; what stood there is as it was.
    """
    try:
        _replace(path, text.encode())
        trace(f"wrote {path}")
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror or error}") from error


def difference(old: str, new: str, old_name: str, new_name: str) -> str:
    """What is different in a new text, as a unified diff; empty when nothing is."""
    import difflib

    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), old_name, new_name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _replace(path: Path, content: bytes) -> None:
    import tempfile

    target = path.resolve()
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
