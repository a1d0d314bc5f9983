"""The groups and commands of the Azure CLI.

Source: `schemas/azure_cli.json`, made from the command table of azure-cli and the reference of the extension `ml`. An
extension can add commands to a group, and a newer version has more: `is_closed` names the groups that no extension
is known to add to.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from azrelease.data_files import read_table

_CLOSED = frozenset(
    (
        *(
            "acr repository",
            "acr credential",
            "appservice plan",
            "bicep",
            "deployment",
            "extension",
            "functionapp config",
        ),
        *("functionapp deployment", "group", "identity", "keyvault", "keyvault key", "keyvault secret", "lock"),
        *(
            "role",
            "role assignment",
            "role definition",
            "sql db",
            "sql server",
            "storage container",
            "tag",
            "webapp config",
        ),
        *(
            "webapp config appsettings",
            "webapp deployment",
            "webapp deployment slot",
            "webapp deployment source",
            "webapp log",
        ),
    )
)

_EXTENDED = {
    "account": ("accept-ownership-status", "alias", "create", "subscription", "tenant"),
    "acr": ("cssc", "export-pipeline", "import-pipeline", "pipeline-run", "query", "supply-chain"),
    "functionapp": ("app", "devops-pipeline"),
    "storage account": ("task-assignment",),
    "storage blob": ("access", "directory", "filter", "inventory", "tag"),
    "webapp": ("container", "remote-connection", "scan"),
}
"""Groups with the names that extensions are known to add."""


class UnknownName(NamedTuple):
    """A name that a group does not have.

    Attributes:
        position: its place among the words.
        group: the group, without `az`; empty for a group of `az` itself.
        known: the names that the group has.
        is_closed: whether no extension is known to add to the group.
    """

    position: int
    group: str
    known: tuple[str, ...]
    is_closed: bool


def unknown_name(words: Sequence[str]) -> UnknownName | None:
    """The first of the words after `az` that the group before it does not have; None for what is known or computed."""
    groups = _core()
    for index, word in enumerate(words):
        group = " ".join(words[:index])
        known = groups.get(group)
        if known is None or not word or not word.replace("-", "").isalnum() or word.startswith("-"):
            return None
        if word not in known:
            if word in _EXTENDED.get(group, ()):
                return None
            return UnknownName(index, group, known, group in _CLOSED or group in _EXTENDED)
    return None


@cache
def _core() -> dict[str, tuple[str, ...]]:
    return {group: tuple(names) for group, names in read_table("azure_cli.json")["core"].items()}


@cache
def ml_groups() -> dict[str, tuple[str, ...]]:
    """The groups of `az ml` in the extension `ml`, with their commands; none where these are not listed."""
    return {group: tuple(names) for group, names in read_table("azure_cli.json")["ml"].items()}
