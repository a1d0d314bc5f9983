"""Finding and reading the settings of a repository."""

import logging
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from azrelease.diagnostics import WRONG_TYPE, Code, Diagnostic
from azrelease.errors import InvalidFileError, UserError
from azrelease.yaml_document import KEY, YamlDocument, diagnostic_at

logger = logging.getLogger(__name__)

FILES = (".azrelease.toml", "azrelease.toml")
"""Names of files that hold settings and nothing else, the first one found counts."""

PYPROJECT = "pyproject.toml"
_SECTION = ("tool", "azrelease")
_OURS = re.compile(
    r"^\s*\[+\s*tool\s*\.\s*[\"']?azrelease\b|^\s*tool\s*\.\s*azrelease\b|^\s*\[\s*tool\s*\]", re.MULTILINE
)

Route = tuple[str | int, ...]


@dataclass(frozen=True)
class SettingsFile:
    """A file with settings.

    Attributes:
        path: the path as the user would write it.
        text: the text of the file.
        section: the route to the settings in the file.
        folder: the folder that paths and patterns in it are relative to.
        data: the settings as plain values.
    """

    path: str
    text: str
    section: Route
    folder: Path
    data: Mapping[str, Any]

    @cached_property
    def document(self) -> YamlDocument:
        """The file, with the place of everything in it."""
        from azrelease.settings.toml_document import toml_document

        return toml_document(self.text, self.path)

    def node(self, *route: str | int) -> yaml.Node:
        """The node of a setting in the document."""
        return self.document.node((*self.section, *route))

    def problem(self, code: Code, route: Sequence[str | int], message: str, hint: str | None = None) -> Diagnostic:
        """A finding about a setting, or with `KEY` at the end of the route about its name."""
        return diagnostic_at(self.document, (*self.section, *route), code, message, hint)

    def refuse(self, problems: Sequence[Diagnostic]) -> None:
        """Raise the problems, if there are any.

        Raises:
            InvalidFileError: there are some.
        """
        if problems:
            raise InvalidFileError(sorted(problems, key=lambda problem: problem.span), self.document.texts)


def find_settings_file(folder: Path) -> SettingsFile | None:
    """The settings that hold in a folder: of it, or of the nearest folder above that has some, up to the repository's.

    Raises:
        UserError: a settings file cannot be read.
        InvalidFileError: it is not TOML.
    """
    top = folder.resolve()
    for place in (top, *top.parents):
        for name in (*FILES, PYPROJECT):
            path = place / name
            if path.is_file():
                found = read_settings_file(path, required=name != PYPROJECT)
                if found is not None:
                    return found
        if (place / ".git").exists():
            break
    return None


def read_settings_file(path: Path, *, required: bool = True) -> SettingsFile | None:
    """The settings of a file; None for a pyproject.toml without a section `[tool.azrelease]`.

    Args:
        path: the file.
        required: whether the whole file is for azrelease; a pyproject.toml is only where it has the section.

    Raises:
        UserError: the file cannot be read.
        InvalidFileError: it is not TOML, or its section is not a table.
    """
    try:
        state = path.stat()
        return _read(path, _shown(path), state.st_mtime_ns, state.st_size, required)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error


def is_settings_file(path: Path) -> bool:
    """Whether a file holds settings of azrelease."""
    if path.name == PYPROJECT:
        return read_settings_file(path, required=False) is not None
    return path.name in FILES


@lru_cache(maxsize=64)
def _read(path: Path, shown: str, _changed: int, _size: int, required: bool) -> SettingsFile | None:
    """The settings of a file, read again when it has changed: each release of a repository asks for the same ones."""
    from azrelease.settings.toml_values import toml_values

    try:
        text = path.read_text(encoding="utf-8-sig")
        # A pyproject.toml without the section is not read, whatever is in it.
        if not required and not _OURS.search(text):
            return None
    except UnicodeDecodeError as error:
        if not required:
            return None
        raise UserError(f"{shown}: not TOML: {error}") from error
    section = _SECTION if path.name == PYPROJECT else ()
    data: Any = toml_values(text, shown)
    for step in section:
        data = data.get(step) if isinstance(data, dict) else None
    if data is None:
        return None
    logger.info("settings of %s", shown)
    found = SettingsFile(shown, text, section, path.parent, data)
    if not isinstance(data, dict):
        found.refuse([found.problem(WRONG_TYPE, (KEY,), "`tool.azrelease` has to be a table")])
    return found


def _shown(path: Path) -> str:
    """The path as the user would write it: from here, where it is below or above."""
    here = Path.cwd()
    if here.is_relative_to(path.parent) or path.is_relative_to(here):
        return Path(os.path.relpath(path)).as_posix()
    return str(path)
