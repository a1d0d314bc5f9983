"""Variables of a pipeline or a variable group: as fields of a resource, and as the service writes them.

The field `variables.NAME` is a text, or says that the variable is secret: the value of a secret is never read,
compared or shown. `settable.NAME` says whether a run may be started with another value.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from azrelease.errors import UserError
from azrelease.registration.credentials import secret_variable
from azrelease.registration.project import Raw
from azrelease.registration.resource import Value

SECRET: Value = {"secret": "as it is"}
SECRET_AGAIN: Value = {"secret": "set again"}
OF_VAULT: Value = {"secret": "of the key vault"}
PLAIN: Value = {"secret": "none yet: it is a plain text"}
"""Values of secret variables: mappings, so that no text is mistaken for one of them."""

VARIABLE, SETTABLE = "variables.", "settable."
MANAGED_VARIABLES = "managed variables"


def variable_fields(raw: Raw | None) -> dict[str, Value]:
    """Variables as the service has them, as fields."""
    fields: dict[str, Value] = {}
    for name, value in (raw or {}).items():
        fields[VARIABLE + name] = SECRET if value.get("isSecret") else str(value.get("value") or "")
        fields[SETTABLE + name] = bool(value.get("allowOverride"))
    return fields


def is_secret(value: Value) -> bool:
    """Whether a value says that a variable is secret."""
    return value in (SECRET, SECRET_AGAIN, OF_VAULT)


def matched(actual: Mapping[str, Value], desired: Mapping[str, Value]) -> dict[str, Value]:
    """Actual fields under the desired names: names of variables are case-insensitive.

    The plain text of a variable that is to become secret is hidden, since it may be the secret.
    """
    names = {name.lower(): name for name in desired}
    matched_names = {names.get(name.lower(), name): value for name, value in actual.items()}
    return {
        name: PLAIN if is_secret(desired.get(name)) and isinstance(value, str) else value
        for name, value in matched_names.items()
    }


def needed_secrets(desired: Mapping[str, Value], actual: Mapping[str, Value]) -> Iterator[str]:
    """Names of the secrets whose values are needed to make the actual fields the desired ones."""
    for name, value in desired.items():
        if name.startswith(VARIABLE) and value in (SECRET, SECRET_AGAIN) and actual.get(name) != value:
            yield name.removeprefix(VARIABLE)


def merged(raw: Raw | None, fields: Mapping[str, Value], *, settable: bool) -> dict[str, Any]:
    """The variables of a resource with the desired ones put in; the others stay as they are.

    Args:
        raw: the variables that the service has.
        fields: the desired fields; a variable whose field is None is removed.
        settable: whether such variables can be settable: those of a pipeline can, those of a group cannot.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    variables = {name.lower(): (name, value) for name, value in (raw or {}).items()}
    actual = matched(variable_fields(raw), fields)
    for field, value in fields.items():
        if not field.startswith(VARIABLE):
            continue
        name = field.removeprefix(VARIABLE)
        if value is None:
            variables.pop(name.lower(), None)
            continue
        variable: dict[str, Any] = {"value": value, "isSecret": False}
        if value == OF_VAULT:
            variable = {"value": None, "isSecret": True, "enabled": True}
        elif is_secret(value):
            keep = actual.get(field) == SECRET and value == SECRET
            variable = {"value": None if keep else secret_value(name), "isSecret": True}
        if settable:
            variable["allowOverride"] = bool(fields.get(SETTABLE + name))
        variables[name.lower()] = (variables.get(name.lower(), (name, None))[0], variable)
    return dict(variables.values())


def secret_value(name: str) -> str:
    """The value of a secret, from its environment variable.

    Raises:
        UserError: it is not set.
    """
    value = os.environ.get(secret_variable(name))
    if not value:
        raise UserError(f"the secret {name} has no value: set the environment variable {secret_variable(name)}")
    return value


def stated_variables(fields: Mapping[str, Value]) -> frozenset[str]:
    """Names of the variables that fields give a value."""
    return frozenset(
        name.removeprefix(VARIABLE) for name, value in fields.items() if name.startswith(VARIABLE) and value is not None
    )


def removed_variables(fields: Mapping[str, Value]) -> frozenset[str]:
    """Names of the variables that fields remove."""
    return frozenset(
        name.removeprefix(VARIABLE) for name, value in fields.items() if name.startswith(VARIABLE) and value is None
    )
