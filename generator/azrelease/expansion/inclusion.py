"""Templates: where a reference leads, its arguments, and the content that comes in its place."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from yaml import MappingNode

from azrelease.diagnostics import (
    EXPANSION_LIMIT,
    MISSING_PARAMETER,
    MISSING_TEMPLATE,
    TEMPLATE_CYCLE,
    UNDECLARED_REPOSITORY,
    UNKNOWN_FIELD,
    UNKNOWN_PARAMETER,
    WRONG_TEMPLATE,
    WRONG_TYPE,
)
from azrelease.errors import InvalidFileError
from azrelease.expansion.binding import Binding
from azrelease.expansion.declarations import Declarations, read_declarations, repository_aliases
from azrelease.expansion.directives import Directives
from azrelease.expansion.evaluation import FAILED, Evaluation
from azrelease.expansion.expander import PendingEntry, TreeExpander
from azrelease.expansion.idle_branches import needed_items
from azrelease.expansion.limits import MOST_FILES, MOST_LEVELS, Budget, ExpansionLimitError
from azrelease.expansion.literals import literal
from azrelease.expansion.origins import SELF, SourceFile, TemplateCall
from azrelease.expansion.places import CONTENT_KEYS, Place
from azrelease.expansion.problems import Problems
from azrelease.expansion.schema_errors import report_declaration_errors
from azrelease.expansion.scope import Parameters, Scope
from azrelease.expansion.sources import SourceFiles, resolve
from azrelease.expansion.syntax_errors import report_syntax_errors
from azrelease.expansion.tree import (
    ExpandedEntry,
    ExpandedMapping,
    ExpandedNode,
    ExpandedScalar,
    ExpandedSequence,
    chains,
    conditional,
    value_of,
)
from azrelease.suggestions import suggestion
from azrelease.syntax.embedded import directive
from azrelease.syntax.expressions import UNKNOWN, Unknown, Value

_REFERENCE_KEYS = frozenset(("template", "parameters"))


class PipelineExpander(TreeExpander):
    """Expands the files of a pipeline, with the templates that can be read.

    Args:
        problems: gets what the service refuses.
        budget: what is left of the limits.
        evaluation: evaluates expressions.
        directives: decides directives.
        sources: reads the templates.
        is_part: whether the first file is a template, which another file includes.

    Attributes:
        binding: converts the values of parameters.
    """

    def __init__(
        self,
        problems: Problems,
        budget: Budget,
        evaluation: Evaluation,
        directives: Directives,
        sources: SourceFiles,
        *,
        is_part: bool,
    ) -> None:
        super().__init__(problems, budget, evaluation, directives)
        self._sources = sources
        self._is_part = is_part
        self._aliases: set[str] = set()
        self.binding = Binding(problems)
        self._declarations: dict[SourceFile, Declarations] = {}

    def included(self, reference: ExpandedMapping, scope: Scope, place: Place) -> Iterable[ExpandedNode]:
        """The content of a template; the reference itself where the template is out of reach."""
        self._check_keys(reference)
        called = self.call(reference, scope)
        if called is None:
            if place is Place.VARIABLES:
                scope.variables.open()
            return (reference,)
        root = called.file.document.root
        if not isinstance(root, MappingNode):
            self.problems.at_file(WRONG_TYPE, "a template must be a mapping", called.file)
            return ()
        items = tuple(self._root_items(self.entries(root, called, Place.FILE), place, reference))
        return needed_items(items)

    def _check_keys(self, reference: ExpandedMapping) -> None:
        for entry in reference.entries:
            if not entry.is_directive and entry.key.text not in _REFERENCE_KEYS:
                message = f"a template does not take the key `{entry.key.text}`"
                hint = "A reference has `template` and `parameters` only."
                self.problems.add(UNKNOWN_FIELD, message, entry.key.origin, hint)
        given = reference.nodes.get("parameters")
        if isinstance(given, ExpandedScalar):
            kind = "text" if given.is_known and given.text not in ("", "~", "null") else None
        else:
            kind = "a list" if isinstance(given, ExpandedSequence) else None
        if given is not None and kind is not None:
            message = f"`parameters` of a template must be a mapping, not {kind}"
            self.problems.add(WRONG_TYPE, message, given.origin)

    def call(self, reference: ExpandedMapping, scope: Scope) -> Scope | None:
        """The scope of the template of a reference; None where it is out of reach, or cannot be read."""
        path = reference.nodes["template"]
        if not isinstance(path, ExpandedScalar) or not path.is_known or reference.is_open:
            return None
        file = self._file(path, scope)
        if file is None:
            return None
        if scope.level >= MOST_LEVELS:
            message = f"templates in templates are deeper than {MOST_LEVELS} levels"
            self.problems.add(TEMPLATE_CYCLE, message, path.origin, "End the recursion with an `${{ if }}`.")
            raise ExpansionLimitError(message, is_reported=True)
        self.budget.call()
        given = reference.nodes.get("parameters")
        frame = TemplateCall(path.origin, file, given)
        outer = scope.called(frame, Parameters({}, takes_any=True))
        return scope.called(frame, self._bound(file, given, reference, outer))

    def declarations(self, file: SourceFile, *, is_pipeline: bool = False) -> Declarations:
        """The parameters of a file; its problems are reported at the first call."""
        if file not in self._declarations:
            for found in file.document.problems:
                self.problems.add_found(found, None)
            report_syntax_errors(file, self.problems)
            report_declaration_errors(file, self.problems)
            self._aliases.update(repository_aliases(file.document.root))
            self._declarations[file] = read_declarations(file, self.problems, is_pipeline=is_pipeline)
        return self._declarations[file]

    def extended(self, reference: ExpandedNode, scope: Scope) -> Iterator[PendingEntry] | None:
        """The entries of the template that a pipeline extends; None where it is out of reach."""
        if not isinstance(reference, ExpandedMapping) or "template" not in reference.nodes:
            return None
        self._check_keys(reference)
        called = self.call(reference, scope)
        if called is None:
            return None
        root = called.file.document.root
        if not isinstance(root, MappingNode):
            self.problems.at_file(WRONG_TYPE, "a template must be a mapping", called.file)
            return iter(())
        return self.entries(root, called, Place.FILE, is_plain=False)

    def _file(self, path: ExpandedScalar, scope: Scope) -> SourceFile | None:
        found = resolve(path.text, scope.file)
        name = path.text.partition("@")[2]
        if found.repository != SELF and found.repository not in self._aliases:
            if self._is_part:
                return None  # the pipeline that includes the file declares it
            message = f"the repository `{name or found.repository}` is not declared in `resources`"
            hint = suggestion(found.repository, [*self._aliases, SELF], "Declare it: `resources: repositories:`.")
            self.problems.add(UNDECLARED_REPOSITORY, message, path.origin, hint)
            return None
        if not self._sources.is_here(found.repository):
            return None
        if found.location is None:
            message = f"the path `{path.text}` leaves its repository"
            self.problems.add(MISSING_TEMPLATE, message, path.origin, "Name a file of the repository.")
            return None
        try:
            file = self._sources.load(found.repository, found.location)
        except InvalidFileError as error:
            for problem in error.diagnostics:
                self.problems.add_found(problem, path.origin.frame)
            return None
        if file is None:
            where = f" in `{found.repository}`" if found.repository != SELF else ""
            message = f"the template `{found.location}` does not exist{where}"
            hint = "A path is relative to the file that uses it, or to the top of the repository if it begins with `/`."
            self.problems.add(MISSING_TEMPLATE, message, path.origin, hint)
            return None
        if len(self._sources.files) > MOST_FILES + 1:  # the pipeline is not included
            message = f"the pipeline includes more than {MOST_FILES} files"
            self.problems.add(EXPANSION_LIMIT, message, path.origin, "Put templates into fewer files.")
            raise ExpansionLimitError(message, is_reported=True)
        return file

    def _bound(
        self, file: SourceFile, given: ExpandedNode | None, reference: ExpandedMapping, scope: Scope
    ) -> Parameters:
        """The parameters of a template by its arguments."""
        declared = self.declarations(file)
        arguments = _arguments(given)
        named = frozenset(arguments or ())
        values: dict[str, Value] = {}

        def adopt(node: ExpandedNode, place: Place) -> ExpandedNode:
            return self.adopted(node, scope, place)

        for parameter in declared.by_name.values():
            bind = partial(self.binding.value, parameter, adopt)
            argument = (arguments or {}).pop(parameter.name.casefold(), None)
            # A default that does not fit is refused also where an argument replaces it.
            default = None if parameter.default is None else bind(literal(parameter.default, file))
            if argument is not None:
                values[parameter.name] = argument.value(bind, default)
            elif arguments is None:
                values[parameter.name] = UNKNOWN
            elif parameter.default is None and parameter.type:
                message = f"the template `{file.location}` requires the parameter `{parameter.name}`"
                at = reference.nodes["template"].origin
                self.problems.add(MISSING_PARAMETER, message, at, f"Add `{parameter.name}` to its `parameters`.")
                values[parameter.name] = UNKNOWN
            else:
                values[parameter.name] = "" if default is None else default
        for argument in (arguments or {}).values():
            name = argument.name.text
            if declared.takes_any or declared.is_broken:
                values[name] = argument.value(value_of, None)
            elif argument.is_certain:
                names = [parameter.name for parameter in declared.by_name.values()]
                message = f"the template `{file.location}` has no parameter `{name}`"
                missing = [known for known in names if known.casefold() not in named]
                hint = suggestion(name, missing, f"It has: {', '.join(names)}." if names else "It declares none.")
                self.problems.add(UNKNOWN_PARAMETER, message, argument.name.origin, hint)
        return Parameters(values, takes_any=declared.takes_any, is_open=declared.is_broken)

    def _root_items(
        self, entries: Iterable[PendingEntry], place: Place, reference: ExpandedMapping
    ) -> Iterator[ExpandedNode]:
        keys = CONTENT_KEYS[place]
        for entry in entries:
            name = entry.key.text
            if callable(entry.content):
                inner = tuple(self._root_items(entry.content(), place, reference))
                body = ExpandedSequence(needed_items(inner), entry.key.origin)
                yield ExpandedMapping((ExpandedEntry(entry.key, body),), entry.key.origin)
            elif name in keys:
                yield from self._listed(self.value(entry.content, entry.scope, place), entry, place)
            elif name != "parameters" and entry.key.value is not FAILED:
                path = reference.nodes["template"].origin
                message = f"`{name}` does not fit where {place} are expected"
                code = WRONG_TEMPLATE if name in ("stages", "jobs", "steps", "variables") else UNKNOWN_FIELD
                self.problems.add(code, message, entry.key.origin, f"`{path.file.path}` includes this file there.")

    def _listed(self, node: ExpandedNode, entry: PendingEntry, place: Place) -> Iterator[ExpandedNode]:
        """The content of a template as items of a list."""
        if isinstance(node, ExpandedSequence):
            yield from node.items
        elif isinstance(node, ExpandedMapping) and place is Place.VARIABLES:
            yield from variable_items(node)
        elif isinstance(node, ExpandedScalar) and isinstance(node.value, Unknown):
            yield node
        elif isinstance(node, ExpandedMapping) or node.text:
            message = f"`{entry.key.text}` must be a list"
            self.problems.add(WRONG_TYPE, message, node.origin)


def variable_items(node: ExpandedMapping) -> Iterator[ExpandedNode]:
    """The entries of a mapping of variables as items of a list of them."""
    for entry in node.entries:
        if entry.is_directive and isinstance(entry.value, ExpandedMapping):
            body = ExpandedSequence(tuple(variable_items(entry.value)), entry.value.origin)
            yield ExpandedMapping((ExpandedEntry(entry.key, body),), entry.key.origin)
            continue
        name = ExpandedScalar("name", "name", entry.key.origin)
        value = ExpandedScalar("value", "value", entry.key.origin)
        pairs = (ExpandedEntry(name, entry.key), ExpandedEntry(value, entry.value))
        yield ExpandedMapping(pairs, entry.key.origin)


class _Argument:
    """An argument of a template: a value, or one for each branch of conditions that only the run knows.

    Attributes:
        name: its name.
    """

    def __init__(self, name: ExpandedScalar, node: ExpandedNode | None) -> None:
        self.name = name
        self._node = node
        self._branches: list[tuple[ExpandedScalar, ExpandedNode | None]] = []

    @property
    def is_certain(self) -> bool:
        """Whether it is given whatever the run decides."""
        return self._node is not None

    def with_branches(self, branches: Iterable[tuple[ExpandedScalar, ExpandedNode | None]]) -> "_Argument":
        """The argument of a chain of directives; None is a branch that does not have it."""
        self._branches = list(branches)
        return self

    def value(self, of_node: Callable[[ExpandedNode], Value], otherwise: Value) -> Value:
        """The value for the parameter; `otherwise` where no branch gives it."""
        if self._node is not None:
            return of_node(self._node)
        branches = [(key, otherwise if node is None else of_node(node)) for key, node in self._branches]
        return conditional(branches, otherwise, self.name.origin)


def _arguments(given: ExpandedNode | None) -> dict[str, _Argument] | None:
    """The arguments of a reference by name in lower case; None where only the run knows which there are."""
    if given is None or (isinstance(given, ExpandedScalar) and given.is_known):
        return {}
    if not isinstance(given, ExpandedMapping):
        return None
    found: dict[str, _Argument] = {}
    for chain in chains(given.entries):
        bodies = [(entry.key, entry.value) for entry in chain]
        names = {}
        for key, body in bodies:
            word = directive(key.text)
            if not isinstance(body, ExpandedMapping) or body.is_open or word is None or word.name in ("each", "insert"):
                return None
            names.update({entry.key.text: entry.key for entry in body.entries})
        for name, key in names.items():
            branches = [(k, b.nodes.get(name)) for k, b in bodies if isinstance(b, ExpandedMapping)]
            found[name.casefold()] = _Argument(key, None).with_branches(branches)
    for entry in given.entries:
        if not entry.is_directive:
            found[entry.key.text.casefold()] = _Argument(entry.key, entry.value)
    return found
