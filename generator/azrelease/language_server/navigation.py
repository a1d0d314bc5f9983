"""Definitions, references and renames, for the protocol."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from azrelease.editor import navigation
from azrelease.editor.navigation import FilePart, Rename
from azrelease.editor.view import FileView
from azrelease.errors import UserError
from azrelease.language_server.edits import workspace_edit
from azrelease.language_server.open_documents import Document
from azrelease.language_server.session import ReleaseServer, ServerFeature, on_open_file, refused

Found = TypeVar("Found")


async def definition(server: ReleaseServer, params: types.DefinitionParams) -> list[types.Location]:
    """Where the thing at a place gets its name."""
    return await _locations(server, params, navigation.definitions)


async def references(server: ReleaseServer, params: types.ReferenceParams) -> list[types.Location]:
    """Everywhere that the thing at a place is named."""
    with_definition = params.context.include_declaration
    return await _locations(
        server, params, lambda view, offset: navigation.references(view, offset, with_definition=with_definition)
    )


def prepare_rename(
    _: ReleaseServer, document: Document, view: FileView, params: types.PrepareRenameParams
) -> types.PrepareRenamePlaceholder:
    """The name at a place, where it can be another."""
    try:
        found = navigation.renamable(view, document.text.offset(params.position))
    except UserError as error:
        raise refused(error) from error
    text = document.text.content[found.start : found.end]
    return types.PrepareRenamePlaceholder(document.text.range(found.start, found.end), text)


async def rename(server: ReleaseServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """The edits that give the thing at a place another name, in all files."""
    document = server.files.get(params.text_document.uri)
    if document is None:
        return None
    with document.files.asking():
        found = navigation.renames(server.view(document), document.text.offset(params.position), params.new_name)
    try:
        edits = [edit async for edit in _stepwise(server, document, found)]
    except UserError as error:
        raise refused(error) from error
    return workspace_edit(server, _by_file(server, document, edits))


async def _locations(
    server: ReleaseServer,
    params: types.DefinitionParams | types.ReferenceParams,
    ask: Callable[[FileView, int], Iterator[FilePart | None]],
) -> list[types.Location]:
    document = server.files.get(params.text_document.uri)
    if document is None:
        return []
    with document.files.asking():
        found = ask(server.view(document), document.text.offset(params.position))
    places = [place async for place in _stepwise(server, document, found)]
    return [_location(server, document, place) for place in dict.fromkeys(places)]


async def _stepwise(server: ReleaseServer, document: Document, found: Iterator[Found | None]) -> AsyncIterator[Found]:
    """What a search of many files finds; between two files the server reads messages, such as that it may stop.

    Raises:
        JsonRpcException: a file has changed meanwhile, so that what was found may be elsewhere now.
    """
    revision = server.files.revision
    while True:
        if server.files.revision != revision:
            message = "a file has changed during the search"
            raise JsonRpcException(message, code=types.LSPErrorCodes.ContentModified.value)
        with document.files.asking():
            batch = _batch(found)
        if batch is None:
            return
        for each in batch:
            yield each
        await asyncio.sleep(0)


def _batch(found: Iterator[Found | None]) -> list[Found] | None:
    """What is found in the next file; None behind the last one."""
    batch: list[Found] = []
    for each in found:
        if each is None:
            return batch
        batch.append(each)
    return batch or None


def _location(server: ReleaseServer, document: Document, place: FilePart) -> types.Location:
    uri, text = server.files.of_path(document.files, place.path)
    return types.Location(uri, text.range(place.start, place.end))


def _by_file(server: ReleaseServer, document: Document, edits: list[Rename]) -> dict[str, list[types.TextEdit]]:
    found: dict[str, list[types.TextEdit]] = {}
    for place, text in dict.fromkeys(edits):
        uri, of_file = server.files.of_path(document.files, place.path)
        found.setdefault(uri, []).append(types.TextEdit(of_file.range(place.start, place.end), text))
    return found


FEATURES = (
    ServerFeature(types.TEXT_DOCUMENT_DEFINITION, definition),
    ServerFeature(types.TEXT_DOCUMENT_REFERENCES, references),
    ServerFeature(types.TEXT_DOCUMENT_PREPARE_RENAME, on_open_file(prepare_rename)),
    ServerFeature(types.TEXT_DOCUMENT_RENAME, rename, types.RenameOptions(prepare_provider=True)),
)
