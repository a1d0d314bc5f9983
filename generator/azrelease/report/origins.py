"""A completed release with the origin of each value: file and line, or default."""

from collections.abc import Iterator, Sequence

import yaml

from azrelease.yaml_document import YamlDocument

Route = tuple[str | int, ...]

DEFAULT = "default"
"""The origin of a value that no file sets."""


def with_origins(text: str, written: YamlDocument, *, every: bool) -> str:
    """The text of a completed release with a comment behind each value from another file; `every` includes all."""
    lines = text.split("\n")
    for route, node in _scalars(YamlDocument.parse(text, "").root):
        place = origin(route, written)
        if every or not place.startswith((f"{written.path}:", DEFAULT)):
            # Behind the mark of a block of text, not inside it.
            line = node.start_mark.line if node.style in ("|", ">") else node.end_mark.line
            lines[line] = f"{lines[line]}  # {place}"
    return "\n".join(lines)


def origins(text: str, written: YamlDocument) -> dict[str, str]:
    """The origin of each value of a release, by its JSON pointer (RFC 6901)."""
    return {
        "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in route): origin(route, written)
        for route, _ in _scalars(YamlDocument.parse(text, "").root)
    }


def origin(route: Sequence[str | int], written: YamlDocument) -> str:
    """The origin of the value at a route: file and line, or `DEFAULT`."""
    existing = written.existing_route(route)
    # A single value may abbreviate a mapping: `rollout: blue_green`.
    if len(existing) < len(route) and not isinstance(written.node(existing), yaml.ScalarNode):
        return DEFAULT
    return f"{written.document_at(existing).path}:{written.span(existing).line}"


def _scalars(node: yaml.Node, route: Route = ()) -> Iterator[tuple[Route, yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        yield route, node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*route, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _scalars(item, (*route, index))
