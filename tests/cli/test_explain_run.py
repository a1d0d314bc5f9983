"""`check --explain-run` prints what is known of a job: on what the service makes of the file, without secrets."""

import json
from pathlib import Path

from support.process import Cli

PIPELINE = """\
trigger: none
pool:
  vmImage: ubuntu-24.04
variables:
- name: modelName
  value: churn
- name: apiKey
  value: 8f7d6a5b4c3d2e1f8f7d6a5b
- group: settings
stages:
- stage: build
  jobs:
  - job: pack
    steps:
    - template: steps.yml
      parameters:
        artifact: model
- stage: ship
  variables:
    tag: $[ stageDependencies.build.pack.outputs['version.tag'] ]
  jobs:
  - deployment: roll
    environment: lab
    strategy:
      runOnce:
        deploy:
          steps:
          - checkout: self
            fetchDepth: 0
          - task: AzureKeyVault@2
            inputs:
              azureSubscription: ml
              KeyVaultName: vault
              SecretsFilter: storage-key
          - bash: ./ship.sh
            condition: succeeded()
            env:
              KEY: $(storage-key)
"""
STEPS = """\
parameters:
- name: artifact
  type: string
steps:
- bash: echo "##vso[task.setvariable variable=tag;isOutput=true]$(Build.BuildId)"
  name: version
- publish: dist
  artifact: ${{ parameters.artifact }}
"""


def write(folder: Path) -> Path:
    (folder / ".git").mkdir()
    (folder / "steps.yml").write_text(STEPS, encoding="utf-8")
    path = folder / "azure-pipelines.yml"
    path.write_text(PIPELINE, encoding="utf-8")
    return path


def model(cli: Cli, job: str) -> dict:
    done = cli("check", write(cli.folder).name, "--explain-run", job, "--format", "json")
    assert done.code == 0, done.err
    (found,) = json.loads(done.out)["jobs"]
    return found


def test_folders_say_what_puts_what_there(cli: Cli) -> None:
    found = model(cli, "ship.roll")["folders"]
    assert [(each["folder"], each["by"]) for each in found] == [
        ("$(Build.SourcesDirectory)", "line 28 of azure-pipelines.yml"),
        ("$(Pipeline.Workspace)/model", "the job itself"),
        ("$(Build.ArtifactStagingDirectory)", "the job itself"),
    ]
    assert "all commits" in found[0]["content"]


def test_variables_have_their_time_their_origin_and_their_name_in_scripts(cli: Cli) -> None:
    found = {each["name"]: each for each in model(cli, "roll")["variables"]}
    assert list(found) == ["modelName", "apiKey", "tag", "storage-key"]
    assert found["modelName"]["since"] == "the expansion of templates"
    assert found["tag"]["since"] == "the start of the job"
    assert found["tag"]["origin"] == "variables of the stage"
    assert found["storage-key"]["since"] == "after step 2"
    assert found["storage-key"]["environment"] is None
    assert found["modelName"]["environment"] == "MODELNAME"


def test_what_templates_bring_is_at_their_lines(cli: Cli) -> None:
    found = model(cli, "pack")
    assert [each["place"] for each in found["steps"]] == [
        "line 5 of steps.yml (by azure-pipelines.yml:15)",
        "line 7 of steps.yml (by azure-pipelines.yml:15)",
    ]
    assert found["artifacts"][0]["name"] == "model"
    assert [each["name"] for each in found["variables"]][-1] == "version.tag"


def test_the_text_shows_no_secret_and_says_what_is_not_known(cli: Cli) -> None:
    path = write(cli.folder)
    done = cli("check", path.name, "--explain-run", "roll")
    assert done.code == 0
    assert "8f7d6a5b" not in done.out
    assert "$(apiKey)" in done.out
    assert "those of variable groups, which are not known here: settings" in done.out


def test_what_cannot_be_explained_is_said(cli: Cli) -> None:
    path = write(cli.folder)
    unknown = cli("check", path.name, "--explain-run", "rol")
    assert unknown.code == 2
    assert "no job `rol`" in unknown.err
    assert "ship.roll" in unknown.err
    folder = cli("check", ".", "--explain-run", "roll")
    assert folder.code == 2
    assert "one file" in folder.err
    sarif = cli("check", path.name, "--explain-run", "roll", "--format", "sarif")
    assert sarif.code == 2
