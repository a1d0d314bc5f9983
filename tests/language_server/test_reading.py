"""Outline, folding, links, colours of expressions, and lenses."""

import shutil
from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import Editor, editor
from support.marked import offset

PIPELINE = """\
parameters:
- name: city
  type: string
resources:
  repositories:
  - repository: tools
    name: team/tools
stages:
- stage: Build
  displayName: The build
  jobs:
  - job: Train
    steps:
    - script: |
        echo $(city) ${{ parameters.city }}
        echo two
      displayName: Say it
    - task: UsePythonVersion@0
- stage: Deploy
  condition: and(succeeded(), eq(variables['a.b'], 1))
  jobs:
  - deployment: Live
    environment: live
    strategy: {runOnce: {deploy: {steps: [script: a]}}}
"""


def names(found: list[types.DocumentSymbol]) -> list[object]:
    return [(each.name, names(list(each.children))) if each.children else each.name for each in found]


def test_the_outline_of_a_pipeline(here: Editor, folder: Path) -> None:
    uri = here.open(f"{folder.name}/a.yml", PIPELINE)
    found = here.ask("text_document_document_symbol", types.DocumentSymbolParams(types.TextDocumentIdentifier(uri)))
    assert names(found) == [
        "city",
        "tools",
        ("Build", [("Train", ["Say it", "UsePythonVersion@0"])]),
        ("Deploy", [("Live", ["a"])]),
    ]
    [build] = [each for each in found if each.name == "Build"]
    assert build.detail == "The build"
    assert (build.range.start.line, build.range.end.line) == (8, 17)
    assert PIPELINE.splitlines()[build.selection_range.start.line] == "- stage: Build"


def test_the_outline_of_a_release(here: Editor, folder: Path, samples: Path) -> None:
    text = (samples / "insurance" / "release.yml").read_text(encoding="utf-8")
    uri = here.open(f"{folder.name}/release.yml", text)
    found = here.ask("text_document_document_symbol", types.DocumentSymbolParams(types.TextDocumentIdentifier(uri)))
    [stages] = [each for each in found if each.name == "stages"]
    assert [each.name for each in stages.children] == ["staging", "production"]
    tasks = [each for each in stages.children[0].children if each.name == "tasks"]
    assert [each.name for each in tasks[0].children][:2] == ["UsePythonVersion", "InstallAzureCLIExtension"]


def test_parts_of_several_lines_can_be_folded(here: Editor, folder: Path) -> None:
    uri = here.open(f"{folder.name}/a.yml", PIPELINE)
    found = here.ask("text_document_folding_range", types.FoldingRangeParams(types.TextDocumentIdentifier(uri)))
    lines = {(each.start_line, each.end_line) for each in found}
    assert {(0, 2), (7, 23), (8, 17), (13, 15)} <= lines
    assert all(start < end for start, end in lines)


def test_paths_of_templates_and_of_what_a_release_extends_are_links(here: Editor, folder: Path) -> None:
    (folder / "t.yml").write_text("steps: []\n", encoding="utf-8")
    (folder / "base.yml").write_text("agent: {image: ubuntu-24.04}\n", encoding="utf-8")
    pipeline = here.open(f"{folder.name}/a.yml", "steps:\n- template: t.yml\n- template: none.yml\n")
    release = here.open(f"{folder.name}/release.yml", "extends: base.yml\nname: a\nstages: [{name: b}]\n")
    for uri, target, column in ((pipeline, "t.yml", 12), (release, "base.yml", 9)):
        [link] = here.ask("text_document_document_link", types.DocumentLinkParams(types.TextDocumentIdentifier(uri)))
        assert link.target == here.uri(f"{folder.name}/{target}")
        assert link.range.start.character == column


def test_expressions_and_macros_have_colours_also_in_scripts(here: Editor, folder: Path) -> None:
    uri = here.open(f"{folder.name}/a.yml", PIPELINE)
    found = here.ask(
        "text_document_semantic_tokens_full", types.SemanticTokensParams(types.TextDocumentIdentifier(uri))
    )
    provider = here.client_legend
    line = column = 0
    seen = []
    for at in range(0, len(found.data), 5):
        lines, columns, length, kind, _ = found.data[at : at + 5]
        line, column = line + lines, columns + (0 if lines else column)
        start = offset(PIPELINE, types.Position(line, column))
        seen.append((PIPELINE[start : start + length], provider[kind]))
    assert seen == [
        ("$(city)", "macro"),
        ("parameters", "namespace"),
        ("city", "property"),
        ("and", "function"),
        ("succeeded", "function"),
        ("eq", "function"),
        ("variables", "namespace"),
        ("'a.b'", "property"),
        ("1", "number"),
    ]


@pytest.mark.parametrize("commands", [[], ["azrelease.rehearseStage", "azrelease.showGraph"]])
def test_lenses_say_where_a_stage_deploys_to_and_who_approves(
    tmp_path: Path, samples: Path, commands: list[str]
) -> None:
    shutil.copy(samples / "insurance" / "release.yml", tmp_path)
    with editor(tmp_path, initialization_options={"commands": commands}) as here:
        uri = here.open("release.yml")
        found = here.ask("text_document_code_lens", types.CodeLensParams(types.TextDocumentIdentifier(uri)))
    shown = [(each.command.title, each.command.command, list(each.command.arguments or ())) for each in found]
    stages = ("staging", "production")
    rehearse = [[("Rehearse", each, [uri, stage]) for each in commands[:1]] for stage in stages]
    assert shown == [
        *[("Graph", each, [uri]) for each in commands[1:]],
        ("environment insurance-staging · no approval", "", []),
        *rehearse[0],
        ("environment insurance-production · approved by [MLOps]\\Release Approvers", "", []),
        *rehearse[1],
    ]


def test_a_pipeline_has_no_lenses(here: Editor, folder: Path) -> None:
    uri = here.open(f"{folder.name}/a.yml", PIPELINE)
    assert not here.ask("text_document_code_lens", types.CodeLensParams(types.TextDocumentIdentifier(uri)))
