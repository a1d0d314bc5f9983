"""The names of the files that the YAML files of a repository use as templates."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from azrelease.open_texts import identity, open_paths, open_text

_MOST_SEARCHED = 5000
_LARGEST = 1_000_000
_SUFFIXES = (".yml", ".yaml")
_USED = re.compile(r"template\s*:\s*[\"']?[^\s\"'@#]*?([^\s\"'@#/\\]+\.ya?ml)", re.IGNORECASE)


class TemplateNames:
    """Searches each folder once: for files on the disk, what it found then holds until `forget`."""

    def __init__(self) -> None:
        self._by_folder: dict[Path, dict[str, frozenset[str]]] = {}
        self._users: dict[Path, dict[str, list[str]]] = {}

    def below(self, top: Path) -> frozenset[str]:
        """The names, in lower case, of the files that YAML files below a folder use as templates.

        Searches for a name after `template:`, in a limited number of files.
        """
        return frozenset[str]().union(*(_open_names(path, names) for path, names in self._files(top).items()))

    def naming(self, top: Path, name: str) -> Iterator[str]:
        """The files below a folder that use a file of a name, in any case, as a template."""
        wanted, files = name.casefold(), self._files(top)
        if top not in self._users:
            self._users[top] = _users(files)
        is_open = set(open_paths())
        yield from (path for path in self._users[top].get(wanted, ()) if identity(path) not in is_open)
        above = f"{identity(top)}{os.sep}"
        for path in is_open:
            if path.startswith(above) and wanted in _open_names(path, frozenset()):
                yield path

    def forget(self) -> None:
        """Forget what was found, for files on the disk have changed."""
        self._by_folder.clear()
        self._users.clear()

    def _files(self, top: Path) -> dict[str, frozenset[str]]:
        if top not in self._by_folder:
            self._by_folder[top] = _names_by_file(top)
        return self._by_folder[top]


def _users(by_file: dict[str, frozenset[str]]) -> dict[str, list[str]]:
    """The files by the names that they use."""
    found: dict[str, list[str]] = {}
    for path, names in by_file.items():
        for name in names:
            found.setdefault(name, []).append(path)
    return found


def _open_names(path: str, names: frozenset[str]) -> frozenset[str]:
    """The names in a file, or in the text that an editor has of it."""
    text = open_text(path)
    return names if text is None else _names(text.decode("utf-8", errors="replace"))


def _names_by_file(top: Path) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".git") and name != "node_modules"]
        for name in files:
            if not name.endswith(_SUFFIXES):
                continue
            path = os.path.join(folder, name)
            found[path] = frozenset()
            if len(found) > _MOST_SEARCHED:
                return found
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    found[path] = _names(file.read(_LARGEST))
            except OSError:
                continue
    return found


def _names(text: str) -> frozenset[str]:
    return frozenset(match[1].casefold() for match in _USED.finditer(text)) if "template" in text else frozenset()
