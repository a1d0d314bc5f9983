"""Edits of files in the form that the editor takes."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from lsprotocol.types import (
    AnnotatedTextEdit,
    OptionalVersionedTextDocumentIdentifier,
    SnippetTextEdit,
    TextDocumentEdit,
    TextEdit,
    WorkspaceEdit,
)

from azrelease.diagnostics import Edit
from azrelease.language_server.open_documents import Document
from azrelease.language_server.session import ReleaseServer

FileEdit: TypeAlias = TextEdit | AnnotatedTextEdit | SnippetTextEdit


def workspace_edit(server: ReleaseServer, by_file: Mapping[str, Sequence[FileEdit]]) -> WorkspaceEdit:
    """Edits of files, by address: of the versions that they are made for, where the editor compares these."""
    if not server.takes("document_changes"):
        plain = {uri: [each for each in edits if isinstance(each, TextEdit)] for uri, edits in by_file.items()}
        return WorkspaceEdit(changes=plain)
    changes = []
    for uri, edits in by_file.items():
        document = server.files.get(uri)
        version = None if document is None else document.version
        changes.append(TextDocumentEdit(OptionalVersionedTextDocumentIdentifier(uri, version), list(edits)))
    return WorkspaceEdit(document_changes=changes)


def text_edits(document: Document, edits: Sequence[Edit]) -> list[TextEdit]:
    """Edits of a file at offsets in its text."""
    return [TextEdit(document.text.range(edit.start, edit.end), edit.text) for edit in edits]
