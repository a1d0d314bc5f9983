"""What is known before a run, from options: parameters, variables, and other repositories."""

from collections.abc import Sequence
from pathlib import Path

from azrelease.errors import UserError
from azrelease.expansion import ExpansionRequest


def expansion_request(
    parameters: Sequence[str] = (), *, variables: Sequence[str] = (), repositories: Sequence[str] = ()
) -> ExpansionRequest:
    """What is known before the run.

    Args:
        parameters: `NAME=VALUE`; lists and mappings as YAML or JSON.
        variables: `NAME=VALUE`.
        repositories: `ALIAS=FOLDER`.

    Raises:
        UserError: one of them cannot be used.
    """
    return ExpansionRequest(
        parameters=dict(_pair(text, "--parameter", "NAME=VALUE") for text in parameters),
        variables=dict(_pair(text, "--variable", "NAME=VALUE") for text in variables),
        repositories={
            alias: Path(folder)
            for alias, folder in (_pair(text, "--repository", "ALIAS=FOLDER") for text in repositories)
        },
    )


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UserError(f"{option} {text}: must be {form}")
    return name, value
