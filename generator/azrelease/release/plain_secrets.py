"""Secrets that a release file gives in plain text: it names secrets, and holds none."""

from collections.abc import Iterator

from yaml import CollectionNode, MappingNode, Node, ScalarNode

from azrelease.diagnostics import PLAIN_SECRET, Diagnostic, Severity
from azrelease.redaction import is_secret, real_secrets
from azrelease.yaml_document import YamlDocument, node_span

_HINT = (
    "Make it a secret variable or take it from a variable group, and name it here: `$(name)`. "
    "What was committed is known: change it."
)


def plain_secrets(document: YamlDocument) -> Iterator[Diagnostic]:
    """Secrets in a release file and in the files below it.

    An error where the form of a text says what it is, such as a private key; a warning where only the name of a
    variable or an input does.
    """
    waiting: list[tuple[Node, str]] = [(document.root, "")]
    while waiting:
        node, name = waiting.pop()
        if isinstance(node, ScalarNode):
            yield from _in_scalar(node, name, document.node_documents.get(id(node), document))
        elif isinstance(node, MappingNode):
            waiting += [(value, key.value) for key, value in node.value if isinstance(key, ScalarNode)]
        elif isinstance(node, CollectionNode):
            waiting += [(item, "") for item in node.value]


def _in_scalar(node: ScalarNode, name: str, document: YamlDocument) -> Iterator[Diagnostic]:
    found = real_secrets(node.value)
    for start, end in found:
        span = document.text_span(node, start, end)
        yield Diagnostic(PLAIN_SECRET, "a secret in plain text", document.path, span, _HINT)
    if not found and is_secret(name, node.value):
        message = f"`{name}` holds a secret in plain text"
        yield Diagnostic(PLAIN_SECRET, message, document.path, node_span(node), _HINT, Severity.WARNING)
