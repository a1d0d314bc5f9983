"""How an expansion is compared with that of another implementation, as the README of the trials says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

_TRUE = frozenset(("true", "yes", "y", "on"))
_FALSE = frozenset(("false", "no", "n", "off"))

_BOOLEAN_KEYS = frozenset(
    ("appendCommitMessageToRunName", "batch", "autoCancel", "always", "continueOnError", "drafts", "enabled", "mapDockerSocket", "readonly")
)  # fmt: skip
"""Keys whose value is a boolean for the service: the other implementation writes `True` for any of its words."""

_WITHOUT_EFFECT = {
    "continueOnError": "false",
    "enabled": "true",
    "mapDockerSocket": "false",
    "displayName": "",
    "condition": "",
}
"""What the other implementation leaves out where it says what holds anyway."""

_READ_ONLY_MOUNTS = ("work", "externals", "tools", "tasks")


def differences(expected: Any, actual: Any) -> list[str]:
    """What differs between an expected pipeline and a found one, each with its path.

    The order of keys means nothing, that of lists does. Values are compared as text, `true` and `false` without regard
    to case; null is the empty text.
    """
    return list(_differences(expected, actual, ""))


def _differences(expected: Any, actual: Any, path: str) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        expected, actual = _comparable(expected), _comparable(actual)
        for key in dict.fromkeys((*expected, *actual)):
            place = f"{path}.{key}" if path else str(key)
            if key not in actual:
                yield f"{place}: expected {_shown(expected[key])}, missing"
            elif key not in expected:
                yield f"{place}: not expected, found {_shown(actual[key])}"
            else:
                yield from _differences(expected[key], actual[key], place)
    elif isinstance(expected, list) and isinstance(actual, list):
        for index, (one, other) in enumerate(zip(expected, actual, strict=False)):
            yield from _differences(one, other, f"{path}[{index}]")
        if len(expected) != len(actual):
            yield f"{path}: expected {len(expected)} items, found {len(actual)}"
    elif any(isinstance(value, list | Mapping) for value in (expected, actual)) or _text(expected) != _text(actual):
        yield f"{path}: expected {_shown(expected)}, found {_shown(actual)}"


def _comparable(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping in the spelling of both."""
    result = dict(mapping)
    for key in ("mountReadonly", "mountReadOnly"):
        if isinstance(result.get(key), Mapping):
            result["mountReadOnly"] = dict.fromkeys(_READ_ONLY_MOUNTS, "false") | dict(result.pop(key))
    for key in _BOOLEAN_KEYS & result.keys():
        word = _text(result[key])
        result[key] = "true" if word in _TRUE else "false" if word in _FALSE else result[key]
    for key, value in _WITHOUT_EFFECT.items():
        if key in result and not isinstance(result[key], list | Mapping) and _text(result[key]) == value:
            del result[key]
    return result


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = json.dumps(value) if isinstance(value, bool | float | int) else str(value)
    return text.lower() if text.lower() in _TRUE | _FALSE else text


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:97]}..."
