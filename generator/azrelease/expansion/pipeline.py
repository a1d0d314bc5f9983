"""Expands a pipeline file."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from yaml import MappingNode, ScalarNode

from azrelease.diagnostics import (
    CONFLICTING_FIELDS,
    EXPANSION_LIMIT,
    WRONG_TYPE,
)
from azrelease.errors import UserError
from azrelease.expansion.directives import Directives
from azrelease.expansion.evaluation import Evaluation
from azrelease.expansion.expander import Content, PendingEntry
from azrelease.expansion.idle_branches import needed_entries
from azrelease.expansion.inclusion import PipelineExpander
from azrelease.expansion.limits import Budget, ExpansionLimitError
from azrelease.expansion.origins import SELF, Origin, SourceFile
from azrelease.expansion.pipeline_parameters import PipelineParameters
from azrelease.expansion.placeholders import Placeholders
from azrelease.expansion.places import Place
from azrelease.expansion.problems import Problems
from azrelease.expansion.result import Expansion, ExpansionRequest
from azrelease.expansion.schema_errors import report_schema_errors
from azrelease.expansion.scope import Parameters, Scope, Variables
from azrelease.expansion.sources import FolderFiles, RepositoryFiles, SourceFiles
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.expansion.unknowns import unknown_texts
from azrelease.yaml_document import YamlDocument

_CONTENT = frozenset(("stages", "jobs", "phases", "steps"))
_TEXT_TYPES = frozenset(
    ("string", "boolean", "number", "environment", "filePath", "pool", "secureFile", "serviceConnection")
)
_TOO_DEEP = "directives in templates in templates are nested too deep"


def expand_file(path: Path, request: ExpansionRequest = ExpansionRequest()) -> Expansion:  # noqa: B008  (immutable)
    """Expand a pipeline as the service does before a run.

    Args:
        path: the file of the pipeline; of a template, with the parameters that have no default unknown.
        request: what is known before the run.

    Raises:
        UserError: the file, or a folder of a repository, does not exist or cannot be read.
        InvalidFileError: the file is not YAML.
    """
    return expand_document(YamlDocument.read(path), path, request)


def expand_document(document: YamlDocument, path: Path, request: ExpansionRequest) -> Expansion:
    """Expand a pipeline that is read already.

    Args:
        document: its content.
        path: its place: relative paths of templates begin in its folder.
        request: what is known before the run.

    Raises:
        UserError: the folder of a repository does not exist.
    """
    root = request.root or repository_root(path)
    for alias, folder in request.repositories.items():
        if not folder.is_dir():
            raise UserError(f"{folder}: no such folder (repository `{alias}`)")
    checkouts: dict[str, RepositoryFiles] = {
        alias: FolderFiles(folder) for alias, folder in request.repositories.items()
    }
    checkouts[SELF] = FolderFiles(root)
    file = SourceFile(document.path, SELF, location_in(root, path), document)
    return expand_source(file, checkouts, request)


def repository_root(path: Path) -> Path:
    """The top folder of the repository of a file.

    The nearest folder with `.git`, else the current folder where the file is below it, else the folder of the file.
    """
    folder = path.absolute().parent
    around = (folder, *folder.parents)
    top = next((found for found in around if (found / ".git").exists()), None)
    if top is not None:
        return top
    here = Path.cwd()
    return here if here in around else folder


def location_in(root: Path, path: Path) -> str:
    """The path of a file in a repository; a link is what it leads to, outside of the repository with `..` in it."""
    return Path(os.path.relpath(os.path.realpath(path), os.path.realpath(root))).as_posix()


def expand_source(
    file: SourceFile,
    checkouts: Mapping[str, RepositoryFiles],
    request: ExpansionRequest,
    *,
    parse: Callable[[bytes, str], YamlDocument] = YamlDocument.decode,
    checks_schema: bool = True,
) -> Expansion:
    """Expand a pipeline that is read already, with the repositories that are here.

    Args:
        file: the file of the pipeline.
        checkouts: the repositories that are here, by alias.
        request: what is known before the run.
        parse: makes a document of the content and path of a template.
        checks_schema: whether what the schema of the language refuses in the result is among its problems.
    """
    return _PipelineExpansion(file, checkouts, request, parse).run(checks_schema=checks_schema)


class _PipelineExpansion:
    def __init__(
        self,
        file: SourceFile,
        checkouts: Mapping[str, RepositoryFiles],
        request: ExpansionRequest,
        parse: Callable[[bytes, str], YamlDocument],
    ) -> None:
        self._file = file
        self._request = request
        self._problems = Problems()
        self._placeholders = Placeholders(Origin(file, file.document.root, None))
        self._sources = SourceFiles(checkouts, file, parse)
        budget = Budget()
        evaluation = Evaluation(self._problems, budget, self._placeholders)
        directives = Directives(self._problems, budget, self._placeholders, evaluation)
        self._expander = PipelineExpander(
            self._problems, budget, evaluation, directives, self._sources, is_part=request.is_part
        )
        declared = self._expander.declarations(file, is_pipeline=not request.is_part)
        self._parameters = PipelineParameters(file, declared, request, self._problems, self._expander.binding)

    def run(self, *, checks_schema: bool) -> Expansion:
        """Expand the pipeline."""
        root = self._file.document.root
        entries: tuple[ExpandedEntry, ...] = ()
        if isinstance(root, MappingNode):
            try:
                entries = self._entries(root)
            except ExpansionLimitError as error:
                if not error.is_reported:
                    self._end(error.message)
            except RecursionError:
                self._end(_TOO_DEEP)
        else:
            self._problems.at_file(WRONG_TYPE, "a pipeline must be a mapping", self._file, "Begin it with `steps:`.")
        origin = Origin(self._file, root, None)
        placeholders = self._placeholders.read_by(entry_node for entry in entries for entry_node in entry)
        pipeline = ExpandedMapping((*self._parameters.kept(placeholders), *entries), origin)
        expansion = Expansion(self._file, pipeline, (), self._sources.files, tuple(unknown_texts(pipeline)))
        if entries and checks_schema:
            report_schema_errors(expansion, self._expander.binding.parts, self._problems)
        return expansion._replace(problems=self._problems.found)

    def _end(self, message: str) -> None:
        hint = "The service ends the expansion of a pipeline at its limits."
        self._problems.at_file(EXPANSION_LIMIT, message, self._file, hint)

    def _entries(self, root: MappingNode) -> tuple[ExpandedEntry, ...]:
        variables = Variables(given=self._request.variables)
        if self._request.is_part:
            variables.open()
        first = Scope(self._file, None, Parameters({}, takes_any=True), variables, {}, 0, is_certain=True)
        parameters = self._parameters.bound(lambda node, place: self._expander.adopted(node, first, place))
        scope = Scope(self._file, None, parameters, variables, {}, 0, is_certain=True).inner_variables()
        known: dict[int, ExpandedNode] = {}
        for key, content in root.value:
            if isinstance(key, ScalarNode) and key.value == "variables":
                known[id(content)] = self._expander.value(content, scope, Place.VARIABLES)
        entries = self._with_extends(self._expander.entries(root, scope, Place.FILE), scope)
        done = self._expander.finished(self._with_one_resources(entries), Place.FILE, known)
        return _in_order(needed_entries(done))

    def _with_one_resources(self, entries: Iterable[PendingEntry]) -> Iterator[PendingEntry]:
        """The entries of the root, with the resources of the pipeline and of the template that it extends together."""
        found: list[PendingEntry] = []
        for entry in entries:
            if entry.key.text == "resources":
                value = self._expander.value(entry.content, entry.scope, Place.RESOURCES)
                found.append(entry._replace(content=value))
            else:
                yield entry
        if found:
            merged = found[0].content
            for more in found[1:]:
                merged = _together(merged, more.content)
            yield found[0]._replace(content=merged)

    def _with_extends(self, entries: Iterable[PendingEntry], scope: Scope) -> Iterator[PendingEntry]:
        """The entries of the root, with those of the template that it extends in the place of `extends`."""
        extends = False
        content: str | None = None
        for entry in entries:
            name = entry.key.text
            if name == "parameters" or callable(entry.content):
                if name != "parameters":
                    yield entry
                continue
            if name in _CONTENT:
                content = name
            if name != "extends":
                if extends and name in _CONTENT:
                    self._conflict(entry, "extends")
                    continue
                yield entry
                continue
            extends = True
            if content is not None:
                self._conflict(entry, content)
                continue
            reference = self._expander.value(entry.content, entry.scope, Place.PLAIN)
            inner = self._expander.extended(reference, entry.scope)
            if inner is None:
                yield entry._replace(content=reference)
            else:
                yield from self._with_extends(inner, scope)

    def _conflict(self, entry: PendingEntry, other: str) -> None:
        message = f"`{entry.key.text}` conflicts with `{other}`"
        hint = "Keep one of `stages`, `jobs`, `steps` and `extends`."
        self._problems.add(CONFLICTING_FIELDS, message, entry.key.origin, hint)


def _in_order(entries: tuple[ExpandedEntry, ...]) -> tuple[ExpandedEntry, ...]:
    """The entries with the resources, which are complete at the end only, in front of the content."""
    resources = [entry for entry in entries if entry.key.text == "resources"]
    others = [entry for entry in entries if entry.key.text != "resources"]
    content = (number for number, entry in enumerate(others) if entry.key.text in _CONTENT)
    at = next(content, len(others))
    return (*others[:at], *resources, *others[at:])


def _together(first: Content, second: Content) -> Content:
    """Two mappings of resources as one."""
    if not isinstance(first, ExpandedMapping) or not isinstance(second, ExpandedMapping):
        return second if isinstance(first, ExpandedScalar) else first
    entries = {entry.key.text: entry for entry in first.entries}
    for entry in second.entries:
        other = entries.get(entry.key.text)
        if other is None:
            entries[entry.key.text] = entry
        elif isinstance(other.value, ExpandedSequence) and isinstance(entry.value, ExpandedSequence):
            items = ExpandedSequence((*other.value.items, *entry.value.items), other.value.origin)
            entries[entry.key.text] = other._replace(value=items)
    return ExpandedMapping(tuple(entries.values()), first.origin)
