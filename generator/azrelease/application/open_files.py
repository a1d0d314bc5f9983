"""Checking the files that are open in an editor, as `check` in their folder does with what is saved."""

import contextlib
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from azrelease.application.baselines import without_baseline
from azrelease.application.checking import final_reports, lint_options, lint_settings
from azrelease.errors import UserError
from azrelease.lint import FileReport, FileToCheck, Linter, LintOptions, LintSettings
from azrelease.lint.engine.expanded_reports import with_expansions
from azrelease.lint.engine.fixing import Fixed, fix
from azrelease.lint.engine.linter import KeptFiles
from azrelease.lint.facts.parsed_files import ParsedFiles
from azrelease.lint.facts.template_names import TemplateNames
from azrelease.open_texts import OpenTexts, identity, reading


class OpenFiles:
    """The open files of a folder, each checked again when it, or a file that its check asked for, has changed.

    Args:
        folder: the folder in which a user would call `check`.

    Attributes:
        folder: that folder.
        problem: why the settings of the folder cannot be used, and the usual ones are; None where they can.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problem: str | None = None
        self._texts: dict[str, bytes] = {}
        self._reports: dict[str, FileReport] = {}
        self._asked: dict[str, set[str]] = {}
        self._kept = KeptFiles(ParsedFiles(), TemplateNames())
        self._options = self._read_options()

    def __bool__(self) -> bool:
        """Whether a file is open."""
        return bool(self._texts)

    @property
    def options(self) -> LintOptions:
        """How the files are checked."""
        return self._options

    def name(self, path: str | Path) -> str:
        """The path of a file as `check` in the folder names it."""
        return os.path.relpath(path, self.folder)

    def put(self, name: str, text: bytes) -> None:
        """Open a file, or give it another text."""
        if self._texts.pop(name, None) != text:
            self.changed(self.folder / name)
        self._texts[name] = text

    def close(self, name: str) -> None:
        """Close a file: what is on the disk counts again."""
        self._texts.pop(name, None)
        self._reports.pop(name, None)
        self._asked.pop(name, None)
        self.changed(self.folder / name)

    def changed(self, path: Path) -> None:
        """Have files checked again whose check asked for a file that has changed."""
        changed = identity(path)
        for name in [name for name, asked in self._asked.items() if changed in asked]:
            del self._reports[name], self._asked[name]

    def refresh(self) -> None:
        """Have everything read again: files on the disk have changed, the settings may be among them."""
        self._kept.template_names.forget()
        self._options = self._read_options()
        self._reports.clear()
        self._asked.clear()

    @property
    def unchecked(self) -> list[str]:
        """The open files that have to be checked, the one that changed last first."""
        return [name for name in reversed(self._texts) if name not in self._reports]

    def check(self, name: str) -> None:
        """Check an open file with its expansion, on the texts that are open."""
        with self.asking() as texts:
            self._reports[name] = self.linter().check(FileToCheck(name, may_be_other=True))
        self._asked[name] = texts.asked | {identity(self.folder / name)}

    def pass_over(self, name: str) -> None:
        """Say nothing of a file until it changes: its check failed."""
        self._reports[name] = FileReport(name, (), checked=False)
        self._asked[name] = {identity(self.folder / name)}

    def reports(self) -> list[FileReport]:
        """What `check` with these files prints, as far as they are checked, also of templates that are not open."""
        with self.asking():
            found = [self._reports[name] for name in sorted(self._texts) if name in self._reports]
            reports = final_reports(with_expansions(found, self.linter()), self._options)
            if self._options.settings.baseline is not None:
                with contextlib.suppress(UserError):
                    baseline = Path(self._options.settings.baseline)
                    reports, _ = without_baseline(reports, baseline, lambda _: False, update=False)
            return reports

    def fixed(self, name: str) -> Fixed:
        """An open file with all its safe fixes."""
        with self.asking():
            return fix(self._texts[name], FileToCheck(name), self.linter(), unsafe=False)

    def linter(self) -> Linter:
        """What checks the files; it holds for as long as none of them changes."""
        return Linter(self._options, self._kept)

    @contextlib.contextmanager
    def asking(self) -> Iterator[OpenTexts]:
        """Read files in this folder, and in the texts that are open."""
        with contextlib.chdir(self.folder), reading(OpenTexts(self._texts)) as texts:
            yield texts

    def _read_options(self) -> LintOptions:
        self.problem = None
        today = date.today()  # noqa: DTZ011  (the user's own day)
        with contextlib.chdir(self.folder):
            try:
                return lint_options(lint_settings(None, (), ()), today)
            except UserError as error:
                self.problem = str(error)
                return LintOptions(LintSettings(folder=str(self.folder)), today)
