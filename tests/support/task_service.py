"""A server on loopback that answers as Azure DevOps does when it is asked for its tasks."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LOCATION = {
    "id": "60aac929-f0cd-4bc8-9ce4-6b30e8f1b1bd",
    "area": "distributedtask",
    "resourceName": "tasks",
    "routeTemplate": "_apis/{area}/{resource}/{taskId}/{versionString}",
    "resourceVersion": 1,
    "minVersion": "1.0",
    "maxVersion": "7.2",
    "releasedVersion": "7.1",
}


class Service:
    """What the server has, and what it was asked."""

    def __init__(self, tasks: list[dict[str, Any]], status: int = 200) -> None:
        self.tasks = tasks
        self.status = status
        self.requests: list[tuple[str, str, str | None]] = []
        self.url = ""


@contextmanager
def serve(service: Service) -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, body: object) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _note(self) -> str:
            service.requests.append((self.command, self.path, self.headers.get("Authorization")))
            return urlsplit(self.path).path.casefold()

        def do_OPTIONS(self) -> None:
            self._note()
            self._answer(200, {"count": 1, "value": [LOCATION]})

        def do_GET(self) -> None:
            path = self._note()
            if path.endswith("/_apis/resourceareas"):
                self._answer(200, {"count": 0, "value": []})
            elif service.status == 401:
                self.send_response(401)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif service.status != 200:
                self._answer(
                    service.status, {"message": "TF400813: not authorized", "typeKey": "UnauthorizedRequestException"}
                )
            else:
                everything = parse_qs(urlsplit(self.path).query).get("allVersions") == ["true"]
                tasks = service.tasks if everything else service.tasks[:1]
                self._answer(200, {"count": len(tasks), "value": tasks})

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/contoso"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
