"""The session of an editor: its open files, and what is said to it."""

import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError
from pygls.lsp.server import LanguageServer

from azrelease.editor.view import FileView
from azrelease.language_server.open_documents import Document, OpenDocuments, paths
from azrelease.language_server.protocol import TextlessProtocol
from azrelease.language_server.publishing import Publisher
from azrelease.version import VERSION


class ServerFeature(NamedTuple):
    """What the server answers or takes note of.

    Attributes:
        name: the method of the protocol.
        handler: gets the session and the parameters of a message.
        options: what the client has to know of it.
    """

    name: str
    handler: Callable[["ReleaseServer", Any], Any]
    options: Any = None


class ServerCommand(NamedTuple):
    """What an editor can have the server do.

    Attributes:
        name: its name in the protocol.
        handler: gets the session, and the arguments of the call.
    """

    name: str
    handler: Callable[..., Any]


def refused(error: Exception) -> JsonRpcException:
    """An error of the user as the answer to a request, whose message the editor shows."""
    return JsonRpcException(str(error), code=types.LSPErrorCodes.RequestFailed.value)


class ReleaseServer(LanguageServer):
    """A language server with the files that are open in its editor.

    Attributes:
        files: the folders and open files of the editor.
        client_commands: the commands that the editor has, which lenses may name.
        final_texts: the final YAML that the editor shows, by the address of its file.
        follow: is called when all open files are checked.
    """

    def __init__(self) -> None:
        super().__init__("azrelease", VERSION, protocol_cls=TextlessProtocol)
        self.files = OpenDocuments((), types.PositionEncodingKind.Utf16)
        self.client_commands: frozenset[str] = frozenset()
        self.final_texts: dict[str, str] = {}
        self.follow: Callable[[ReleaseServer], None] = lambda _: None
        self._has_failed = False
        self._problems: set[str] = set()
        self.publisher = self._publisher_of(self.files)

    def begin(self, params: types.InitializeParams) -> None:
        """Begin with the folders of an editor."""
        folders = [folder.uri for folder in params.workspace_folders or ()] or [params.root_uri or ""]
        options = params.initialization_options
        commands = options.get("commands") if isinstance(options, dict) else None
        self.client_commands = frozenset(each for each in commands or () if isinstance(each, str))
        encoding = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        self.files = OpenDocuments(paths(folders), str(getattr(encoding, "value", encoding)))
        self.publisher = self._publisher_of(self.files)

    def takes(self, ability: str) -> bool:
        """Whether the editor has an ability of edits of files, such as `document_changes`."""
        workspace = self.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace is not None else None
        return bool(edits is not None and getattr(edits, ability))

    @property
    def resolves_edits(self) -> bool:
        """Whether the editor asks for the edit of an action when the user takes it."""
        of_text = self.client_capabilities.text_document
        actions = of_text.code_action if of_text is not None else None
        support = actions.resolve_support if actions is not None else None
        return support is not None and "edit" in support.properties

    def document(self, uri: str) -> Document | None:
        """An open file, checked on its present text; None for one that is not open."""
        document = self.files.get(uri)
        if document is not None and document.name in document.files.unchecked:
            self.publisher.check(document.files, document.name)
        return document

    def view(self, document: Document) -> FileView:
        """An open file as an editor asks about it. It holds while `document.files.asking()` does."""
        files = document.files
        return FileView(
            document.name,
            document.text.content,
            files.linter().context,
            repositories=files.options.settings.repositories,
        )

    def after_checks(self) -> None:
        """Say what is wrong with settings, each time it changes, and bring up to date what the editor shows."""
        self.follow(self)
        for files in self.files.files:
            if files.problem is not None and files.problem not in self._problems:
                self._problems.add(files.problem)
                self._show(f"{files.problem}\nThe usual settings are used.", types.MessageType.Warning)

    def say_error(self, error: Exception) -> None:
        """Log an error of our own in the editor, and say once that there was one."""
        text = "".join(traceback.format_exception(error))
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, text))
        if not self._has_failed:
            self._has_failed = True
            self._show("azrelease has an error of its own and goes on; its log says more.", types.MessageType.Error)

    def report_server_error(self, error: Exception, source: object) -> None:  # noqa: ARG002  (of the base class)
        """Have pygls say an error as we do; what was refused to a user is in the answer already."""
        if isinstance(error, JsonRpcInternalError) or not isinstance(error, JsonRpcException):
            self.say_error(error)

    def _publisher_of(self, files: OpenDocuments) -> Publisher:
        return Publisher(files, self.text_document_publish_diagnostics, self.say_error, self.after_checks)

    def _show(self, message: str, kind: types.MessageType) -> None:
        self.window_show_message(types.ShowMessageParams(kind, message))


def on_open_file(
    answer: Callable[[ReleaseServer, Document, FileView, Any], Any],
) -> Callable[[ReleaseServer, Any], Any]:
    """A handler that answers about a file as it is in the editor; with nothing about one that is not open."""

    def handler(server: ReleaseServer, params: Any) -> Any:  # noqa: ANN401  (the parameters and the answer of a method)
        document = server.files.get(params.text_document.uri)
        if document is None:
            return None
        with document.files.asking():
            return answer(server, document, server.view(document), params)

    return handler
