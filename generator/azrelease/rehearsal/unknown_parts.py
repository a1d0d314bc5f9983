"""Parts of an expanded pipeline that only a run of the service knows, and the options that make them known here."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.expansion import ExpandedMapping, ExpandedScalar, Origin
from azrelease.redaction import redacted_text
from azrelease.syntax.embedded import directive, template_expressions
from azrelease.syntax.expressions import ExpressionError, parse, route, walk

_OPTIONS = {"parameters": "--parameter", "variables": "--variable"}
_SHOWN = 3
_LONGEST = 120


class UnknownPart(NamedTuple):
    """A part of a pipeline that only a run knows.

    Attributes:
        texts: the expressions, or the template that is out of reach.
        place: its file and line.
        options: the options that make it known; empty where none does.
        variable: the name of the variable whose value it is; None for any other part.
    """

    texts: tuple[str, ...]
    place: str
    options: tuple[str, ...] = ()
    variable: str | None = None


def unknown_text(node: ExpandedScalar, declared: frozenset[str], variable: str | None = None) -> UnknownPart:
    """A text or key with an expression.

    Args:
        node: the text.
        declared: the parameters of the pipeline in lower case; its expressions may have others, which no option sets.
        variable: the name of the variable that has the text as its value.
    """
    options = tuple(dict.fromkeys(_options(node.text, declared)))
    expressions = (node.text[each.start : each.end] for each in template_expressions(node.text))
    if variable is not None and not options:
        options = (f"--variable {variable}=VALUE",)
    return UnknownPart(tuple(dict.fromkeys(expressions)), _place(node.origin), options, variable)


def template_out_of_reach(item: ExpandedMapping, declared: frozenset[str]) -> UnknownPart | None:
    """The template that an item of a list includes; None for an item that includes none."""
    reference = item.nodes.get("template")
    if not isinstance(reference, ExpandedScalar):
        return None
    if not reference.is_known:
        return unknown_text(reference, declared)
    alias = reference.text.partition("@")[2]
    options = (f"--repository {alias}=FOLDER",) if alias else ()
    return UnknownPart((reference.text,), _place(reference.origin), options)


def refuse(path: str, what: str, parts: Sequence[UnknownPart]) -> None:
    """Refuse to rehearse what only a run knows.

    Args:
        path: the pipeline.
        what: what the parts belong to, such as "the stage `staging`".
        parts: the parts; none for what is known.

    Raises:
        UserError: there are parts.
    """
    if not parts:
        return
    places: dict[str, str] = {}
    for part in parts:
        for text in part.texts:
            places.setdefault(text, part.place)
    shown = [f"`{_in_short(text)}` ({place})" for text, place in places.items()]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    options = list(dict.fromkeys(option for part in parts for option in part.options))
    hint = f"Pass {' '.join(options)}." if options else "Write a value in its place, or rehearse another stage."
    raise UserError(f"{path}: {what} depends on what is unknown here: {', '.join(shown[:_SHOWN])}{more}. {hint}")


def _options(text: str, declared: frozenset[str]) -> Iterator[str]:
    for context, name in references(text):
        if context == "variables" or name.casefold() in declared:
            yield f"{_OPTIONS[context]} {name}=VALUE"


def references(text: str) -> Iterator[tuple[str, str]]:
    """The parameters and variables that the template expressions of a text read: `parameters` or `variables`, name."""
    word = directive(text)
    expressions = [word.text] if word is not None else [each.text for each in template_expressions(text)]
    for expression in filter(None, expressions):
        try:
            tree = parse(expression)
        except ExpressionError:
            continue
        for parts in filter(None, map(route, walk(tree))):
            if len(parts) > 1 and parts[0].casefold() in _OPTIONS:
                yield parts[0].casefold(), parts[1]


def _in_short(text: str) -> str:
    text = redacted_text(" ".join(text.split()))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _place(origin: Origin) -> str:
    return f"{origin.file.path}:{origin.span.line}"


def not_given(parts: Iterable[UnknownPart], given: frozenset[str]) -> list[UnknownPart]:
    """The parts without the values of variables that the user gave, by name in lower case."""
    return [part for part in parts if part.variable is None or part.variable.casefold() not in given]
