"""Paths of tasks: a classic job starts in the folder of the artifacts, a job of a pipeline in that of the sources."""

from typing import Any

import pytest

from azrelease.catalog.tasks import Tasks
from azrelease.classic import ConversionOutcome, ImportResult
from support.classic_data import (
    BASH,
    GROUP,
    build,
    definition,
    first_stage,
    phase,
    places,
    read,
    said,
    stage,
    task,
    told,
)

ROOT = "$(Pipeline.Workspace)"
RELATIVE = "Task: a relative path"
OPEN = "Task: an input that may hold a relative path"
UNKNOWN = "Task: unknown inputs"
SCRIPT = "Task: a script without a working directory"

ARM = "94a74903-f93f-4075-884f-dc11f34058b4"
AZURE_CLI = "46e4be58-730b-4389-8a2f-ea10b3e5e815"
AZURE_POWERSHELL = "72a1931b-effb-4d2e-8fd8-f8472a07cb62"
BATCH = "bfc8bf76-e7ac-4a8c-9a55-a944a9f632fd"
COPY = "5bfb729a-a7c8-4a78-a7c3-8d717bb7c13c"
DELETE = "b7e8b412-0437-4065-9371-edc5881de25b"
DOCKER = "e28912f1-0114-4464-802a-a3a35437fd16"
DOTNET = "5541a522-603c-47ad-91fc-a4b1d163081b"
EXTRACT = "5e1e3830-fbfb-11e5-aab1-090c92bc4988"
HELM = "afa7d54d-537b-4dc8-b60a-e0eeea2c9a87"
MANIFESTS = "dee316a2-586f-4def-be79-488a1f503dfe"
MSBUILD = "c6c4c611-aa2e-4a33-b606-5eaba2196824"
NPM = "fe47e961-9fa8-4106-8639-368c022d43ad"
POWERSHELL = "e213ff0f-5d5c-4791-802d-52ea3e7be1f1"
PUBLISH = "0b0f01ed-7dde-43ff-9cbb-e48954daf9b1"
SHELL = "6c731c3c-3c68-459a-a5c9-bde6e6595b5b"
WEB_APP = "497d490f-eea7-4f2b-ab94-48d9c1acdcb1"

VARIABLES = {
    "package": {"value": "_app/drop/a.zip"},
    "root": {"value": "$(System.DefaultWorkingDirectory)"},
    "nested": {"value": "$(package)"},
    "key": {"value": None, "isSecret": True},
}


def imported(*tasks: dict[str, Any], **more: Any) -> ImportResult:
    return read(definition(stage(deployPhases=[phase(*tasks)]), artifacts=[build()], variables=VARIABLES), **more)


def inputs_of(made: ImportResult) -> dict[str, str]:
    (found,) = first_stage(made)["tasks"]
    inputs: dict[str, str] = found["inputs"]
    return inputs


PLACED: dict[str, tuple[str, str]] = {
    "a file": ("_app/drop/main.json", f"{ROOT}/_app/drop/main.json"),
    "with a dot": ("./_app/drop/main.json", f"{ROOT}/_app/drop/main.json"),
    "above": ("../x.json", f"{ROOT}/../x.json"),
    "a pattern": ("**/main.json", f"{ROOT}/**/main.json"),
    "with backslashes": ("_app\\drop\\main.json", f"{ROOT}\\_app\\drop\\main.json"),
    "in quotes": ('"_app/my drop/main.json"', f'"{ROOT}/_app/my drop/main.json"'),
    "of a variable": ("$(package)", f"{ROOT}/$(package)"),
    "of a variable of a variable": ("$(nested)/x", f"{ROOT}/$(nested)/x"),
    "of the primary artifact": ("$(Release.PrimaryArtifactSourceAlias)/x.json", f"{ROOT}/_app/x.json"),
    "several": ("a.json;!b.json", f"{ROOT}/a.json;!{ROOT}/b.json"),
}


@pytest.mark.parametrize(("text", "expected"), PLACED.values(), ids=PLACED)
def test_a_relative_path_is_written_from_the_folder_of_the_artifacts(text: str, expected: str) -> None:
    made = imported(task(ARM, "3.*", inputs={"csmFile": text}))
    assert inputs_of(made) == {"csmFile": expected}
    assert places(made, OPEN) == []
    changed = {title for outcome, title in told(made.report) if outcome is ConversionOutcome.CHANGED}
    assert changed & {RELATIVE, "Task: an input with a variable or path of the release"}


@pytest.mark.parametrize(
    "text",
    ["/etc/main.json", "C:\\main.json", "\\\\share\\main.json", "https://x/main.json", "$(root)/main.json",
     "$(Agent.TempDirectory)/main.json", "$(secure.secureFilePath)", "%TEMP%\\main.json"],
)  # fmt: skip
def test_a_full_path_stays(text: str) -> None:
    made = imported(task(ARM, "3.*", inputs={"csmFile": text}))
    assert inputs_of(made) == {"csmFile": text}
    assert places(made, RELATIVE) == places(made, OPEN) == []


@pytest.mark.parametrize("text", ["$(key)/main.json", "$(of.a.group)", "$(unknown)\\x"])
def test_a_path_that_begins_with_an_unknown_variable_is_reported(text: str) -> None:
    made = imported(task(ARM, "3.*", inputs={"csmFile": text}))
    assert inputs_of(made) == {"csmFile": text}
    assert places(made, OPEN) == ["environments[0].deployPhases[0].workflowTasks[0].inputs.csmFile"]


def test_a_variable_of_the_stage_tells_where_a_path_begins() -> None:
    own = stage(
        variables={"package": {"value": "/opt/x"}},
        deployPhases=[phase(task(ARM, "3.*", inputs={"csmFile": "$(package)"}))],
    )
    made = read(definition(own, artifacts=[build()], variables=VARIABLES))
    assert inputs_of(made) == {"csmFile": "$(package)"}


TASKS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "what is copied": (
        task(COPY, "2.*", inputs={"SourceFolder": "_app/drop", "Contents": "**/*.dll", "TargetFolder": "out"}),
        {"SourceFolder": f"{ROOT}/_app/drop", "Contents": "**/*.dll", "TargetFolder": f"{ROOT}/out"},
    ),
    "everything that is copied": (
        task(COPY, "2.*", inputs={"SourceFolder": "", "Contents": "**", "TargetFolder": "/out"}),
        {"SourceFolder": ROOT, "TargetFolder": "/out"},
    ),
    "what is deleted": (
        task(DELETE, "1.*", inputs={"Contents": "old/*"}), {"SourceFolder": ROOT, "Contents": "old/*"},
    ),
    "patterns, each on its line": (
        task(EXTRACT, "1.*", inputs={"archiveFilePatterns": "_app/*.zip\n!_app/x.zip\n# none\n", "destinationFolder": "out"}),
        {"archiveFilePatterns": f"{ROOT}/_app/*.zip\n!{ROOT}/_app/x.zip\n# none\n", "destinationFolder": f"{ROOT}/out"},
    ),
    "a default pattern": (
        task(EXTRACT, "1.*", inputs={"destinationFolder": "/out"}),
        {"destinationFolder": "/out", "archiveFilePatterns": f"{ROOT}/**/*.zip"},
    ),
    "a default file": (task(MSBUILD, "1.*", inputs={}), {"solution": f"{ROOT}/**/*.sln"}),
    "paths between commas": (
        task(MANIFESTS, "1.*", inputs={"action": "deploy", "manifests": "_app/a.yml,_app/b.yml"}),
        {"manifests": f"{ROOT}/_app/a.yml,{ROOT}/_app/b.yml"},
    ),
    "the folder of npm": (task(NPM, "1.*", inputs={"command": "install", "workingDir": ""}), {"workingDir": ROOT}),
    "projects": (
        task(DOTNET, "2.*", inputs={"command": "test", "projects": "**/*.csproj"}),
        {"command": "test", "projects": f"{ROOT}/**/*.csproj", "workingDirectory": ROOT},
    ),
    "the context of a Dockerfile": (
        task(DOCKER, "2.*", inputs={"command": "build", "Dockerfile": "_app/Dockerfile", "buildContext": "**"}),
        {"command": "build", "Dockerfile": f"{ROOT}/_app/Dockerfile"},
    ),
    "a file that is not given": (
        task(ARM, "3.*", inputs={"csmFile": "/x", "csmParametersFile": ""}), {"csmFile": "/x"},
    ),
    "a script in its own folder": (
        task(SHELL, "2.*", inputs={"scriptPath": "_app/x.sh", "disableAutoCwd": "false", "cwd": ""}),
        {"scriptPath": f"{ROOT}/_app/x.sh"},
    ),
    "a script in the folder of the job": (
        task(SHELL, "2.*", inputs={"scriptPath": "_app/x.sh", "disableAutoCwd": "true", "cwd": ""}),
        {"scriptPath": f"{ROOT}/_app/x.sh", "disableAutoCwd": "true", "cwd": ROOT},
    ),
    "a batch file": (task(BATCH, "1.*", inputs={"filename": "_app/x.cmd"}), {"filename": f"{ROOT}/_app/x.cmd"}),
    "a file of the Azure CLI": (
        task(AZURE_CLI, "1.*", inputs={"scriptLocation": "scriptPath", "scriptPath": "_app/x.sh"}),
        {"scriptPath": f"{ROOT}/_app/x.sh"},
    ),
    "a script of the Azure CLI": (
        task(AZURE_CLI, "1.*", inputs={"scriptLocation": "inlineScript", "inlineScript": "az"}),
        {"scriptLocation": "inlineScript", "inlineScript": "az", "workingDirectory": ROOT},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), TASKS.values(), ids=TASKS)
def test_a_task_finds_its_files_where_it_did(given: dict[str, Any], expected: dict[str, str]) -> None:
    made = imported(given)
    assert inputs_of(made) == expected
    assert places(made, OPEN) == places(made, UNKNOWN) == []


def test_the_folder_of_test_results_is_that_of_the_artifacts_where_it_is_empty() -> None:
    made = imported(task(PUBLISH, "2.*", inputs={"testResultsFiles": "*.xml", "searchFolder": ""}))
    assert first_stage(made)["tasks"] == [
        {"task": "PublishTestResults", "display_name": "Do it", "condition": "succeeded()", "files": "*.xml",
         "search_folder": ROOT}
    ]  # fmt: skip


def test_a_script_that_is_run_from_a_relative_path_is_a_typed_task() -> None:
    inputs = {"targetType": "filePath", "filePath": "_app/drop/x.sh", "workingDirectory": "out"}
    (found,) = first_stage(imported(task(BASH, inputs=inputs)))["tasks"]
    assert (found["task"], found["file"], found["working_directory"]) == ("Bash", "drop/x.sh", f"{ROOT}/out")


SCRIPTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "inline": (task(AZURE_POWERSHELL, "3.*", inputs={"ScriptType": "InlineScript", "Inline": "ls"}), ["Inline"]),
    "a file": (task(AZURE_POWERSHELL, "2.*", inputs={"ScriptType": "FilePath", "ScriptPath": "/x.ps1"}), ["ScriptPath"]),
    "Windows PowerShell": (
        task(AZURE_POWERSHELL, "4.*", inputs={"ScriptType": "InlineScript", "Inline": "ls", "pwsh": "false"}), ["Inline"],
    ),
    "PowerShell Core": (
        task(AZURE_POWERSHELL, "4.*", inputs={"ScriptType": "InlineScript", "Inline": "ls", "pwsh": "true"}), [],
    ),
    "a version that has a folder": (
        task(AZURE_POWERSHELL, "5.*", inputs={"ScriptType": "InlineScript", "Inline": "ls"}), [],
    ),
    "PowerShell": (task(POWERSHELL, "2.*", inputs={"targetType": "inline", "script": "ls"}), []),
}  # fmt: skip


@pytest.mark.parametrize(("given", "names"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_that_cannot_be_given_a_folder_is_reported(given: dict[str, Any], names: list[str]) -> None:
    at = "environments[0].deployPhases[0].workflowTasks[0].inputs."
    assert places(imported(given), SCRIPT) == [f"{at}{name}" for name in names]


@pytest.mark.parametrize(
    ("arguments", "is_reported"),
    [("-f _app/values.yml", True), ("--values ./values.yml", True), ("--wait", False), (f"-f {ROOT}/x.yml", False)],
)
def test_a_relative_path_among_other_words_is_reported(arguments: str, is_reported: bool) -> None:
    made = imported(task(HELM, "0.*", inputs={"command": "upgrade", "arguments": arguments}))
    assert inputs_of(made)["arguments"] == arguments
    assert bool(places(made, OPEN)) == is_reported


def test_a_task_that_is_not_known_is_reported_with_what_may_be_a_path() -> None:
    inputs = {
        "rootDirectory": "",
        "targetFiles": "**/*.config",
        "tokenPattern": "rm",
        "keepFiles": "false",
        "url": "https://x",
        "name": "",
    }
    made = imported(task(GROUP, "5.*", inputs=inputs))
    (entry,) = (entry for entry in made.report.entries() if entry.feature.title == UNKNOWN)
    assert entry.detail == "rootDirectory, targetFiles"
    assert places(made, UNKNOWN) == ["environments[0].deployPhases[0].workflowTasks[0].inputs"]
    assert UNKNOWN in {title for _, title in told(imported(task(POWERSHELL, "1.*", inputs={})).report)}


def test_a_task_of_the_organization_has_its_paths_placed_and_its_empty_ones_reported() -> None:
    entry = {"id": GROUP, "inputs": {"file": {"type": "filepath"}, "rootDirectory": {"type": "filepath"}}}
    made = imported(
        task(GROUP, "5.*", inputs={"file": "_app/x", "rootDirectory": ""}), tasks=Tasks({"replacetokens@5": entry})
    )
    assert inputs_of(made) == {"file": f"{ROOT}/_app/x"}
    assert places(made, OPEN) == ["environments[0].deployPhases[0].workflowTasks[0].inputs.rootDirectory"]
    assert places(made, UNKNOWN) == []


def test_gates_have_no_folder() -> None:
    gate = {"tasks": [task(GROUP, "1.*", inputs={"path": ""})]}
    made = read(definition(stage(preDeploymentGates={"gates": [gate], "gatesOptions": {"isEnabled": True}})))
    assert places(made, UNKNOWN) == []


@pytest.mark.parametrize(
    ("given", "only"),
    [
        (task(ARM, "3.*", inputs={"csmFile": "_app/drop/main.json"}), "drop"),
        (task(BASH, inputs={"targetType": "filePath", "filePath": "$(Release.PrimaryArtifactSourceAlias)/drop/x.sh"}), "drop"),
        (task(ARM, "3.*", inputs={"csmFile": "$(System.DefaultWorkingDirectory)/$(Release.PrimaryArtifactSourceAlias)/drop/x"}),
         "drop"),
        (task(COPY, "2.*", inputs={"SourceFolder": "", "Contents": "**", "TargetFolder": "/out"}), None),
        (task(EXTRACT, "1.*", inputs={"archiveFilePatterns": "**/*.zip", "destinationFolder": "/out"}), None),
        (task(GROUP, "5.*", inputs={"rootDirectory": ""}), None),
        (task(AZURE_POWERSHELL, "5.*", inputs={"ScriptType": "InlineScript", "Inline": "Get-ChildItem -Recurse"}), None),
    ],
)  # fmt: skip
def test_one_artifact_is_downloaded_only_where_nothing_can_mean_another(
    given: dict[str, Any], only: str | None
) -> None:
    uses = task(inputs={"targetType": "inline", "script": "cat $(System.DefaultWorkingDirectory)/_app/drop/x"})
    data = definition(stage(deployPhases=[phase(uses, given)]), artifacts=[build()])
    assert said(read(data))["artifact"].get("name") == only


def option(inputs: dict[str, str], identifier: str = WEB_APP, version: str = "4.*") -> tuple[dict[str, Any], list[str]]:
    made = imported(task(identifier, version, inputs=inputs))
    (found,) = first_stage(made)["tasks"]
    names = [place.rpartition(".")[2] for place in places(made, "Task: a value that is not an option of the input")]
    return found, names


def test_inputs_that_depend_on_a_value_that_is_no_option_are_kept() -> None:
    found, names = option({"WebAppKind": "Web App on Windows", "WebAppName": "shop", "Package": "/x.war"})
    assert found["inputs"] == {"appType": "Web App on Windows", "WebAppName": "shop", "packageForLinux": "/x.war"}
    assert names == ["WebAppKind"]


def test_inputs_without_effect_are_dropped_where_the_value_is_an_option() -> None:
    found, names = option({"WebAppKind": "webAppContainer", "WebAppName": "shop", "Package": "/x.war"})
    assert "packageForLinux" not in found["inputs"]
    assert names == []


def test_an_empty_value_that_decides_about_others_is_kept() -> None:
    found, names = option({"targetType": "", "script": "echo"}, BASH, "3.*")
    assert found["inputs"]["targetType"] == ""
    assert found["inputs"]["script"] == "echo"
    assert names == ["targetType"]


def test_a_value_with_a_variable_is_left_alone() -> None:
    found, names = option({"WebAppKind": "$(kind)", "WebAppName": "shop", "Package": "/x.war"})
    assert found["inputs"]["packageForLinux"] == "/x.war"
    assert names == []


def test_an_empty_value_that_azure_pipelines_requires_is_left_to_its_default() -> None:
    given = task(WEB_APP, "4.*", inputs={"WebAppKind": "", "WebAppName": "shop", "Package": "/x.war"})
    made = imported(given)
    assert inputs_of(made) == {"WebAppName": "shop", "packageForLinux": "/x.war"}
    at = places(made, "Task: an empty input that others depend on")
    assert at == ["environments[0].deployPhases[0].workflowTasks[0].inputs.WebAppKind"]


def test_a_default_below_another_name_of_the_folder_is_placed() -> None:
    given = task("a433f589-fce1-4460-9ee6-44a624aeb1fb", "0.*", inputs={"buildType": "current", "artifactName": "drop"})
    assert inputs_of(imported(given))["downloadPath"] == ROOT
