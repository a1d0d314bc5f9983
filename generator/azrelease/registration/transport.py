"""One request: sent through the client of azure-devops, answered with JSON or with a failure that says what it means.

The client raises its errors without their status, retries some requests by itself, and has no methods for several
resources (azure-devops 7.1.0b4). So it is asked for what it does best: the session, the addresses, the versions.
"""

import logging
import math
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import quote

from azure.devops.client import Client
from msrest.exceptions import ClientException

from azrelease.registration.failures import BusyError, ConflictError, NotFoundError, RefusedError, UnsureError
from azrelease.registration.resources import Resource
from azrelease.tracing import trace

_TOO_MANY = 429
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _CONFLICT = 401, 403, 404, 409
_SERVER_ERROR = 500
_SIGN_IN = 203


# Its debug messages hold whole bodies, and so the values of secrets.
logging.getLogger("azure.devops.client").setLevel(logging.INFO)


class Answer(NamedTuple):
    """The JSON of an answer, and the token for the rest of a list that is longer; None when there is no more."""

    data: Any
    continuation: str | None


class _StatusError(Exception):
    """An answer that is no success, as it is."""

    def __init__(self, response: Any) -> None:  # noqa: ANN401  (msrest has no types)
        super().__init__(response.status_code)
        self.response = response


class _Client(Client):  # type: ignore[misc]  # has no types
    """The client, that neither retries nor hides the status of an answer."""

    def _handle_error(self, _request: object, response: Any) -> None:  # noqa: ANN401  (msrest has no types)
        raise _StatusError(response)


class Transport:
    """Sends requests to one address."""

    def __init__(self, address: str, credentials: Any, timeout: float) -> None:  # noqa: ANN401  (msrest's)
        self._address = address
        self._locations_are_known = threading.Lock()
        self._client = _Client(address, credentials)
        self._client.config.connection.timeout = timeout
        # What `requests` does by default: whoever sends decides what is tried again. Sessions share this object.
        policy = self._client.config.retry_policy.policy
        policy.total, policy.connect, policy.read, policy.status_forcelist = 0, 0, False, ()

    def send(
        self, verb: str, resource: Resource, route: Mapping[str, str], query: Mapping[str, str], body: object
    ) -> Answer:
        """Send a request, once.

        Raises:
            RefusedError: the service said no.
            UnsureError: it did not say what happened.
        """
        what = f"{verb} of {resource.scope}" if verb != "GET" else resource.scope
        start = monotonic()
        try:
            # Where everything is, is asked once, however many threads begin here; the client has no public call for
            # this, nor one that takes any resource.
            with self._locations_are_known:
                self._client._get_resource_location(self._client.normalized_url, resource.location)  # noqa: SLF001
            response = self._client._send(  # noqa: SLF001
                verb,
                resource.location,
                resource.version,
                # The client puts them into the address as they are.
                route_values={name: quote(value, safe="") for name, value in route.items()},
                query_parameters={name: quote(value, safe="") for name, value in query.items()},
                content=body,
            )
        except _StatusError as error:
            _tell(verb, error.response, start)
            raise self._failure(error.response, resource, verb) from None
        except (ClientException, OSError) as error:
            raise UnsureError(f"{self._address}: no answer ({_short(error)})") from None
        except ValueError as error:
            raise RefusedError(f"{self._address}: {error}", _NOT_FOUND) from None
        _tell(verb, response, start)
        if response.status_code == _SIGN_IN:
            raise self._failure(response, resource, verb)
        if not response.content:
            return Answer(None, None)
        try:
            return Answer(response.json(), response.headers.get("X-MS-ContinuationToken"))
        except ValueError:
            text = f"{self._address}: the answer to {what} is no JSON; is it the address of an organization?"
            # What only reads is not asked again for the same page; of a change it is not known whether it took effect.
            raise RefusedError(text, response.status_code) if verb == "GET" else UnsureError(text) from None

    def _failure(self, response: Any, resource: Resource, verb: str) -> RefusedError | UnsureError:  # noqa: ANN401
        status = response.status_code
        message, type_key = _told(response)
        told = f"{self._address}: {message or f'status {status}'}"
        need = f"{resource.scope} ({resource.write if verb != 'GET' else 'read'})"
        if status in (_UNAUTHORIZED, _SIGN_IN):
            text = (
                f"{self._address}: the token is not accepted; it needs the scope {need}, and to be of this organization"
            )
            return RefusedError(text, status)
        if status == _FORBIDDEN:
            role = f", and who it belongs to {resource.role}" if resource.role and verb != "GET" else ""
            return RefusedError(f"{told}\nIt is not allowed: the token needs the scope {need}{role}.", status, type_key)
        if status == _TOO_MANY:
            return BusyError(told, _retry_after(response))
        if status >= _SERVER_ERROR:
            return UnsureError(told, _retry_after(response))
        if status == _NOT_FOUND:
            return NotFoundError(told, status, type_key)
        if status == _CONFLICT or any(word in type_key for word in ("Exists", "Conflict", "Revision")):
            return ConflictError(told, status, type_key)
        return RefusedError(told, status, type_key)


def _tell(verb: str, response: Any, start: float) -> None:  # noqa: ANN401  (msrest has no types)
    """Trace a request; its query and body may hold what is nobody's business."""
    address = str(response.request.url).partition("?")[0]
    trace(f"{verb} {address}: {response.status_code}, {monotonic() - start:.2f} s")


def _told(response: Any) -> tuple[str, str]:  # noqa: ANN401  (msrest has no types)
    """The message of an answer and the service's name for it."""
    try:
        data = response.json()
    except ValueError:
        return "", ""
    if not isinstance(data, dict):
        return "", ""
    # ASP.NET's own errors stand in `value`.
    inner = data.get("value")
    found = data if data.get("message") or not isinstance(inner, dict) else {"message": inner.get("Message")}
    results = (data.get("customProperties") or {}).get("ValidationResults") or ()
    more = [str(result["message"]) for result in results if isinstance(result, dict) and result.get("message")]
    message = "\n".join(dict.fromkeys(filter(None, (str(found.get("message") or ""), *more))))
    return message, str(data.get("typeKey") or "")


def _retry_after(response: Any) -> float | None:  # noqa: ANN401  (msrest has no types)
    text = str(response.headers.get("Retry-After") or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        return _seconds_until(text)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(text: str) -> float | None:
    """The seconds until a date as HTTP writes it."""
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _short(error: BaseException) -> str:
    """Why there was no answer, without the objects that the client puts into its message."""
    text = repr(error).lower()
    if "timeout" in text or "timed out" in text:
        return "it took too long"
    if "name or service" in text or "nameresolution" in text or "getaddrinfo" in text:
        return "the name of the server is not known"
    if "refused" in text:
        return "nobody listens there"
    if "redirect" in text:
        return "it sends from one address to the next"
    if "certificate" in text or "ssl" in text:
        return f"the connection is not secure: {error}"
    return "the connection was lost"
