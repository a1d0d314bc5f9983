"""Writing a generated file without destroying what a user wrote."""

from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from azrelease.catalog.step_templates import is_step_template
from azrelease.errors import OverwriteError, UserError
from azrelease.files import create_files, write_atomically
from azrelease.redaction import redacted_difference
from azrelease.rendering.header import is_generated, is_untouched


class FileState(Enum):
    """What is at the path of a generated file."""

    MISSING = auto()
    CURRENT = auto()
    OUTDATED = auto()
    EDITED = auto()
    FOREIGN = auto()


class GeneratedFile(NamedTuple):
    """A text and the path it belongs to."""

    path: Path
    text: str

    def state(self) -> FileState:
        """What is at the path now. Line endings do not count.

        Raises:
            UserError: the path cannot be read.
        """
        there = self.read()
        if there is None:
            return FileState.MISSING
        if there.replace("\r\n", "\n") == self.text:
            return FileState.CURRENT
        if is_untouched(there):
            return FileState.OUTDATED
        return FileState.EDITED if is_generated(there.replace("\r\n", "\n")) else FileState.FOREIGN

    def read(self) -> str | None:
        """The text at the path now; None when there is none.

        Raises:
            UserError: the path cannot be read.
        """
        try:
            return self.path.read_bytes().decode("utf-8-sig", errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UserError(f"{self.path}: cannot be read: {error.strerror or error}") from error


def drift(file: GeneratedFile) -> str:
    """What would change, as a unified diff without secrets; empty when the file is as it should be.

    Raises:
        UserError: the path cannot be read.
    """
    there = file.read()
    old = "" if there is None else there.replace("\r\n", "\n")
    name = file.path.as_posix()
    return redacted_difference(
        old, file.text, f"{name} (as it is)" if there is not None else "(missing)", f"{name} (as rendered)"
    )


def write(files: Sequence[GeneratedFile], *, force: bool = False) -> tuple[GeneratedFile, ...]:
    """Write files, each in one step, and none of them when one may not be written; returns those that changed.

    Args:
        files: what to write.
        force: replace also files that a user wrote or edited.

    Raises:
        OverwriteError: a user wrote or edited a file, and `force` is off.
        UserError: a path cannot be read or written.
    """
    states = [(file, file.state()) for file in files]
    if not force:
        refused = [_refusal(file, state) for file, state in states if state in (FileState.EDITED, FileState.FOREIGN)]
        if refused:
            raise OverwriteError("\n".join(refused))
    for file, _ in states:
        if not is_step_template(file.text) and not file.path.parent.is_dir():
            raise UserError(f"{file.path}: cannot be written: no folder {file.path.parent}")
    changed = tuple(file for file, state in states if state is not FileState.CURRENT)
    for index, file in enumerate(changed):
        try:
            _put(file)
        except UserError as error:
            done = "".join(f"\n{written.path}: was written before that" for written in changed[:index])
            raise UserError(f"{error}{done}") from error
    return changed


def _put(file: GeneratedFile) -> None:
    """Write a file; a step template with its folder, which is generated too."""
    if is_step_template(file.text):
        try:
            file.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{file.path.parent}: cannot be created: {error.strerror or error}") from error
    write_atomically(file.path, file.text)


def write_new(files: Sequence[tuple[Path, str]]) -> None:
    """Write new files, with their folders; all of them, or none.

    Raises:
        OverwriteError: some of them exist; all of these are named.
        UserError: a file cannot be written.
    """
    there = [path for path, _ in files if path.exists()]
    if there:
        raise OverwriteError(
            "\n".join(f"{path}: already exists; nothing was written. Replace it with --force." for path in there)
        )
    create_files([(path, text.encode(), False) for path, text in files])


def _refusal(file: GeneratedFile, state: FileState) -> str:
    if state is FileState.EDITED and is_step_template(file.read() or ""):
        return (
            f"{file.path}: was edited by hand since it was generated, and other releases may call it. Change its "
            "script in a template of your own (the setting `templates`), or discard the change with --force; --check "
            "shows it."
        )
    if state is FileState.EDITED:
        return (
            f"{file.path}: was edited by hand since it was generated. Move the change into the release file, or "
            "discard it with --force; --check shows the difference."
        )
    return f"{file.path}: was not written by azrelease. Choose another --output, or replace it with --force."
