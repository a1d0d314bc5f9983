"""What the server offers at a place, and what the text is when it is taken."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from lsprotocol import types

from support.editor import Editor
from support.marked import MARK, marked, offset

CASES = yaml.safe_load((Path(__file__).parent / "completion_cases.yml").read_text(encoding="utf-8"))


def offered(here: Editor, name: str, text: str) -> tuple[str, list[types.CompletionItem]]:
    plain, place = marked(text)
    uri = here.open(name, plain)
    found = here.ask("text_document_completion", types.CompletionParams(types.TextDocumentIdentifier(uri), place))
    here.close(name)
    return plain, list(found.items)


def taken(plain: str, item: types.CompletionItem) -> str:
    edit = item.text_edit
    assert isinstance(edit, types.TextEdit)
    start, end = offset(plain, edit.range.start), offset(plain, edit.range.end)
    return plain[:start] + edit.new_text + plain[end:]


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_what_is_offered(here: Editor, folder: Path, case: dict[str, Any]) -> None:
    for name, text in case.get("files", {}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name, text in case.get("open", {}).items():
        here.open(f"{folder.name}/{name}", text)
    plain, items = offered(here, f"{folder.name}/{case.get('name', 'azure-pipelines.yml')}", case["text"])
    labels = [item.label for item in items]
    assert len(labels) == len(set(labels))
    assert [label for label in case.get("has", ()) if label not in labels] == []
    assert [label for label in case.get("lacks", ()) if label in labels] == []
    if "only" in case:
        assert sorted(labels) == sorted(case["only"])
    for label, word in case.get("filters", {}).items():
        assert word in str(next(item for item in items if item.label == label).filter_text)
    for label, text in case.get("takes", {}).items():
        assert taken(plain, next(item for item in items if item.label == label)) == text


def test_every_item_is_filtered_by_the_word_that_it_replaces(here: Editor, folder: Path) -> None:
    for case in CASES:
        plain, items = offered(here, f"{folder.name}/{case.get('name', 'azure-pipelines.yml')}", case["text"])
        place = marked(case["text"])[1]
        for item in items:
            edit = item.text_edit
            assert isinstance(edit, types.TextEdit)
            assert edit.range.start.line == edit.range.end.line == place.line
            assert edit.range.start.character <= place.character <= edit.range.end.character
    assert MARK not in plain


def test_items_say_what_they_are(here: Editor, folder: Path) -> None:
    _, items = offered(here, f"{folder.name}/a.yml", f"steps:\n- script: a\n  {MARK}\n")
    assert all(item.documentation for item in items if not item.label.startswith("$"))
    _, tasks = offered(here, f"{folder.name}/b.yml", f"steps:\n- task: {MARK}\n")
    known = {item.label: item for item in tasks}
    assert types.CompletionItemTag.Deprecated in (known["AzureCLI@1"].tags or ()) or known["AzureCLI@1"].detail
    assert "Needs `azureSubscription`" in str(known["AzureCLI@2"].documentation)


def test_a_secret_is_not_offered_with_its_value(here: Editor, folder: Path) -> None:
    text = f"variables:\n  password: hunter2-planted-4711\nsteps:\n- script: echo $({MARK})\n"
    _, items = offered(here, f"{folder.name}/a.yml", text)
    assert "password" in [item.label for item in items]
    assert not [item for item in items if "hunter2" in str(item)]
