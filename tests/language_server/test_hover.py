"""What the server says of a place."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from lsprotocol import types

from support.editor import Editor
from support.marked import marked

CASES = yaml.safe_load((Path(__file__).parent / "hover_cases.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_what_a_hover_says(here: Editor, folder: Path, case: dict[str, Any]) -> None:
    for name, text in case.get("files", {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    plain, place = marked(case["text"])
    uri = here.open(f"{folder.name}/{case.get('name', 'azure-pipelines.yml')}", plain)
    found = here.ask("text_document_hover", types.HoverParams(types.TextDocumentIdentifier(uri), place))
    if case.get("none"):
        assert found is None
        return
    assert isinstance(found.contents, types.MarkupContent)
    assert [part for part in case["has"] if part not in found.contents.value] == []
    assert "planted" not in found.contents.value
    assert found.range.start <= place <= found.range.end
