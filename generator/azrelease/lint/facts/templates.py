"""The template files of a repository."""

import os
from collections import OrderedDict
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from azrelease.diagnostics import Severity
from azrelease.errors import UserError
from azrelease.lint.facts.parsed_files import ParsedFiles
from azrelease.lint.facts.template_names import TemplateNames
from azrelease.open_texts import is_file
from azrelease.syntax import PipelineFile, Presence, TemplateReference
from azrelease.syntax.embedded import is_computed

_MOST_KEPT = 64


class Reach(StrEnum):
    """Whether a template can be read."""

    FOUND = "found"
    MISSING = "missing"
    OUT_OF_REACH = "out of reach"


class ResolvedTemplate(NamedTuple):
    """The file of a reference; `path` where the file exists, or should."""

    reach: Reach
    path: Path | None = None


class TemplateUse(NamedTuple):
    """A reference, and its file."""

    reference: TemplateReference
    reach: Reach
    path: Path | None


def weight(presence: Presence) -> Severity | None:
    """The severity of a mistake in a use where it differs: the service sees only branches that it takes."""
    return Severity.WARNING if presence is Presence.MAYBE else None


class TemplateLibrary:
    """Finds and reads the templates that the files of a repository use. Keeps those that it read last.

    Args:
        parsed: parses files.
        used: knows the names of the files that are used as templates.
    """

    def __init__(self, parsed: ParsedFiles, used: TemplateNames | None = None) -> None:
        self._parsed = parsed
        self._files: OrderedDict[Path, PipelineFile | None] = OrderedDict()
        self._last = ("", os.curdir)
        self._names: dict[Path, tuple[str, ...]] = {}
        self._roots: dict[Path, Path | None] = {}
        self._used = used or TemplateNames()

    def repository(self, folder: Path) -> Path | None:
        """The top folder of the repository that a folder is in; None outside of one."""
        if folder not in self._roots:
            around = (folder, *folder.parents)
            self._roots[folder] = next((found for found in around if (found / ".git").exists()), None)
        return self._roots[folder]

    def find(self, file: str, reference: TemplateReference, *, is_pipeline: bool = False) -> ResolvedTemplate:
        """The file of a reference.

        Args:
            file: the path of the file that has the reference.
            reference: the reference.
            is_pipeline: whether that file certainly is a pipeline. `@self` is the repository of the pipeline, which
                need not be that of a template (learn.microsoft.com/azure/devops/pipelines/process/templates).
        """
        alias = reference.repository
        text = reference.path
        if is_computed(text) or not text or (alias is not None and alias.casefold() != "self"):
            return ResolvedTemplate(Reach.OUT_OF_REACH)
        folder = self._folder(file)
        if text.startswith(("/", "\\")):
            root = self.repository(Path(folder))
            if root is None:
                return ResolvedTemplate(Reach.OUT_OF_REACH)
            folder = str(root)
        try:
            path = os.path.normpath(os.path.join(folder, text.replace("\\", "/").lstrip("/")))
            if is_file(path):
                return ResolvedTemplate(Reach.FOUND, Path(path))
            return (
                ResolvedTemplate(Reach.MISSING, Path(path))
                if alias is None or is_pipeline
                else ResolvedTemplate(Reach.OUT_OF_REACH)
            )
        except (OSError, ValueError):
            return ResolvedTemplate(Reach.OUT_OF_REACH)

    def _folder(self, file: str) -> str:
        """The folder of a file; kept for the other references of that file."""
        if self._last[0] != file:
            self._last = (file, os.path.dirname(os.path.abspath(file)))
        return self._last[1]

    def is_included(self, file: str) -> bool:
        """Whether another file of the repository, or outside of one of the folder, seems to use a file as a template.

        Searches for its name after `template:`, in a limited number of files.
        """
        path = Path(os.path.abspath(file))
        top = self.repository(path.parent) or path.parent
        return path.name.casefold() in self._used.below(top)

    def look_again(self) -> None:
        """Search the repository anew for what uses a template, at the next question."""
        self._used.forget()

    def files_naming(self, file: str) -> Iterator[str]:
        """The files of the repository, or outside of one of the folder, that seem to use a file as a template."""
        path = Path(os.path.abspath(file))
        return self._used.naming(self.repository(path.parent) or path.parent, path.name)

    def beside(self, path: Path) -> tuple[str, ...]:
        """The names in the folder of a path; none where the folder does not exist."""
        folder = path.parent
        if folder not in self._names:
            self._names[folder] = tuple(sorted(other.name for other in folder.iterdir())) if folder.is_dir() else ()
        return self._names[folder]

    def read(self, path: Path) -> PipelineFile | None:
        """A template; None when it cannot be read, which is another finding."""
        if path in self._files:
            self._files.move_to_end(path)
            return self._files[path]
        try:
            found = PipelineFile(self._parsed.read(path))
        except UserError:
            found = None
        self._files[path] = found
        if len(self._files) > _MOST_KEPT:
            self._files.popitem(last=False)
        return found
