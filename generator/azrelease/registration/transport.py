"""One request: sent through msrest, the transport of azure-devops; its result is JSON, or a failure with a message.

The clients of azure-devops raise errors without their status, retry some requests, and have no methods for several
resources (azure-devops 7.1.0b4). So only its configuration and its session are used.
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

from azrelease.registration.failures import BusyError, ConflictError, NotFoundError, OutcomeUnknownError, RefusedError
from azrelease.registration.resource_locations import ResourceLocation, deployment_of
from azrelease.registration.rest_api import RestResource

logger = logging.getLogger(__name__)

_TOO_MANY = 429
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _PROXY_LOGIN, _CONFLICT = 401, 403, 404, 407, 409
_SUCCESS, _REDIRECTS = range(200, 300), range(300, 400)
_SERVER_ERROR = 500
_SIGN_IN = 203
"""The status of the sign-in page, which the service sends for a wrong token."""

_SIGN_IN_REDIRECTS = (302, 303)
_SIGN_IN_WORDS = ("signin", "sign-in", "login", "oauth")
"""One of them is part of the URL of every sign-in page of Azure DevOps."""

_DEEPEST = 100
"""Levels of JSON; responses of the service have about twenty."""

_NO_SIGN_IN = {"X-TFS-FedAuthRedirect": "Suppress", "X-VSS-ForceMsaPassThrough": "true"}
"""Headers of the clients of azure-devops: the response to a refused token is a status, not a page to sign in."""


class Response(NamedTuple):
    """The JSON of a response, and the token for the next page of a list; None if there is none."""

    data: Any
    continuation: str | None


class _UnreadableError(Exception):
    """A response is not readable; the message says why."""


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
        # A token must not follow a redirect to another address. (With `allow` off, msrest fails on a 302.)
        config.redirect_policy.max_redirects = 0
        self._client: Any = ServiceClient(credentials, config)

    def send(
        self, verb: str, resource: RestResource, route: Mapping[str, str], query: Mapping[str, str], body: object
    ) -> Response:
        """Send a request, once.

        Raises:
            RefusedError: the service refused it.
            OutcomeUnknownError: no response says whether it took effect.
        """
        location = self._location(resource, verb)
        version = None if location is None else location.version(resource.version)
        if location is None or version is None:
            text = (
                f"{self._address}: has no REST API for {resource.scope.name}; Azure DevOps Server must be 2022 or later"
            )
            raise RefusedError(text, _NOT_FOUND)
        request = ClientRequest(verb, location.url(route))
        request.format_parameters({name: quote(value, safe="") for name, value in query.items()})
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": f"application/json;api-version={version}",
        }
        response = self._response(request, headers, body, resource, verb)
        if not response.content:
            return Response(None, None)
        try:
            return Response(_parsed(response), response.headers.get("X-MS-ContinuationToken"))
        except _UnreadableError as error:
            what = f"{verb} of {resource.scope.name}" if verb != "GET" else resource.scope.name
            text = f"{self._address}: unexpected response to {what}, which {error}; {_CHECK_ADDRESS}"
            # Another attempt to read would get the same page; whether a change took effect is unknown.
            raise RefusedError(text, response.status_code) if verb == "GET" else OutcomeUnknownError(text) from None

    def _location(self, resource: RestResource, verb: str) -> ResourceLocation | None:
        """The location of a resource, at this address or at the deployment that hosts it; None if there is none."""
        deployment = deployment_of(self._address)
        for address in (self._address, *((deployment,) if deployment else ())):
            # All threads share one list.
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
        response = self._response(request, {"Accept": "application/json"}, None, resource, verb)
        try:
            data = _parsed(response)
            return {str(entry["id"]): ResourceLocation.of(entry, address) for entry in data["value"]}
        except _UnreadableError as error:
            raise RefusedError(
                f"{self._address}: unexpected response, which {error}; {_CHECK_ADDRESS}", _NOT_FOUND
            ) from None
        except (KeyError, TypeError, ValueError):
            text = f"{self._address}: unexpected response, which is not a list of REST resources; {_CHECK_ADDRESS}"
            raise RefusedError(text, _NOT_FOUND) from None

    def _response(
        self, request: ClientRequest, headers: Mapping[str, str], body: object, resource: RestResource, verb: str
    ) -> Any:  # noqa: ANN401  (msrest has no types)
        """The response of a request that succeeds.

        Raises:
            RefusedError: the service refused it.
            OutcomeUnknownError: no response says whether it took effect.
        """
        start = monotonic()
        try:
            response = self._client.send(request, headers={**headers, **_NO_SIGN_IN}, content=body)
        except (ClientException, OSError) as error:
            redirect = getattr(getattr(error, "inner_exception", None), "response", None)
            if redirect is not None:
                raise self._failure(redirect, resource, verb) from None
            raise OutcomeUnknownError(f"{self._address}: no response ({_short(error, self._address)})") from None
        _log(str(request.method), response, start)
        if response.status_code not in _SUCCESS or response.status_code == _SIGN_IN:
            raise self._failure(response, resource, verb)
        return response

    def _failure(self, response: Any, resource: RestResource, verb: str) -> RefusedError | OutcomeUnknownError:  # noqa: ANN401
        status = response.status_code
        message, type_key = _message(response)
        text = f"{self._address}: {message or f'status {status}'}"
        need = f"{resource.scope.name} ({resource.scope.write if verb != 'GET' else 'read'})"
        if status in (_UNAUTHORIZED, _SIGN_IN) or _leads_to_sign_in(response):
            text = f"{self._address}: the token is not accepted; it needs the scope {need}, for this organization"
            return RefusedError(text, status)
        if status in _REDIRECTS:
            target = str(response.headers.get("Location") or "another address").partition("?")[0]
            return RefusedError(f"{self._address}: has moved to {target}; pass that with --organization", status)
        if status == _PROXY_LOGIN:
            return RefusedError(f"{self._address}: {_proxy(self._address)} requires a name and a password", status)
        if status == _FORBIDDEN:
            role = f", and its owner {resource.role}" if resource.role and verb != "GET" else ""
            return RefusedError(
                f"{text}\nThis is not allowed: the token needs the scope {need}{role}.", status, type_key
            )
        if status == _TOO_MANY:
            return BusyError(text, _retry_after(response))
        if status >= _SERVER_ERROR:
            return OutcomeUnknownError(text, _retry_after(response))
        if status == _NOT_FOUND:
            return NotFoundError(text if message else f"{self._address}: {_NO_ORGANIZATION}", status, type_key)
        if status == _CONFLICT or any(word in type_key for word in ("Exists", "Conflict", "Revision")):
            return ConflictError(text, status, type_key)
        return RefusedError(text, status, type_key)


_TOO_DEEP = "is nested too deeply"
_CHECK_ADDRESS = "check the address of the organization"
_NO_ORGANIZATION = (
    "not found (status 404): the organization does not exist, or the token may not see it; "
    "expected an address like https://dev.azure.com/name"
)


def _leads_to_sign_in(response: Any) -> bool:  # noqa: ANN401  (msrest has no types)
    """Whether a response redirects to a sign-in page, as for an unknown token."""
    target = str(response.headers.get("Location") or "").lower()
    return response.status_code in _SIGN_IN_REDIRECTS and any(word in target for word in _SIGN_IN_WORDS)


def _parsed(response: Any) -> Any:  # noqa: ANN401  (any JSON)
    """The JSON of a response.

    Raises:
        _UnreadableError: it is not JSON, or is nested deeper than any response of the service.
    """
    try:
        data = response.json()
    except RecursionError:
        raise _UnreadableError(_TOO_DEEP) from None
    except ValueError:
        raise _UnreadableError("is not JSON") from None
    level = [data]
    for _ in range(_DEEPEST):
        level = [each for outer in level if isinstance(outer, dict | list) for each in _inner(outer)]
        if not level:
            return data
    raise _UnreadableError(_TOO_DEEP)


def _inner(data: Any) -> Any:  # noqa: ANN401  (any JSON)
    return data.values() if isinstance(data, dict) else data


def _log(verb: str, response: Any, start: float) -> None:  # noqa: ANN401  (msrest has no types)
    """Log a request, without its query and body, which may hold secrets."""
    address = str(response.request.url).partition("?")[0]
    logger.info("%s %s: %s, %.2f s", verb, address, response.status_code, monotonic() - start)


def _message(response: Any) -> tuple[str, str]:  # noqa: ANN401  (msrest has no types)
    """The error message of a response, and the service's name for the reason."""
    try:
        data = _parsed(response)
    except _UnreadableError:
        return "", ""
    if not isinstance(data, dict):
        return "", ""
    # The errors of ASP.NET are in `value`.
    inner = data.get("value")
    error = data if data.get("message") or not isinstance(inner, dict) else {"message": inner.get("Message")}
    results = (data.get("customProperties") or {}).get("ValidationResults") or ()
    more = [str(result["message"]) for result in results if isinstance(result, dict) and result.get("message")]
    message = "\n".join(dict.fromkeys(filter(None, (str(error.get("message") or ""), *more))))
    return message, str(data.get("typeKey") or "")


def _retry_after(response: Any) -> float | None:  # noqa: ANN401  (msrest has no types)
    text = str(response.headers.get("Retry-After") or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        return _seconds_until(text)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(text: str) -> float | None:
    """The seconds until a date in the format of HTTP."""
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _short(error: BaseException, address: str) -> str:
    """Why there was no response, without the objects that the client puts into its message."""
    text = repr(error).lower()
    if "proxyerror" in text or "proxy" in type(error).__name__.lower():
        return f"{_proxy(address)} rejects the connection"
    if "timeout" in text or "timed out" in text:
        return "it took too long"
    if "name or service" in text or "nameresolution" in text or "getaddrinfo" in text:
        return "the name of the server is unknown"
    if "refused" in text:
        return "the connection was refused"
    if "certificate" in text or "ssl" in text:
        return f"the connection is not secure: {error}"
    return "the connection was lost"


def _proxy(address: str) -> str:
    """The proxy for an address, without its name and password."""
    proxies = getproxies()
    parts = urlsplit(proxies.get(urlsplit(address).scheme) or proxies.get("all") or "")
    try:
        place = f" {parts.hostname}:{parts.port}" if parts.port else f" {parts.hostname}" if parts.hostname else ""
    except ValueError:
        place = ""
    return f"the proxy{place} (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY)"
