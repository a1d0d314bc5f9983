"""Rules for the visibility of an input of a task, such as `scriptType = ps || scriptType = pscore`.

The grammar is what the task definitions use: `name OP value` with =, ==, !=, EndsWith and NotEndsWith, joined by &&
(the tighter one) and ||, with round brackets in one task. Values run to the next operator and may contain spaces; `""`
is the empty value.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

_TOKEN = re.compile(r"\s*(\|\||&&|\(|\))\s*")
_COMPARISON = re.compile(r"(?P<name>\w+)\s*(?P<operator>==|=|!=|\bNotEndsWith\b|\bEndsWith\b)\s*(?P<value>.*)")


class _Comparison(NamedTuple):
    """`name OP value`, name and value in lower case."""

    name: str
    operator: str
    value: str


_Rule = tuple[tuple[_Comparison | None, ...], ...]
"""Alternatives of comparisons that all have to hold; None for a comparison with another syntax."""


def visible(rule: str, values: Mapping[str, str]) -> bool:
    """Whether a rule certainly holds.

    Args:
        rule: the rule as the task definition writes it.
        values: values by input name in lower case, defaults filled in.

    Returns:
        False also for an undecided rule: a value contains a macro, or an input is unknown.
    """
    return _holds(rule, values) is True


def hidden(rule: str, values: Mapping[str, str]) -> bool:
    """Whether a rule certainly does not hold; the arguments are those of `visible`."""
    return _holds(rule, values) is False


@cache
def named(rule: str) -> tuple[str, ...]:
    """The inputs that a rule names, in lower case."""
    return tuple(dict.fromkeys(name for name, _ in compared(rule)))


@cache
def compared(rule: str) -> tuple[tuple[str, str], ...]:
    """The inputs that a rule names, with the values to compare, in lower case."""
    comparisons = (comparison for alternative in _parsed(rule) for comparison in alternative)
    return tuple(dict.fromkeys((each.name, each.value) for each in comparisons if each is not None))


def _holds(rule: str, values: Mapping[str, str]) -> bool | None:
    """None for an undecided rule."""
    alternatives = [[_compare(each, values) for each in alternative] for alternative in _parsed(rule)]
    return _decided([_decided(results, by=False) for results in alternatives], by=True)


def _decided(results: list[bool | None], *, by: bool) -> bool | None:
    """A conjunction, which one False decides, or a disjunction, which one True decides."""
    return by if by in results else None if None in results else not by


def _compare(comparison: _Comparison | None, values: Mapping[str, str]) -> bool | None:
    value = values.get(comparison.name) if comparison is not None else None
    if comparison is None or value is None or any(sign in value for sign in ("$(", "${{", "$[")):
        return None
    is_end = value.casefold().endswith(comparison.value)
    is_equal = value.casefold() == comparison.value
    results = {"!=": not is_equal, "EndsWith": is_end, "NotEndsWith": not is_end}
    return results.get(comparison.operator, is_equal)


@cache
def _parsed(rule: str) -> _Rule:
    return _disjunction([token for token in _TOKEN.split(rule) if token.strip()])


def _disjunction(tokens: list[str]) -> _Rule:
    """Parse `||`, and take its tokens off the front."""
    rule = _conjunction(tokens)
    while tokens[:1] == ["||"]:
        tokens.pop(0)
        rule += _conjunction(tokens)
    return rule


def _conjunction(tokens: list[str]) -> _Rule:
    rule = _operand(tokens)
    while tokens[:1] == ["&&"]:
        tokens.pop(0)
        right = _operand(tokens)
        rule = tuple((*first, *second) for first in rule for second in right)
    return rule


def _operand(tokens: list[str]) -> _Rule:
    head = tokens.pop(0) if tokens else ""
    if head == "(":
        inner = _disjunction(tokens)
        if tokens[:1] == [")"]:
            tokens.pop(0)
        return inner
    match = _COMPARISON.fullmatch(head.strip())
    if match is None:
        return ((None,),)
    return ((_Comparison(match["name"].casefold(), match["operator"], match["value"].strip(' "').casefold()),),)
