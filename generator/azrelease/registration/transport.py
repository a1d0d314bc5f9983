"""One request: sent through msrest, the transport of azure-devops, answered with JSON or with a failure.

The clients of azure-devops raise errors without their status, retry some requests, and have no methods for several
resources (azure-devops 7.1.0b4). Its configuration and session are used as they are.
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

from azure.devops.client_configuration import ClientConfiguration
from msrest import ServiceClient
from msrest.exceptions import ClientException
from msrest.universal_http import ClientRequest

from azrelease.registration.failures import BusyError, ConflictError, NotFoundError, RefusedError, UnsureError
from azrelease.registration.resource_locations import ResourceLocation, deployment_of
from azrelease.registration.rest_api import RestResource

logger = logging.getLogger(__name__)

_TOO_MANY = 429
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _PROXY_LOGIN, _CONFLICT = 401, 403, 404, 407, 409
_SUCCESS, _REDIRECTS = range(200, 300), range(300, 400)
_SERVER_ERROR = 500
_SIGN_IN = 203
"""The status of the sign-in page, which is sent where a token is wrong."""

_SIGN_IN_REDIRECTS = (302, 303)
_SIGN_IN_WORDS = ("signin", "sign-in", "login", "oauth")
"""One of them is part of the address of every sign-in page that Azure DevOps sends to."""

_DEEPEST = 100
"""Levels of JSON; answers of the service have some twenty."""


_NO_SIGN_IN = {"X-TFS-FedAuthRedirect": "Suppress", "X-VSS-ForceMsaPassThrough": "true"}
"""Headers of the clients of azure-devops: a refused token is answered with a status, not with a page to sign in."""


class Response(NamedTuple):
    """The JSON of an answer, and the token for the rest of a list that is longer; None when there is no more."""

    data: Any
    continuation: str | None


class _UnreadableError(Exception):
    """A response is not the JSON that it should be; the message says why."""


class Transport:
    """Sends requests to one address."""

    def __init__(self, address: str, credentials: Any, timeout: float) -> None:  # noqa: ANN401  (msrest's)
        self._address = address
        self._listing = threading.Lock()
        self._listed: dict[str, Mapping[str, ResourceLocation]] = {}
        config = ClientConfiguration(address)
        config.credentials = credentials
        config.connection.timeout = timeout
        # As `requests` does by default: the caller decides what is retried. Sessions share this object.
        policy = config.retry_policy.policy
        policy.total, policy.connect, policy.read, policy.status_forcelist = 0, 0, False, ()
        # A token goes to no other address than the given one. (With `allow` off, msrest fails on a 302.)
        config.redirect_policy.max_redirects = 0
        self._client: Any = ServiceClient(credentials, config)

    def send(
        self, verb: str, resource: RestResource, route: Mapping[str, str], query: Mapping[str, str], body: object
    ) -> Response:
        """Send a request, once.

        Raises:
            RefusedError: the service refused it.
            UnsureError: it is unknown whether the service took it.
        """
        location = self._location(resource, verb)
        version = None if location is None else location.version(resource.version)
        if location is None or version is None:
            text = f"{self._address}: has no REST API for {resource.scope}; Azure DevOps Server must be 2022 or later"
            raise RefusedError(text, _NOT_FOUND)
        request = ClientRequest(verb, location.url(route))
        request.format_parameters({name: quote(value, safe="") for name, value in query.items()})
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": f"application/json;api-version={version}",
        }
        response = self._answer(request, headers, body, resource, verb)
        if not response.content:
            return Response(None, None)
        try:
            return Response(_parsed(response), response.headers.get("X-MS-ContinuationToken"))
        except _UnreadableError as error:
            what = f"{verb} of {resource.scope}" if verb != "GET" else resource.scope
            text = f"{self._address}: the answer to {what} {error}; {_IS_IT}"
            # A reading request is not repeated for the same page; a changing one may have taken effect.
            raise RefusedError(text, response.status_code) if verb == "GET" else UnsureError(text) from None

    def _location(self, resource: RestResource, verb: str) -> ResourceLocation | None:
        """Where a resource is: at this address, or else at the deployment that hosts it; None where at neither."""
        deployment = deployment_of(self._address)
        for address in (self._address, *((deployment,) if deployment else ())):
            # Listed once, however many threads begin here.
            with self._listing:
                if address not in self._listed:
                    self._listed[address] = self._list(address, resource, verb)
            location = self._listed[address].get(resource.location)
            if location is not None:
                return location
        return None

    def _list(self, address: str, resource: RestResource, verb: str) -> Mapping[str, ResourceLocation]:
        """The resources of an address, by their ids."""
        request = ClientRequest("OPTIONS", f"{address.rstrip('/')}/_apis")
        response = self._answer(request, {"Accept": "application/json"}, None, resource, verb)
        try:
            data = _parsed(response)
            return {str(entry["id"]): ResourceLocation.of(entry, address) for entry in data["value"]}
        except _UnreadableError as error:
            raise RefusedError(f"{self._address}: its first answer {error}; {_IS_IT}", _NOT_FOUND) from None
        except (KeyError, TypeError, ValueError):
            text = f"{self._address}: its first answer is not a list of REST resources; {_IS_IT}"
            raise RefusedError(text, _NOT_FOUND) from None

    def _answer(
        self, request: ClientRequest, headers: Mapping[str, str], body: object, resource: RestResource, verb: str
    ) -> Any:  # noqa: ANN401  (msrest has no types)
        """The response of a request that succeeds.

        Raises:
            RefusedError: the service refused it.
            UnsureError: it is unknown whether the service took it.
        """
        start = monotonic()
        try:
            response = self._client.send(request, headers={**headers, **_NO_SIGN_IN}, content=body)
        except (ClientException, OSError) as error:
            redirect = getattr(getattr(error, "inner_exception", None), "response", None)
            if redirect is not None:
                raise self._failure(redirect, resource, verb) from None
            raise UnsureError(f"{self._address}: no answer ({_short(error, self._address)})") from None
        _log(str(request.method), response, start)
        if response.status_code not in _SUCCESS or response.status_code == _SIGN_IN:
            raise self._failure(response, resource, verb)
        return response

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


def _log(verb: str, response: Any, start: float) -> None:  # noqa: ANN401  (msrest has no types)
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
