"""The session of an editor: its open files, and what is said to it."""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from azrelease.language_server.publishing import Publisher
from azrelease.language_server.workspace import Document, Workspace, paths
from azrelease.version import VERSION

logger = logging.getLogger(__name__)

_LOG = "azrelease: {}"


class Feature(NamedTuple):
    """What the server answers or takes note of.

    Attributes:
        name: the method of the protocol.
        handler: gets the session and the parameters of a message.
        options: what the client has to know of it.
    """

    name: str
    handler: Callable[["ReleaseServer", Any], Any]
    options: Any = None


class ReleaseServer(LanguageServer):
    """A language server with the files that are open in its editor.

    Attributes:
        files: the folders and open files of the editor.
    """

    def __init__(self) -> None:
        super().__init__("azrelease", VERSION)
        self.files = Workspace((), types.PositionEncodingKind.Utf16)
        self._has_failed = False
        self._problems: set[str] = set()
        self.publisher = Publisher(
            self.files, self.text_document_publish_diagnostics, self.say_error, self.after_checks
        )

    def begin(self, params: types.InitializeParams) -> None:
        """Begin with the folders of an editor."""
        folders = [folder.uri for folder in params.workspace_folders or ()] or [params.root_uri or ""]
        encoding = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        self.files = Workspace(paths(folders), str(getattr(encoding, "value", encoding)))
        self.publisher = Publisher(
            self.files, self.text_document_publish_diagnostics, self.say_error, self.after_checks
        )

    def document(self, uri: str) -> Document | None:
        """An open file, checked on its present text; None for one that is not open."""
        document = self.files.get(uri)
        if document is not None and document.name in document.files.unchecked:
            document.files.check(document.name)
        return document

    def after_checks(self) -> None:
        """Say what is wrong with settings, each time it changes."""
        for files in self.files.files:
            if files.problem is not None and files.problem not in self._problems:
                self._problems.add(files.problem)
                self._show(f"{files.problem}\nThe usual settings are used.", types.MessageType.Warning)

    def say_error(self, error: Exception) -> None:
        """Log an error of our own, and say once that there was one."""
        logger.error("internal error", exc_info=error)
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, _LOG.format(repr(error))))
        if not self._has_failed:
            self._has_failed = True
            self._show("azrelease has an error of its own and goes on; its log says more.", types.MessageType.Error)

    def report_server_error(self, error: Exception, source: object) -> None:  # noqa: ARG002  (of the base class)
        """Have pygls say an error as we do."""
        self.say_error(error)

    def _show(self, message: str, kind: types.MessageType) -> None:
        self.window_show_message(types.ShowMessageParams(kind, message))
