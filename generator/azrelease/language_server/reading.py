"""What an editor shows of a file: hovers, outline, folding, links, colours of expressions, and lenses."""

from lsprotocol import types

from azrelease.editor.hover import hover
from azrelease.editor.lenses import stage_lenses
from azrelease.editor.symbols import Symbol, SymbolKind, folds, links, symbols
from azrelease.editor.tokens import TokenKind, tokens
from azrelease.editor.view import FileView
from azrelease.language_server.open_documents import Document, address
from azrelease.language_server.positions import EditorText
from azrelease.language_server.session import ReleaseServer, ServerFeature, on_open_file

_SYMBOLS = {
    SymbolKind.STAGE: types.SymbolKind.Namespace,
    SymbolKind.JOB: types.SymbolKind.Class,
    SymbolKind.STEP: types.SymbolKind.Method,
    SymbolKind.PARAMETER: types.SymbolKind.TypeParameter,
    SymbolKind.RESOURCE: types.SymbolKind.Package,
    SymbolKind.FIELD: types.SymbolKind.Field,
}
_LEGEND = types.SemanticTokensLegend([kind.value for kind in TokenKind], [])
_KINDS = {kind: number for number, kind in enumerate(TokenKind)}

_OF_RELEASE = {
    "Render": "azrelease.renderRelease",
    "Final YAML": "azrelease.showFinalYaml",
    "Graph": "azrelease.showGraph",
}
REHEARSE = "azrelease.rehearseStage"


def hovered(_: ReleaseServer, document: Document, view: FileView, params: types.HoverParams) -> types.Hover | None:
    """What is at a place."""
    found = hover(view, document.text.offset(params.position))
    if found is None:
        return None
    text = types.MarkupContent(types.MarkupKind.Markdown, found.text)
    return types.Hover(text, document.text.range(found.start, found.end))


def outline(_: ReleaseServer, document: Document, view: FileView, __: object) -> list[types.DocumentSymbol]:
    """The outline of a file."""
    return [_symbol(each, document.text) for each in symbols(view)]


def folding(_: ReleaseServer, _document: Document, view: FileView, __: object) -> list[types.FoldingRange]:
    """The parts of a file that can be folded."""
    return [types.FoldingRange(start, end) for start, end in folds(view)]


def linked(_: ReleaseServer, document: Document, view: FileView, __: object) -> list[types.DocumentLink]:
    """The paths in a file that lead to others."""
    return [
        types.DocumentLink(document.text.range(each.start, each.end), address(document.files.folder / each.path))
        for each in links(view)
    ]


def coloured(_: ReleaseServer, document: Document, view: FileView, __: object) -> types.SemanticTokens:
    """The parts of expressions and the macros of a file, each by its distance from the one before."""
    data: list[int] = []
    line = column = 0
    for token in tokens(view):
        place = document.text.range(token.start, token.end)
        if place.start.line != place.end.line:
            continue
        column = column if place.start.line == line else 0
        length = place.end.character - place.start.character
        data += (place.start.line - line, place.start.character - column, length, _KINDS[token.kind], 0)
        line, column = place.start.line, place.start.character
    return types.SemanticTokens(data)


def lenses(server: ReleaseServer, document: Document, view: FileView, _: object) -> list[types.CodeLens]:
    """The environment and the approvers of each stage of a release, with what the editor can do there."""
    found = list(stage_lenses(view))
    result = _of_release(server, document) if found else []
    for each in found:
        place = document.text.range(each.start, each.end)
        result.append(types.CodeLens(place, types.Command(each.text, "")))
        if REHEARSE in server.client_commands:
            command = types.Command("Rehearse", REHEARSE, arguments=[document.uri, each.stage])
            result.append(types.CodeLens(place, command))
    return result


def _of_release(server: ReleaseServer, document: Document) -> list[types.CodeLens]:
    """What the editor can do with a release, above its first line."""
    start = types.Position(0, 0)
    return [
        types.CodeLens(types.Range(start, start), types.Command(title, command, arguments=[document.uri]))
        for title, command in _OF_RELEASE.items()
        if command in server.client_commands
    ]


def _symbol(each: Symbol, text: EditorText) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=each.name,
        detail=each.detail or None,
        kind=_SYMBOLS[each.kind],
        range=text.range(each.start, each.end),
        selection_range=text.range(each.name_start, each.name_end),
        children=[_symbol(child, text) for child in each.children],
    )


FEATURES = (
    ServerFeature(types.TEXT_DOCUMENT_HOVER, on_open_file(hovered)),
    ServerFeature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, on_open_file(outline)),
    ServerFeature(types.TEXT_DOCUMENT_FOLDING_RANGE, on_open_file(folding)),
    ServerFeature(types.TEXT_DOCUMENT_DOCUMENT_LINK, on_open_file(linked)),
    ServerFeature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, on_open_file(coloured), _LEGEND),
    ServerFeature(types.TEXT_DOCUMENT_CODE_LENS, on_open_file(lenses)),
)
