"""Rules for the visibility of an input of a task, such as `scriptType = ps || scriptType = pscore`.

The grammar is what the task definitions use: `name OP value` with =, ==, !=, EndsWith and NotEndsWith, joined by &&
(the tighter one) and ||, with round brackets in one task. Values run to the next operator and may hold spaces; `""` is
the empty value.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

_TOKEN = re.compile(r"\s*(\|\||&&|\(|\))\s*")
_COMPARISON = re.compile(r"(?P<name>\w+)\s*(?P<operator>==|=|!=|\bNotEndsWith\b|\bEndsWith\b)\s*(?P<value>.*)")


class _Comparison(NamedTuple):
    """`name OP value`, name and value in lower case."""

    name: str
    operator: str
    value: str


class _Every(NamedTuple):
    """Parts joined by `&&`."""

    parts: "tuple[_Rule, ...]"


class _Some(NamedTuple):
    """Parts joined by `||`."""

    parts: "tuple[_Rule, ...]"


_Rule: TypeAlias = _Comparison | _Every | _Some | None
"""None is a rule with another syntax."""


def visible(rule: str, values: Mapping[str, str]) -> bool:
    """Whether a rule certainly holds.

    Args:
        rule: the rule as the task definition writes it.
        values: values by input name in lower case, defaults filled in.

    Returns:
        False also for an undecided rule: a value contains a macro, or an input is unknown.
    """
    return _holds(_parsed(rule), values) is True


def hidden(rule: str, values: Mapping[str, str]) -> bool:
    """Whether a rule certainly does not hold; the arguments are those of `visible`."""
    return _holds(_parsed(rule), values) is False


@cache
def named(rule: str) -> tuple[str, ...]:
    """The inputs that a rule names, in lower case."""
    return tuple(name for name, _ in compared(rule))


@cache
def compared(rule: str) -> tuple[tuple[str, str], ...]:
    """The inputs that a rule names, with the values to compare, in lower case."""
    return tuple(_comparisons(_parsed(rule)))


def _comparisons(rule: _Rule) -> list[tuple[str, str]]:
    if isinstance(rule, _Comparison):
        return [(rule.name, rule.value)]
    return [] if rule is None else [pair for part in rule.parts for pair in _comparisons(part)]


def _holds(rule: _Rule, values: Mapping[str, str]) -> bool | None:
    """None for an undecided rule."""
    if rule is None:
        return None
    if isinstance(rule, _Comparison):
        value = values.get(rule.name)
        if value is None or "$(" in value or "${{" in value or "$[" in value:
            return None
        return _compare(value.casefold(), rule.operator, rule.value)
    results = [_holds(part, values) for part in rule.parts]
    deciding = isinstance(rule, _Some)
    return deciding if deciding in results else None if None in results else not deciding


def _compare(value: str, operator: str, expected: str) -> bool:
    match operator:
        case "=" | "==":
            return value == expected
        case "!=":
            return value != expected
        case "EndsWith":
            return value.endswith(expected)
        case _:
            return not value.endswith(expected)


@cache
def _parsed(rule: str) -> _Rule:
    return _some([token for token in _TOKEN.split(rule) if token.strip()])


def _some(tokens: list[str]) -> _Rule:
    parts = [_every(tokens)]
    while tokens and tokens[0] == "||":
        tokens.pop(0)
        parts.append(_every(tokens))
    return parts[0] if len(parts) == 1 else _Some(tuple(parts))


def _every(tokens: list[str]) -> _Rule:
    parts = [_one(tokens)]
    while tokens and tokens[0] == "&&":
        tokens.pop(0)
        parts.append(_one(tokens))
    return parts[0] if len(parts) == 1 else _Every(tuple(parts))


def _one(tokens: list[str]) -> _Rule:
    head = tokens.pop(0) if tokens else ""
    if head == "(":
        inside = _some(tokens)
        if tokens and tokens[0] == ")":
            tokens.pop(0)
        return inside
    match = _COMPARISON.fullmatch(head.strip())
    if match is None:
        return None
    return _Comparison(match["name"].casefold(), match["operator"], match["value"].strip(' "').casefold())
