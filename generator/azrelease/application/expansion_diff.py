"""What a change to pipelines and templates does to each pipeline, against a revision of git."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from azrelease.application.expanding import CheckedExpansion, completed
from azrelease.application.revision_files import Revision, RevisionFiles
from azrelease.errors import InvalidFileError, UserError
from azrelease.expansion import (
    SELF,
    ExpansionProblem,
    ExpansionRequest,
    FolderFiles,
    RepositoryFiles,
    SourceFile,
    expand_source,
    location_in,
    repository_root,
    yaml_text,
)
from azrelease.files import from_here
from azrelease.lint.engine.file_recognition import is_base, is_release, looks_like_pipeline
from azrelease.lint.facts.parsed_files import ParsedFiles
from azrelease.report.expansion_changes import ChangeKind, ExpandedSide, PipelineChange, PipelineChanges
from azrelease.syntax import FileKind, PipelineFile
from azrelease.yaml_document import YamlDocument, read_file

_SUFFIXES = (".yml", ".yaml")

_Pair: TypeAlias = tuple[ExpandedSide | None, ExpandedSide | None]
"""A pipeline at the revision and in the working tree; None where it does not exist."""


def pipeline_changes(files: Sequence[Path], revision: Revision, request: ExpansionRequest) -> PipelineChanges:
    """The pipelines whose expansion differs between a revision and the working tree.

    Args:
        files: the pipelines; none for every pipeline of the repository.
        revision: the revision. Repositories in folders of its repository are read at it, others as they are.
        request: what is known before the run, on both sides.

    Raises:
        UserError: a file exists on neither side, or there is no pipeline.
    """
    return _Comparison(revision, request).of_files(files) if files else _Comparison(revision, request).of_repository()


class _Comparison:
    def __init__(self, revision: Revision, request: ExpansionRequest) -> None:
        self._revision = revision
        self._request = request
        self._parsed = ParsedFiles()
        self._changes = revision.changes()
        self._old_names = {change.new: change.old for change in self._changes if change.new is not None}
        locations = {alias.casefold(): revision.location(folder) for alias, folder in request.repositories.items()}
        self._folders = {alias: folder for alias, folder in locations.items() if folder is not None}
        self._new_files = {alias: FolderFiles(folder) for alias, folder in request.repositories.items()}
        self._old_files: dict[str, RepositoryFiles] = {
            alias: _at(revision, folder) for alias, folder in request.repositories.items()
        }

    def of_files(self, files: Sequence[Path]) -> PipelineChanges:
        pairs = [self._pair(path) for path in files]
        return PipelineChanges(self._revision.name, tuple(_differing(pairs)), len(pairs), ())

    def of_repository(self) -> PipelineChanges:
        news = {location: self._new(from_here(self._revision.top / location)) for location in self._pipelines()}
        used = {path for side in news.values() for path in self._locations(side._replace(files=side.files[1:]))}
        news = {location: side for location, side in news.items() if location not in used}
        changed = {path for change in self._changes for path in change if path is not None}
        pairs: list[_Pair] = []
        for side in news.values():
            # Where no file that was read differs, only a template that is missing can: the old pipeline has it.
            if not side.problems and not changed & self._locations(side):
                continue
            old = self._old(Path(side.path))
            read = self._locations(side) | (self._locations(old) if old else set())
            used |= read
            if changed & read:
                pairs.append((old, side))
        pairs += ((side, None) for side in self._removed(used))
        total = len(news) + sum(new is None for _, new in pairs)
        if not total:
            raise UserError("the repository has no pipeline; name those that use its templates, with --repository")
        unused = sorted(path for path in changed - used - set(news) if self._is_template(path))
        return PipelineChanges(self._revision.name, tuple(_differing(pairs)), total, tuple(unused))

    def _pair(self, path: Path) -> _Pair:
        """A named pipeline on both sides; a name that it had at the revision is fine too."""
        if not path.exists():
            location = self._revision.location(path)
            renamed = (change.new for change in self._changes if change.old == location and change.new is not None)
            path = next((from_here(self._revision.top / new) for new in renamed), path)
        old = self._old(path)
        if not path.exists() and old is None:
            raise UserError(f"{path}: no such file, neither here nor at {self._revision.name}")
        return old, self._new(path) if path.exists() else None

    def _pipelines(self) -> Iterator[str]:
        """The files of the working tree that may be pipelines."""
        was = {change.new for change in self._changes if change.old is not None}
        for location in sorted(self._revision.working_files()):
            if not _is_yaml(location):
                continue
            raw = read_file(str(self._revision.top / location))
            if _may_be_pipeline(raw, location):
                yield location
            elif location in was and _is_broken(raw):
                old = self._revision.read(self._old_names[location] or "")
                if old is not None and _may_be_pipeline(old, location):
                    yield location

    def _locations(self, side: ExpandedSide) -> set[str]:
        """The files that were read for a pipeline of the repository, from its top folder."""
        folders = {SELF: "", **self._folders}
        read = ((folders.get(file.repository), file.location) for file in side.files)
        named = {posixpath.join(folder, location) for folder, location in read if folder is not None}
        # A file may be a link to another one of the repository.
        linked = {self._revision.location(self._revision.top / path) for path in named}
        return named | {path for path in linked if path is not None}

    def _is_template(self, location: str) -> bool:
        path = self._revision.top / location
        if not _is_yaml(location) or not path.is_file():
            return False
        document = _document(read_file(str(path)), location)
        return document is not None and looks_like_pipeline(PipelineFile(document))

    def _new(self, path: Path) -> ExpandedSide:
        root = repository_root(path)
        location = location_in(root, path)
        return self._side(path, read_file(str(path)), location, {**self._new_files, SELF: FolderFiles(root)})

    def _old(self, path: Path) -> ExpandedSide | None:
        """A pipeline at the revision; None where it did not exist."""
        location = self._revision.location(path)
        if location is None:  # a pipeline of another repository, which uses templates of this one
            root = repository_root(path)
            here = location_in(root, path)
            return self._side(path, read_file(str(path)), here, {**self._old_files, SELF: FolderFiles(root)})
        old = self._old_names.get(location, location)
        raw = None if old is None else self._revision.read(old)
        if old is None or raw is None:
            return None
        shown = path if old == location else from_here(self._revision.top / old)
        return self._side(shown, raw, old, {**self._old_files, SELF: RevisionFiles(self._revision)})

    def _removed(self, used: set[str]) -> Iterator[ExpandedSide]:
        """The pipelines that are in the revision only, without files that others include."""
        gone = [change.old for change in self._changes if change.old is not None and change.new is None]
        for location in gone:
            raw = self._revision.read(location) if _is_yaml(location) and location not in used else None
            if raw is not None and _may_be_pipeline(raw, location):
                old = self._old(from_here(self._revision.top / location))
                if old is not None:
                    yield old

    def _side(self, path: Path, raw: bytes, location: str, files: Mapping[str, RepositoryFiles]) -> ExpandedSide:
        shown = path.as_posix()
        try:
            file = SourceFile(shown, SELF, location, self._parsed.decode(raw, shown))
            expanded = completed(expand_source(file, files, self._request, parse=self._parsed.decode))
        except InvalidFileError as error:
            return ExpandedSide(shown, None, tuple(ExpansionProblem(each, ()) for each in error.diagnostics), ())
        return _side_of(shown, expanded)


def _side_of(path: str, expanded: CheckedExpansion) -> ExpandedSide:
    yaml = None if expanded.problems else yaml_text(expanded.normal)
    return ExpandedSide(path, yaml, expanded.problems, expanded.expansion.files)


def _differing(pairs: Sequence[_Pair]) -> Iterator[PipelineChange]:
    for old, new in pairs:
        kind = _kind(old, new)
        if kind is not None:
            yield PipelineChange(kind, old, new)


def _kind(old: ExpandedSide | None, new: ExpandedSide | None) -> ChangeKind | None:
    if new is None:
        return ChangeKind.REMOVED
    if new.yaml is None:
        was_refused = old is not None and old.yaml is None
        return ChangeKind.STILL_REFUSED if was_refused else ChangeKind.REFUSED
    if old is None:
        return ChangeKind.ADDED
    if old.yaml is None:
        return ChangeKind.ACCEPTED
    if old.path != new.path:
        return ChangeKind.RENAMED
    return ChangeKind.CHANGED if old.yaml != new.yaml else None


def _at(revision: Revision, folder: Path) -> RepositoryFiles:
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder")
    location = revision.location(folder)
    return FolderFiles(folder) if location is None else RevisionFiles(revision, location)


def _is_yaml(path: str) -> bool:
    return path.endswith(_SUFFIXES)


def _document(raw: bytes, path: str) -> YamlDocument | None:
    try:
        return YamlDocument.decode(raw, path)
    except InvalidFileError:
        return None


def _is_broken(raw: bytes) -> bool:
    return _document(raw, "") is None


def _may_be_pipeline(raw: bytes, path: str) -> bool:
    """Whether a file is a pipeline, or may be one: it is not certainly a template."""
    document = _document(raw, path)
    if document is None or is_release(path, document) or is_base(document):
        return False
    file = PipelineFile(document)
    return file.kind is not FileKind.TEMPLATE and looks_like_pipeline(file)
