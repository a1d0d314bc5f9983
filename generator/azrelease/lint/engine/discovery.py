"""The files to check: arguments, folders, patterns; files in folders only where git does not ignore them."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from azrelease.errors import UserError
from azrelease.lint.engine.linter import FileToCheck
from azrelease.lint.engine.reports import FileReport
from azrelease.lint.engine.settings import LintSettings

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_SUFFIXES = (".yml", ".yaml")
_SKIPPED = frozenset(
    ("node_modules", "venv", "__pycache__", "site-packages", ".git", ".hg", ".svn", ".github", ".gitlab", ".circleci",
     ".venv", ".tox", ".nox", ".terraform", ".idea", ".vscode", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".cache")
)  # fmt: skip
_PATTERN = frozenset("*?[")


def find_targets(paths: Sequence[Path], settings: LintSettings) -> list[FileToCheck]:
    """The files to check, in order, each once.

    Every given file. In a folder, every YAML file that git does not ignore and the settings do not exclude; the
    linter skips those that are not pipelines, templates or releases. A given folder is searched even if git ignores
    it. Without arguments, the current folder.

    Raises:
        UserError: a path does not exist, or a pattern matches nothing.
    """
    targets: dict[str, FileToCheck] = {}
    for path in paths or (Path(),):
        for target in _of_argument(path, settings):
            targets.setdefault(os.path.normpath(target.path), target)
    return list(targets.values())


def _of_argument(path: Path, settings: LintSettings) -> Iterator[FileToCheck]:
    if path.is_dir():
        yield from _in_folder(path, settings)
    elif path.exists() or path.is_symlink():
        yield FileToCheck(str(path))
    elif _PATTERN & set(str(path)):
        matching = sorted(glob.glob(str(path), recursive=True, include_hidden=True))
        skipped = _SKIPPED - set(path.parts)
        matching = [name for name in matching if skipped.isdisjoint(Path(name).parts)]
        if not matching:
            raise UserError(f"{path}: no file matches this pattern")
        for name in matching:
            if Path(name).is_dir():
                yield from _in_folder(Path(name), settings)
            elif not _is_ignored(Path(name)) and not settings.excludes(name):
                yield FileToCheck(name, named=False)
    else:
        raise UserError(f"{path}: no such file or folder")


def _is_ignored(path: Path) -> bool:
    ignored = _Ignored(path.parent)
    ignored.enter(str(path.parent))
    return ignored.matches(str(path))


def unchecked_folders(paths: Sequence[Path], reports: Iterable[FileReport]) -> list[Path]:
    """The folders among arguments in which no file was checked, so that the check proves nothing.

    Args:
        paths: the arguments; without any, the current folder.
        reports: the reports on all files.
    """
    checked = [os.path.abspath(report.path) for report in reports if report.checked]
    folders = [path for path in paths or (Path(),) if path.is_dir()]
    return [f for f in folders if not any(_is_below(path, os.path.abspath(f)) for path in checked)]


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _in_folder(folder: Path, settings: LintSettings) -> Iterator[FileToCheck]:
    ignored = _Ignored(folder)
    if ignored.matches(f"{folder}/"):
        ignored = _Ignored(None)  # a given folder is searched anyway
    unreadable: list[OSError] = []
    for top, folders, files in os.walk(folder, onerror=unreadable.append):
        ignored.enter(top)
        folders[:] = sorted(
            name for name in folders if name not in _SKIPPED and not ignored.matches(os.path.join(top, name) + "/")
        )
        for name in sorted(files):
            path = os.path.normpath(os.path.join(top, name))
            if name.endswith(_SUFFIXES) and not ignored.matches(path) and not settings.excludes(path):
                yield FileToCheck(path, named=False)
    # An unreadable folder may contain a pipeline, so it must not be skipped silently.
    for error in unreadable:
        path = os.path.normpath(str(error.filename))
        if not settings.excludes(path):
            yield FileToCheck(path, named=False, problem=f"cannot be read: {error.strerror or error}")


class _Ignored:
    """The .gitignore files from the top of the repository down to the searched folders."""

    def __init__(self, folder: Path | None) -> None:
        self._specs: dict[str, GitIgnoreSpec] = {}
        if folder is None:
            return
        start = folder.absolute()
        above = [start]
        for parent in start.parents:
            if (above[-1] / ".git").exists():
                break
            above.append(parent)
        # Above the folder, only the ignore files of a repository apply.
        if (above[-1] / ".git").exists():
            for parent in above[1:]:
                self.enter(str(parent))

    def enter(self, folder: str) -> None:
        """Read the .gitignore of a folder."""
        path = Path(folder, ".gitignore")
        if path.is_file():
            from pathspec import GitIgnoreSpec

            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            self._specs[os.path.abspath(folder)] = GitIgnoreSpec.from_lines(lines)

    def matches(self, path: str) -> bool:
        """Whether a path is ignored; of a folder, it ends in `/`."""
        if not self._specs:
            return False
        whole = os.path.abspath(path)
        verdict = False
        for folder, spec in sorted(self._specs.items(), key=lambda item: len(item[0])):
            if whole.startswith(folder.rstrip(os.sep) + os.sep):
                relative = os.path.relpath(whole, folder).replace(os.sep, "/") + ("/" if path.endswith("/") else "")
                result = spec.check_file(relative).include
                verdict = verdict if result is None else result
        return verdict
