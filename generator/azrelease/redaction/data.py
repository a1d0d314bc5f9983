"""Data as it may be shown: as JSON, what may be a secret is replaced by stars."""

from collections.abc import Mapping
from typing import Any

from azrelease.redaction.recognition import may_name_secret
from azrelease.redaction.redacted_text import redacted_text
from azrelease.redaction.secret_places import gives_secret, is_computed_value, is_value_key

_STARS = "********"


def redacted_data(data: Any) -> Any:  # noqa: ANN401  (any JSON)
    """Plain data (mappings, lists, texts, numbers) without secrets; the data itself stays as it is."""
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
    """A value to show beside its name, redacted: in doubt it is a secret, unless it is wholly computed."""
    return str(_redacted_value(value)) if may_name_secret(name) else redacted_text(value)


def _redacted_value(value: Any, *, of_names: bool = False) -> Any:  # noqa: ANN401  (any JSON)
    """The value of a name of a secret.

    Args:
        value: the value.
        of_names: whether a list in it is one of names of secrets, which are none.
    """
    if isinstance(value, Mapping):
        return {key: _redacted_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return redacted_data(value) if of_names else [_redacted_value(item) for item in value]
    return value if not isinstance(value, str) or is_computed_value(value) else _STARS
