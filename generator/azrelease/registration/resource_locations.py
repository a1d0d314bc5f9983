"""Where an organization serves its REST resources, and in which versions.

An organization or collection lists its resources in the response to `OPTIONS _apis`; the deployment that hosts it may
serve others (clients of learn.microsoft.com/rest/api/azure/devops do the same).
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_VERSION = re.compile(r"(?P<number>\d+\.\d)(?P<preview>-preview)?(?:\.(?P<revision>\d+))?")


class ResourceLocation(NamedTuple):
    """Where a resource is, and its versions.

    Attributes:
        route: the template of its address, from the address that serves it.
        names: the area and the name of the resource, for the template.
        oldest: the oldest version of the API that the server has for it.
        newest: the newest version of the API that the server has for it.
        released: the newest version that is not a preview.
        revision: the newest revision of its preview.
        address: the address that serves it.
    """

    route: str
    names: Mapping[str, str]
    oldest: float
    newest: float
    released: float
    revision: int
    address: str

    @classmethod
    def of(cls, entry: Mapping[str, Any], address: str) -> "ResourceLocation":
        """A location from an entry of the response to `OPTIONS _apis`.

        Raises:
            KeyError: the entry lacks a field.
            ValueError: a version is not a number.
        """
        return cls(
            str(entry["routeTemplate"]),
            {"area": str(entry["area"]), "resource": str(entry["resourceName"])},
            float(entry["minVersion"]),
            float(entry["maxVersion"]),
            float(entry["releasedVersion"]),
            int(entry["resourceVersion"]),
            address,
        )

    def url(self, values: Mapping[str, str]) -> str:
        """The address of the resource, without the segments that have no value."""
        given = {**{name: quote(value, safe="") for name, value in values.items()}, **self.names}
        segments = [_filled(segment, given) for segment in self.route.replace("{*", "{").split("/")]
        return "/".join((self.address.rstrip("/"), *(segment for segment in segments if segment)))

    def version(self, desired: str) -> str | None:
        """The version to request: the desired one, or the newest that an older server has; None if it has none.

        Args:
            desired: a version such as `7.1-preview.2`.
        """
        match = _VERSION.fullmatch(desired)
        assert match is not None
        number = float(match["number"])
        if self.oldest > number:
            return None
        if self.newest < number:
            return f"{self.newest}-preview" if self.released < self.newest else str(self.newest)
        if not match["preview"]:
            return match["number"]
        revision = match["revision"]
        preview = f"{match['number']}-preview"
        return f"{preview}.{min(int(revision), self.revision)}" if revision else preview


def deployment_of(address: str) -> str | None:
    """The address of the deployment that hosts an organization or collection; None if it hosts itself."""
    deployment = address.rstrip("/").rpartition("/")[0]
    return deployment if "://" in deployment.rstrip("/") and not deployment.endswith(":/") else None


def _filled(segment: str, values: Mapping[str, str]) -> str:
    names = _PLACEHOLDER.findall(segment)
    return _PLACEHOLDER.sub(lambda name: values[name[1]], segment) if values.keys() >= set(names) else ""
