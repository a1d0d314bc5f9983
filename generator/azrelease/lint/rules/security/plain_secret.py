"""AZR501: secrets in plain text."""

from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from azrelease.diagnostics import PLAIN_SECRET
from azrelease.lint.facts.plain_secrets import plain_secrets
from azrelease.lint.rule import Findings, LintedFile, Rule, Severity
from azrelease.redaction import is_secret, may_hold_secrets, real_secrets
from azrelease.syntax import Block, Items, Value

_HINT = "Make it a secret variable or read it from a key vault, and write `$(name)` here. A committed secret is known: change it."


def check(file: LintedFile) -> Findings:
    """Settings with the name of a secret and a value; tokens of known form anywhere; literals where a program takes a secret."""
    seen: set[int] = set()
    for name, value in file.settings:
        if is_secret(name, value.value):
            seen.add(id(value))
            message = f"`{name}` has a secret in plain text as its value"
            yield file.finding(RULE.code, message, value, _HINT, level=Severity.WARNING)
    has_tokens = may_hold_secrets(file.document.text)
    scripts = {id(script.node) for script in file.scripts}
    # A secret in a branch that is never taken can be read as well.
    for node in (*_scalars(file.root), *(node for found in file.unused for node in _nodes(found))):
        if id(node) in seen:
            continue
        spans = real_secrets(node.value) if has_tokens else []
        for start, end in plain_secrets(node.value, is_script=id(node) in scripts):
            if not any(first < end and start < last for first, last in spans):
                spans.append((start, end))
        for start, end in sorted(spans):
            span = file.document.text_span(node, start, end)
            yield file.finding(RULE.code, "a secret in plain text", span, _HINT, level=Severity.WARNING)


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
    code=PLAIN_SECRET,
    summary="a secret in plain text",
    why=(
        "Everyone who can read the repository or its history has the secret. It is found by the name of a variable or input, and by "
        "the form of known tokens, also in base64; and by its place: in a URL, in a connection string, behind an option or in an assignment of a script. "
        "Values that are short, computed or placeholders, and servers on the machine itself, are not reported. azrelease never shows the value."
    ),
    wrong="variables:\n  databasePassword: hunter2-and-more\nsteps:\n- script: ./migrate.sh\n",
    right="steps:\n- script: ./migrate.sh\n  env:\n    DATABASE_PASSWORD: $(databasePassword)\n",
    check=check,
)
