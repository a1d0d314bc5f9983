"""A release file on top of what it extends, and of the defaults of its repository.

Three layers, each of which goes before the one below: the release file; the file that its `extends` names, which may
extend another; `[defaults]` of the settings. Nodes of the lower ones keep their places, so that a finding about a
value names the file and line of the value.
"""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from azrelease.diagnostics import INVALID_VALUE, WRONG_TYPE, Code, Diagnostic
from azrelease.errors import InvalidFileError, UserError
from azrelease.settings import find_settings_file, shared_defaults
from azrelease.yaml_document import YamlDocument, node_span

logger = logging.getLogger(__name__)

EXTENDS, APPROVERS = "extends", "approvers"

_ONE_VALUE = frozenset(("agent", "target", "rollout"))
"""Fields whose own fields exclude each other, an `image` and a `pool` for example: they are taken as a whole."""

_APPROVALS = ("approval", "approval_after")


def layered(document: YamlDocument) -> YamlDocument:
    """A release file with what it extends and what its repository says for all.

    Raises:
        UserError: a file cannot be read.
        InvalidFileError: what it extends, or the settings, cannot be used.
    """
    if not isinstance(document.root, yaml.MappingNode):
        return document
    document = _extended(document, ())
    settings = find_settings_file(Path(document.path).parent)
    defaults = shared_defaults(settings) if settings is not None else None
    if settings is None or defaults is None:
        return document
    approvers = [pair for pair in defaults.value if pair[0].value == APPROVERS]
    fields = [pair for pair in defaults.value if pair[0].value != APPROVERS]
    taken: list[yaml.Node] = []
    root = _merged(document.root, _mapping(fields, defaults), (), taken)
    if approvers:
        root = _with_approvers(root, approvers[0])
    return _on_top(document, root, settings.document, taken)


def _extended(document: YamlDocument, above: Sequence[YamlDocument]) -> YamlDocument:
    """A file on top of the one that it extends.

    Args:
        document: the file.
        above: the files that extend it.
    """
    root = document.root
    if not isinstance(root, yaml.MappingNode):
        raise _refused(document, (), WRONG_TYPE, "what a release extends has to be a mapping", None)
    named = next((value for key, value in root.value if key.value == EXTENDS), None)
    if named is None:
        return document
    if not isinstance(named, yaml.ScalarNode) or not named.value:
        raise _refused(document, (EXTENDS,), WRONG_TYPE, f"`{EXTENDS}` has to be the path of a file", None)
    place = Path(os.path.normpath(Path(document.path).parent / named.value))
    if os.path.realpath(place) in {os.path.realpath(other.path) for other in (*above, document)}:
        raise _refused(document, (EXTENDS,), INVALID_VALUE, f"`{named.value}` extends itself", "Remove one `extends`.")
    try:
        read = YamlDocument.read(place)
    except InvalidFileError:
        raise
    except UserError as error:
        hint = f"It is looked for from the folder of {Path(document.path).name}."
        raise _refused(document, (EXTENDS,), INVALID_VALUE, f"`{named.value}`: {_reason(error)}", hint) from None
    logger.info("%s extends %s", document.path, read.path)
    base = _extended(read, (*above, document))
    assert isinstance(base.root, yaml.MappingNode)
    own = _mapping([pair for pair in root.value if pair[0].value != EXTENDS], root)
    taken: list[yaml.Node] = []
    return _on_top(document, _merged(own, base.root, (), taken), base, taken)


def _refused(
    document: YamlDocument, route: tuple[str, ...], code: Code, message: str, hint: str | None
) -> InvalidFileError:
    problem = Diagnostic(code, message, document.path, document.span(route), hint)
    return InvalidFileError((problem,), document.texts)


def _reason(error: UserError) -> str:
    return str(error).rpartition(": ")[2]


def _on_top(document: YamlDocument, root: yaml.Node, below: YamlDocument, taken: Sequence[yaml.Node]) -> YamlDocument:
    """A document with a tree that has nodes of another one, and without those of its keys that take something out."""
    node_documents: Mapping[int, YamlDocument] = {
        **{id(node): below for node in _nodes(below.root)},
        **below.node_documents,
        **document.node_documents,
    }
    problems = (*document.problems, *below.problems)
    removed = ((document.path, key.value, node_span(key)) for key in taken)
    removed_keys = (*document.removed_keys, *below.removed_keys, *removed)
    return replace(document, root=root, problems=problems, node_documents=node_documents, removed_keys=removed_keys)


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)


def _merged(upper: yaml.Node, lower: yaml.Node, route: tuple[str, ...], taken: list[yaml.Node]) -> yaml.Node:
    """A value on top of another: mappings field by field, stages by name, all else as a whole.

    Keys that are taken out are added to `taken`.
    """
    if route == ("stages",) and isinstance(upper, yaml.SequenceNode) and isinstance(lower, yaml.SequenceNode):
        return _merged_stages(upper, lower, taken)
    mappings = isinstance(upper, yaml.MappingNode) and isinstance(lower, yaml.MappingNode)
    if not mappings or (route and route[-1] in _ONE_VALUE):
        return upper
    below = {key.value: (key, value) for key, value in lower.value if isinstance(key, yaml.ScalarNode)}
    pairs: list[tuple[yaml.Node, yaml.Node]] = []
    for key, value in upper.value:
        under = below.pop(key.value, None) if isinstance(key, yaml.ScalarNode) else None
        if under is None:
            pairs.append((key, value))
        elif not _is_null(value):
            pairs.append((key, _merged(value, under[1], (*route, key.value), taken)))
        else:
            taken.append(key)
    return _mapping([*pairs, *below.values()], upper)


def _merged_stages(upper: yaml.SequenceNode, lower: yaml.SequenceNode, taken: list[yaml.Node]) -> yaml.SequenceNode:
    own: dict[str, yaml.Node] = {}
    more: list[yaml.Node] = []
    names = [_name(stage) for stage in lower.value]
    for stage in upper.value:
        name = _name(stage)
        # A second one of the same name stays, so that the model refuses it.
        if name is None or name not in names or name in own:
            more.append(stage)
        else:
            own[name] = stage
    found = [
        _merged(own[name], stage, ("stages", ""), taken) if name in own else stage
        for name, stage in zip(names, lower.value, strict=True)
    ]
    return yaml.SequenceNode("", [*found, *more], upper.start_mark, upper.end_mark, flow_style=False)


def _name(stage: yaml.Node) -> str | None:
    pairs = stage.value if isinstance(stage, yaml.MappingNode) else ()
    return next((value.value for key, value in pairs if key.value == "name" and isinstance(value.value, str)), None)


def _with_approvers(root: yaml.Node, approvers: tuple[yaml.Node, yaml.Node]) -> yaml.Node:
    """A release whose approvals without approvers have those of the settings."""

    def stage(node: yaml.Node) -> yaml.Node:
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        asked = [value for key, value in pairs if key.value in _APPROVALS and isinstance(value, yaml.MappingNode)]
        if not any(_lacks_approvers(value) for value in asked):
            return node
        return _mapping([(k, approval(v) if k.value in _APPROVALS else v) for k, v in pairs], node)

    def approval(node: yaml.Node) -> yaml.Node:
        return _mapping([*node.value, approvers], node) if _lacks_approvers(node) else node

    def stages(node: yaml.Node) -> yaml.Node:
        if not isinstance(node, yaml.SequenceNode):
            return node
        return yaml.SequenceNode(
            "", [stage(item) for item in node.value], node.start_mark, node.end_mark, node.flow_style
        )

    return _mapping([(k, stages(v) if k.value == "stages" else v) for k, v in root.value], root)


def _lacks_approvers(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and all(key.value != APPROVERS for key, _ in node.value)


def _is_null(node: yaml.Node) -> bool:
    """Whether `null` is written. A key without a value looks forgotten: it stays, and is refused as empty."""
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("~", "null", "Null", "NULL")


def _mapping(pairs: Sequence[tuple[yaml.Node, yaml.Node]], like: yaml.Node) -> yaml.MappingNode:
    """A mapping at the place of another."""
    return yaml.MappingNode("", list(pairs), like.start_mark, like.end_mark, getattr(like, "flow_style", False))
