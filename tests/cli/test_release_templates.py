"""The organization's own templates in a release: as steps, and as the template that the pipeline extends."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_azure_devops import Organization, Service, serve
from support.process import CliHere
from support.registering import seed, use
from support.yaml_text import safe_load

SMOKE = """\
parameters:
- name: url
  type: string
- name: attempts
  type: number
  default: 3
- name: level
  type: string
  default: low
  values: [low, high]
- name: strict
  type: boolean
  default: false
- name: paths
  type: object
  default: []
steps:
- ${{ each path in parameters.paths }}:
  - bash: curl --retry ${{ parameters.attempts }} "$URL/${{ path }}"
    env:
      URL: ${{ parameters.url }}
"""
OFFICIAL = """\
parameters:
- name: stages
  type: stageList
- name: severity
  type: string
  values: [low, high]
stages:
- stage: guard
  jobs:
  - job: scan
    steps:
    - bash: echo ${{ parameters.severity }}
- ${{ parameters.stages }}
"""
RELEASE = """\
name: churn
stages:
  - name: staging
    tasks:
      - task: Template
        file: steps/smoke.yml
        parameters: {url: https://churn.example.com, attempts: 5, strict: true, paths: [health, score]}
"""
FROM_TOP = RELEASE.replace("steps/smoke.yml", "/steps/smoke.yml")
GOVERNED = """\
template_repositories:
  - {alias: governed, repository: platform/pipelines, ref: refs/tags/v1}
pipeline_template:
  file: v1/Official.yml
  repository: governed
  parameters: {severity: high}
"""


@pytest.fixture
def cli(tmp_path: Path) -> CliHere:
    here = CliHere(tmp_path)
    (tmp_path / ".git").mkdir()
    here.write("steps/smoke.yml", SMOKE)
    here.write("release.yml", RELEASE)
    return here


def findings(cli: CliHere) -> list[tuple[str, str]]:
    """Place and code of each error in the release."""
    found = json.loads(cli("check", "release.yml", "--format", "json").out)["findings"]
    return [(f"{each['line']}:{each['column']}", each["name"]) for each in found if each["severity"] == "error"]


def checked_out(cli: CliHere) -> None:
    """The settings name a checkout of the governed repository."""
    cli.write("azrelease.toml", '[expand.repositories]\ngoverned = "governed"\n')
    cli.write("governed/v1/Official.yml", OFFICIAL)


def test_a_template_becomes_its_steps(cli: CliHere) -> None:
    assert cli("render").code == 0
    expanded = cli("expand", "azure-pipelines.yml")
    assert expanded.code == 0, expanded.err
    assert "curl --retry 5" in expanded.out
    assert expanded.out.count("https://churn.example.com") == 2
    assert findings(cli) == []


@pytest.mark.parametrize(
    ("parameters", "at", "name", "told"),
    [
        ("{url: x, attemps: 5}", "7:30", "unknown-parameter", "Did you mean `attempts`?"),
        ("{attempts: 5}", "6:15", "missing-parameter", "requires the parameter `url`"),
        ("{url: x, attempts: many}", "7:40", "parameter-type", "`attempts` is a number, not `many`"),
        ("{url: x, level: middle}", "7:37", "parameter-value", "cannot be `middle`"),
        ("{url: [x]}", "7:27", "parameter-type", "`url` is text, not a list"),
        ("{url: x, strict: maybe}", "7:38", "parameter-type", "`strict` is a boolean"),
    ],
)
def test_parameters_are_checked_where_they_are_written(
    cli: CliHere, parameters: str, at: str, name: str, told: str
) -> None:
    cli.write("release.yml", re.sub(r"parameters: .*", f"parameters: {parameters}", RELEASE))
    assert findings(cli) == [(at, name)]
    for command in ("render", "plan"):
        done = cli(command)
        assert done.code == 2, command
        assert f"release.yml:{at}: error: " in done.err
        assert told in done.err
    assert not (cli.folder / "azure-pipelines.yml").exists()


def test_a_value_that_only_the_run_knows_is_not_judged(cli: CliHere) -> None:
    parameters = "parameters: {url: $(url), attempts: '${{ variables.attempts }}', level: '${{ variables.level }}'}"
    cli.write("release.yml", re.sub(r"parameters: .*", parameters, RELEASE))
    assert findings(cli) == []


def test_a_file_that_does_not_exist(cli: CliHere) -> None:
    cli.write("release.yml", RELEASE.replace("smoke.yml", "smok.yml"))
    assert findings(cli) == [("6:15", "missing-template")]


def test_outside_of_a_repository_a_missing_file_is_a_warning(cli: CliHere) -> None:
    (cli.folder / ".git").rmdir()
    cli.write("release.yml", RELEASE.replace("smoke.yml", "smok.yml"))
    assert findings(cli) == []
    assert "release.yml:6:15: warning: the template `steps/smok.yml` does not exist" in cli("render").err


def test_a_template_of_jobs_is_none_of_steps(cli: CliHere) -> None:
    cli.write("steps/smoke.yml", "jobs:\n- job: a\n  steps:\n  - bash: echo one\n")
    assert findings(cli) == [("6:15", "wrong-template")]


def test_a_path_is_seen_from_the_pipeline(cli: CliHere) -> None:
    done = cli("render", "release.yml", "--output", "steps/azure-pipelines.yml")
    assert done.code == 2
    assert "the template `steps/steps/smoke.yml` does not exist" in done.err
    cli.write("release.yml", RELEASE.replace("steps/smoke.yml", "/steps/smoke.yml"))
    assert cli("render", "release.yml", "--output", "steps/azure-pipelines.yml").code == 0


def test_what_is_out_of_reach_is_not_judged(cli: CliHere) -> None:
    cli.write("release.yml", FROM_TOP + GOVERNED)
    assert findings(cli) == []
    assert cli("render").code == 0


def test_a_base_file_names_its_own_lines(cli: CliHere) -> None:
    cli.write("base.yml", RELEASE.replace("name: churn\n", "").replace("url: ", "uri: "))
    cli.write("release.yml", "name: churn\nextends: base.yml\n")
    done = cli("render")
    assert done.code == 2
    assert "base.yml:6:22: error: the template `steps/smoke.yml` has no parameter `uri`" in done.err


def test_the_pipeline_extends_a_governed_template(cli: CliHere) -> None:
    checked_out(cli)
    cli.write("release.yml", FROM_TOP + GOVERNED + "variables: {region: westeurope}\n")
    assert findings(cli) == []
    assert cli("render").code == 0
    data = safe_load((cli.folder / "azure-pipelines.yml").read_text(encoding="utf-8"))
    assert list(data) == ["trigger", "pr", "resources", "variables", "extends"]
    (repository,) = data["resources"]["repositories"]
    named = {"type": "git", "name": "platform/pipelines", "ref": "refs/tags/v1"}
    assert repository == {"repository": "governed", **named}
    assert data["extends"]["template"] == "v1/Official.yml@governed"
    assert list(data["extends"]["parameters"]) == ["severity", "stages"]
    assert data["extends"]["parameters"]["stages"][0]["pool"] == {"vmImage": "ubuntu-24.04"}
    expanded = cli("expand", "azure-pipelines.yml")
    assert expanded.code == 0, expanded.err
    assert [stage["stage"] for stage in safe_load(expanded.out)["stages"]] == ["guard", "staging"]
    assert "curl --retry 5" in expanded.out
    checked = cli("check")
    assert checked.code == 0, checked.out
    graph = cli("graph", "release.yml").out
    assert "v1/Official.yml@governed" in graph


@pytest.mark.parametrize(
    ("old", "new", "at", "name"),
    [
        ("severity: high", "severity: middle", "13:26", "parameter-value"),
        ("severity: high", "severity: low, sevrity: low", "13:31", "unknown-parameter"),
        ("severity: high}", "severity: low}\n  stages_parameter: stage", "14:21", "unknown-parameter"),
        ("v1/Official.yml", "v1/Oficial.yml", "11:9", "missing-template"),
    ],
)
def test_the_governed_template_is_checked(cli: CliHere, old: str, new: str, at: str, name: str) -> None:
    checked_out(cli)
    cli.write("release.yml", (FROM_TOP + GOVERNED).replace(old, new))
    assert (at, name) in findings(cli)
    assert f"release.yml:{at}: error: " in cli("render").err


def test_a_template_may_have_a_pool_and_variables(cli: CliHere) -> None:
    checked_out(cli)
    own = "pool: {vmImage: windows-2025}\nvariables: [{name: scan, value: full}]\n"
    cli.write("governed/v1/Official.yml", OFFICIAL.replace("stages:\n- stage", f"{own}stages:\n- stage"))
    cli.write("release.yml", FROM_TOP + GOVERNED)
    assert cli("render").code == 0
    expanded = cli("expand", "azure-pipelines.yml")
    assert expanded.code == 0, expanded.err
    cli.write("release.yml", FROM_TOP + GOVERNED + "variables: {region: westeurope}\n")
    assert findings(cli) == [("14:1", "duplicate-key")]
    done = cli("render")
    assert done.code == 2
    assert "has variables of its own" in done.err
    assert "Move `variables` to the stages. See governed/v1/Official.yml:" in done.err


def test_a_relative_path_would_be_one_of_the_governed_template(cli: CliHere) -> None:
    cli.write("release.yml", RELEASE + GOVERNED)
    assert findings(cli) == [("6:15", "invalid-value")]
    assert "with a `/` at its start" in cli("render").err


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serve(Organization("org")) as running:
        seed(running)
        use(monkeypatch, running)
        yield running


LOGIN = """\
parameters:
- name: connection
  type: string
steps:
- task: AzureCLI@2
  inputs: {azureSubscription: "${{ parameters.connection }}", scriptType: bash, scriptLocation: inlineScript, inlineScript: az x}
"""


@pytest.mark.usefixtures("service")
def test_a_plan_permits_what_templates_use(cli: CliHere) -> None:
    cli.write("steps/login.yml", LOGIN)
    task = "{task: Template, file: steps/login.yml, parameters: {connection: churn-azure}}"
    repository = "registration: {repository: {name: models}}\n"
    cli.write("release.yml", f"name: churn\n{repository}stages: [{{name: staging, tasks: [{task}]}}]\n")
    planned = cli("plan", "--project", "MLOps").out
    assert "service connection churn-azure" in planned
    assert "cannot read" not in planned
    cli.write("release.yml", FROM_TOP + GOVERNED + repository)
    assert "cannot read v1/Official.yml@governed: no permission is planned" in cli("plan", "--project", "MLOps").out


def test_a_rehearsal_asks_for_a_template_out_of_reach(cli: CliHere) -> None:
    cli.write("release.yml", FROM_TOP + GOVERNED)
    done = cli("rehearse", "release.yml")
    assert done.code == 2
    assert "Pass --repository governed=FOLDER." in done.err


def test_an_export_reports_templates_and_writes_nothing(cli: CliHere) -> None:
    cli.write("release.yml", FROM_TOP + GOVERNED)
    done = cli("export", "release.yml", "--output", "churn.json", "--format", "json")
    assert done.code == 1
    assert not (cli.folder / "churn.json").exists()
    rows = json.loads(done.out)["releases"][0]["rows"]
    lost = {row["construct"] for row in rows if row["handling"] == "lost" and row["control"]}
    assert lost == {"Template", "Template of the pipeline"}


def test_templates_are_written_and_read_again(cli: CliHere) -> None:
    cli.write("release.yml", FROM_TOP + GOVERNED)
    full = cli("show", "release.yml").out
    cli.write("again.release.yml", full)
    assert cli("show", "again.release.yml").out == full
