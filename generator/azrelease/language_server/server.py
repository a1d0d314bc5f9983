"""The server: everything that it can do, over standard input and output or a port."""

import contextlib
import logging
import os
import sys

from azrelease.errors import UserError
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
    _leave_errors_to_the_editor()
    # pygls closes its output at the end. Nothing else may write there: what a plugin prints goes to the log.
    with open(os.dup(sys.stdout.fileno()), "wb") as output, contextlib.redirect_stdout(sys.stderr):  # noqa: PTH123
        create().start_io(stdout=output)


def serve_tcp(port: int) -> None:
    """Serve one editor at a port that only this machine reaches, until it ends the session.

    Raises:
        UserError: the port cannot be used.
    """
    _leave_errors_to_the_editor()
    try:
        create().start_tcp("127.0.0.1", port)
    except OSError as error:
        raise UserError(f"port {port} cannot be used: {error.strerror or error}") from error


def _leave_errors_to_the_editor() -> None:
    """Have nothing on standard error that the editor gets as an answer or a message.

    pygls logs each refused request with a traceback, and asyncio the exception that ends the process after `exit`.
    """
    for name in ("pygls", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
