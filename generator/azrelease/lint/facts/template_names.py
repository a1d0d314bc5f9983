"""The names of the files that the YAML files of a repository use as templates."""

import os
import re
from pathlib import Path

from azrelease.open_texts import open_text

_MOST_SEARCHED = 5000
_LARGEST = 1_000_000
_SUFFIXES = (".yml", ".yaml")
_USED = re.compile(r"template\s*:\s*[\"']?[^\s\"'@#]*?([^\s\"'@#/\\]+\.ya?ml)", re.IGNORECASE)


class TemplateNames:
    """Searches each folder once: for files on the disk, what it found then holds until `forget`."""

    def __init__(self) -> None:
        self._by_folder: dict[Path, dict[str, frozenset[str]]] = {}

    def below(self, top: Path) -> frozenset[str]:
        """The names, in lower case, of the files that YAML files below a folder use as templates.

        Searches for a name after `template:`, in a limited number of files.
        """
        if top not in self._by_folder:
            self._by_folder[top] = _names_by_file(top)
        by_file = self._by_folder[top]
        return frozenset[str]().union(*(_open_names(path, names) for path, names in by_file.items()))

    def naming(self, top: Path, name: str) -> list[str]:
        """The files below a folder that use a file of a name, in any case, as a template."""
        self.below(top)
        wanted = name.casefold()
        return [path for path, names in self._by_folder[top].items() if wanted in _open_names(path, names)]

    def forget(self) -> None:
        """Forget what was found, for files on the disk have changed."""
        self._by_folder.clear()


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
