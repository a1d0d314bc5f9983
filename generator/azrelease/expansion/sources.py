"""The files of an expansion: where a template reference leads, and what the file says."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from azrelease.expansion.origins import SELF, SourceFile
from azrelease.open_texts import is_file, open_names
from azrelease.yaml_document import YamlDocument, read_file


class RepositoryFiles(Protocol):
    """The files of a repository."""

    def path(self, location: str) -> str:
        """The path of a file as messages name it."""

    def read(self, location: str) -> bytes | None:
        """The content of a file; None where there is none of exactly that name.

        Raises:
            UserError: it cannot be read.
        """


class FolderFiles:
    """A repository in a folder. Nothing outside of the folder is read, also not through links."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder).resolve()
        self._names: dict[Path, frozenset[str]] = {}

    def path(self, location: str) -> str:
        """The path of a file, relative where it is below the current folder."""
        whole = self._folder / location
        try:
            return str(whole.relative_to(Path.cwd()))
        except ValueError:
            return str(whole)

    def read(self, location: str) -> bytes | None:
        """The content of a file; letter case counts for the service, on every system."""
        whole = self._folder
        for name in location.split("/"):
            if name not in self._names_in(whole):
                return None
            whole /= name
        real = whole.resolve()
        if not is_file(real) or not real.is_relative_to(self._folder):
            return None
        return read_file(self.path(location))

    def _names_in(self, folder: Path) -> frozenset[str]:
        if folder not in self._names:
            try:
                names = [path.name for path in folder.iterdir()]
            except OSError:
                names = []
            self._names[folder] = frozenset((*names, *open_names(folder)))
        return self._names[folder]


class TemplatePath(NamedTuple):
    """A reference to a template, resolved.

    Attributes:
        repository: the alias of the repository in lower case.
        location: the path in it; None for a path that leaves it.
    """

    repository: str
    location: str | None


def resolve(reference: str, base: SourceFile) -> TemplatePath:
    """Where a reference in a file leads.

    Sources: learn.microsoft.com/azure/devops/pipelines/process/templates (relative paths, `/`, `@self`, `@alias`);
    measured: the alias begins at the first `@` and ignores letter case, an empty one is `self`, a backslash is `/`, a
    change of the repository begins at its top folder, and only the resolved path counts for leaving it.
    """
    path, at, alias = reference.partition("@")
    repository = (alias.casefold() or SELF) if at else base.repository
    path = path.replace("\\", "/")
    is_relative = not path.startswith("/") and repository == base.repository
    parts = base.location.split("/")[:-1] if is_relative else []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return TemplatePath(repository, None)
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return TemplatePath(repository, "/".join(parts))


class SourceFiles:
    """Reads each file once.

    Args:
        checkouts: the repositories that are here, by alias.
        pipeline: the file of the pipeline, which is read already.
        parse: makes a document of the content and path of a file.
    """

    def __init__(
        self,
        checkouts: Mapping[str, RepositoryFiles],
        pipeline: SourceFile,
        parse: Callable[[bytes, str], YamlDocument],
    ) -> None:
        self._parse = parse
        self._checkouts = {alias.casefold(): checkout for alias, checkout in checkouts.items()}
        self._files: dict[tuple[str, str], SourceFile | None] = {(pipeline.repository, pipeline.location): pipeline}

    def is_here(self, repository: str) -> bool:
        """Whether the files of a repository are here."""
        return repository in self._checkouts

    def load(self, repository: str, location: str) -> SourceFile | None:
        """A file of a repository that is here; None where it does not exist.

        Raises:
            InvalidFileError: it is not YAML.
            UserError: it cannot be read.
        """
        key = (repository, location)
        if key not in self._files:
            checkout = self._checkouts[repository]
            raw = checkout.read(location)
            self._files[key] = None if raw is None else self._source(checkout.path(location), key, raw)
        return self._files[key]

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """The files that were read, in their order."""
        return tuple(file for file in self._files.values() if file is not None)

    def _source(self, path: str, key: tuple[str, str], raw: bytes) -> SourceFile:
        repository, location = key
        return SourceFile(path, repository, location, self._parse(raw, path))
