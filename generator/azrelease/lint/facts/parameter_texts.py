"""The texts that the parameters of a file bring to a place, as far as the file says them."""

import re
from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from azrelease.syntax import PipelineFile

_PARAMETER = re.compile(r"\$\{\{\s*parameters\.(?P<name>\w+)(?:\.(?P<key>\w+))?\s*\}\}")
_ITEM = re.compile(r"\$\{\{\s*(?P<loop>\w+)(?:\.(?P<key>\w+))?\s*\}\}")
_LOOP = re.compile(r"\$\{\{-?\s*each\s+(?P<loop>\w+)\s+in\s+(?P<of>[\w.]+)\s*\}\}")


def allowed_texts(text: str, file: PipelineFile) -> tuple[ScalarNode, ...]:
    """The `values` of the parameter that a text such as `${{ parameters.image }}` is."""
    match = _PARAMETER.fullmatch(text.strip())
    return () if match is None or match["key"] else tuple(_scalars(_nodes(file, match["name"], ("values",)), None))


def parameter_texts(text: str, file: PipelineFile) -> tuple[ScalarNode, ...]:
    """The values that a text such as `${{ parameters.version }}`, or a variable of a loop, has or may have."""
    match = _PARAMETER.fullmatch(text.strip())
    if match is not None:
        return tuple(_scalars(_nodes(file, match["name"], ("default", "values")), match["key"]))
    match = _ITEM.fullmatch(text.strip())
    if match is None:
        return ()
    loops = _LOOP.finditer(file.document.text)
    names = {loop["of"].casefold() for loop in loops if loop["loop"] == match["loop"]}
    name = names.pop() if len(names) == 1 else ""
    if not name.startswith("parameters.") or name.count(".") > 1:
        return ()
    return tuple(_scalars(_nodes(file, name.partition(".")[2], ("default",)), match["key"]))


def _nodes(file: PipelineFile, name: str, keys: tuple[str, ...]) -> Iterator[Node]:
    """The values of keys of the declaration of a parameter."""
    for block, _ in file.root.blocks("parameters"):
        if block.kind == "parameters.parameter" and (block.text("name") or "").casefold() == name.casefold():
            for key in keys:
                entry = block.entry(key)
                if entry is not None:
                    value = entry.value
                    yield value if isinstance(value, ScalarNode) else value.node


def _scalars(nodes: Iterator[Node], key: str | None) -> Iterator[ScalarNode]:
    """Scalars, those of lists, and those of a key of mappings."""
    for node in nodes:
        items = node.value if isinstance(node, SequenceNode) else [node]
        for item in items:
            if isinstance(item, ScalarNode) and key is None and item.value:
                yield item
            elif isinstance(item, MappingNode) and key is not None:
                yield from (
                    value
                    for name, value in item.value
                    if isinstance(name, ScalarNode)
                    and name.value.casefold() == key.casefold()
                    and isinstance(value, ScalarNode)
                )
