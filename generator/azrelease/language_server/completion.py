"""Completion, for the protocol."""

from lsprotocol.types import (
    TEXT_DOCUMENT_COMPLETION,
    CompletionItem,
    CompletionItemKind,
    CompletionItemTag,
    CompletionList,
    CompletionOptions,
    CompletionParams,
    InsertTextFormat,
    MarkupContent,
    MarkupKind,
    TextEdit,
)

from azrelease.editor.completion import Completions, ItemKind, Suggestion, completions
from azrelease.editor.view import FileView
from azrelease.language_server.open_documents import Document
from azrelease.language_server.positions import EditorText
from azrelease.language_server.session import ReleaseServer, ServerFeature, on_open_file

_KINDS = {
    ItemKind.KEY: CompletionItemKind.Property,
    ItemKind.VALUE: CompletionItemKind.Value,
    ItemKind.TASK: CompletionItemKind.Module,
    ItemKind.INPUT: CompletionItemKind.Field,
    ItemKind.FUNCTION: CompletionItemKind.Function,
    ItemKind.CONTEXT: CompletionItemKind.Class,
    ItemKind.VARIABLE: CompletionItemKind.Variable,
    ItemKind.PARAMETER: CompletionItemKind.Variable,
    ItemKind.REFERENCE: CompletionItemKind.Reference,
    ItemKind.FILE: CompletionItemKind.File,
    ItemKind.FOLDER: CompletionItemKind.Folder,
    ItemKind.RULE: CompletionItemKind.Constant,
}


def complete(_: ReleaseServer, document: Document, view: FileView, params: CompletionParams) -> CompletionList:
    """What can be written at a place."""
    found = completions(view, document.text.offset(params.position))
    return CompletionList(is_incomplete=False, items=[_item(each, found, document.text) for each in found.items])


def _item(each: Suggestion, found: Completions, text: EditorText) -> CompletionItem:
    start = found.start - each.takes_before
    inserted = each.label if each.text is None else each.text
    replaced = text.content[start : found.start]
    return CompletionItem(
        label=each.label,
        kind=_KINDS[each.kind],
        detail=each.detail or None,
        documentation=MarkupContent(MarkupKind.Markdown, each.documentation) if each.documentation else None,
        tags=[CompletionItemTag.Deprecated] if each.is_deprecated else None,
        sort_text=f"{each.order}{each.label.casefold()}",
        filter_text=_filter(each, replaced),
        insert_text_format=InsertTextFormat.PlainText,
        text_edit=TextEdit(text.range(start, found.end), inserted),
    )


def _filter(each: Suggestion, replaced: str) -> str:
    """What the word under the cursor is compared with: it begins where the replaced part does."""
    words = f"{each.label} {each.also}".strip()
    return words if not replaced or each.label.startswith(replaced) else f"{replaced}{words}"


FEATURES = (
    ServerFeature(
        TEXT_DOCUMENT_COMPLETION,
        on_open_file(complete),
        CompletionOptions(trigger_characters=[".", "'", "(", "[", "$", "{", "/", "@", ":", " ", "-"]),
    ),
)
