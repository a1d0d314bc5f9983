"""The front of endpoints: checks keys, shares requests among deployments, forwards and records them.

Source of the answers: learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints (status codes).
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

from azrelease.rehearsal.azure.hosting import second_key
from azrelease.rehearsal.loopback import serve
from azrelease.rehearsal.machine import Machine
from azrelease.rehearsal.outcome import EndpointRequest

_MAX_TEXT = 300
DEPLOYMENT_HEADER = "azureml-model-deployment"
"""The header that selects the deployment, and names the one that answered."""

_CONNECTION_HEADERS = (
    "authorization", "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer",
    "transfer-encoding", "upgrade",
)  # fmt: skip


class Backend(NamedTuple):
    """The server of a deployment; `last_error` returns what it has raised last."""

    port: int
    timeout: float
    wraps_errors: bool
    last_error: Callable[[], str] = lambda: ""


class Reply(NamedTuple):
    """The status and body of an answer, and the deployment that gave it."""

    status: int
    body: bytes
    deployment: str = ""


@dataclass
class EndpointFront:
    """Endpoints, each with the servers of its deployments, its traffic and its key.

    Attributes:
        machine: takes the problems with requests and answers.
        requests: all requests so far.
    """

    machine: Machine
    requests: list[EndpointRequest] = field(default_factory=list)
    port: int = 0
    _backends: dict[str, dict[str, Backend]] = field(default_factory=dict)
    _shares: dict[str, dict[str, int]] = field(default_factory=dict)
    _keys: dict[str, str | None] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve the endpoints on a loopback port until the block ends."""
        with serve(partial(_EndpointHandler, self), wait_for_requests=False) as self.port:
            yield

    def add(self, endpoint: str, deployment: str, backend: Backend) -> None:
        """Set the server of a deployment."""
        with self._lock:
            self._backends.setdefault(endpoint, {})[deployment] = backend

    def remove(self, endpoint: str, deployment: str) -> None:
        """Remove the server of a deployment."""
        with self._lock:
            self._backends.get(endpoint, {}).pop(deployment, None)

    def route(self, endpoint: str, shares: Mapping[str, int], key: str | None) -> None:
        """Set the traffic and the key of an endpoint."""
        with self._lock:
            self._shares[endpoint], self._keys[endpoint] = dict(shares), key

    def answer(self, endpoint: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer and record a request."""
        started = time.monotonic()
        reply = self._answer(endpoint, {name.casefold(): value for name, value in headers.items()}, body)
        milliseconds = round((time.monotonic() - started) * 1000)
        texts = (self._text(body), self._text(reply.body))
        with self._lock:
            self.requests.append(EndpointRequest(endpoint, reply.deployment, int(reply.status), milliseconds, *texts))
        return reply

    def _text(self, content: bytes) -> str:
        # Masked before it is cut: a secret that is cut in two is not recognized any more.
        return self.machine.masker.mask(content.decode("utf-8", errors="replace"))[:_MAX_TEXT]

    def _answer(self, endpoint: str, headers: Mapping[str, str], body: bytes) -> Reply:
        with self._lock:
            key, backends = self._keys.get(endpoint), dict(self._backends.get(endpoint, {}))
        if endpoint not in self._keys:
            return Reply(HTTPStatus.NOT_FOUND, b"no such endpoint")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if key is not None and (scheme.casefold() != "bearer" or token.strip() not in (key, second_key(key))):
            problem = "no key" if "authorization" not in headers else "a wrong key"
            self.machine.notice(f"a request to `{endpoint}` has {problem}: refused with 401", serious=False)
            return Reply(HTTPStatus.UNAUTHORIZED, b"key_auth_access_denied")
        selected = headers.get(DEPLOYMENT_HEADER)
        name = selected or self._next_deployment(endpoint)
        if name is None or name not in backends:
            reason = f"there is no deployment `{selected}`" if selected else "no deployment has traffic"
            self.machine.notice(f"a request to `{endpoint}` reaches no deployment: {reason}", serious=False)
            return Reply(HTTPStatus.NOT_FOUND, b"no deployment to answer")
        return self._forward(endpoint, name, backends[name], headers, body)

    def _next_deployment(self, endpoint: str) -> str | None:
        """The deployment that answers next: of a hundred requests, each gets its share, evenly."""
        with self._lock:
            shares = {name: share for name, share in self._shares.get(endpoint, {}).items() if share}
            count = self._counts[endpoint] = self._counts.get(endpoint, -1) + 1
        total, place = sum(shares.values()), 0
        if not total:
            return None
        # Steps of the golden ratio do not follow any rhythm of the requests.
        point = (count * 61.8033988749895) % total
        for name, share in shares.items():
            place += share
            if point < place:
                return name
        return next(iter(shares))

    def _forward(self, endpoint: str, name: str, backend: Backend, headers: Mapping[str, str], body: bytes) -> Reply:
        # Neither the key nor the headers of the connection reach the model.
        own = {header: value for header, value in headers.items() if header not in _CONNECTION_HEADERS}
        connection = HTTPConnection("127.0.0.1", backend.port, timeout=backend.timeout)
        source = f"`{name}` of `{endpoint}`"
        try:
            connection.request("POST", "/score", body, {"content-type": "application/json", **own})
            answer = connection.getresponse()
            content = answer.read()
        except TimeoutError:
            self.machine.notice(f"{source} took longer than {backend.timeout:g} s to answer: 408", serious=True)
            return Reply(HTTPStatus.REQUEST_TIMEOUT, b"upstream request timeout", name)
        except (OSError, HTTPException):
            self.machine.notice(f"{source} crashed during a request: 502", serious=True)
            return Reply(HTTPStatus.BAD_GATEWAY, b"the container has crashed", name)
        finally:
            connection.close()
        if answer.status == HTTPStatus.OK:
            self._check_json(source, content)
            return Reply(HTTPStatus.OK, content, name)
        message = self._text(content.strip())
        is_server_error = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if is_server_error:
            message = backend.last_error() or message
        # A model refuses an invalid request; tests send such requests on purpose.
        self.machine.notice(
            f"{source} answered {answer.status}: {message}", serious=False, expected=not is_server_error
        )
        return Reply(HTTPStatus.FAILED_DEPENDENCY if backend.wraps_errors else answer.status, content, name)

    def _check_json(self, source: str, content: bytes) -> None:
        beginning = content[:80].decode("utf-8", errors="replace")
        try:
            value = json.loads(content)
        except ValueError:
            self.machine.notice(f"{source} answered invalid JSON: {beginning}", serious=True)
            return
        if isinstance(value, str) and value[:1] in ("{", "["):
            self.machine.notice(f"{source} answered JSON inside a JSON string: {beginning}", serious=True)


class _EndpointHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, front: EndpointFront, *connection: Any) -> None:  # noqa: ANN401  (socket, address and server)
        self._front = front
        super().__init__(*connection)

    def do_POST(self) -> None:
        body = self._body()
        endpoint, _, rest = self.path.partition("?")[0].strip("/").partition("/")
        if body is None:
            reply = Reply(HTTPStatus.BAD_REQUEST, b"the length of the request is not a number")
        elif rest == "score":
            reply = self._front.answer(endpoint, dict(self.headers.items()), body)
        else:
            reply = Reply(HTTPStatus.NOT_FOUND, b"")
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        if reply.deployment:
            self.send_header(DEPLOYMENT_HEADER, reply.deployment)
        self.end_headers()
        self.wfile.write(reply.body)

    def _body(self) -> bytes | None:
        """The body of a request; None when its length is invalid."""
        try:
            if self.headers.get("Transfer-Encoding", "").casefold() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            chunks: list[bytes] = []
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b"".join(chunks)
        except ValueError:
            self.close_connection = True
            return None

    def log_message(self, *_: object) -> None:
        """Log nothing: the front records requests."""
