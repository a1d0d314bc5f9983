"""The connection to an organization: its address, who asks, how long it is waited, what is tried again.

Secrets come from the environment only, and stand in no message.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from azrelease.errors import ServiceError, UserError
from azrelease.redaction import mask_values
from azrelease.registration.credentials import Credentials, credentials
from azrelease.registration.failures import UnsureError
from azrelease.registration.rest_api import RESOURCE_AREAS, RestResource

if TYPE_CHECKING:
    from azrelease.registration.transport import Response, Transport

T = TypeVar("T")
R = TypeVar("R")

_ADDRESSES = ("AZURE_DEVOPS_ORG_URL", "SYSTEM_COLLECTIONURI")
_LOCAL = ("localhost", "127.0.0.1", "::1")
_SHORTEST_SECRET = 4
"""Characters; what is shorter stands in other texts by chance."""


class Patience(NamedTuple):
    """How long to wait, in seconds, and how often to try.

    Attributes:
        timeout: for an answer.
        attempts: how often a request is sent at most.
        first_wait: before the second attempt; doubled for each one after it.
        longest_wait: the longest that the service may ask to wait.
    """

    timeout: float = 60
    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 120


PATIENCE = Patience()


def organization_url(given: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The address of the organization, from an option or the environment.

    Raises:
        UserError: there is none, or it is no address.
    """
    found = given or next((environment[name] for name in _ADDRESSES if environment.get(name)), None)
    if not found:
        raise UserError("which organization? Set --organization https://dev.azure.com/name, or AZURE_DEVOPS_ORG_URL")
    try:
        parts = urlsplit(found)
    except ValueError:
        raise UserError(f"{found}: is no address") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UserError(f"{found}: is no address of an organization; one looks like https://dev.azure.com/name")
    if parts.username or parts.password:
        raise UserError("the address of the organization must not hold a name or a password; set AZURE_DEVOPS_EXT_PAT")
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise UserError(f"{found}: a token is sent over https only")
    return found.rstrip("/")


class Connection:
    """An organization, asked through the client of azure-devops."""

    at_once = 8
    """How many requests are on their way at the same time, at most."""

    def __init__(self, address: str, credentials: "Credentials", patience: Patience = PATIENCE) -> None:
        self.address = address
        self.patience = patience
        self._credentials = credentials
        self._secrets: set[str] = set()
        self._transports: dict[str, Transport] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Send nothing more, and wait for nothing: the person has interrupted."""
        self._stopped.set()

    def hide(self, secrets: Iterable[str]) -> None:
        """Name values that must not stand in any message."""
        self._secrets.update(secrets)

    def get(self, resource: RestResource, route: Mapping[str, str] = {}, query: Mapping[str, str] = {}) -> Any:  # noqa: ANN401  (any JSON)
        """The JSON of a resource.

        Raises:
            ServiceError: the service refuses, or does not answer however often it is asked.
        """
        return self._patiently(lambda: self._send("GET", resource, route, query)).data

    def listed(
        self, resource: RestResource, route: Mapping[str, str] = {}, query: Mapping[str, str] = {}
    ) -> tuple[Mapping[str, Any], ...]:
        """All items of a list, over as many pages as it has.

        Raises:
            ServiceError: the service refuses, or does not answer however often it is asked.
        """
        return tuple(self._pages(resource, route, query))

    def query(self, resource: RestResource, route: Mapping[str, str], query: Mapping[str, str], body: object) -> Any:  # noqa: ANN401
        """The JSON of a question that is sent by POST, and changes nothing.

        Raises:
            ServiceError: the service refuses, or does not answer however often it is asked.
        """
        return self._patiently(lambda: self._send("POST", resource, route, query, body)).data

    def send(
        self,
        verb: str,
        resource: RestResource,
        route: Mapping[str, str],
        body: object = None,
        query: Mapping[str, str] = {},
    ) -> Any:  # noqa: ANN401  (any JSON)
        """Change something, once: whoever asks knows how to find out whether it took effect.

        Raises:
            RefusedError: the service said no.
            UnsureError: it did not say what happened.
        """
        return self._send(verb, resource, route, query, body).data

    def wait(self, attempt: int, error: UnsureError) -> None:
        """Wait before another attempt, as long as the service asks for.

        Args:
            attempt: how many there were.
            error: how the last one ended.

        Raises:
            UnsureError: there were enough, or the wait would be too long.
        """
        if attempt >= self.patience.attempts:
            raise error
        seconds = self.patience.first_wait * 2 ** (attempt - 1) if error.retry_after is None else error.retry_after
        if seconds > self.patience.longest_wait:
            raise UnsureError(f"{error}\nThe service asks to come back in {seconds:.0f} seconds.") from error
        if self._stopped.wait(seconds):
            raise error

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """The results for each item, a bounded number at a time."""
        from concurrent.futures import ThreadPoolExecutor

        if len(items) < 2:  # noqa: PLR2004  (nothing to do at once)
            return [function(item) for item in items]
        with ThreadPoolExecutor(min(self.at_once, len(items))) as pool:
            return list(pool.map(function, items))

    def _pages(
        self, resource: RestResource, route: Mapping[str, str], query: Mapping[str, str]
    ) -> Iterator[Mapping[str, Any]]:
        token: str | None = None
        while True:
            more = {} if token is None else {"continuationToken": token}
            answer = self._patiently(partial(self._send, "GET", resource, route, {**query, **more}))
            items = answer.data.get("value") if isinstance(answer.data, Mapping) else ""
            if not isinstance(items, list | tuple | None):
                raise ServiceError(
                    f"{self.address}: the answer to a question for a list ({resource.scope}) is not a list"
                )
            # What is not known stands as null among what is.
            yield from (item for item in items or () if item is not None)
            if not answer.continuation or answer.continuation == token:
                return
            token = answer.continuation

    def _patiently(self, ask: Callable[[], "Response"]) -> "Response":
        attempt = 1
        while True:
            try:
                return ask()
            except UnsureError as error:
                self.wait(attempt, error)
                attempt += 1

    def _send(
        self, verb: str, resource: RestResource, route: Mapping[str, str], query: Mapping[str, str], body: object = None
    ) -> "Response":
        if self._stopped.is_set():
            raise UnsureError(f"{self.address}: not asked, since the command was interrupted")
        try:
            return self._transport(resource).send(verb, resource, route, query, body)
        except ServiceError as error:
            error.args = tuple(self._without_secrets(str(argument)) for argument in error.args)
            raise

    def _without_secrets(self, text: str) -> str:
        return mask_values(text, (*self._secrets, *self._credentials.secrets()), shortest=_SHORTEST_SECRET)

    def _transport(self, resource: RestResource) -> "Transport":
        from azrelease.registration.transport import Transport

        address = self._areas.get(resource.area, self.address) if resource.area else self.address
        with self._lock:
            if address not in self._transports:
                self._transports[address] = Transport(address, self._credentials.authentication, self.patience.timeout)
            return self._transports[address]

    @cached_property
    def _areas(self) -> Mapping[str, str]:
        """The address of each area by its id; none on a server of one's own, which has one address for all."""
        try:
            areas = self.listed(RESOURCE_AREAS)
        except UnsureError as error:
            # It was asked for often enough: whoever needs an area does not ask again.
            raise ServiceError(str(error)) from error
        return {str(area["id"]).lower(): str(area["locationUrl"]).rstrip("/") for area in areas}


def connect(address: str, environment: Mapping[str, str] = os.environ, patience: Patience = PATIENCE) -> Connection:
    """A connection with the credentials of the environment.

    Raises:
        UserError: there are none.
    """
    return Connection(address, credentials(environment), patience)
