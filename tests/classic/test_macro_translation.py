"""Variables and folders in texts, in the words of a classic release and in those of YAML."""

import pytest

from azrelease.classic.macro_translation import MacroTranslation


def test_aliases_that_differ_in_case_only_keep_apart() -> None:
    texts = MacroTranslation({"App": "App", "app": "app-2"}, "App")
    root = "$(System.DefaultWorkingDirectory)"
    assert texts.to_yaml(f"{root}/App/x {root}/app/x") == "$(Pipeline.Workspace)/App/x $(Pipeline.Workspace)/app-2/x"
    assert texts.to_yaml(f"{root}/APP/x") == "$(Pipeline.Workspace)/App/x"


def test_an_alias_that_begins_with_another_is_itself() -> None:
    texts = MacroTranslation({"my app": "my-app", "my app 2": "my-app-2"}, "my-app")
    assert texts.to_yaml("$(System.ArtifactsDirectory)/my app 2/x") == "$(Pipeline.Workspace)/my-app-2/x"
    assert texts.to_yaml("$(Agent.ReleaseDirectory)/my app/x") == "$(Pipeline.Workspace)/my-app/x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(resources.pipeline.app.sourceBranch)", "$(Build.SourceBranch)"),
        ("$(resources.pipeline.lib.sourceBranch)", "$(Release.Artifacts.lib.SourceBranch)"),
        ("$(resources.pipeline.other.sourceBranch)", "$(resources.pipeline.other.sourceBranch)"),
    ],
)
def test_build_variables_are_those_of_the_primary_artifact_only(text: str, expected: str) -> None:
    texts = MacroTranslation({"app": "app", "lib": "lib"}, "app", frozenset(("app", "lib")))
    assert texts.to_classic(text) == expected


def test_only_a_task_gets_the_environment_that_a_text_asks_for() -> None:
    texts = MacroTranslation({"_app": "_app"}, "_app", primary_alias="_app")
    text = "echo $RELEASE_PRIMARYARTIFACTSOURCEALIAS"
    assert texts.env_of(text) == {"RELEASE_PRIMARYARTIFACTSOURCEALIAS": "_app"}
    assert list(texts.without_counterpart(text, with_env=True)) == []
    assert list(texts.without_counterpart(text)) == ["RELEASE_PRIMARYARTIFACTSOURCEALIAS"]
    assert MacroTranslation({}, None).env_of(text) == {}
