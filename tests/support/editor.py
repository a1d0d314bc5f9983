"""An editor that speaks with the real server: a process, and the client of pygls in a thread."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path

from support.process import PATIENT

CAPABILITIES = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    )
)
"""What most editors can do."""

Result = TypeVar("Result")


class ProcessClient(LanguageClient):
    """A client that notes how the process of the server ended, and what it wrote on standard error."""

    exit_code: int | None = None
    errors = ""

    async def server_exit(self, server: asyncio.subprocess.Process) -> None:
        assert server.stderr is not None
        self.exit_code, self.errors = server.returncode, (await server.stderr.read()).decode()


class Editor:
    """An editor in a folder. Its calls wait for the answer of the server.

    Attributes:
        said: the messages that the server showed.
        told: the other notifications, by method.
        versions: the version of each open file.
        client_legend: the kinds of semantic tokens, by number.
    """

    def __init__(self, folder: Path, client: LanguageClient, loop: asyncio.AbstractEventLoop) -> None:
        self.folder = folder
        self.client = client
        self.said: list[str] = []
        self.told: list[tuple[str, Any]] = []
        self.versions: dict[str, int] = {}
        self.client_legend: list[str] = []
        self._loop = loop
        self._published: dict[str, types.PublishDiagnosticsParams] = {}
        self._news = threading.Condition()
        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(partial(self._publish))
        client.feature(types.WINDOW_SHOW_MESSAGE)(partial(self._say))
        client.feature(types.WINDOW_LOG_MESSAGE)(partial(self._pass))
        client.feature("azrelease/finalYaml")(partial(self._tell))

    def call(self, request: Awaitable[Result]) -> Result:
        """The result of a request."""

        async def wait() -> Result:
            return await request

        return asyncio.run_coroutine_threadsafe(wait(), self._loop).result(PATIENT)

    def ask(self, name: str, params: object) -> Any:
        """The answer to a request of the protocol, by the name of its method in the client."""

        async def wait() -> Any:
            return await getattr(self.client, f"{name}_async")(params)

        return self.call(wait())

    def tell(self, name: str, params: object) -> None:
        """Send a notification, by the name of its method in the client."""

        async def send() -> None:
            getattr(self.client, name)(params)

        self.call(send())

    def uri(self, name: str) -> str:
        """The address of a file of the folder."""
        return name if ":" in name else str(from_fs_path(str(self.folder / name)))

    def open(self, name: str, text: str | None = None) -> str:
        """Open a file; without a text, with that of the disk. Returns its address."""
        if text is None:
            text = (self.folder / name).read_bytes().decode("utf-8")
        uri = self.uri(name)
        self.versions[uri] = 1
        document = types.TextDocumentItem(uri, "azure-pipelines", 1, text)
        self.tell("text_document_did_open", types.DidOpenTextDocumentParams(document))
        return uri

    def change(self, name: str, *changes: types.TextDocumentContentChangeEvent | str) -> int:
        """Change an open file: by edits, or with a text in place of the whole. Returns the version after that."""
        uri = self.uri(name)
        self.versions[uri] += 1
        events = [types.TextDocumentContentChangeWholeDocument(c) if isinstance(c, str) else c for c in changes]
        identifier = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.tell("text_document_did_change", types.DidChangeTextDocumentParams(identifier, events))
        return self.versions[uri]

    def close(self, name: str) -> None:
        """Close a file."""
        identifier = types.TextDocumentIdentifier(self.uri(name))
        self.tell("text_document_did_close", types.DidCloseTextDocumentParams(identifier))

    def save(self, name: str) -> None:
        """Say that a file was saved."""
        identifier = types.TextDocumentIdentifier(self.uri(name))
        self.tell("text_document_did_save", types.DidSaveTextDocumentParams(identifier))

    def diagnostics(self, name: str, version: int | None = None) -> list[types.Diagnostic]:
        """The findings in a file, as soon as they are those of its present text."""
        uri = self.uri(name)
        wanted = version or self.versions[uri]

        def known() -> bool:
            found = self._published.get(uri)
            return found is not None and found.version == wanted

        self.until(known)
        return list(self._published[uri].diagnostics)

    def codes(self, name: str) -> list[str]:
        """The codes of the findings in a file, sorted."""
        return sorted(str(each.code) for each in self.diagnostics(name))

    def shown(self, name: str) -> list[types.Diagnostic]:
        """The findings in a file that are shown now."""
        found = self._published.get(self.uri(name))
        return [] if found is None else list(found.diagnostics)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for news until something holds."""
        end = time.monotonic() + PATIENT
        with self._news:
            while not holds():
                left = end - time.monotonic()
                assert left > 0, "the server does not say so"
                self._news.wait(left)

    def _publish(self, params: types.PublishDiagnosticsParams) -> None:
        with self._news:
            self._published[params.uri] = params
            self._news.notify_all()

    def _say(self, params: types.ShowMessageParams) -> None:
        with self._news:
            self.said.append(params.message)
            self._news.notify_all()

    def _pass(self, params: Any) -> None:
        """Take no note of a message."""

    def _tell(self, params: Any) -> None:
        with self._news:
            self.told.append(("azrelease/finalYaml", params))
            self._news.notify_all()


@contextmanager
def editor(folder: Path, **options: Any) -> Iterator[Editor]:
    """An editor with the real server in a folder.

    Args:
        folder: the folder of the workspace.
        options: `capabilities` of the client, and `initialization_options`.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    client = ProcessClient("tests", "1")
    found = Editor(folder, client, loop)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    async def start() -> None:
        await client.start_io(sys.executable, "-m", "azrelease", "language-server", env=environment, cwd=folder)

    found.call(start())
    given = {"capabilities": CAPABILITIES, **options}
    workspace = types.WorkspaceFolder(found.uri(str(folder)), folder.name)
    result = found.ask(
        "initialize", types.InitializeParams(process_id=os.getpid(), workspace_folders=[workspace], **given)
    )
    found.client_legend = list(result.capabilities.semantic_tokens_provider.legend.token_types)
    found.tell("initialized", types.InitializedParams())
    try:
        yield found
    finally:
        found.ask("shutdown", None)
        found.tell("exit", None)

        async def stop() -> None:
            await client.stop()

        found.call(stop())
        assert (client.exit_code, client.errors) == (0, "")
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENT)
        loop.close()
