"""The connection to an organization: its address, credentials, timeouts and retries.

Secrets come from the environment only, and no message contains them.
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
from azrelease.registration.failures import OutcomeUnknownError
from azrelease.registration.rest_api import RESOURCE_AREAS, RestResource

if TYPE_CHECKING:
    from azrelease.registration.transport import Response, Transport

T = TypeVar("T")
R = TypeVar("R")

_ADDRESSES = ("AZURE_DEVOPS_ORG_URL", "SYSTEM_COLLECTIONURI")
_LOCAL = ("localhost", "127.0.0.1", "::1")
_SHORTEST_SECRET = 4
"""Characters; shorter values occur in other texts by chance."""


class RetryPolicy(NamedTuple):
    """Timeouts and retries of requests; times are in seconds.

    Attributes:
        timeout: how long to wait for a response.
        attempts: how often a request is sent, at most.
        first_wait: the wait before the second attempt; doubled for each further one.
        longest_wait: the longest wait that the service may ask for.
    """

    timeout: float = 60
    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 120


DEFAULT_RETRY_POLICY = RetryPolicy()


def organization_url(given: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The address of the organization, from an option or the environment.

    Raises:
        UserError: there is none, or it is invalid.
    """
    address = given or next((environment[name] for name in _ADDRESSES if environment.get(name)), None)
    if not address:
        hint = "pass --organization https://dev.azure.com/name, or set AZURE_DEVOPS_ORG_URL"
        raise UserError(f"the organization is unknown: {hint}")
    shown = f"…{address[address.rindex('@') :]}" if "@" in address else address  # before the sign may be a password
    try:
        parts = urlsplit(address)
    except ValueError:
        raise UserError(f"{shown}: invalid URL") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UserError(f"{shown}: invalid URL of an organization; expected one like https://dev.azure.com/name")
    if parts.username or parts.password:
        raise UserError("the URL of the organization must not contain a name or a password; set AZURE_DEVOPS_EXT_PAT")
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise UserError(f"{address}: use https; a token is not sent over http")
    return address.rstrip("/")


class Connection:
    """Sends requests to an organization, and repeats them.

    Methods raise `ServiceError` if the service refuses, or does not answer.
    """

    max_parallel = 8
    """How many requests run at the same time, at most."""

    def __init__(
        self, address: str, credentials: "Credentials", retry_policy: RetryPolicy = DEFAULT_RETRY_POLICY
    ) -> None:
        self.address = address
        self.retry_policy = retry_policy
        self._credentials = credentials
        self._secrets: set[str] = set()
        self._transports: dict[str, Transport] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Send nothing more, and end all waits: the user has interrupted."""
        self._stopped.set()

    def mask(self, secrets: Iterable[str]) -> None:
        """Add values that no message may contain."""
        self._secrets.update(secrets)

    def get(self, resource: RestResource, route: Mapping[str, str] = {}, query: Mapping[str, str] = {}) -> Any:  # noqa: ANN401  (any JSON)
        """The JSON of a resource."""
        return self._repeated(lambda: self._send("GET", resource, route, query)).data

    def listed(
        self, resource: RestResource, route: Mapping[str, str] = {}, query: Mapping[str, str] = {}
    ) -> tuple[Mapping[str, Any], ...]:
        """All items of a list, over as many pages as it has."""
        return tuple(self._pages(resource, route, query))

    def query(self, resource: RestResource, route: Mapping[str, str], query: Mapping[str, str], body: object) -> Any:  # noqa: ANN401
        """The JSON of a query, which is sent by POST and changes nothing."""
        return self._repeated(lambda: self._send("POST", resource, route, query, body)).data

    def send(
        self,
        verb: str,
        resource: RestResource,
        route: Mapping[str, str],
        body: object = None,
        query: Mapping[str, str] = {},
    ) -> Any:  # noqa: ANN401  (any JSON)
        """Send a change, once: the caller has to find out whether it took effect.

        Raises:
            RefusedError: the service refused.
            OutcomeUnknownError: no response says what happened.
        """
        return self._send(verb, resource, route, query, body).data

    def wait(self, attempt: int, error: OutcomeUnknownError) -> None:
        """Wait before another attempt, as long as the service asks for.

        Args:
            attempt: the number of attempts so far.
            error: the failure of the last one.

        Raises:
            OutcomeUnknownError: there were enough attempts, or the wait would be too long.
        """
        if attempt >= self.retry_policy.attempts:
            raise error
        seconds = self.retry_policy.first_wait * 2 ** (attempt - 1) if error.retry_after is None else error.retry_after
        if seconds > self.retry_policy.longest_wait:
            raise OutcomeUnknownError(f"{error}\nThe service asks to wait {seconds:.0f} seconds.") from error
        if self._stopped.wait(seconds):
            raise error

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """The results for each item, a bounded number at a time."""
        from concurrent.futures import ThreadPoolExecutor

        if len(items) < 2:  # noqa: PLR2004  (no need for threads)
            return [function(item) for item in items]
        with ThreadPoolExecutor(min(self.max_parallel, len(items))) as pool:
            return list(pool.map(function, items))

    def _pages(
        self, resource: RestResource, route: Mapping[str, str], query: Mapping[str, str]
    ) -> Iterator[Mapping[str, Any]]:
        token: str | None = None
        while True:
            more = {} if token is None else {"continuationToken": token}
            response = self._repeated(partial(self._send, "GET", resource, route, {**query, **more}))
            items = response.data.get("value") if isinstance(response.data, Mapping) else ""
            if not isinstance(items, list | tuple | None):
                raise ServiceError(f"{self.address}: unexpected response: expected a list ({resource.scope.name})")
            # The service returns null for an item that it does not know.
            yield from (item for item in items or () if item is not None)
            if not response.continuation or response.continuation == token:
                return
            token = response.continuation

    def _repeated(self, send: Callable[[], "Response"]) -> "Response":
        attempt = 1
        while True:
            try:
                return send()
            except OutcomeUnknownError as error:
                self.wait(attempt, error)
                attempt += 1

    def _send(
        self, verb: str, resource: RestResource, route: Mapping[str, str], query: Mapping[str, str], body: object = None
    ) -> "Response":
        if self._stopped.is_set():
            raise OutcomeUnknownError(f"{self.address}: no request was sent, since the command was interrupted")
        try:
            return self._transport(resource).send(verb, resource, route, query, body)
        except ServiceError as error:
            error.args = tuple(self._without_secrets(str(argument)) for argument in error.args)
            raise

    def _without_secrets(self, text: str) -> str:
        return mask_values(text, (*self._secrets, *self._credentials.secrets()), shortest=_SHORTEST_SECRET)

    def _transport(self, resource: RestResource) -> "Transport":
        try:
            from azrelease.registration.transport import Transport
        except OSError as error:
            # The client creates its folder when it is imported.
            message = f"{error.filename or 'the cache folder'}: the client of Azure DevOps cannot write its cache there"
            raise UserError(f"{message}: {error.strerror}. Set AZURE_DEVOPS_CACHE_DIR to a folder.") from None

        address = self._areas.get(resource.area, self.address) if resource.area else self.address
        with self._lock:
            if address not in self._transports:
                self._transports[address] = Transport(
                    address, self._credentials.authentication, self.retry_policy.timeout
                )
            return self._transports[address]

    @cached_property
    def _areas(self) -> Mapping[str, str]:
        """The address of each area by its id; none on Azure DevOps Server, which has one address for all."""
        try:
            areas = self.listed(RESOURCE_AREAS)
        except OutcomeUnknownError as error:
            # There were enough attempts: the caller must not repeat them.
            raise ServiceError(str(error)) from error
        return {str(area["id"]).lower(): str(area["locationUrl"]).rstrip("/") for area in areas}


def connect(
    address: str, environment: Mapping[str, str] = os.environ, retry_policy: RetryPolicy = DEFAULT_RETRY_POLICY
) -> Connection:
    """A connection with the credentials of the environment.

    Raises:
        UserError: there are none.
    """
    return Connection(address, credentials(environment), retry_policy)
