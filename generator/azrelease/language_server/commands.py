"""Commands: the final YAML, kept current, the picture, the pipeline of a release, and how a stage is rehearsed."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from azrelease.application.editor_commands import final_yaml, graph_page, render_release
from azrelease.errors import UserError
from azrelease.language_server.open_documents import Document, address
from azrelease.language_server.session import ReleaseServer, ServerCommand, refused

FINAL_YAML = "azrelease/finalYaml"
"""The notification with the final YAML of a file, after each change of it."""


def show_final_yaml(server: ReleaseServer, uri: str) -> dict[str, str]:
    """What the service makes of a file; notifications follow when that changes, until it is closed."""
    document = _document(server, uri)
    text = _final_yaml(document)
    server.final_texts[uri] = text
    return {"text": text}


def close_final_yaml(server: ReleaseServer, uri: str) -> None:
    """Send no more notifications of the final YAML of a file."""
    server.final_texts.pop(uri, None)


def send_final_yaml(server: ReleaseServer) -> None:
    """Send the final YAML of each file that is shown, where it has changed."""
    for uri, before in list(server.final_texts.items()):
        document = server.files.get(uri)
        if document is None:
            continue
        text = _final_yaml(document)
        if text != before:
            server.final_texts[uri] = text
            server.protocol.notify(FINAL_YAML, {"uri": uri, "text": text})


def show_graph(server: ReleaseServer, uri: str) -> dict[str, str]:
    """The page with the picture of a file."""
    document = _document(server, uri)
    return {"html": _asked(document, lambda path: graph_page(path, date.today()))}  # noqa: DTZ011  (the user's own day)


def render(server: ReleaseServer, uri: str) -> dict[str, Any]:
    """Write what a saved release is rendered to."""
    document = _document(server, uri)
    if not document.path.is_file() or document.path.read_bytes() != document.text.raw:
        raise refused(UserError(f"{document.name}: save the release first"))
    rendered = _asked(document, render_release)
    server.files.refresh()
    server.publisher.schedule()
    return {"files": [address(document.files.folder / path) for path in rendered.files], "message": rendered.message}


def rehearsal(server: ReleaseServer, uri: str, stage: str) -> dict[str, Any]:
    """The command that rehearses a stage, for a terminal of the editor: the server runs no script."""
    document = _document(server, uri)
    command = [sys.executable, "-m", "azrelease", "rehearse", document.name, "--stage", stage]
    return {"command": command, "folder": str(document.files.folder)}


def _document(server: ReleaseServer, uri: str) -> Document:
    document = server.files.get(uri)
    if document is None:
        raise refused(UserError("the file is not open"))
    return document


def _final_yaml(document: Document) -> str:
    with document.files.asking():
        return final_yaml(Path(document.name))


def _asked(document: Document, command: Callable[[Path], Any]) -> Any:  # noqa: ANN401  (what the command returns)
    with document.files.asking():
        try:
            return command(Path(document.name))
        except UserError as error:
            raise refused(error) from error


COMMANDS = (
    ServerCommand("azrelease.server.finalYaml", show_final_yaml),
    ServerCommand("azrelease.server.closeFinalYaml", close_final_yaml),
    ServerCommand("azrelease.server.graph", show_graph),
    ServerCommand("azrelease.server.render", render),
    ServerCommand("azrelease.server.rehearsal", rehearsal),
)
