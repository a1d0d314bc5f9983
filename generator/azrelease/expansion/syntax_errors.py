"""Expressions that cannot be parsed: the service refuses them also in branches that it does not take."""

from collections.abc import Iterator

import yaml
from yaml import MappingNode, ScalarNode, SequenceNode

from azrelease.diagnostics import DIRECTIVE, EXPRESSION_SYNTAX
from azrelease.expansion.evaluation import OPEN
from azrelease.expansion.origins import Origin, SourceFile
from azrelease.expansion.problems import Problems
from azrelease.syntax.embedded import directive, template_expressions
from azrelease.syntax.expressions import ExpressionError, parsed


def report_syntax_errors(file: SourceFile, problems: Problems) -> None:
    """Report every template expression of a file that cannot be parsed."""
    for node, is_key in _scalars(file.document.root):
        origin = Origin(file, node, None)
        for part in () if is_key else template_expressions(node.value):
            word = directive(node.value[part.start : part.end])
            if word is not None:
                span = file.document.text_span(node, part.start, part.end)
                message = f"the directive `{word.name}` is not valid in a value"
                problems.add(DIRECTIVE, message, origin, "A directive is a key: `${{ if eq(a, b) }}:`.", span)
        for text, offset in _expressions(node, is_key=is_key):
            if text is None:
                message = "the expression is not closed: `}}` is missing"
                span = file.document.text_span(node, offset, len(node.value))
                problems.add(EXPRESSION_SYNTAX, message, origin, None, span)
                continue
            if not text.strip():
                span = file.document.text_span(node, offset - 3, offset + len(text))
                problems.add(EXPRESSION_SYNTAX, "the expression is empty", origin, None, span)
                continue
            try:
                parsed(text)
            except ExpressionError as error:
                span = file.document.text_span(node, offset + error.start, offset + error.end)
                problems.add(EXPRESSION_SYNTAX, error.message, origin, error.hint, span)


def _scalars(root: yaml.Node) -> Iterator[tuple[ScalarNode, bool]]:
    """The scalars with an expression, and whether each is a key, in the order of the file."""
    pending = [(root, False)]
    while pending:
        node, is_key = pending.pop()
        if isinstance(node, ScalarNode):
            if OPEN in node.value:
                yield node, is_key
        elif isinstance(node, MappingNode):
            for key, value in reversed(node.value):
                pending += ((value, False), (key, True))
        elif isinstance(node, SequenceNode):
            pending += ((item, False) for item in reversed(node.value))


def _expressions(node: ScalarNode, *, is_key: bool) -> Iterator[tuple[str | None, int]]:
    """The expressions of a text with their offsets; None for one without an end."""
    parsed_key = directive(node.value)
    if parsed_key is not None:
        # One without an expression is reported where it is expanded.
        if is_key and parsed_key.name not in ("else", "insert") and parsed_key.text.strip():
            yield parsed_key.text, parsed_key.inner
        return
    for part in template_expressions(node.value):
        if part.text is None or directive(node.value[part.start : part.end]) is None:
            yield part.text, part.inner
