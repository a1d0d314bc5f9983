"""Quick fixes, all fixes of a file, and comments that hide a finding."""

from collections.abc import Iterator, Sequence

from lsprotocol.types import (
    TEXT_DOCUMENT_CODE_ACTION,
    CodeAction,
    CodeActionKind,
    CodeActionOptions,
    CodeActionParams,
    OptionalVersionedTextDocumentIdentifier,
    Range,
    SnippetTextEdit,
    StringValue,
    TextDocumentEdit,
    TextEdit,
    WorkspaceEdit,
)

from azrelease import diagnostics
from azrelease.diagnostics import Edit
from azrelease.editor.ignoring import IgnoreComment, ignore_comments
from azrelease.language_server.findings import diagnostic
from azrelease.language_server.open_documents import Document
from azrelease.language_server.session import ReleaseServer, ServerFeature

_FIX_ALL = f"{CodeActionKind.SourceFixAll.value}.azrelease"


def code_actions(server: ReleaseServer, params: CodeActionParams) -> list[CodeAction]:
    """What can be done about the findings in a part of a file."""
    document, only = server.document(params.text_document.uri), params.context.only
    if document is None:
        return []
    kinds = None if only is None else [str(getattr(kind, "value", kind)) for kind in only]
    edits = server.client_capabilities.workspace and server.client_capabilities.workspace.workspace_edit
    has_snippets = bool(edits and edits.snippet_edit_support)
    within = params.range
    actions: list[CodeAction] = []
    if _is_wanted(CodeActionKind.QuickFix.value, kinds):
        actions += [action for found in _findings(document, within) for action in _of_finding(document, found)]
        actions += list(_comments(document, within, has_snippets=has_snippets))
    if _is_wanted(_FIX_ALL, kinds):
        actions += list(_fix_all(document))
    return actions


def _is_wanted(kind: str, kinds: Sequence[str] | None) -> bool:
    return kinds is None or any(kind == wanted or kind.startswith(f"{wanted}.") for wanted in kinds)


def _findings(document: Document, within: Range) -> list[diagnostics.Diagnostic]:
    """The findings of a file that a part of it touches."""
    start, end = document.text.offset(within.start), document.text.offset(within.end)
    found = [
        each.diagnostic
        for report in document.files.reports()
        for each in report.findings
        if each.diagnostic.file == document.name
    ]
    ranges = [(document.text.of_span(each.span), each) for each in found]
    return [
        each
        for place, each in ranges
        if document.text.offset(place.start) <= end and start <= document.text.offset(place.end)
    ]


def _of_finding(document: Document, found: diagnostics.Diagnostic) -> Iterator[CodeAction]:
    if found.fix is None:
        return
    what = found.hint or found.message
    caution = "" if found.fix.safe else " (may change what the pipeline does)"
    yield CodeAction(
        title=f"Fix {found.code.id}: {what}{caution}",
        kind=CodeActionKind.QuickFix,
        diagnostics=[diagnostic(found, document.text, document.files)],
        is_preferred=found.fix.safe,
        edit=_edit(document, found.fix.edits),
    )


def _fix_all(document: Document) -> Iterator[CodeAction]:
    fixed = document.files.fixed(document.name)
    if fixed.before == fixed.after:
        return
    number = "the finding" if fixed.fixes == 1 else f"all {fixed.fixes} findings"
    before, after = document.text.content, fixed.after.removeprefix("\ufeff")
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    edit = Edit(start, len(before) - end, after[start : len(after) - end])
    yield CodeAction(
        title=f"Fix {number} of azrelease that can be fixed safely", kind=_FIX_ALL, edit=_edit(document, [edit])
    )


def _common(one: str, other: str) -> int:
    """The number of characters that two texts begin with."""
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _comments(document: Document, within: Range, *, has_snippets: bool) -> Iterator[CodeAction]:
    found = {each.code.id: each for each in _findings(document, within)}
    for each in found.values():
        for comment in ignore_comments(document.text.content, each):
            yield CodeAction(
                title=f"Ignore {each.code.id} ({each.code.name}) {comment.where}",
                kind=CodeActionKind.QuickFix,
                diagnostics=[diagnostic(each, document.text, document.files)],
                is_preferred=False,
                edit=_comment_edit(document, comment, has_snippets=has_snippets),
            )


def _comment_edit(document: Document, comment: IgnoreComment, *, has_snippets: bool) -> WorkspaceEdit:
    if not (has_snippets and comment.reason):
        return _edit(document, [comment.edit])
    edit = comment.edit
    before, _, after = edit.text.rpartition(comment.reason)
    snippet = f"{_escaped(before)}${{1:{comment.reason}}}{_escaped(after)}"
    place = document.text.range(edit.start, edit.end)
    return _document_edit(document, [SnippetTextEdit(range=place, snippet=StringValue(value=snippet))])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")


def _edit(document: Document, edits: Sequence[Edit]) -> WorkspaceEdit:
    return _document_edit(document, [TextEdit(document.text.range(edit.start, edit.end), edit.text) for edit in edits])


def _document_edit(document: Document, edits: Sequence[TextEdit | SnippetTextEdit]) -> WorkspaceEdit:
    identifier = OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    return WorkspaceEdit(document_changes=[TextDocumentEdit(identifier, list(edits))])


FEATURES = (
    ServerFeature(
        TEXT_DOCUMENT_CODE_ACTION,
        code_actions,
        CodeActionOptions(code_action_kinds=[CodeActionKind.QuickFix, _FIX_ALL]),
    ),
)
