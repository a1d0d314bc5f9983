"""The server: everything that it can do, over standard input and output or a port."""

from azrelease.language_server import code_actions, commands, completion, documents, navigation, reading
from azrelease.language_server.session import ReleaseServer

_FEATURES = (
    *documents.FEATURES,
    *code_actions.FEATURES,
    *completion.FEATURES,
    *reading.FEATURES,
    *navigation.FEATURES,
)


def create() -> ReleaseServer:
    """A server that waits for its editor."""
    server = ReleaseServer()
    for feature in _FEATURES:
        server.feature(feature.name, feature.options)(feature.handler)
    for command in commands.COMMANDS:
        server.command(command.name)(command.handler)
    server.follow = commands.send_final_yaml
    return server


def serve_stdio() -> None:
    """Serve the editor that started this process, until it ends the session."""
    create().start_io()


def serve_tcp(port: int) -> None:
    """Serve one editor at a port that only this machine reaches."""
    create().start_tcp("127.0.0.1", port)
