"""Redacts JSON data: stars replace what may be a secret."""

from collections.abc import Mapping
from typing import Any

from azrelease.redaction.recognition import may_name_secret
from azrelease.redaction.redacted_text import redacted_text
from azrelease.redaction.secret_spans import gives_secret, is_computed_value, is_value_key

_STARS = "********"


def redacted_data(data: Any) -> Any:  # noqa: ANN401  (any JSON)
    """A redacted copy of plain data: mappings, lists, texts, numbers."""
    if isinstance(data, str):
        return redacted_text(data)
    if isinstance(data, list):
        return [redacted_data(item) for item in data]
    if not isinstance(data, Mapping):
        return data
    given = gives_secret((key, value if isinstance(value, str) else str(value)) for key, value in data.items())
    return {
        key: _redacted_value(value, of_names=key.casefold() == "secrets")
        if may_name_secret(key) or (given and is_value_key(key))
        else redacted_data(value)
        for key, value in data.items()
    }


def redacted_setting(name: str, value: str) -> str:
    """A redacted value to show beside its name. In doubt it is a secret, unless it is wholly computed."""
    return str(_redacted_value(value)) if may_name_secret(name) else redacted_text(value)


def _redacted_value(value: Any, *, of_names: bool = False) -> Any:  # noqa: ANN401  (any JSON)
    """The redacted value of a name of a secret; with `of_names`, a list contains only names of secrets."""
    if isinstance(value, Mapping):
        return {key: _redacted_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return redacted_data(value) if of_names else [_redacted_value(item) for item in value]
    return value if not isinstance(value, str) or is_computed_value(value) else _STARS
