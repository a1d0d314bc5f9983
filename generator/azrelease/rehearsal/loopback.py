"""Servers on loopback ports, in threads of the rehearsal."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class _LoopbackServer(socketserver.ThreadingTCPServer):
    def handle_error(self, *_: object) -> None:
        """Ignore clients that close the connection."""


@contextmanager
def serve(handler: Callable[..., socketserver.BaseRequestHandler], *, wait_for_requests: bool) -> Iterator[int]:
    """Serve until the block ends; yields the port. The end may wait for the requests that are being handled."""
    with _LoopbackServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = not wait_for_requests
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
