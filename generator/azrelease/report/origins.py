"""A release in full, with where each of its values was said."""

from collections.abc import Iterator, Sequence

import yaml

from azrelease.yaml_document import YamlDocument

Route = tuple[str | int, ...]

DEFAULT = "default"
"""The origin of a value that nobody said."""


def with_origins(text: str, written: YamlDocument, *, every: bool) -> str:
    """The text of a release with a comment behind each value that was said elsewhere than in its own file.

    Args:
        text: the release in full, as YAML.
        written: what it was read from.
        every: whether also what was said in its own file, and what nobody said, has a comment.
    """
    lines = text.split("\n")
    for route, node in _scalars(YamlDocument.parse(text, "").root):
        place = origin(route, written)
        if every or not place.startswith((f"{written.path}:", DEFAULT)):
            # Behind the mark of a block of text, not inside it.
            line = node.start_mark.line if node.style in ("|", ">") else node.end_mark.line
            lines[line] = f"{lines[line]}  # {place}"
    return "\n".join(lines)


def origins(text: str, written: YamlDocument) -> dict[str, str]:
    """Where each value of a release was said, by its JSON pointer (RFC 6901)."""
    return {
        "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in route): origin(route, written)
        for route, _ in _scalars(YamlDocument.parse(text, "").root)
    }


def origin(route: Sequence[str | int], written: YamlDocument) -> str:
    """Where the value at a route was said: file and line, or that nobody said it."""
    found = written.existing_route(route)
    # A single value may stand for a whole: `rollout: blue_green`.
    if len(found) < len(route) and not isinstance(written.node(found), yaml.ScalarNode):
        return DEFAULT
    return f"{written.document_at(found).path}:{written.span(found).line}"


def _scalars(node: yaml.Node, route: Route = ()) -> Iterator[tuple[Route, yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        yield route, node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*route, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _scalars(item, (*route, index))
