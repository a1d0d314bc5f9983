"""Quick fixes, all fixes of a file, and comments that hide a finding."""

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import Editor, editor
from support.marked import offset, position

OLD = "jobs:\n- job: A\n  pool: {vmImage: ubuntu-16.04}\n- job: B\n  pool: {vmImage: vs2017-win2016}\n"
WRONG = "steps:\n- scirpt: echo\n"
EVERYTHING = types.Range(types.Position(0, 0), types.Position(99, 0))


def actions(here: Editor, name: str, *kinds: str, within: types.Range = EVERYTHING) -> list[types.CodeAction]:
    context = types.CodeActionContext(diagnostics=[], only=list(kinds) or None)
    params = types.CodeActionParams(types.TextDocumentIdentifier(here.uri(name)), within, context)
    return list(here.ask("text_document_code_action", params))


def applied(text: str, action: types.CodeAction) -> str:
    assert action.edit is not None
    [change] = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    for each in sorted(change.edits, key=lambda each: each.range.start, reverse=True):
        start, end = (offset(text, place) for place in (each.range.start, each.range.end))
        new = each.snippet.value if isinstance(each, types.SnippetTextEdit) else each.new_text
        text = text[:start] + new + text[end:]
    return text


def test_a_quick_fix_is_of_its_finding_and_preferred_where_it_is_safe(here: Editor, folder: Path) -> None:
    name = f"{folder.name}/a.yml"
    here.open(name, OLD)
    place = position(OLD[: OLD.index("ubuntu") + 2])
    found = actions(here, name, "quickfix", within=types.Range(place, place))
    [fix] = [each for each in found if each.title.startswith("Fix")]
    assert fix.is_preferred is True
    [code] = [each.code for each in fix.diagnostics or ()]
    assert fix.title.startswith(f"Fix {code}: ")
    after = applied(OLD, fix)
    assert after.startswith("jobs:\n- job: A\n  pool: {vmImage: ubuntu-2")
    assert after.endswith(OLD[OLD.index("}") :])


def test_all_fixes_of_a_file_are_one_action(here: Editor, folder: Path) -> None:
    name = f"{folder.name}/a.yml"
    here.open(name, OLD)
    [found] = actions(here, name, "source.fixAll")
    assert found.kind == "source.fixAll.azrelease"
    here.change(name, applied(OLD, found))
    assert here.codes(name) == []
    assert actions(here, name, "source.fixAll") == []


def test_a_fix_that_may_change_the_pipeline_is_not_preferred(here: Editor, folder: Path) -> None:
    name = f"{folder.name}/a.yml"
    here.open(name, WRONG)
    [fix] = [each for each in actions(here, name, "quickfix") if each.title.startswith("Fix")]
    assert fix.is_preferred is False
    assert "may change what the pipeline does" in fix.title
    assert applied(WRONG, fix) == WRONG.replace("scirpt", "script")
    assert actions(here, name, "source.fixAll.azrelease") == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_comment_hides_the_finding(here: Editor, folder: Path, end: str) -> None:
    name = f"{folder.name}/a.yml"
    text = f"# Made by us{end}jobs:{end}- job: A{end}  dependsOn: Nowhere{end}  steps: []{end}"
    here.open(name, text)
    assert here.codes(name) == ["AZR204"]
    line, file = (each for each in actions(here, name, "quickfix") if each.title.startswith("Ignore"))
    assert line.title == "Ignore AZR204 (unknown-job) on this line, with a reason"
    expected = text.replace("  dependsOn", f"  # azrelease: ignore[AZR204] reason{end}  dependsOn")
    assert applied(text, line) == expected
    assert applied(text, file) == text.replace("jobs:", f"# azrelease: ignore-file[AZR204] reason{end}jobs:")
    for action in (line, file):
        here.change(name, applied(text, action))
        assert here.codes(name) == []


def test_a_comment_takes_one_more_code(here: Editor, folder: Path) -> None:
    name = f"{folder.name}/a.yml"
    text = "jobs:\n- job: A\n  # azrelease: ignore[AZR204] known\n  dependsOn: [Nowhere, A]\n  steps: []\n"
    here.open(name, text)
    code = next(iter(set(here.codes(name))))
    line, *_ = [each for each in actions(here, name, "quickfix") if each.title.startswith("Ignore")]
    assert applied(text, line) == text.replace("[AZR204]", f"[AZR204, {code}]")
    here.change(name, applied(text, line))
    assert here.codes(name) == []


def test_the_reason_is_a_place_to_write_at(tmp_path: Path) -> None:
    edits = types.WorkspaceEditClientCapabilities(document_changes=True, snippet_edit_support=True)
    capabilities = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(workspace_edit=edits))
    with editor(tmp_path, capabilities=capabilities) as here:
        here.open("a.yml", "jobs:\n- job: A\n  dependsOn: $Nowhere\n  steps: []\n")
        here.diagnostics("a.yml")
        found = [each for each in actions(here, "a.yml", "quickfix") if each.title.startswith("Ignore")]
        assert "] ${1:reason}\n" in applied("jobs:\n- job: A\n  dependsOn: $Nowhere\n  steps: []\n", found[0])


def test_nothing_is_done_in_a_file_that_is_not_open(here: Editor) -> None:
    assert actions(here, "nowhere.yml") == []


def test_the_edit_of_all_fixes_is_made_when_the_editor_asks_for_it(tmp_path: Path) -> None:
    support = types.ClientCodeActionResolveOptions(properties=["edit"])
    actions_of_client = types.CodeActionClientCapabilities(resolve_support=support)
    of_text = types.TextDocumentClientCapabilities(code_action=actions_of_client)
    with editor(tmp_path, capabilities=types.ClientCapabilities(text_document=of_text)) as here:
        here.open("a.yml", OLD)
        [found] = actions(here, "a.yml", "source.fixAll")
        assert found.edit is None
        resolved = here.ask("code_action_resolve", found)
        [edits] = resolved.edit.changes.values()  # an editor that does not compare versions
        assert "windows-2022" in edits[0].new_text
