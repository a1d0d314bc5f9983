"""Variables of a pipeline or of a variable group, as fields of a thing, and as the service writes them.

A field `variables.NAME` is a text, or says that the variable is secret; the value of a secret is never read, compared
or told. `settable.NAME` says whether it may be given another value when a run is started.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from azrelease.errors import UserError
from azrelease.registration.credentials import secret_variable
from azrelease.registration.resource import Value

SECRET: Value = {"secret": "as it is"}
SECRET_AGAIN: Value = {"secret": "set again"}
OF_VAULT: Value = {"secret": "of the key vault"}
PLAIN: Value = {"secret": "none yet: it is a plain text"}
"""Values of variables that are no texts, so that no text is taken for one of them."""

VARIABLE, SETTABLE = "variables.", "settable."
OWN = "variables made here"

Raw = Mapping[str, Any]


def fields_of(raw: Raw | None) -> dict[str, Value]:
    """Variables as the service has them, as fields."""
    found: dict[str, Value] = {}
    for name, value in (raw or {}).items():
        found[VARIABLE + name] = SECRET if value.get("isSecret") else str(value.get("value") or "")
        found[SETTABLE + name] = bool(value.get("allowOverride"))
    return found


def is_secret(value: Value) -> bool:
    """Whether a value says that a variable is secret."""
    return value in (SECRET, SECRET_AGAIN, OF_VAULT)


def matched(found: Mapping[str, Value], wanted: Mapping[str, Value]) -> dict[str, Value]:
    """Fields under the names that are wanted: case does not count in the names of variables.

    What is to be secret is told by no text, as one that it has now may be the secret.
    """
    names = {name.lower(): name for name in wanted}
    matched_names = {names.get(name.lower(), name): value for name, value in found.items()}
    return {
        name: PLAIN if is_secret(wanted.get(name)) and isinstance(value, str) else value
        for name, value in matched_names.items()
    }


def needed_secrets(fields: Mapping[str, Value], there: Mapping[str, Value]) -> Iterator[str]:
    """Names of secrets whose values are needed to make what is wanted of what is there."""
    for name, value in fields.items():
        if name.startswith(VARIABLE) and value in (SECRET, SECRET_AGAIN) and there.get(name) != value:
            yield name.removeprefix(VARIABLE)


def merged(raw: Raw | None, fields: Mapping[str, Value], *, settable: bool) -> dict[str, Any]:
    """Variables with what is wanted put in; those that nobody asks for stay as they are.

    Args:
        raw: the variables that the service has.
        fields: what is wanted; a variable that is None goes.
        settable: whether these variables can be settable: those of a pipeline are, of a group not.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    old = {name.lower(): (name, value) for name, value in (raw or {}).items()}
    there = matched(fields_of(raw), fields)
    for field, value in fields.items():
        if not field.startswith(VARIABLE):
            continue
        name = field.removeprefix(VARIABLE)
        if value is None:
            old.pop(name.lower(), None)
            continue
        made: dict[str, Any] = {"value": value, "isSecret": False}
        if value == OF_VAULT:
            made = {"value": None, "isSecret": True, "enabled": True}
        elif is_secret(value):
            keep = there.get(field) == SECRET and value == SECRET
            made = {"value": None if keep else secret_value(name), "isSecret": True}
        if settable:
            made["allowOverride"] = bool(fields.get(SETTABLE + name))
        old[name.lower()] = (old.get(name.lower(), (name, None))[0], made)
    return dict(old.values())


def secret_value(name: str) -> str:
    """The value of a secret, from the environment variable that is called as the agent would call it.

    Raises:
        UserError: it is not set.
    """
    value = os.environ.get(secret_variable(name))
    if not value:
        raise UserError(f"the secret {name} has no value: set the environment variable {secret_variable(name)}")
    return value


def own_parts(fields: Mapping[str, Value]) -> frozenset[str]:
    """Names of the variables that are wanted."""
    return frozenset(
        name.removeprefix(VARIABLE) for name, value in fields.items() if name.startswith(VARIABLE) and value is not None
    )


def removed_parts(fields: Mapping[str, Value]) -> frozenset[str]:
    """Names of the variables that are to go."""
    return frozenset(
        name.removeprefix(VARIABLE) for name, value in fields.items() if name.startswith(VARIABLE) and value is None
    )
