"""AZR501: secrets in plain text."""

import re
from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from azrelease.diagnostics import PLAIN_SECRET, Diagnostic, Severity
from azrelease.lint.name_words import name_words
from azrelease.lint.rule import Rule
from azrelease.lint.secrets import is_secret_value, may_hold_secrets, names_secret, secret_texts
from azrelease.lint.subject import Subject
from azrelease.syntax import Block, Items, Value

_HINT = "Make it a secret variable or take it from a key vault, and name it here: `$(name)`. What was committed is known: change it."

_NAMES_OF_SECRETS = frozenset(("pull", "tls", "kubernetes", "k8s"))
"""Words before `secret` in settings that take the name of a secret in a cluster, such as `imagePullSecret`."""

_CREDENTIALS = frozenset(("cred", "credential"))
_REPEATED = re.compile(r"([^\W_])(?:\1|-)*")
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)+")
_DUMMY = re.compile(r"([A-Za-z0-9])\1{15,}=*$|EXAMPLE(?:KEY)?=*$")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Variables, inputs and environment variables with the name of a secret and a value; tokens of known form anywhere."""
    file = subject.file
    seen: set[int] = set()
    for name, value in file.settings:
        if names_secret(name) and is_secret_value(value.value) and not _is_name(name, value.value):
            seen.add(id(value))
            message = f"`{name}` holds a secret in plain text"
            yield file.finding(PLAIN_SECRET, message, value, _HINT, level=Severity.WARNING)
    if not may_hold_secrets(subject.document.text):
        return
    # What stands in a branch that is never taken can be read all the same.
    for node in (*_scalars(file.root), *(node for found in file.unused for node in _nodes(found))):
        if id(node) not in seen:
            for start, end in secret_texts(node.value):
                if _DUMMY.search(node.value[start:end]):
                    continue
                span = subject.document.text_span(node, start, end)
                yield file.finding(PLAIN_SECRET, "a secret in plain text", span, _HINT, level=Severity.WARNING)


def _is_name(name: str, value: str) -> bool:
    """Whether a value is the name of a secret, as `registry-secret` and `API_KEY` are, or one letter again and again."""
    text, words = value.strip(), name_words(name)
    if words[-1] == "secret" and _NAMES_OF_SECRETS.intersection(words[-2:]):
        return True
    if text.casefold() == name.casefold() or _REPEATED.fullmatch(text):
        return True
    return _WORDS.fullmatch(text) is not None and (
        names_secret(text.removesuffix("s")) or name_words(text)[-1].removesuffix("s") in _CREDENTIALS
    )


def _scalars(value: Value) -> Iterator[ScalarNode]:
    if isinstance(value, ScalarNode):
        yield value
    elif isinstance(value, Items):
        for item in value.items:
            yield from _scalars(item.value)
    elif isinstance(value, Block):
        for entry in value.entries:
            yield from _scalars(entry.value)


def _nodes(node: Node) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _nodes(item)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from (*_nodes(key), *_nodes(value))


RULE = Rule(
    PLAIN_SECRET,
    "a secret in plain text",
    "Whoever can read the repository has it, for as long as its history lasts. Found by the name of a variable or input, and by "
    "the form of known tokens; the value is never shown.",
    "variables:\n  databasePassword: hunter2-and-more\nsteps:\n- script: ./migrate.sh\n",
    "steps:\n- script: ./migrate.sh\n  env:\n    DATABASE_PASSWORD: $(databasePassword)\n",
    check,
)
