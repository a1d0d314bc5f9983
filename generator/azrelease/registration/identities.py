"""Approvers by name: the user or group that a name, an e-mail address or an id identifies."""

import re
from collections.abc import Mapping, Sequence

from azrelease.registration import rest_api
from azrelease.registration.connection import Connection
from azrelease.registration.project import Raw
from azrelease.registration.resource import Prerequisite, Value, reference
from azrelease.suggestions import suggestion

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Identities:
    """Users and groups of an organization; each is looked up once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, Value | Prerequisite] = {}

    def prefetch(self, names: Sequence[str]) -> None:
        """Look up many."""
        unknown = [name for name in dict.fromkeys(names) if name.lower() not in self._known]
        self._connection.each(self.find, unknown)

    def find(self, name: str) -> Value | Prerequisite:
        r"""The user or group of a name, as a reference; or why it is unknown.

        Args:
            name: a name, an e-mail address, `[Project]\Group`, or an id.

        Raises:
            ServiceError: the service does not answer, or refuses.
        """
        if name.lower() not in self._known:
            self._known[name.lower()] = self._looked_up(name)
        return self._known[name.lower()]

    def _looked_up(self, name: str) -> Value | Prerequisite:
        similar: list[str] = []
        if _GUID.fullmatch(name):
            raws = self._listed({"identityIds": name})
        else:
            raws = self._listed({"searchFilter": "General", "filterValue": name})
            similar = [_display(raw) for raw in raws]
            raws = [raw for raw in raws if name.lower() in _names(raw)]
        unique = {str(raw["id"]).lower(): raw for raw in raws if raw.get("isActive", True)}
        if len(unique) == 1:
            identifier, raw = next(iter(unique.items()))
            return reference(identifier, _display(raw))
        what = f"approver {name}"
        if not unique:
            hint = "Name a user by e-mail address, or a group as `[Project]\\Group` (Project settings, Permissions)."
            return Prerequisite(what, f"unknown user or group. {suggestion(name, similar) or hint}")
        several = ", ".join(f"{_display(raw)} ({identifier})" for identifier, raw in sorted(unique.items()))
        return Prerequisite(what, f"several have this name: {several}. Write the e-mail address, or the id.")

    def _listed(self, query: Mapping[str, str]) -> list[Raw]:
        return [raw for raw in self._connection.listed(rest_api.IDENTITIES, {}, query) if raw.get("id")]


def _names(raw: Raw) -> frozenset[str]:
    properties: Raw = raw.get("properties") or {}
    values = [(properties.get(key) or {}).get("$value") for key in ("Account", "Mail")]
    return frozenset(
        str(value).lower()
        for value in (raw.get("providerDisplayName"), raw.get("customDisplayName"), raw.get("displayName"), *values)
        if value
    )


def _display(raw: Raw) -> str:
    return str(raw.get("customDisplayName") or raw.get("providerDisplayName") or raw.get("displayName") or raw["id"])
