"""The files of a repository at a revision of git, without touching the working tree."""

import posixpath
from pathlib import Path
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.registration.checkout import run_git

_LINK = "120000"
_MOST_LINKS = 8


class ChangedFile(NamedTuple):
    """A file that differs between a revision and the working tree.

    Attributes:
        old: its path at the revision, from the top folder; None for a new file.
        new: its path in the working tree; None for a removed file.
    """

    old: str | None
    new: str | None


class Revision:
    """A revision of the repository that the current folder is in.

    Attributes:
        name: the revision as the user gave it.
        top: the top folder of the repository.

    Raises:
        UserError: the folder is in no repository, git is not installed, or the revision does not exist.
    """

    def __init__(self, name: str) -> None:
        top = run_git(Path.cwd(), "rev-parse", "--show-toplevel")
        if top is None:
            raise UserError(f"--diff {name}: the current folder is in no git repository, or git is not installed")
        self.name = name
        self.top = Path(top.decode("utf-8", "surrogateescape").rstrip("\n")).resolve()
        commit = run_git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if commit is None:
            raise UserError(f"--diff {name}: not a revision of {self.top}; `git fetch` may bring it")
        self._commit = commit.decode().strip()
        self._contents: dict[str, bytes] = {}
        self._objects = {path: (mode, name) for mode, name, path in self._tree()}

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all files, from the top folder."""
        return tuple(self._objects)

    def read(self, path: str) -> bytes | None:
        """The content of a file; None where there is none, or a link out of the repository.

        Raises:
            UserError: git cannot read it.
        """
        for _ in range(_MOST_LINKS):
            mode, name = self._objects.get(path, ("", ""))
            if not name:
                return None
            if name not in self._contents:
                content = run_git(self.top, "cat-file", "blob", name)
                if content is None:
                    raise UserError(f"{path} at {self.name}: git cannot read it")
                self._contents[name] = content
            if mode != _LINK:
                return self._contents[name]
            target = self._contents[name].decode("utf-8", "surrogateescape")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        return None

    def changes(self) -> list[ChangedFile]:
        """The files that differ from the working tree, also those that git does not track yet."""
        fields = iter(self._git("diff", "--name-status", "-z", "--find-renames", self._commit, "--"))
        found: list[ChangedFile] = []
        for status in fields:
            path = next(fields)
            if status.startswith(("R", "C")):
                found.append(ChangedFile(path if status.startswith("R") else None, next(fields)))
            else:
                found.append(ChangedFile(None if status == "A" else path, None if status == "D" else path))
        found += (ChangedFile(None, path) for path in self._git("ls-files", "-z", "--others", "--exclude-standard"))
        return found

    def working_files(self) -> list[str]:
        """The files of the working tree that git does not ignore, from the top folder."""
        listed = self._git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
        return [path for path in listed if (self.top / path).is_file()]

    def location(self, path: Path) -> str | None:
        """The path of a file or folder from the top folder; None for one of another repository."""
        whole = path.resolve()
        return whole.relative_to(self.top).as_posix() if whole.is_relative_to(self.top) else None

    def _git(self, *arguments: str) -> list[str]:
        output = run_git(self.top, *arguments)
        if output is None:
            raise UserError(f"--diff {self.name}: `git {arguments[0]}` fails in {self.top}")
        return [field.decode("utf-8", "surrogateescape") for field in output.split(b"\0") if field]

    def _tree(self) -> list[tuple[str, str, str]]:
        entries = []
        for entry in self._git("ls-tree", "-r", "-z", "--full-tree", self._commit):
            about, _, path = entry.partition("\t")
            mode, kind, name = about.split()
            if kind == "blob":
                entries.append((mode, name, path))
        return entries


class RevisionFiles:
    """A repository, or a folder of one, at a revision.

    Args:
        revision: the revision.
        folder: the folder from the top of the repository.
    """

    def __init__(self, revision: Revision, folder: str = "") -> None:
        self._revision = revision
        self._folder = "" if folder == "." else folder

    def path(self, location: str) -> str:
        """The path of a file as messages name it."""
        return f"{self._revision.name}:{posixpath.join(self._folder, location)}"

    def read(self, location: str) -> bytes | None:
        """The content of a file; None where there is none of exactly that name."""
        return self._revision.read(posixpath.join(self._folder, location))
