"""The parameters of a pipeline: what a run is given, and what it is asked for."""

from collections.abc import Iterator, Sequence

import yaml
from yaml import ScalarNode

from azrelease.diagnostics import UNKNOWN_PARAMETER
from azrelease.errors import InvalidFileError, UserError
from azrelease.expansion.binding import Adopt, Binding
from azrelease.expansion.declarations import Declaration, Declarations
from azrelease.expansion.literals import literal
from azrelease.expansion.origins import SELF, Origin, SourceFile
from azrelease.expansion.placeholders import Placeholder
from azrelease.expansion.problems import Problems
from azrelease.expansion.result import ExpansionRequest
from azrelease.expansion.scope import Parameters, parameter
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.suggestions import suggestion
from azrelease.syntax.expressions import Value
from azrelease.yaml_document import YamlDocument

_TEXT_TYPES = frozenset(
    ("string", "boolean", "number", "environment", "filePath", "pool", "secureFile", "serviceConnection")
)
_KINDS = {"boolean": "boolean", "number": "number"}
_MARK = yaml.Mark("", 0, 0, 0, None, 0)


class PipelineParameters:
    """The parameters of a pipeline, with what a request gives.

    Args:
        file: the file of the pipeline.
        declared: its parameters.
        request: what is known before the run.
        problems: gets what the service refuses.
        binding: converts values to the types of parameters.
    """

    def __init__(
        self,
        file: SourceFile,
        declared: Declarations,
        request: ExpansionRequest,
        problems: Problems,
        binding: Binding,
    ) -> None:
        self._file = file
        self._declared = declared
        self._are_unknown = request.are_parameters_unknown
        self._is_part = request.is_part
        self._given = {name.casefold(): (name, text) for name, text in request.parameters.items()}
        self._problems = problems
        self._binding = binding

    def bound(self, adopt: Adopt) -> Parameters:
        """The values: given ones, defaults, and unknown ones for the rest.

        Raises:
            UserError: a given list or mapping is not YAML.
        """
        values: dict[str, Value] = {}
        for each in self._declared.by_name.values():
            # A default that does not fit is refused also where a given value replaces it.
            default = (
                None if each.default is None else self._binding.value(each, adopt, literal(each.default, self._file))
            )
            given = self._given.get(each.name.casefold())
            if given is not None:
                values[each.name] = self._binding.value(each, adopt, _given_node(*given, each))
            elif self._is_asked(each):
                values[each.name] = parameter(
                    each.name, _KINDS.get(each.type, "text" if each.type in _TEXT_TYPES else "")
                )
            else:
                values[each.name] = "" if default is None else default
        for name, text in self._given.values():
            if name.casefold() not in self._declared.by_name:
                self._undeclared(name, text, values)
        is_open = self._declared.is_broken or (self._declared.takes_any and self._is_part)
        return Parameters(values, takes_any=self._declared.takes_any, is_open=is_open)

    def kept(self, placeholders: Sequence[Placeholder]) -> Iterator[ExpandedEntry]:
        """The `parameters` of the expanded pipeline: what the run is asked for, and what expressions need."""
        origin = Origin(self._file, self._file.document.root, None)
        items = [
            _without_default(literal(each.item, self._file))
            for each in self._declared.by_name.values()
            if each.item is not None and each.name.casefold() not in self._given and self._is_asked(each)
        ]
        items += (_declaration(each, origin) for each in placeholders)
        if items:
            key = ExpandedScalar("parameters", "parameters", origin)
            yield ExpandedEntry(key, ExpandedSequence(tuple(items), origin))

    def _is_asked(self, declared: Declaration) -> bool:
        """Whether the run is asked for a parameter that is not given. One of the old form is empty."""
        return bool(declared.type) and (declared.default is None or self._are_unknown)

    def _undeclared(self, name: str, text: str, values: dict[str, Value]) -> None:
        if self._declared.is_broken or (self._declared.takes_any and not self._declared.by_name):
            values[name] = text
            return
        names = [each.name for each in self._declared.by_name.values()]
        message = f"the pipeline has no parameter `{name}`"
        hint = suggestion(name, names, f"It has: {', '.join(names)}.")
        self._problems.at_file(UNKNOWN_PARAMETER, message, self._file, hint)


def _without_default(node: ExpandedNode) -> ExpandedNode:
    if not isinstance(node, ExpandedMapping):
        return node
    return ExpandedMapping(tuple(entry for entry in node.entries if entry.key.text != "default"), node.origin)


def _declaration(each: Placeholder, origin: Origin) -> ExpandedMapping:
    def text(value: str) -> ExpandedScalar:
        return ExpandedScalar(value, value, each.origin)

    entries = [ExpandedEntry(text("name"), text(each.name)), ExpandedEntry(text("type"), text("object"))]
    if each.default is not None:
        entries.append(ExpandedEntry(text("default"), each.default))
    return ExpandedMapping(tuple(entries), origin)


def _given_node(name: str, text: str, declared: Declaration) -> ExpandedNode:
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
