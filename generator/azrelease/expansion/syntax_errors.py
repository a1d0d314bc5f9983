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
        _report_words(node, origin, problems, is_key=is_key)
        is_directive = is_key and directive(node.value) is not None
        for part in () if is_directive else template_expressions(node.value):
            word = directive(node.value[part.start : part.end])
            if word is not None:
                span = file.document.text_span(node, part.start, part.end)
                where = "in a part of a key" if is_key else "in a value"
                message = f"the directive `{word.name}` is not valid {where}"
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
                parsed(text, is_template=True)
            except ExpressionError as error:
                span = file.document.text_span(node, offset + error.start, offset + error.end)
                problems.add(EXPRESSION_SYNTAX, error.message, origin, error.hint, span)


def _report_words(node: ScalarNode, origin: Origin, problems: Problems, *, is_key: bool) -> None:
    """Report a directive with too few or too many words."""
    found = directive(node.value) if is_key else None
    if found is None:
        return
    if found.name in ("else", "insert"):
        if found.text.strip():
            is_chain = found.name == "else" and found.text.split()[0] == "if"
            hint = f"Write `elseif{found.text.strip().removeprefix('if')}`." if is_chain else None
            problems.add(DIRECTIVE, f"`{found.name}` takes nothing behind it", origin, hint)
    elif found.name == "each":
        if found.variable is None:
            message, hint = "the loop is not `each NAME in LIST`", "Write `${{ each item in list }}:`."
            problems.add(EXPRESSION_SYNTAX, message, origin, hint)
    elif not found.text.strip():
        problems.add(DIRECTIVE, f"`{found.name}` needs a condition", origin)


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
        if is_key and parsed_key.name not in ("else", "insert") and parsed_key.text.strip():
            yield parsed_key.text, parsed_key.inner
        return
    for part in template_expressions(node.value):
        if part.text is None or directive(node.value[part.start : part.end]) is None:
            yield part.text, part.inner
