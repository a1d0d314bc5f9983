"""What the server takes note of: files that are opened, changed, saved and closed, and folders."""

from lsprotocol import types

from azrelease.language_server.open_documents import paths
from azrelease.language_server.session import ReleaseServer, ServerFeature


def initialize(server: ReleaseServer, params: types.InitializeParams) -> None:
    """Begin with the folders of the editor."""
    server.begin(params)


def initialized(server: ReleaseServer, _params: object) -> None:
    """Have the editor report changes of files on the disk, where it can."""
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace is not None else None
    if watching is None or not watching.dynamic_registration:
        return
    watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    registration = types.Registration("watched", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    server.client_register_capability(types.RegistrationParams([registration]))


def did_open(server: ReleaseServer, params: types.DidOpenTextDocumentParams) -> None:
    """Check a file that was opened."""
    document = params.text_document
    server.files.open(document.uri, document.text, document.version)
    server.publisher.schedule()


def did_change(server: ReleaseServer, params: types.DidChangeTextDocumentParams) -> None:
    """Check a file that has another text, and those that depend on it."""
    document = server.files.get(params.text_document.uri)
    if document is not None:
        text = document.text.after(params.content_changes).text
        server.files.open(document.uri, text, params.text_document.version)
        server.publisher.schedule()


def did_close(server: ReleaseServer, params: types.DidCloseTextDocumentParams) -> None:
    """Forget a file that was closed; what is saved counts again."""
    if server.files.close(params.text_document.uri) is not None:
        server.publisher.closed(params.text_document.uri)
        server.publisher.schedule()


def did_change_disk(server: ReleaseServer, _params: object) -> None:
    """Check everything again: a file on the disk has changed, perhaps the settings."""
    server.files.refresh()
    server.publisher.schedule()


def did_change_folders(server: ReleaseServer, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Check everything in the folders that the editor has now."""
    added, removed = ([each.uri for each in folders] for folders in (params.event.added, params.event.removed))
    server.files.change_folders(paths(added), paths(removed))
    server.publisher.schedule()


_WATCHED = ("**/*.{yml,yaml,py,sh,json}", "**/{azrelease,.azrelease,pyproject}.toml")
"""The files that findings depend on."""

FEATURES = (
    ServerFeature(types.INITIALIZE, initialize),
    ServerFeature(types.INITIALIZED, initialized),
    ServerFeature(types.TEXT_DOCUMENT_DID_OPEN, did_open),
    ServerFeature(types.TEXT_DOCUMENT_DID_CHANGE, did_change),
    ServerFeature(types.TEXT_DOCUMENT_DID_CLOSE, did_close),
    ServerFeature(types.TEXT_DOCUMENT_DID_SAVE, did_change_disk),
    ServerFeature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, did_change_disk),
    ServerFeature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, did_change_folders),
)
