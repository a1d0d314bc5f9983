"""The parameters that a file declares.

Source: learn.microsoft.com/azure/devops/pipelines/process/template-parameters; what that page leaves open is measured.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import yaml
from yaml import MappingNode, ScalarNode, SequenceNode

from azrelease.diagnostics import DUPLICATE_NAME, INVALID_VALUE, MISSING_FIELD, PARAMETER_TYPE, UNKNOWN_FIELD
from azrelease.expansion.origins import Origin, SourceFile
from azrelease.expansion.problems import Problems
from azrelease.suggestions import suggestion
from azrelease.syntax.embedded import template_expressions
from azrelease.syntax.expressions import ExpressionError, parsed

TYPES = (
    "boolean",
    "container",
    "containerList",
    "deployment",
    "deploymentList",
    "job",
    "jobList",
    "number",
    "object",
    "stage",
    "stageList",
    "step",
    "stepList",
    "string",
    "stringList",
)
"""The types of parameters of templates and pipelines (measured; the pages list fewer)."""

_KEYS = ("name", "displayName", "type", "default", "values")
_TEMPLATE_TYPES = ("legacyObject",)
_PIPELINE_TYPES = ("environment", "filePath", "pool", "secureFile", "serviceConnection")


class Declaration(NamedTuple):
    """A parameter.

    Attributes:
        name: its name.
        type: its type; empty in the old form, which takes any value.
        node: its name in the file.
        default: its default; None without one.
        values: the texts it may have; None for any.
        item: its declaration in the file; None in the old form.
    """

    name: str
    type: str
    node: yaml.Node
    default: yaml.Node | None = None
    values: tuple[str, ...] | None = None
    item: yaml.Node | None = None


class Declarations(NamedTuple):
    """The parameters of a file.

    Attributes:
        by_name: the parameters by name in lower case.
        takes_any: whether other arguments are valid: a file without parameters, or with the old form.
        is_broken: whether a declaration cannot be read, which is a problem: then nothing is judged that may be of it.
    """

    by_name: Mapping[str, Declaration]
    takes_any: bool
    is_broken: bool = False


def read_declarations(file: SourceFile, problems: Problems, *, is_pipeline: bool) -> Declarations:
    """The parameters of a file; what is wrong with them are problems."""
    node = _entry(file.document.root, "parameters")
    if node is None or (isinstance(node, ScalarNode) and not node.value):
        return Declarations({}, takes_any=True)
    if isinstance(node, MappingNode):
        old = (Declaration(key.value, "", key, value) for key, value in node.value if isinstance(key, ScalarNode))
        return Declarations({declared.name.casefold(): declared for declared in old}, takes_any=True)
    by_name: dict[str, Declaration] = {}
    is_broken = not isinstance(node, SequenceNode)
    for item in node.value if isinstance(node, SequenceNode) else ():
        declared = _declaration(item, file, problems, is_pipeline=is_pipeline)
        if declared is None:
            is_broken = True
            continue
        if declared.name.casefold() in by_name:
            message = f"the parameter `{declared.name}` is already declared"
            problems.add(DUPLICATE_NAME, message, Origin(file, declared.node, None), "Remove or rename one of the two.")
            continue
        by_name[declared.name.casefold()] = declared
    return Declarations(by_name, takes_any=False, is_broken=is_broken)


def repository_aliases(root: yaml.Node) -> Iterator[str]:
    """The aliases of the repositories that a file declares, in lower case."""
    repositories = _entry(_entry(root, "resources"), "repositories")
    for item in repositories.value if isinstance(repositories, SequenceNode) else ():
        alias = _entry(item, "repository")
        if isinstance(alias, ScalarNode):
            yield alias.value.casefold()


def _declaration(item: yaml.Node, file: SourceFile, problems: Problems, *, is_pipeline: bool) -> Declaration | None:
    name = _entry(item, "name")
    if not isinstance(item, MappingNode) or isinstance(name, MappingNode | SequenceNode):
        return None  # a problem of the schema
    first = item.value[0][0] if item.value else item
    if isinstance(name, ScalarNode) and "${{" in name.value:
        message = "a template expression is not valid in the name of a parameter"
        problems.add(INVALID_VALUE, message, Origin(file, name, None), "Write the name itself.")
        return None
    if name is None and any(key.value not in _KEYS for key, _ in item.value):
        return None  # a problem of the schema
    if name is None or not name.value:
        problems.add(MISSING_FIELD, "a parameter requires the key `name`", Origin(file, first, None))
        return None
    if not isinstance(first, ScalarNode) or first.value != "name":
        # Measured; the page of the schema says "required as first property".
        message = "a parameter begins with the key `name`"
        problems.add(UNKNOWN_FIELD, message, Origin(file, first, None), "Move `name` to the top of it.")
    kind = _entry(item, "type")
    types = (*TYPES, *(_PIPELINE_TYPES if is_pipeline else _TEMPLATE_TYPES))
    text = kind.value if isinstance(kind, ScalarNode) and kind.value else "string"
    if isinstance(kind, MappingNode | SequenceNode) or any(key.value not in _KEYS for key, _ in item.value):
        text = "object"  # whatever the type is to be
    if text not in types:
        hint = suggestion(text, types, f"Use one of: {', '.join(types)}.")
        problems.add(INVALID_VALUE, f"`type` cannot be `{text}`", Origin(file, kind or name, None), hint)
        text = "object"
    default = _entry(item, "default")
    if default is not None and not _check_default(default, file, problems):
        return None
    values = _entry(item, "values")
    allowed = None
    if isinstance(values, SequenceNode) and not any("${{" in str(value.value) for value in values.value):
        allowed = tuple(value.value for value in values.value if isinstance(value, ScalarNode))
    return Declaration(name.value, text, name, default, allowed, item)


def _check_default(default: yaml.Node, file: SourceFile, problems: Problems) -> bool:
    """Whether a default has no expression; a single text in quotes is valid (measured)."""
    if isinstance(default, ScalarNode):
        parts = list(template_expressions(default.value)) if "${{" in default.value else []
        if not parts:
            return True
        only = parts[0]
        text = (only.text or "").strip()
        whole = len(parts) == 1 and only.start == 0 and only.end == len(default.value)
        if whole and text.startswith("'") and text.endswith("'") and "'" not in text[1:-1].replace("''", ""):
            return True
        if not all(_can_be_parsed(part.text) for part in parts):
            return False  # reported with the file
        message = "a template expression is not valid in the default of a parameter"
        problems.add(PARAMETER_TYPE, message, Origin(file, default, None), "Write the value itself.")
        return False
    inner = [value for _, value in default.value] if isinstance(default, MappingNode) else default.value
    # Each part is checked, so that every problem is reported.
    return not [part for part in inner if not _check_default(part, file, problems)]


def _can_be_parsed(text: str | None) -> bool:
    try:
        parsed(text or "", is_template=True)
    except ExpressionError:
        return False
    return True


def _entry(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == name:
                found: yaml.Node = value
                return found
    return None
