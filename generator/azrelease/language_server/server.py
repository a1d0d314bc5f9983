"""The server: everything that it can do, over standard input and output or a port."""

from azrelease.language_server import code_actions, documents
from azrelease.language_server.session import ReleaseServer

_FEATURES = (*documents.FEATURES, *code_actions.FEATURES)


def create() -> ReleaseServer:
    """A server that waits for its editor."""
    server = ReleaseServer()
    for feature in _FEATURES:
        server.feature(feature.name, feature.options)(feature.handler)
    return server


def serve_stdio() -> None:
    """Serve the editor that started this process, until it ends the session."""
    create().start_io()


def serve_tcp(port: int) -> None:
    """Serve one editor at a port of this machine, which nobody else reaches."""
    create().start_tcp("127.0.0.1", port)
