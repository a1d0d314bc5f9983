"""Conversion and comparison of values.

Source of the rules: learn.microsoft.com/azure/devops/pipelines/process/expressions, chapter Type casting, and what the
service was measured to answer where that page is silent.
"""

import math
import re
from decimal import Decimal

from azrelease.syntax.expressions.nodes import Version
from azrelease.syntax.expressions.values import EvaluationError, Unknown, Value, is_collection, kind_of

_NUMBER = re.compile(r"\s*[-+]?(?:[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)\s*")
_HEXADECIMAL = re.compile(r"\s*0x([0-9A-Fa-f]{1,8})\s*")
_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,3}")
_EXACT = 2.0**53
"""Below it, a whole number is the only one with its shortest text."""


def to_boolean(value: Value) -> Value:
    """A value as a boolean: false for null, 0 and the empty text; unknown stays unknown."""
    if isinstance(value, bool | Unknown):
        return value
    if value is None:
        return False
    return value not in (0, "") if isinstance(value, str | int | float) else True


def to_text(value: Value) -> str:
    """A value as text; empty for null, a mapping, a list and what is unknown."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, float | int):
        return _number_text(float(value))
    return str(value) if isinstance(value, Version) else ""


def _number_text(number: float) -> str:
    """The shortest text of a double, without an exponent."""
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    text = repr(number)
    return format(Decimal(text), "f") if "e" in text or text.endswith(".0") else text


def text_of(value: Value) -> str:
    """A value as text.

    Raises:
        EvaluationError: it is a mapping or a list.
    """
    if is_collection(value):
        raise EvaluationError(f"cannot convert {kind_of(value)} to text")
    return to_text(value)


def to_number(value: Value) -> float | None:
    """A value as a number; None when it does not convert.

    Text may have a sign, commas between digits, a fraction and blanks around it, or is hexadecimal: `0x1F`.
    """
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    if not value:
        return 0.0
    if _NUMBER.fullmatch(value):
        number = float(value.replace(",", ""))
        return number if math.isfinite(number) else None
    hexadecimal = _HEXADECIMAL.fullmatch(value)
    return float(int(hexadecimal[1], 16)) if hexadecimal else None


def to_version(value: Value) -> Version | None:
    """A value as a version of two to four parts; None when it does not convert."""
    if isinstance(value, Version):
        return value
    text = to_text(value) if isinstance(value, str | float | int) else ""
    return Version(map(int, text.split("."))) if _VERSION.fullmatch(text) else None


def folded(text: str) -> str:
    """A text for comparisons that ignore letter case: in upper case, letter by letter, as ordinal comparison has it."""
    if text.isascii():
        return text.upper()
    return "".join(upper if len(upper := character.upper()) == 1 else character for character in text)


def equal(left: Value, right: Value) -> bool:
    """The function `eq`: converts the right value to the type of the left; letter case does not count.

    False where it does not convert. Mappings and lists equal themselves only.
    """
    converted, possible = _converted(left, right)
    return possible and bool((folded(left) if isinstance(left, str) else left) == converted)


def order(left: Value, right: Value) -> int:
    """Compare for order: negative, 0 or positive.

    Raises:
        EvaluationError: the right value does not convert to the type of the left, or that has no order.
    """
    converted, possible = _converted(left, right)
    if not possible or not isinstance(left, bool | float | int | str | Version):
        raise EvaluationError(f"cannot compare {_shown(left)} with {_shown(right)}")
    mine = folded(left) if isinstance(left, str) else left
    return int(mine > converted) - int(mine < converted)


def _converted(left: Value, right: Value) -> tuple[Value, bool]:
    """The right value in the type of the left, and whether it converts."""
    if isinstance(left, bool):
        return to_boolean(right), True
    if left is None:
        return None, right is None or right == ""
    if isinstance(left, float | int):
        number = to_number(right)
        return number, number is not None
    if isinstance(left, Version):
        version = to_version(right)
        return version, version is not None
    if isinstance(left, str):
        return folded(to_text(right)), not is_collection(right)
    return left, right is left


def _shown(value: Value) -> str:
    return kind_of(value) if is_collection(value) else f"`{to_text(value)}`"
