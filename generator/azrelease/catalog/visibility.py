"""Rules that say when an input of a task counts, such as `scriptType = ps || scriptType = pscore`.

The grammar is what the task definitions use: `name OP value` with =, ==, !=, EndsWith and NotEndsWith, joined by &&
(the tighter one) and ||, with round brackets in one task. Values run to the next operator and may hold spaces;
`""` is the empty value.
"""

import re
from collections.abc import Mapping
from functools import cache

_TOKEN = re.compile(r"\s*(\|\||&&|\(|\))\s*")
_COMPARISON = re.compile(r"(?P<name>\w+)\s*(?P<operator>==|=|!=|\bNotEndsWith\b|\bEndsWith\b)\s*(?P<value>.*)")
_UNDECIDED = re.compile(r"\$\(|\$\{\{|\$\[")


def visible(rule: str, values: Mapping[str, str]) -> bool:
    """Whether a rule certainly holds.

    Args:
        rule: the rule as the task definition writes it.
        values: values by input name in lower case, defaults filled in.

    Returns:
        False also when the rule cannot be decided: a value holds a macro, or an input is not there.
    """
    return _any(list(_tokens(rule)), values) is True


@cache
def named(rule: str) -> tuple[str, ...]:
    """The inputs that a rule names, in lower case."""
    found = (_COMPARISON.fullmatch(token.strip()) for token in _tokens(rule))
    return tuple(comparison["name"].casefold() for comparison in found if comparison is not None)


@cache
def _tokens(rule: str) -> tuple[str, ...]:
    return tuple(token for token in _TOKEN.split(rule) if token.strip())


def _any(tokens: list[str], values: Mapping[str, str]) -> bool | None:
    """Three-valued `||`; takes its tokens off the front."""
    results = [_all(tokens, values)]
    while tokens and tokens[0] == "||":
        tokens.pop(0)
        results.append(_all(tokens, values))
    return True if True in results else None if None in results else False


def _all(tokens: list[str], values: Mapping[str, str]) -> bool | None:
    """Three-valued `&&`."""
    results = [_one(tokens, values)]
    while tokens and tokens[0] == "&&":
        tokens.pop(0)
        results.append(_one(tokens, values))
    return False if False in results else None if None in results else True


def _one(tokens: list[str], values: Mapping[str, str]) -> bool | None:
    head = tokens.pop(0) if tokens else ""
    if head == "(":
        inside = _any(tokens, values)
        if tokens and tokens[0] == ")":
            tokens.pop(0)
        return inside
    found = _COMPARISON.fullmatch(head.strip())
    value = values.get(found["name"].casefold()) if found else None
    if found is None or value is None or _UNDECIDED.search(value):
        return None
    return _compare(value.casefold(), found["operator"], found["value"].strip(' "').casefold())


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
