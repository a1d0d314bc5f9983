"""Quick fixes, all fixes of a file, and comments that hide a finding."""

from collections.abc import Iterator, Sequence

from lsprotocol.types import (
    CODE_ACTION_RESOLVE,
    TEXT_DOCUMENT_CODE_ACTION,
    CodeAction,
    CodeActionKind,
    CodeActionOptions,
    CodeActionParams,
    Range,
    SnippetTextEdit,
    StringValue,
)

from azrelease import diagnostics
from azrelease.diagnostics import Edit
from azrelease.editor.ignoring import IgnoreComment, ignore_comments
from azrelease.language_server.edits import FileEdit, text_edits, workspace_edit
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
    every = _of_file(document)
    found = _within(document, every, params.range)
    actions: list[CodeAction] = []
    if _is_wanted(CodeActionKind.QuickFix.value, kinds):
        actions += [action for each in found for action in _of_finding(server, document, each)]
        actions += [action for each in _kinds(found) for action in _comments(server, document, each)]
    if _is_wanted(_FIX_ALL, kinds) and any(each.fix is not None and each.fix.safe for each in every):
        title = "Fix everything in this file that azrelease can fix safely"
        action = CodeAction(title, kind=_FIX_ALL, data=document.uri)
        actions.append(action if server.resolves_edits else resolve(server, action))
    return [each for each in actions if each.edit is not None or each.data is not None]


def resolve(server: ReleaseServer, action: CodeAction) -> CodeAction:
    """An action with its edit, which takes several checks of the file."""
    document = server.files.get(str(action.data))
    if document is None:
        return action
    after = document.files.fixed(document.name).after.removeprefix("\ufeff")
    before = document.text.content
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    if before == after:
        action.data = None
    else:
        edit = Edit(start, len(before) - end, after[start : len(after) - end])
        action.edit = workspace_edit(server, {document.uri: text_edits(document, [edit])})
    return action


def _of_file(document: Document) -> list[diagnostics.Diagnostic]:
    found = (each.diagnostic for report in document.files.reports() for each in report.findings)
    return [each for each in found if each.file == document.name]


def _within(document: Document, found: Sequence[diagnostics.Diagnostic], within: Range) -> list[diagnostics.Diagnostic]:
    """The findings that a part of a file touches."""
    start, end = document.text.offset(within.start), document.text.offset(within.end)
    places = [(document.text.of_span(each.span), each) for each in found]
    return [
        each
        for place, each in places
        if document.text.offset(place.start) <= end and start <= document.text.offset(place.end)
    ]


def _kinds(found: Sequence[diagnostics.Diagnostic]) -> list[diagnostics.Diagnostic]:
    """One finding of each code."""
    return list({each.code.id: each for each in found}.values())


def _is_wanted(kind: str, kinds: Sequence[str] | None) -> bool:
    return kinds is None or any(kind == wanted or kind.startswith(f"{wanted}.") for wanted in kinds)


def _of_finding(server: ReleaseServer, document: Document, found: diagnostics.Diagnostic) -> Iterator[CodeAction]:
    if found.fix is None:
        return
    what = found.hint or found.message
    caution = "" if found.fix.safe else " (may change what the pipeline does)"
    yield CodeAction(
        title=f"Fix {found.code.id}: {what}{caution}",
        kind=CodeActionKind.QuickFix,
        diagnostics=[diagnostic(found, document.text, document.files)],
        is_preferred=found.fix.safe,
        edit=workspace_edit(server, {document.uri: text_edits(document, found.fix.edits)}),
    )


def _common(one: str, other: str) -> int:
    """The number of characters that two texts begin with."""
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _comments(server: ReleaseServer, document: Document, found: diagnostics.Diagnostic) -> Iterator[CodeAction]:
    for comment in ignore_comments(document.text.content, found):
        yield CodeAction(
            title=f"Ignore {found.code.id} ({found.code.name}) {comment.where}",
            kind=CodeActionKind.QuickFix,
            diagnostics=[diagnostic(found, document.text, document.files)],
            is_preferred=False,
            edit=workspace_edit(server, {document.uri: _comment_edits(server, document, comment)}),
        )


def _comment_edits(server: ReleaseServer, document: Document, comment: IgnoreComment) -> Sequence[FileEdit]:
    """The edit that adds a comment, with the cursor at its reason where the editor can do that."""
    edit = comment.edit
    if not comment.reason or not server.takes("snippet_edit_support"):
        return text_edits(document, [edit])
    before, _, after = edit.text.rpartition(comment.reason)
    snippet = f"{_escaped(before)}${{1:{comment.reason}}}{_escaped(after)}"
    place = document.text.range(edit.start, edit.end)
    return [SnippetTextEdit(range=place, snippet=StringValue(value=snippet))]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")


FEATURES = (
    ServerFeature(
        TEXT_DOCUMENT_CODE_ACTION,
        code_actions,
        CodeActionOptions(code_action_kinds=[CodeActionKind.QuickFix, _FIX_ALL], resolve_provider=True),
    ),
    ServerFeature(CODE_ACTION_RESOLVE, resolve),
)
