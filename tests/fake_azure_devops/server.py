"""The HTTP server: reads, finds the route, lets faults happen, answers."""

import base64
import json
import socket
import struct
import sys
import threading
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fake_azure_devops import areas, contract
from fake_azure_devops.errors import ServiceError, error_body
from fake_azure_devops.faults import Fault, Faults
from fake_azure_devops.locations import locations
from fake_azure_devops.messages import Answer, Request, listing
from fake_azure_devops.routes import Context, Route, find
from fake_azure_devops.state import Organization

assert areas  # it fills the table of routes

_HOSTS = ("vsrm", "vssps")
_READS = {"GET", "HEAD", "OPTIONS"}


class Service:
    """The running service, as a test sees it."""

    def __init__(self, organization: Organization, *, check_contract: bool = True) -> None:
        self.organization = organization
        self.requests: list[Request] = []
        self.faults = Faults()
        self.violations: list[str] = []
        self.most_at_once = 0
        self.root = ""
        self.url = ""
        self.check_contract = check_contract and contract.is_available()
        self._at_work = 0
        self._counted = 0
        self._lock = threading.Lock()

    @property
    def calls(self) -> list[Request]:
        """The requests without those for locations."""
        return [request for request in list(self.requests) if not request.is_setup]

    @property
    def writes(self) -> list[Request]:
        """The calls that could change something."""
        return [request for request in self.calls if request.method not in _READS]

    def begin(self, request: Request) -> None:
        """A request came in."""
        with self._lock:
            if not request.is_setup:
                self._counted += 1
                request.number = self._counted
            self.requests.append(request)
            self._at_work += 1
            self.most_at_once = max(self.most_at_once, self._at_work)

    def end(self) -> None:
        """A request is done with."""
        with self._lock:
            self._at_work -= 1

    def answer(self, request: Request) -> Answer:
        """What the service answers; it has its effect here."""
        host, path = self._split(request.path)
        if path is None:
            is_root = request.path.casefold() == "/_apis"
            return listing([]) if request.method == "OPTIONS" and is_root else _no_organization()
        if not self._knows_token(request.headers.get("Authorization", "")):
            challenge = {"WWW-Authenticate": 'Basic realm="https://tfsprodcus0.app.visualstudio.com/"'}
            return Answer(401, b"", challenge, "text/plain")
        if request.method == "OPTIONS":
            return listing(locations(host))
        found = find(request.method, host, path)
        if found is None:
            with self._lock:
                self.violations.append(f"{request}: the fake has no answer for this")
            return _not_found(request.path)
        route, values = found
        try:
            self._refuse_denied(route, request)
            with self.organization.lock:
                context = Context(self.organization, request, values, self.root)
                result = route.handler(context)
                # Written out while the state cannot change.
                answer = result if isinstance(result, Answer) else Answer(body=result)
                answer.body = answer.data()
        except ServiceError as error:
            answer = error.answer()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
            with self._lock:
                self.violations.append(f"{request}: the fake failed: {error!r}")
            return Answer(500, error_body(f"TF400898: An Internal Error Occurred. {error!r}", "ServerException"))
        if self.check_contract and not request.is_setup:
            found_violations = contract.check(request, answer, path)
            with self._lock:
                self.violations += [f"{request}: {each}" for each in found_violations]
        return answer

    def _split(self, path: str) -> tuple[str, str | None]:
        parts = path.split("/")
        host = parts[1].casefold() if len(parts) > 1 and parts[1].casefold() in _HOSTS else ""
        below = parts[2:] if host else parts[1:]
        if not below or below[0].casefold() != self.organization.name.casefold():
            return host, None
        return host, "/" + "/".join(below[1:])

    def _knows_token(self, header: str) -> bool:
        scheme, _, value = header.partition(" ")
        if scheme.casefold() == "basic":
            try:
                value = base64.b64decode(value).decode().partition(":")[2]
            except ValueError:
                return False
        return value in self.organization.tokens

    def _refuse_denied(self, route: Route, request: Request) -> None:
        kind = "read" if request.method in _READS else "write"
        if {route.area, f"{route.area}:{kind}"} & self.organization.denied:
            name = self.organization.user["providerDisplayName"]
            message = (
                f"Access denied. {name} needs {kind} permissions on {route.area} to perform this action. "
                "For more information, contact the Azure DevOps Server administrator."
            )
            raise ServiceError("AccessDeniedException", message)


def _no_organization() -> Answer:
    page = "<html><head><title>The resource cannot be found.</title></head></html>"
    return Answer(404, page, {}, "text/html; charset=utf-8")


def _not_found(path: str) -> Answer:
    message = f"The controller for path '{path}' was not found or does not implement IController."
    return ServiceError("NotFoundException", message).answer()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: "_Server"

    def _handle(self) -> None:
        service = self.server.service
        try:
            request = self._read()
        except ConnectionError:
            self.close_connection = True
            return
        service.begin(request)
        try:
            self._serve(service, request)
        finally:
            service.end()

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_PATCH(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def do_OPTIONS(self) -> None:
        self._handle()

    def _read(self) -> Request:
        length = int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(length)
        if len(data) < length:
            raise ConnectionError("the client has gone in the middle of its request")
        parts = urlsplit(self.path)
        try:
            body = json.loads(data) if data else None
        except ValueError:
            body = None
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Request(0, self.command, parts.path, query, body, dict(self.headers.items()), data=data)

    def _serve(self, service: Service, request: Request) -> None:
        fault = service.faults.take(request) or Fault("none")
        if fault.kind == "call_before" and fault.function:
            fault.function()
        if fault.kind == "reset_before":
            self._reset()
            return
        answer = fault.answered or service.answer(request)
        if fault.kind == "reset_after":
            self._reset()
            return
        if fault.kind == "silent_after":
            self._wait_for_the_end()
            return
        if fault.kind == "call_after" and fault.function:
            fault.function()
        request.status = answer.status
        self._write(answer)

    def _write(self, answer: Answer) -> None:
        data = answer.data()
        try:
            self.send_response(answer.status)
            if data or answer.content_type.startswith("text/html"):
                self.send_header("Content-Type", answer.content_type)
            session = self.headers.get("X-TFS-Session") or str(uuid.uuid4())
            for name, value in ({"X-TFS-Session": session, "ActivityId": str(uuid.uuid4())} | answer.headers).items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.server.forget(self.connection)
        self.connection.close()

    def _wait_for_the_end(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            while self.connection.recv(1024):
                pass

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def log_message(self, *arguments: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, service: Service) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.forget(request)
        super().shutdown_request(request)

    def forget(self, connection: socket.socket) -> None:
        """This connection is closed, or about to be."""
        with self._lock:
            self._open.discard(connection)

    def end_connections(self) -> None:
        """Let the threads that wait on a connection end."""
        with self._lock:
            left = list(self._open)
        for each in left:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A failure here that is not the client's leaving is a violation, so that no test passes over it."""
        if not isinstance(sys.exception(), OSError):
            text = traceback.format_exc().strip()
            self.service.violations.append(f"the fake itself failed on {request} of {client_address}: {text}")


@contextmanager
def serve(organization: Organization | None = None, *, check_contract: bool = True) -> Iterator[Service]:
    """Serve an organization on loopback; at the end, raise if a request or answer broke the contract."""
    service = Service(organization or Organization("org"), check_contract=check_contract)
    server = _Server(service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    service.root = f"http://127.0.0.1:{server.server_port}"
    service.url = f"{service.root}/{service.organization.name}"
    service.organization.url = service.url
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.end_connections()
        thread.join()
        server.server_close()
    if check_contract and service.violations:
        raise AssertionError("\n".join(service.violations))
