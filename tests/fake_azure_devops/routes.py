"""Which function answers which path."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from fake_azure_devops.errors import ServiceError
from fake_azure_devops.messages import Request
from fake_azure_devops.state import Organization, Project

# What the functions return: an Answer, or the JSON body of a 200.
Handler = Callable[["Context"], Any]
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass
class Route:
    """A method and path, with the name by which it can be denied."""

    method: str
    pattern: re.Pattern[str]
    area: str
    host: str
    handler: Handler


@dataclass
class Context:
    """One request on its way through a handler."""

    organization: Organization
    request: Request
    values: dict[str, str]
    host_url: str

    @property
    def project(self) -> Project:
        """The project in the path."""
        name = self.values["project"]
        found = self.organization.find_project(name)
        if found is not None:
            return found
        if _GUID.fullmatch(name):
            link = f"vstfs:///Classification/TeamProject/{name}"
            message = (
                f"VS800075: The project with id '{link}' does not exist, or you do not have permission to access it."
            )
            raise ServiceError("ProjectDoesNotExistException", message)
        message = (
            f"TF200016: The following project does not exist: {name}. Verify that the name of the project is correct "
            "and that the project exists on the specified Azure DevOps Server."
        )
        raise ServiceError("ProjectDoesNotExistWithNameException", message)

    @property
    def body(self) -> Any:
        """The body of a write, which must be there."""
        if self.request.body is None:
            raise ServiceError("ArgumentException", "Value cannot be null.\nParameter name: body")
        return self.request.body

    def number(self, name: str) -> int:
        """A number in the path."""
        try:
            return int(self.values[name])
        except ValueError:
            message = f"The value '{self.values[name]}' is not valid for {name}."
            raise ServiceError("ArgumentException", message) from None

    def asked(self, name: str) -> str | None:
        """A query value."""
        return self.request.asked(name)

    def asked_list(self, name: str) -> list[str]:
        """A query value with commas."""
        return [part.strip() for part in (self.asked(name) or "").split(",") if part.strip()]

    def asked_number(self, name: str) -> int | None:
        """A query value that is a number."""
        text = self.asked(name)
        if text is None:
            return None
        try:
            return int(text)
        except ValueError:
            raise ServiceError("ArgumentException", f"The value '{text}' is not valid for {name}.") from None

    def asked_flag(self, name: str) -> bool:
        """A query value that is true or false."""
        return (self.asked(name) or "").casefold() == "true"


ROUTES: list[Route] = []


def route(method: str, template: str, area: str, host: str = "") -> Callable[[Handler], Handler]:
    """Let a function answer a path; a last segment in brackets may be missing, a starred one takes all."""

    def register(handler: Handler) -> Handler:
        parts = []
        for segment in template.strip("/").split("/"):
            found = re.fullmatch(r"\[?\{(\*?)(\w+)\}\]?", segment)
            if found is None:
                parts.append("/" + re.escape(segment))
            else:
                text = f"/(?P<{found[2]}>{'.+' if found[1] else '[^/]+'})"
                parts.append(f"(?:{text})?" if segment.startswith("[") else text)
        ROUTES.append(Route(method, re.compile("".join(parts) + "/?", re.IGNORECASE), area, host, handler))
        return handler

    return register


def find(method: str, host: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route for a path below the organization, and the values in it."""
    for each in ROUTES:
        if each.method == method and each.host in {host, "*"}:
            match = each.pattern.fullmatch(path)
            if match is not None:
                return each, {key: unquote(value) for key, value in match.groupdict().items() if value is not None}
    return None
