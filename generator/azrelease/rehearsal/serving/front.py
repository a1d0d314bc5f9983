"""What stands before the deployments of endpoints: asks for the key, shares the requests out, and notes them.

Source of the answers: learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints (status codes).
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Protocol

from azrelease.rehearsal.azure.hosting import second_key
from azrelease.rehearsal.outcome import EndpointRequest

_LONGEST_SHOWN, _SERVER_ERROR = 300, 500
_BAD_REQUEST = 400
_OK, _UNAUTHORIZED, _NOT_FOUND, _TIMEOUT, _MODEL_ERROR, _BAD_GATEWAY = 200, 401, 404, 408, 424, 502
HEADER = "azureml-model-deployment"
"""The header that names the deployment that is to answer."""


class Backend(NamedTuple):
    """The server of a deployment; `why` is what it has raised last."""

    port: int
    timeout: float
    wraps_errors: bool
    why: Callable[[], str] = lambda: ""


class Reply(NamedTuple):
    """An answer: its status, its body, and which deployment it came from."""

    status: int
    body: bytes
    deployment: str = ""


class Notice(Protocol):
    """Takes what is wrong, whether nobody can want that, and whether a test that passes may have asked for it."""

    def __call__(self, text: str, *, serious: bool, asked_for: bool = False) -> None:
        """Take it."""


@dataclass
class Front:
    """Endpoints, each with the servers of its deployments, its traffic and its key.

    Attributes:
        notice: told of what is wrong with requests or answers, and whether nobody can want that.
        mask: hides secrets.
        asked: all requests so far.
    """

    notice: "Notice"
    mask: Callable[[str], str] = str
    asked: list[EndpointRequest] = field(default_factory=list)
    port: int = 0
    _backends: dict[str, dict[str, Backend]] = field(default_factory=dict)
    _shares: dict[str, dict[str, int]] = field(default_factory=dict)
    _keys: dict[str, str | None] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, endpoint: str, deployment: str, backend: Backend) -> None:
        """Let a server answer for a deployment."""
        with self._lock:
            self._backends.setdefault(endpoint, {})[deployment] = backend

    def take(self, endpoint: str, deployment: str) -> None:
        """Let nothing answer for a deployment any more."""
        with self._lock:
            self._backends.get(endpoint, {}).pop(deployment, None)

    def route(self, endpoint: str, shares: Mapping[str, int], key: str | None) -> None:
        """Share the requests of an endpoint out, to those who have its key."""
        with self._lock:
            self._shares[endpoint], self._keys[endpoint] = dict(shares), key

    def answer(self, endpoint: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a request, and note it."""
        started = time.monotonic()
        reply = self._answer(endpoint, {name.casefold(): value for name, value in headers.items()}, body)
        took = round((time.monotonic() - started) * 1000)
        # A secret that is cut in two is not found any more.
        shown = [self.mask(text.decode("utf-8", errors="replace"))[:_LONGEST_SHOWN] for text in (body, reply.body)]
        with self._lock:
            self.asked.append(EndpointRequest(endpoint, reply.deployment, reply.status, took, *shown))
        return reply

    def _answer(self, endpoint: str, headers: Mapping[str, str], body: bytes) -> Reply:
        with self._lock:
            key, backends = self._keys.get(endpoint), dict(self._backends.get(endpoint, {}))
        if endpoint not in self._keys:
            return Reply(_NOT_FOUND, b"no such endpoint")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if key is not None and (scheme.casefold() != "bearer" or token.strip() not in (key, second_key(key))):
            given = "no key" if "authorization" not in headers else "a wrong key"
            self.notice(f"a request to `{endpoint}` had {given}, and was refused: 401", serious=False)
            return Reply(_UNAUTHORIZED, b"key_auth_access_denied")
        wanted = headers.get(HEADER)
        name = wanted or self._next(endpoint)
        if name is None or name not in backends:
            why = f"there is no deployment `{wanted}`" if wanted else "no deployment gets its traffic"
            self.notice(f"a request to `{endpoint}` reached nothing: {why}", serious=False)
            return Reply(_NOT_FOUND, b"no deployment to answer")
        return self._forwarded(endpoint, name, backends[name], _passed_on(headers), body)

    def _next(self, endpoint: str) -> str | None:
        """Which deployment answers next: of a hundred requests, as many as its share, evenly."""
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

    def _forwarded(self, endpoint: str, name: str, backend: Backend, headers: Mapping[str, str], body: bytes) -> Reply:
        connection = HTTPConnection("127.0.0.1", backend.port, timeout=backend.timeout)
        try:
            connection.request("POST", "/score", body, dict(headers))
            answer = connection.getresponse()
            content = answer.read()
        except TimeoutError:
            self.notice(f"`{name}` of `{endpoint}` took longer than {backend.timeout:g} s to answer: 408", serious=True)
            return Reply(_TIMEOUT, b"upstream request timeout", name)
        except (OSError, HTTPException):
            self.notice(f"`{name}` of `{endpoint}` broke down while it answered: 502", serious=True)
            return Reply(_BAD_GATEWAY, b"the container has crashed", name)
        finally:
            connection.close()
        if answer.status == _OK:
            self._look_at(endpoint, name, content)
            return Reply(_OK, content, name)
        said = self.mask(content.decode("utf-8", errors="replace").strip())[:_LONGEST_SHOWN]
        if answer.status >= _SERVER_ERROR:
            said = backend.why() or said
        # A model refuses a request that is wrong; tests send such requests on purpose.
        refused = answer.status < _SERVER_ERROR
        self.notice(f"`{name}` of `{endpoint}` answered {answer.status}: {said}", serious=False, asked_for=refused)
        return Reply(_MODEL_ERROR if backend.wraps_errors else answer.status, content, name)

    def _look_at(self, endpoint: str, name: str, content: bytes) -> None:
        said = content[:80].decode("utf-8", errors="replace")
        try:
            value = json.loads(content)
        except ValueError:
            self.notice(f"`{name}` of `{endpoint}` answered what is no JSON: {said}", serious=True)
            return
        if isinstance(value, str) and value[:1] in ("{", "["):
            self.notice(f"`{name}` of `{endpoint}` answered JSON inside a text of JSON: {said}", serious=True)


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that a model gets to see: not the key, and nothing that is about the connection."""
    kept = {name: value for name, value in headers.items() if name not in _OF_CONNECTION}
    return {"content-type": "application/json", **kept}


_OF_CONNECTION = (
    "authorization", "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer",
    "transfer-encoding", "upgrade",
)  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self) -> None:
        """Hand a request to the front."""
        front = self.server.front
        body = self._body()
        parts = self.path.partition("?")[0].strip("/").split("/")
        known = len(parts) == 2 and parts[1] == "score"  # noqa: PLR2004  (endpoint and `score`)
        if body is None:
            reply = Reply(_BAD_REQUEST, b"the length of the request is no number")
        else:
            reply = front.answer(parts[0], dict(self.headers.items()), body) if known else Reply(_NOT_FOUND, b"")
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        if reply.deployment:
            self.send_header(HEADER, reply.deployment)
        self.end_headers()
        self.wfile.write(reply.body)

    def _body(self) -> bytes | None:
        """The body of a request; None when its length is no number."""
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
        """Nothing is logged: the front notes what it is asked."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, front: Front) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.front = front

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no fault."""


@contextmanager
def open_front(front: Front) -> Iterator[Front]:
    """Serve a front on a loopback port."""
    with _Server(front) as server:
        front.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield front
        finally:
            server.shutdown()
            thread.join()
