"""Every expression of a file, parsed, with its place."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from azrelease.diagnostics import Span
from azrelease.syntax import ExpressionScalar
from azrelease.syntax.embedded import Embedded, directive, runtime_expression, template_expressions
from azrelease.syntax.expressions import Call, ExpressionError, Index, Literal, Name, Node, Opaque, parse, walk
from azrelease.yaml_document import YamlDocument

TEMPLATE, RUNTIME, CONDITION = "template", "runtime", "condition"

CONDITION_KINDS = ("stages.", "jobs.", "steps.", "phases.")
"""The kinds of block with a condition, by the beginning of their names."""


class Expression(NamedTuple):
    """An expression in a file.

    Attributes:
        place: its scalar.
        usage: `template` (`${{ }}`), `runtime` (`$[ ]`) or `condition`.
        text: the expression.
        offset: where it begins in the scalar.
        node: its tree; None when it cannot be parsed.
        error: why it cannot be parsed.
        parts: all nodes of the tree, in the order of the text.
    """

    place: ExpressionScalar
    usage: str
    text: str
    offset: int
    node: Node | None
    error: ExpressionError | None
    parts: tuple[Node, ...] = ()

    @property
    def calls(self) -> Iterator[Call]:
        """The calls in it."""
        return (part for part in self.parts if isinstance(part, Call))

    def span(self, document: YamlDocument, start: int, end: int) -> Span:
        """The place of a part of the expression in the file."""
        return document.text_span(self.place.node, self.offset + start, self.offset + end)

    @property
    def is_whole(self) -> bool:
        """Whether it has no part that a template expression fills in."""
        return self.node is not None and not any(isinstance(part, Opaque) for part in self.parts)


def expressions(places: Iterable[ExpressionScalar]) -> tuple[Expression, ...]:
    """The expressions in places of a file, in their order."""
    return tuple(expression for place in places for expression in _in_place(place))


def needs_success(condition: str) -> bool:
    """Whether a condition is `succeeded()`, alone or with others."""
    return condition.casefold().replace(" ", "").startswith(("succeeded()", "and(succeeded()"))


def is_condition(place: ExpressionScalar) -> bool:
    """Whether a scalar is the condition of a stage, a job or a step."""
    return place.key == "condition" and not place.is_key and place.kind.startswith(CONDITION_KINDS)


def _in_place(place: ExpressionScalar) -> Iterator[Expression]:
    text = place.node.value
    if place.is_key:
        key = directive(text)
        if key is not None:
            if key.name not in ("else", "insert"):
                yield _expression(place, TEMPLATE, key.text, key.inner)
            return
    embedded = list(template_expressions(text)) if "${{" in text else []
    for part in embedded:
        yield _embedded(place, TEMPLATE, part)
    whole = (
        embedded
        and len(embedded) == 1
        and not text[: embedded[0].start].strip()
        and not text[embedded[0].end :].strip()
    )
    runtime = runtime_expression(text) if "$[" in text else None
    if is_condition(place):
        # A condition is a runtime expression without `$[ ]`. The documentation says that runtime expressions can be
        # used in conditions, so `$[ ]` is not a mistake here.
        if runtime is not None:
            yield _embedded(place, CONDITION, runtime)
        elif text.strip() and not whole:
            yield _expression(place, CONDITION, text, 0)
    elif runtime is not None and not place.kind.startswith("steps."):  # in steps it stays text
        yield _embedded(place, RUNTIME, runtime)


def _embedded(place: ExpressionScalar, usage: str, part: Embedded) -> Expression:
    if part.text is None:
        closing = "}}" if usage == TEMPLATE else "]"
        opening = part.inner - part.start
        error = ExpressionError(f"the expression is not closed: `{closing}` is missing", -opening, 0)
        return Expression(place, usage, "", part.inner, None, error)
    return _expression(place, usage, part.text, part.inner)


def _expression(place: ExpressionScalar, usage: str, text: str, offset: int) -> Expression:
    return Expression(place, usage, text, offset, *_parsed(text))


@lru_cache(maxsize=2048)
def _parsed(text: str) -> tuple[Node | None, ExpressionError | None, tuple[Node, ...]]:
    try:
        node = parse(text)
    except ExpressionError as error:
        return None, error.with_traceback(None), ()
    return node, None, tuple(walk(node))


class ParameterReferences(NamedTuple):
    """The parameters that expressions name.

    Attributes:
        named: each name in lower case, with the expression, and where it begins and ends in that.
        all_used: whether an expression iterates over all parameters, or computes a name.
    """

    named: tuple[tuple[str, Expression, int, int], ...]
    all_used: bool


def parameter_references(found: Iterable[Expression]) -> ParameterReferences:
    """The parameters that template expressions name."""
    named: list[tuple[str, Expression, int, int]] = []
    all_used = False
    for expression in found:
        if expression.usage != TEMPLATE or "parameters" not in expression.text.casefold():
            continue
        if expression.node is None:
            all_used = True
            continue
        direct: set[int] = set()
        for node in expression.parts:
            if isinstance(node, Index) and isinstance(node.target, Name) and _is_parameters(node.target):
                key = node.key
                if isinstance(key, Literal) and isinstance(key.value, str):
                    direct.add(id(node.target))
                    named.append((key.value.casefold(), expression, node.start, node.end))
            elif isinstance(node, Name) and _is_parameters(node) and id(node) not in direct:
                all_used = True
    return ParameterReferences(tuple(named), all_used)


def _is_parameters(node: Name) -> bool:
    return node.name.casefold() == "parameters"
