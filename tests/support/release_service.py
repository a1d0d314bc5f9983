"""A server on loopback that answers as Azure DevOps does when it is asked for a classic release definition."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit


def location(identifier: str, area: str, resource: str, route: str, version: int) -> dict[str, Any]:
    return {
        "id": identifier,
        "area": area,
        "resourceName": resource,
        "routeTemplate": route,
        "resourceVersion": version,
        "minVersion": "1.0",
        "maxVersion": "7.2",
        "releasedVersion": "7.1",
    }


LOCATIONS = [
    location("e81700f7-3be2-46de-8624-2eb35882fcaa", "Location", "ResourceAreas", "_apis/{resource}/{areaId}", 1),
    location(
        "d8f96f24-8ea7-4cb6-baab-2df8fc515665",
        "Release",
        "definitions",
        "{project}/_apis/release/{resource}/{definitionId}",
        4,
    ),
    *(
        location(identifier, area, resource, "{project}/_apis/{area}/{resource}/{id}", version)
        for identifier, area, resource, version in (
            ("e85f1c62-adfc-4b74-b618-11a150fb195e", "serviceendpoint", "endpoints", 4),
            ("f5b09dd5-9d54-45a1-8b5a-1c8287d634cc", "distributedtask", "variablegroups", 2),
            ("900fa995-c559-4923-aae7-f8424fe4fbea", "distributedtask", "queues", 1),
            ("083c4d89-ab35-45af-aa11-7cf66895c53e", "distributedtask", "deploymentgroups", 1),
            ("6c08ffbf-dbf1-4f9a-94e5-a1cbd47005e7", "distributedtask", "taskgroups", 1),
        )
    ),
]


class Service:
    """What the server has by path, and what it was asked."""

    def __init__(self, answers: dict[str, Any], status: int = 200) -> None:
        self.answers = {path.casefold(): answer for path, answer in answers.items()}
        self.status = status
        self.requests: list[tuple[str, str | None]] = []
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

        def do_OPTIONS(self) -> None:
            self._answer(200, {"count": len(LOCATIONS), "value": LOCATIONS})

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if path.casefold().endswith("/_apis/resourceareas"):
                self._answer(200, {"count": 0, "value": []})
                return
            service.requests.append((path, self.headers.get("Authorization")))
            known = service.answers.get(path.removeprefix("/org").casefold())
            if service.status == 401:
                self.send_response(401)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif known is None:
                self._answer(404, {"$id": "1", "message": f"{path} does not exist", "typeKey": "NotFoundException"})
            else:
                self._answer(200, known)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/org"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
