"""Definitions, references and renames, in one file and across files."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from support.editor import Editor, editor
from support.marked import marked, offset, position

PIPELINE = """\
parameters:
- name: city
  type: string
resources:
  repositories:
  - repository: tools
    name: team/tools
variables:
  size.kb: small
stages:
- stage: Build
  jobs:
  - job: Train
    steps:
    - bash: |
        echo "##vso[task.setvariable variable=model;isOutput=true]x"
        echo $SIZE_KB $(size.kb) ${{ variables['size.kb'] }}
      name: fit
    - script: echo $(fit.model) ${{ parameters.city }}
  - job: Test
    dependsOn: Train
    variables:
      found: $[ dependencies.Train.outputs['fit.model'] ]
    steps:
    - checkout: tools
    - template: steps/t.yml
      parameters:
        town: ${{ parameters.city }}
- stage: Deploy
  dependsOn: Build
  condition: eq(dependencies.Build.outputs['Train.fit.model'], 'x')
  jobs:
  - job: Go
    variables:
      found: $[ stageDependencies.Build.Train.outputs['fit.model'] ]
"""
TEMPLATE = "parameters:\n- name: town\n  type: string\nsteps:\n- script: echo ${{ parameters.town }} $(size.kb)\n"


@pytest.fixture
def name(here: Editor, folder: Path) -> str:
    (folder / "azure-pipelines.yml").write_text(PIPELINE, encoding="utf-8")
    (folder / "steps").mkdir()
    (folder / "steps" / "t.yml").write_text(TEMPLATE, encoding="utf-8")
    here.open(f"{folder.name}/azure-pipelines.yml")
    return f"{folder.name}/azure-pipelines.yml"


def place_of(text: str, part: str, inside: str = "") -> types.Position:
    """The place of a text, or of a part of it."""
    at = text.index(part)
    return position(text[: at + part.index(inside or part)])


def words(here: Editor, locations: Sequence[types.Location]) -> list[tuple[str, int, str]]:
    """The file, line and text of each place."""
    found = []
    for each in locations:
        path = Path(each.uri.removeprefix("file://"))
        text = path.read_text(encoding="utf-8")
        start, end = (offset(text, place) for place in (each.range.start, each.range.end))
        found.append(
            (path.relative_to(here.folder).as_posix().partition("/")[2], each.range.start.line + 1, text[start:end])
        )
    return found


def defined(here: Editor, name: str, place: types.Position) -> list[tuple[str, int, str]]:
    found = here.ask(
        "text_document_definition", types.DefinitionParams(types.TextDocumentIdentifier(here.uri(name)), place)
    )
    return words(here, found)


@pytest.mark.parametrize(
    ("part", "inside", "expected"),
    [
        ("steps/t.yml", "t.yml", ("steps/t.yml", 1, "")),
        ("town: ${{", "town", ("steps/t.yml", 2, "town")),
        ("parameters.city }}\n  - job", "city", ("azure-pipelines.yml", 2, "city")),
        ("$(size.kb)", "size", ("azure-pipelines.yml", 9, "size.kb")),
        ("$SIZE_KB", "SIZE", ("azure-pipelines.yml", 9, "size.kb")),
        ("variables['size.kb']", "size", ("azure-pipelines.yml", 9, "size.kb")),
        ("dependsOn: Build", "Build", ("azure-pipelines.yml", 11, "Build")),
        ("dependsOn: Train", "Train", ("azure-pipelines.yml", 13, "Train")),
        ("dependencies.Train", "Train", ("azure-pipelines.yml", 13, "Train")),
        ("outputs['fit.model'] ]\n    steps", "fit", ("azure-pipelines.yml", 18, "fit")),
        ("outputs['fit.model'] ]\n    steps", "model", ("azure-pipelines.yml", 16, "model")),
        ("Train.fit.model'], 'x'", "model", ("azure-pipelines.yml", 16, "model")),
        ("stageDependencies.Build", "Build", ("azure-pipelines.yml", 11, "Build")),
        ("$(fit.model)", "model", ("azure-pipelines.yml", 16, "model")),
        ("checkout: tools", "tools", ("azure-pipelines.yml", 6, "tools")),
    ],
)
def test_a_name_leads_to_its_definition(
    here: Editor, name: str, part: str, inside: str, expected: tuple[str, int, str]
) -> None:
    assert defined(here, name, place_of(PIPELINE, part, inside)) == [expected]


@pytest.mark.usefixtures("name")
def test_a_variable_of_a_template_leads_to_the_pipeline(here: Editor, folder: Path) -> None:
    here.open(f"{folder.name}/steps/t.yml")
    place = place_of(TEMPLATE, "$(size.kb)", "size")
    assert defined(here, f"{folder.name}/steps/t.yml", place) == [("azure-pipelines.yml", 9, "size.kb")]


def test_a_stage_of_a_release_leads_to_its_definition(here: Editor, folder: Path) -> None:
    text, place = marked("name: churn\nstages:\n- name: staging\n- name: live\n  depends_on: [stag▌ing]\n")
    (folder / "release.yml").write_text(text, encoding="utf-8")
    here.open(f"{folder.name}/release.yml")
    assert defined(here, f"{folder.name}/release.yml", place) == [("release.yml", 3, "staging")]


def test_every_place_that_names_something(here: Editor, name: str) -> None:
    def named(part: str, inside: str, *, all_of: bool = True) -> list[tuple[str, int, str]]:
        params = types.ReferenceParams(
            context=types.ReferenceContext(include_declaration=all_of),
            text_document=types.TextDocumentIdentifier(here.uri(name)),
            position=place_of(PIPELINE, part, inside),
        )
        return words(here, here.ask("text_document_references", params))

    own = "azure-pipelines.yml"
    assert named("name: fit", "fit") == [(own, line, "fit") for line in (18, 19, 23, 31, 35)]
    assert named("name: fit", "fit", all_of=False) == [(own, line, "fit") for line in (19, 23, 31, 35)]
    assert named("size.kb: small", "size") == [
        (own, 9, "size.kb"), (own, 17, "SIZE_KB"), (own, 17, "size.kb"), (own, 17, "size.kb"), ("steps/t.yml", 5, "size.kb"),
    ]  # fmt: skip
    assert named("stage: Build", "Build") == [(own, line, "Build") for line in (11, 30, 31, 35)]
    assert named("job: Train", "Train") == [(own, line, "Train") for line in (13, 21, 23, 31, 35)]
    assert named("town: ${{", "town") == [("steps/t.yml", 2, "town"), ("steps/t.yml", 5, "town"), (own, 28, "town")]
    assert named("repository: tools", "tools") == [(own, 6, "tools"), (own, 25, "tools")]


def renamed(here: Editor, name: str, place: types.Position, new: str) -> dict[str, str]:
    """The texts of files after a rename, by name."""
    params = types.RenameParams(
        text_document=types.TextDocumentIdentifier(here.uri(name)), position=place, new_name=new
    )
    edit = here.ask("text_document_rename", params)
    found = {}
    for change in edit.document_changes:
        path = Path(change.text_document.uri.removeprefix("file://"))
        text = path.read_text(encoding="utf-8")
        for each in sorted(change.edits, key=lambda each: each.range.start, reverse=True):
            start, end = (offset(text, place) for place in (each.range.start, each.range.end))
            text = text[:start] + each.new_text + text[end:]
        found[path.name] = text
    return found


def test_a_variable_is_renamed_in_scripts_expressions_and_templates(here: Editor, name: str) -> None:
    found = renamed(here, name, place_of(PIPELINE, "size.kb: small"), "weight.g")
    assert found == {
        "azure-pipelines.yml": PIPELINE.replace("size.kb", "weight.g").replace("SIZE_KB", "WEIGHT_G"),
        "t.yml": TEMPLATE.replace("size.kb", "weight.g"),
    }


@pytest.mark.parametrize(
    ("part", "inside", "old"), [("stage: Build", "Build", "Build"), ("job: Train", "Train", "Train"), ("name: fit", "fit", "fit")]
)  # fmt: skip
def test_a_stage_a_job_and_a_step_are_renamed(here: Editor, name: str, part: str, inside: str, old: str) -> None:
    found = renamed(here, name, place_of(PIPELINE, part, inside), "Other")
    assert found == {"azure-pipelines.yml": PIPELINE.replace(old, "Other")}
    here.change(name, found["azure-pipelines.yml"])
    assert not [each for each in here.diagnostics(name) if each.severity is types.DiagnosticSeverity.Error]


def test_a_parameter_of_a_template_is_renamed_with_its_arguments(here: Editor, name: str) -> None:
    found = renamed(here, name, place_of(PIPELINE, "town: ${{"), "place")
    assert found == {
        "azure-pipelines.yml": PIPELINE.replace("town: $", "place: $"),
        "t.yml": TEMPLATE.replace("town", "place"),
    }


def test_a_parameter_of_a_pipeline_is_renamed_there_only(here: Editor, name: str) -> None:
    found = renamed(here, name, place_of(PIPELINE, "name: city", "city"), "village")
    assert found == {"azure-pipelines.yml": PIPELINE.replace("city", "village")}


@pytest.mark.parametrize(
    ("part", "inside", "new", "message"),
    [
        ("stage: Build", "Build", "Deploy", "there is a stage `Deploy` already"),
        ("stage: Build", "Build", "two words", "cannot be the name of a stage"),
        ("checkout: tools", "tools", "other", "only stages, jobs, steps, parameters and variables"),
        ('echo "##vso', "echo", "other", "only stages, jobs, steps, parameters and variables"),
    ],
)
def test_a_rename_that_is_not_possible_says_why(
    here: Editor, name: str, part: str, inside: str, new: str, message: str
) -> None:
    with pytest.raises(JsonRpcException) as raised:
        renamed(here, name, place_of(PIPELINE, part, inside), new)
    assert message in str(raised.value)
    assert here.said == []


def test_a_generated_pipeline_is_renamed_in_its_release(here: Editor, folder: Path, samples: Path) -> None:
    text = (samples / "minimal" / "azure-pipelines.yml").read_text(encoding="utf-8")
    (folder / "azure-pipelines.yml").write_text(text, encoding="utf-8")
    here.open(f"{folder.name}/azure-pipelines.yml")
    params = types.PrepareRenameParams(
        types.TextDocumentIdentifier(here.uri(f"{folder.name}/azure-pipelines.yml")), place_of(text, "stage: ", "age")
    )
    stage = text.index("- stage: ") + len("- stage: ")
    params.position = position(text[:stage])
    with pytest.raises(JsonRpcException) as raised:
        here.ask("text_document_prepare_rename", params)
    assert "generated from a release" in str(raised.value)


def test_what_can_be_renamed_is_said_before(here: Editor, name: str) -> None:
    params = types.PrepareRenameParams(
        types.TextDocumentIdentifier(here.uri(name)), place_of(PIPELINE, "stage: Build", "Build")
    )
    found = here.ask("text_document_prepare_rename", params)
    assert found.placeholder == "Build"


def test_a_caller_that_was_never_saved_is_found(here: Editor, folder: Path) -> None:
    (folder / "t.yml").write_text(TEMPLATE, encoding="utf-8")
    template = here.open(f"{folder.name}/t.yml")
    caller = here.open(f"{folder.name}/new.yml", "steps:\n- template: t.yml\n  parameters: {town: here}\n")
    params = types.ReferenceParams(
        context=types.ReferenceContext(include_declaration=False),
        text_document=types.TextDocumentIdentifier(template),
        position=place_of(TEMPLATE, "name: town", "town"),
    )
    found = here.ask("text_document_references", params)
    assert {each.uri for each in found} == {template, caller}


def test_a_template_of_another_repository_that_is_here_is_known(tmp_path: Path) -> None:
    shared, own = tmp_path / "shared-templates", tmp_path / "own"
    for each in (shared, own):
        (each / ".git").mkdir(parents=True)
    (shared / "t.yml").write_text(TEMPLATE, encoding="utf-8")
    (own / "azrelease.toml").write_text('[expand]\nrepositories = {tools = "../shared-templates"}\n', encoding="utf-8")
    text, place = marked(
        "resources:\n  repositories:\n  - repository: tools\n    name: team/tools\nsteps:\n- template: t▌.yml@tools\n  parameters:\n    town: here\n"
    )
    with editor(own) as here:
        document = types.TextDocumentIdentifier(here.open("a.yml", text))
        [found] = here.ask("text_document_definition", types.DefinitionParams(document, place))
        assert found.uri == here.uri(str(shared / "t.yml"))
        hover = here.ask("text_document_hover", types.HoverParams(document, place)).contents.value
        assert "script: echo here" in hover
        on_argument = place_of(text, "town: here")
        [defined] = here.ask("text_document_definition", types.DefinitionParams(document, on_argument))
        assert (defined.uri, defined.range.start.line) == (here.uri(str(shared / "t.yml")), 1)
        offered = here.ask("text_document_completion", types.CompletionParams(document, on_argument)).items
        assert [item.label for item in offered] == ["town"]
        command = types.ExecuteCommandParams("azrelease.server.finalYaml", [document.uri])
        assert "script: echo here" in here.ask("workspace_execute_command", command)["text"]
