"""What goes over the wire: requests as they were read, answers before they are written."""

import json
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json; charset=utf-8; api-version=7.1"


@dataclass
class Request:
    """One request; `number` counts those that are not setup, from 1, and is 0 for setup."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]
    status: int | None = None
    data: bytes = b""

    @property
    def is_setup(self) -> bool:
        """Whether the client only reads locations."""
        return self.method == "OPTIONS" or "/_apis/resourceareas" in self.path.casefold()

    def asked(self, name: str) -> str | None:
        """The value of a query parameter, whose name the service reads without regard to case."""
        return next((value for key, value in self.query.items() if key.casefold() == name.casefold()), None)

    def __str__(self) -> str:
        return f"{self.number} {self.method} {self.path}"


@dataclass
class Answer:
    """Status, body and headers; a body that is not bytes is written as JSON."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON

    def data(self) -> bytes:
        """The bytes of the body."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str) and not self.content_type.startswith("application/json"):
            return self.body.encode()
        return b"" if self.body is None and self.status == 204 else json.dumps(self.body).encode()


def listing(values: list[Any], token: object = None) -> Answer:
    """A list in its envelope, with the token of the next page if there is one."""
    headers = {} if token is None else {"X-MS-ContinuationToken": str(token)}
    return Answer(body={"count": len(values), "value": values}, headers=headers)
