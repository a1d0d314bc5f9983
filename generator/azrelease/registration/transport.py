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
from urllib.parse import quote, urlsplit
from urllib.request import getproxies

from azure.devops.client import Client
from msrest.exceptions import ClientException

from azrelease.registration.failures import BusyError, ConflictError, NotFoundError, RefusedError, UnsureError
from azrelease.registration.rest_api import RestResource

logger = logging.getLogger(__name__)

_TOO_MANY = 429
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _PROXY_LOGIN, _CONFLICT = 401, 403, 404, 407, 409
_REDIRECTS = range(300, 400)
_SERVER_ERROR = 500
_SIGN_IN = 203
"""The status of the sign-in page, which is sent where a token is wrong."""

_SIGN_IN_REDIRECTS = (302, 303)
_SIGN_IN_WORDS = ("signin", "sign-in", "login", "oauth")
"""One of them is part of the address of every sign-in page that Azure DevOps sends to."""

_DEEPEST = 100
"""Levels of JSON; answers of the service have some twenty."""


# Its debug messages hold whole bodies, and so the values of secrets.
logging.getLogger("azure.devops.client").setLevel(logging.INFO)


class Response(NamedTuple):
    """The JSON of an answer, and the token for the rest of a list that is longer; None when there is no more."""

    data: Any
    continuation: str | None


class _StatusError(Exception):
    """An answer that is no success, as it is."""

    def __init__(self, response: Any) -> None:  # noqa: ANN401  (msrest has no types)
        super().__init__(response.status_code)
        self.response = response


class _UnreadableError(Exception):
    """The answer to the question where everything is cannot be read; the message says why."""


class _Client(Client):  # type: ignore[misc]  # has no types
    """The client, that neither retries nor hides the status of an answer."""

    def _handle_error(self, _request: object, response: Any) -> None:  # noqa: ANN401  (msrest has no types)
        raise _StatusError(response)

    def _send_request(self, request: Any, *arguments: Any, **more: Any) -> Any:  # noqa: ANN401  (msrest has no types)
        response = super()._send_request(request, *arguments, **more)
        if response.status_code == _SIGN_IN:
            raise _StatusError(response)
        # The client reads this answer by itself, and says of one that it cannot read what its parser says.
        if request.method == "OPTIONS":
            data = _parsed(response)
            if not isinstance(data, dict) or not isinstance(data.get("value"), list):
                raise _UnreadableError("is not a list of REST resources")
        return response


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
        # A token goes to no other address than the one that was given. (With `allow` off, msrest fails on a 302.)
        self._client.config.redirect_policy.max_redirects = 0

    def send(
        self, verb: str, resource: RestResource, route: Mapping[str, str], query: Mapping[str, str], body: object
    ) -> Response:
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
        except _UnreadableError as error:
            raise RefusedError(f"{self._address}: its first answer {error}; {_IS_IT}", _NOT_FOUND) from None
        except (ClientException, OSError) as error:
            redirect = getattr(getattr(error, "inner_exception", None), "response", None)
            if redirect is not None:
                raise self._failure(redirect, resource, verb) from None
            raise UnsureError(f"{self._address}: no answer ({_short(error, self._address)})") from None
        except ValueError:
            text = (
                f"{self._address}: it has no REST API for {resource.scope}; Azure DevOps Server has to be 2022 or later"
            )
            raise RefusedError(text, _NOT_FOUND) from None
        _tell(verb, response, start)
        if not response.content:
            return Response(None, None)
        try:
            return Response(_parsed(response), response.headers.get("X-MS-ContinuationToken"))
        except _UnreadableError as error:
            text = f"{self._address}: the answer to {what} {error}; {_IS_IT}"
            # What only reads is not asked again for the same page; of a change it is not known whether it took effect.
            raise RefusedError(text, response.status_code) if verb == "GET" else UnsureError(text) from None

    def _failure(self, response: Any, resource: RestResource, verb: str) -> RefusedError | UnsureError:  # noqa: ANN401
        status = response.status_code
        message, type_key = _told(response)
        told = f"{self._address}: {message or f'status {status}'}"
        need = f"{resource.scope} ({resource.write if verb != 'GET' else 'read'})"
        if status in (_UNAUTHORIZED, _SIGN_IN) or _leads_to_sign_in(response):
            text = (
                f"{self._address}: the token is not accepted; it needs the scope {need}, and to be of this organization"
            )
            return RefusedError(text, status)
        if status in _REDIRECTS:
            target = str(response.headers.get("Location") or "another address").partition("?")[0]
            return RefusedError(
                f"{self._address}: has moved to {target}; give that address with --organization", status
            )
        if status == _PROXY_LOGIN:
            return RefusedError(f"{self._address}: {_proxy(self._address)} asks for a name and a password", status)
        if status == _FORBIDDEN:
            role = f", and who it belongs to {resource.role}" if resource.role and verb != "GET" else ""
            return RefusedError(f"{told}\nIt is not allowed: the token needs the scope {need}{role}.", status, type_key)
        if status == _TOO_MANY:
            return BusyError(told, _retry_after(response))
        if status >= _SERVER_ERROR:
            return UnsureError(told, _retry_after(response))
        if status == _NOT_FOUND:
            return NotFoundError(told if message else f"{self._address}: {_NO_ORGANIZATION}", status, type_key)
        if status == _CONFLICT or any(word in type_key for word in ("Exists", "Conflict", "Revision")):
            return ConflictError(told, status, type_key)
        return RefusedError(told, status, type_key)


_TOO_DEEP = "is JSON that is nested too deeply"
_IS_IT = "is it the address of an organization?"
_NO_ORGANIZATION = (
    "nothing is found there (status 404): there is no organization of this name, or the token may not see it; "
    "an address looks like https://dev.azure.com/name"
)


def _leads_to_sign_in(response: Any) -> bool:  # noqa: ANN401  (msrest has no types)
    """Whether an answer sends a browser to sign in: what the service says to a token that it does not know."""
    target = str(response.headers.get("Location") or "").lower()
    return response.status_code in _SIGN_IN_REDIRECTS and any(word in target for word in _SIGN_IN_WORDS)


def _parsed(response: Any) -> Any:  # noqa: ANN401  (any JSON)
    """The JSON of an answer.

    Raises:
        _UnreadableError: it is none, or is nested deeper than any answer of the service.
    """
    try:
        data = response.json()
    except RecursionError:
        raise _UnreadableError(_TOO_DEEP) from None
    except ValueError:
        raise _UnreadableError("is no JSON") from None
    level = [data]
    for _ in range(_DEEPEST):
        level = [each for outer in level if isinstance(outer, dict | list) for each in _inner(outer)]
        if not level:
            return data
    raise _UnreadableError(_TOO_DEEP)


def _inner(data: Any) -> Any:  # noqa: ANN401  (any JSON)
    return data.values() if isinstance(data, dict) else data


def _tell(verb: str, response: Any, start: float) -> None:  # noqa: ANN401  (msrest has no types)
    """Log a request; its query and body may hold what is nobody's business."""
    address = str(response.request.url).partition("?")[0]
    logger.info("%s %s: %s, %.2f s", verb, address, response.status_code, monotonic() - start)


def _told(response: Any) -> tuple[str, str]:  # noqa: ANN401  (msrest has no types)
    """The message of an answer and the service's name for it."""
    try:
        data = _parsed(response)
    except _UnreadableError:
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


def _short(error: BaseException, address: str) -> str:
    """Why there was no answer, without the objects that the client puts into its message."""
    text = repr(error).lower()
    if "proxyerror" in text or "proxy" in type(error).__name__.lower():
        return f"{_proxy(address)} does not let it through"
    if "timeout" in text or "timed out" in text:
        return "it took too long"
    if "name or service" in text or "nameresolution" in text or "getaddrinfo" in text:
        return "the name of the server is not known"
    if "refused" in text:
        return "nobody listens there"
    if "certificate" in text or "ssl" in text:
        return f"the connection is not secure: {error}"
    return "the connection was lost"


def _proxy(address: str) -> str:
    """The proxy for an address, without the name and the password that it may hold."""
    proxies = getproxies()
    parts = urlsplit(proxies.get(urlsplit(address).scheme) or proxies.get("all") or "")
    try:
        place = f" {parts.hostname}:{parts.port}" if parts.port else f" {parts.hostname}" if parts.hostname else ""
    except ValueError:
        place = ""
    return f"the proxy{place} (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY)"
