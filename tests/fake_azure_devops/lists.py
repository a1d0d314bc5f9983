"""Filters and pages of lists."""

import re
from collections.abc import Sequence
from typing import Any

from fake_azure_devops.errors import ServiceError
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context


def matches(pattern: str | None, text: str) -> bool:
    """Whether a name fits a filter with * wildcards, without regard to case."""
    if pattern is None:
        return True
    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(expression, text, re.IGNORECASE | re.DOTALL) is not None


def same(first: object, second: object) -> bool:
    """Whether two texts are the same without regard to case."""
    return str(first).casefold() == str(second).casefold()


def paged(context: Context, values: Sequence[Any], top: str = "$top") -> Answer:
    """The page asked for; the token is the position of the next one."""
    token = context.asked("continuationToken")
    if token and not token.isdecimal():
        raise ServiceError("InvalidContinuationTokenException", "The continuation token is not valid.")
    start = int(token or 0)
    size = context.asked_number(top)
    if size is None:
        size = len(values) - start
    if size < 0:
        raise ServiceError("ArgumentException", f"The value of {top} is out of range.")
    end = start + size
    return listing(list(values[start:end]), end if 0 < end < len(values) and size else None)
