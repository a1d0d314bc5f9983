"""Every feature on real pipelines, in places all over them: answers, no error, and the findings of `check`."""

import random
from datetime import date
from pathlib import Path

import pytest
from lsprotocol import types

from azrelease.application.checking import check_paths, final_reports, lint_options, lint_settings
from support.editor import Editor, editor
from support.marked import position

_FILES = 16
_PLACES = 3


def chosen(folder: Path) -> list[Path]:
    """Some of the files of the corpus, of all its parts."""
    every = sorted(path for path in folder.rglob("*.y*ml") if path.is_file() and path.stat().st_size < 60_000)
    return every[:: max(len(every) // _FILES, 1)]


def ask_at(here: Editor, uri: str, place: types.Position) -> None:
    document = types.TextDocumentIdentifier(uri)
    here.ask("text_document_completion", types.CompletionParams(document, place))
    here.ask("text_document_hover", types.HoverParams(document, place))
    here.ask("text_document_definition", types.DefinitionParams(document, place))
    here.ask(
        "text_document_references",
        types.ReferenceParams(
            context=types.ReferenceContext(include_declaration=True), text_document=document, position=place
        ),
    )


def ask_of_file(here: Editor, uri: str, text: str) -> None:
    document = types.TextDocumentIdentifier(uri)
    whole = types.Range(types.Position(0, 0), types.Position(text.count("\n") + 1, 0))
    here.ask("text_document_document_symbol", types.DocumentSymbolParams(document))
    here.ask("text_document_folding_range", types.FoldingRangeParams(document))
    here.ask("text_document_document_link", types.DocumentLinkParams(document))
    here.ask("text_document_semantic_tokens_full", types.SemanticTokensParams(document))
    here.ask("text_document_code_lens", types.CodeLensParams(document))
    here.ask("text_document_code_action", types.CodeActionParams(document, whole, types.CodeActionContext([])))


@pytest.mark.no_cover
@pytest.mark.parametrize("part", ["pipelines", "templates", "repos"])
def test_real_files(shared: Path, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    top = shared / "corpus" / part
    monkeypatch.chdir(top)
    options = lint_options(lint_settings(None, (), ()), _today())
    drawn = random.Random(1)
    with editor(top) as here:
        for path in chosen(top):
            name = str(path.relative_to(top))
            text = path.read_bytes().decode("utf-8", errors="replace")
            uri = here.open(name, text)
            found = {(str(each.code), each.range.start.line + 1) for each in here.diagnostics(name)}
            reports = final_reports(check_paths([Path(name)], options, skip_others=True).reports, options)
            of_file = [
                each.diagnostic for report in reports for each in report.findings if each.diagnostic.file == name
            ]
            assert found == {(each.code.id, each.span.line) for each in of_file}, name
            for _ in range(_PLACES):
                ask_at(here, uri, position(text[: drawn.randrange(len(text) + 1)]))
            ask_of_file(here, uri, text)
            here.close(name)
        assert here.said == []


def _today() -> date:
    return date.today()  # noqa: DTZ011  (the day of the server)
