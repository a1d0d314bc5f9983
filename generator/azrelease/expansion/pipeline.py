"""Expands a pipeline file."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import yaml
from yaml import MappingNode, ScalarNode, SequenceNode

from azrelease.diagnostics import (
    CONFLICTING_FIELDS,
    EXPANSION_LIMIT,
    UNKNOWN_PARAMETER,
    WRONG_TYPE,
)
from azrelease.errors import InvalidFileError, UserError
from azrelease.expansion.binding import Binding
from azrelease.expansion.declarations import Declaration
from azrelease.expansion.directives import Directives
from azrelease.expansion.evaluation import Evaluation
from azrelease.expansion.expander import Content, PendingEntry
from azrelease.expansion.inclusion import PipelineExpander
from azrelease.expansion.limits import Budget, ExpansionLimitError
from azrelease.expansion.literals import literal
from azrelease.expansion.origins import SELF, Origin, SourceFile
from azrelease.expansion.placeholders import Placeholder, Placeholders
from azrelease.expansion.places import Place
from azrelease.expansion.problems import Problems
from azrelease.expansion.result import Expansion, ExpansionRequest
from azrelease.expansion.schema_errors import report_schema_errors
from azrelease.expansion.scope import Parameters, Scope, Variables, parameter
from azrelease.expansion.sources import Checkout, FolderCheckout, SourceFiles
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.expansion.unknowns import unknown_texts
from azrelease.suggestions import suggestion
from azrelease.syntax.expressions import Value  # noqa: TC001
from azrelease.yaml_document import YamlDocument

_CONTENT = frozenset(("stages", "jobs", "phases", "steps"))
_TEXT_TYPES = frozenset(
    ("string", "boolean", "number", "environment", "filePath", "pool", "secureFile", "serviceConnection")
)


def expand_file(path: Path, request: ExpansionRequest = ExpansionRequest()) -> Expansion:  # noqa: B008  (immutable)
    """Expand a pipeline as the service does before a run.

    Args:
        path: the file of the pipeline; of a template, with the parameters that have no default unknown.
        request: what is known before the run.

    Raises:
        UserError: the file, or a folder of a repository, does not exist or cannot be read.
        InvalidFileError: the file is not YAML.
    """
    root = request.root or repository_root(path)
    for alias, folder in request.repositories.items():
        if not folder.is_dir():
            raise UserError(f"{folder}: no such folder (repository `{alias}`)")
    checkouts: dict[str, Checkout] = {alias: FolderCheckout(folder) for alias, folder in request.repositories.items()}
    checkouts[SELF] = FolderCheckout(root)
    location = Path(os.path.relpath(os.path.realpath(path), os.path.realpath(root))).as_posix()
    file = SourceFile(str(path), SELF, location, YamlDocument.read(path))
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


def expand_source(
    file: SourceFile,
    checkouts: Mapping[str, Checkout],
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
        checkouts: Mapping[str, Checkout],
        request: ExpansionRequest,
        parse: Callable[[bytes, str], YamlDocument],
    ) -> None:
        self._file = file
        self._request = request
        self._problems = Problems()
        self._placeholders = Placeholders()
        self._sources = SourceFiles(checkouts, file, parse)
        budget = Budget()
        evaluation = Evaluation(self._problems, budget, self._placeholders)
        directives = Directives(self._problems, budget, self._placeholders, evaluation)
        self._expander = PipelineExpander(
            self._problems, budget, evaluation, directives, self._sources, is_part=request.is_part
        )

    def run(self, *, checks_schema: bool) -> Expansion:
        root = self._file.document.root
        entries: tuple[ExpandedEntry, ...] = ()
        if isinstance(root, MappingNode):
            try:
                entries = self._entries(root)
            except ExpansionLimitError as error:
                hint = "The service ends the expansion of a pipeline at its limits."
                self._problems.at_file(EXPANSION_LIMIT, error.message, self._file, hint)
        else:
            self._problems.at_file(WRONG_TYPE, "a pipeline must be a mapping", self._file, "Begin it with `steps:`.")
        origin = Origin(self._file, root, None)
        pipeline = ExpandedMapping((*self._kept_parameters(), *entries), origin)
        expansion = Expansion(self._file, pipeline, (), self._sources.files, tuple(unknown_texts(pipeline)))
        if entries and checks_schema:
            report_schema_errors(expansion, self._problems)
        return expansion._replace(problems=self._problems.found)

    def _entries(self, root: MappingNode) -> tuple[ExpandedEntry, ...]:
        variables = Variables(given=self._request.variables)
        if self._request.is_part:
            variables.open()
        first = Scope(self._file, None, Parameters({}, takes_any=True), variables, {}, 0, is_certain=True)
        scope = Scope(self._file, None, self._parameters(first), variables, {}, 0, is_certain=True)
        scope = scope.inner_variables()
        known: dict[int, ExpandedNode] = {}
        for key, content in root.value:
            if isinstance(key, ScalarNode) and key.value == "variables":
                known[id(content)] = self._expander.value(content, scope, Place.VARIABLES)
        entries = self._with_extends(self._expander.entries(root, scope, Place.FILE), scope)
        return self._expander.finished(self._with_one_resources(entries), Place.FILE, known)

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

    def _parameters(self, scope: Scope) -> Parameters:
        """The parameters of the pipeline: given ones, defaults, and for the rest what the run asks for."""
        declared = self._expander.declarations(self._file, is_pipeline=not self._request.is_part)
        given = {name.casefold(): (name, text) for name, text in self._request.parameters.items()}
        binding = Binding(self._problems)
        values: dict[str, Value] = {}

        def adopt(node: ExpandedNode, place: Place) -> ExpandedNode:
            return self._expander.adopted(node, scope, place)

        for each in declared.by_name.values():
            default = None if each.default is None else literal(each.default, self._file)
            if default is not None:
                values[each.name] = binding.value(each, adopt, default)
            elif not each.type:
                values[each.name] = ""
            else:
                values[each.name] = parameter(each.name)
            value = given.pop(each.name.casefold(), None)
            if value is not None:
                node = _given(value[0], value[1], each)
                values[each.name] = binding.value(each, adopt, node)
            elif self._request.are_parameters_unknown:
                values[each.name] = parameter(each.name)
        for name, text in given.values():
            if declared.takes_any and not declared.by_name:
                values[name] = text
                continue
            names = [each.name for each in declared.by_name.values()]
            message = f"the pipeline has no parameter `{name}`"
            hint = suggestion(name, names, f"It has: {', '.join(names)}." if names else "It declares none.")
            self._problems.at_file(UNKNOWN_PARAMETER, message, self._file, hint)
        is_open = declared.takes_any and self._request.is_part
        return Parameters(values, takes_any=declared.takes_any, is_open=is_open)

    def _kept_parameters(self) -> Iterator[ExpandedEntry]:
        """The parameters that the expanded pipeline needs: those of the run, and those for expressions."""
        origin = Origin(self._file, self._file.document.root, None)
        items: list[ExpandedNode] = []
        declared = self._expander.declarations(self._file, is_pipeline=not self._request.is_part).by_name
        node = next((v for k, v in _pairs(self._file.document.root) if k == "parameters"), None)
        given = {name.casefold() for name in self._request.parameters}
        for item in node.value if isinstance(node, SequenceNode) else ():
            name = next((value.value for key, value in _pairs(item) if key == "name"), None)
            each = declared.get(str(name).casefold())
            is_asked = each is not None and (each.default is None or self._request.are_parameters_unknown)
            if is_asked and str(name).casefold() not in given:
                found = literal(item, self._file)
                if self._request.are_parameters_unknown and isinstance(found, ExpandedMapping):
                    kept = tuple(entry for entry in found.entries if entry.key.text != "default")
                    found = ExpandedMapping(kept, found.origin)
                items.append(found)
        items += (_declaration(each, origin) for each in self._placeholders.all)
        if items:
            key = ExpandedScalar("parameters", "parameters", origin)
            yield ExpandedEntry(key, ExpandedSequence(tuple(items), origin))


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


def _declaration(each: Placeholder, origin: Origin) -> ExpandedMapping:
    def text(value: str) -> ExpandedScalar:
        return ExpandedScalar(value, value, each.origin)

    entries = [ExpandedEntry(text("name"), text(each.name)), ExpandedEntry(text("type"), text("object"))]
    if each.default is not None:
        entries.append(ExpandedEntry(text("default"), each.default))
    return ExpandedMapping(tuple(entries), origin)


def _given(name: str, text: str, declared: Declaration) -> ExpandedNode:
    """A value of the command line as a node; of a list or mapping, its YAML.

    Raises:
        UserError: it is not YAML.
    """
    path = f"--parameter {name}"
    if declared.type in _TEXT_TYPES:
        document = YamlDocument(path, text, ScalarNode("", text, _MARK, _MARK, style="'"))
    else:
        try:
            document = YamlDocument.parse(text, path)
        except InvalidFileError as error:
            raise UserError(f"{path}: {error.diagnostics[0].message}") from error
    return literal(document.root, SourceFile(path, SELF, path, document))


_MARK = yaml.Mark("", 0, 0, 0, None, 0)


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value if isinstance(node, MappingNode) else ():
        if isinstance(key, ScalarNode):
            yield key.value, value
