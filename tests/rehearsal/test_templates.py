"""Pipelines with templates, loops and conditions: what is known runs, what is not is named."""

from pathlib import Path

import pytest

from azrelease.application.rehearsing import read_rehearsal
from support.process import CliHere
from support.rehearsals import log, remarks, told_of

PIPELINE = """\
parameters:
  - {name: env, type: string}
  - {name: regions, type: object, default: [west, north]}
resources:
  repositories: [{repository: shared, type: git, name: Ops/shared}]
variables:
  - template: templates/variables.yml
    parameters: {target: acceptance}
stages:
  - template: templates/stage.yml
    parameters: {name: test, regions: '${{ parameters.regions }}'}
  - ${{ if eq(parameters.env, 'prod') }}:
      - template: templates/stage.yml
        parameters: {name: prod, regions: [west]}
  - ${{ else }}:
      - stage: other
        jobs: [{job: a, steps: [{bash: echo}]}]
  - template: more.yml@shared
  - stage: to_${{ parameters.env }}
    jobs: [{job: a, steps: [{bash: echo}]}]
  - stage: last
    dependsOn: [test, from_shared]
    jobs:
      - job: a
        pool: {vmImage: '${{ parameters.env }}'}
        steps:
          - template: last.yml@shared
          - bash: echo to ${{ parameters.env }} from ${{ variables['some.group.value'] }}
"""
STAGE = """\
parameters:
  - {name: name}
  - {name: regions, type: object}
stages:
  - stage: ${{ parameters.name }}
    jobs:
      - ${{ each region in parameters.regions }}:
          - job: ${{ region }}
            steps:
              - template: step.yml
                parameters: {region: '${{ region }}'}
              - ${{ if eq(variables['Build.Reason'], 'Manual') }}:
                  - bash: echo by hand on ${{ variables['Build.SourceBranchName'] }} of ${{ variables['Build.DefinitionName'] }}
              - ${{ if eq(variables['Build.Reason'], 'PullRequest') }}:
                  - bash: echo for a pull request to ${{ variables['System.PullRequest.TargetBranch'] }}
              - ${{ if variables['System.PullRequest.TargetBranch'] }}:
                  - bash: echo to be merged
"""
STEP = """\
parameters: {region: nowhere}
steps:
  - script: echo deploy ${{ parameters.region }} of $(target)
    displayName: Deploy to ${{ parameters.region }}
"""


@pytest.fixture
def project(cli: CliHere) -> CliHere:
    """A pipeline with templates of its own, and of a repository that is not here."""
    cli.write("azure-pipelines.yml", PIPELINE)
    cli.write("templates/stage.yml", STAGE)
    cli.write("templates/step.yml", STEP)
    variables = "parameters: [{name: target}]\nvariables: {target: '${{ parameters.target }}'}\n"
    cli.write("templates/variables.yml", variables)
    return cli


def shared(project: CliHere) -> str:
    """The folder of the other repository."""
    project.write("shared/more.yml", "stages: [{stage: from_shared, jobs: [{job: a, steps: [{bash: echo shared}]}]}]\n")
    project.write("shared/last.yml", "steps: [{bash: echo last}]\n")
    return f"--repository=shared={project.folder / 'shared'}"


def test_templates_and_loops_are_rehearsed(project: CliHere) -> None:
    done = project("rehearse")
    assert done.err == ""
    assert [line.split(" (")[0] for line in done.out.splitlines()[:-1]] == [
        "stage test", " west", "  ✓ Deploy to west", "  ✓ Bash", " north", "  ✓ Deploy to north", "  ✓ Bash",
    ]  # fmt: skip


def test_what_a_run_by_hand_decides_is_decided(project: CliHere) -> None:
    printed = log(told_of(project, "--stage", "test"))
    assert printed == ["deploy west of acceptance", "by hand on main of azure-pipelines",
                       "deploy north of acceptance", "by hand on main of azure-pipelines"]  # fmt: skip


def test_another_reason_is_that_of_the_run_and_leaves_its_variables_unknown(project: CliHere) -> None:
    reason = ("--variable", "Build.Reason=PullRequest")
    refused = project("rehearse", *reason)
    assert refused.code == 2
    assert "--variable System.PullRequest.TargetBranch=VALUE" in refused.err
    printed = log(told_of(project, *reason, "--variable", "System.PullRequest.TargetBranch=refs/heads/main"))
    assert printed[1:3] == ["for a pull request to refs/heads/main", "to be merged"]


@pytest.mark.parametrize(
    ("stage", "unknown", "options"),
    [
        ("prod", ["`${{ if eq(parameters.env, 'prod') }}` (azure-pipelines.yml:12)"], "--parameter env=VALUE"),
        ("other", ["`${{ else }}` (azure-pipelines.yml:15)"], "--parameter env=VALUE"),
        ("elsewhere", ["`more.yml@shared` (azure-pipelines.yml:18)", "`${{ parameters.env }}` (azure-pipelines.yml:19)"],
         "--repository shared=FOLDER --parameter env=VALUE"),
        ("last", ["`last.yml@shared` (azure-pipelines.yml:27)"], "--repository shared=FOLDER --parameter env=VALUE"),
    ],
)  # fmt: skip
def test_what_is_unknown_is_named_with_what_to_pass(
    project: CliHere, stage: str, unknown: list[str], options: str
) -> None:
    done = project("rehearse", "--stage", stage)
    assert done.code == 2
    assert f"`{stage}` depends on what is unknown here: " in done.err
    assert f"Pass {options}." in done.err
    assert all(part in done.err for part in unknown)


def test_what_is_passed_is_known(project: CliHere) -> None:
    assert project("rehearse", "--stage", "prod", "--parameter", "env=prod").code == 0
    assert project("rehearse", "--stage", "to_x", "--parameter", "env=x").code == 0
    told = told_of(project, "--stage", "last", "--stage", "from_shared", "--parameter", "env=x", shared(project))
    assert [stage["name"] for stage in told["stages"]] == ["from_shared", "last"]
    assert log(told) == ["shared", "last", "to x from"]
    missing = project("rehearse", "--stage", "prod", "--parameter", "env=x", shared(project))
    assert "no stage `prod`. Use one of: test, other, from_shared, to_x, last." in missing.err


def test_every_error_of_the_expansion_is_printed_at_its_line(project: CliHere) -> None:
    project.write(
        "templates/step.yml", "parameters: [{name: region}]\nsteps:\n  - bash: ${{ parameters.gone }}\n  - nothing: 1\n"
    )
    done = project("rehearse", "--parameter", "zone=1")
    assert done.code == 2
    assert "templates/step.yml:3:" in done.err
    assert "templates/step.yml:4:" in done.err
    assert "the pipeline has no parameter `zone`" in done.err
    assert "in templates/step.yml:3, included from templates/stage.yml:10 with region = 'west'" in done.err


def test_the_first_stage_may_be_unknown(cli: CliHere) -> None:
    repositories = "resources: {repositories: [{repository: shared, type: git, name: Ops/shared}]}\n"
    stages = "stages: [{template: a.yml@shared}, {stage: b, jobs: [{job: a, steps: [{bash: echo}]}]}]\n"
    cli.write("azure-pipelines.yml", repositories + stages)
    done = cli("rehearse")
    assert done.code == 2
    assert "its first stage depends on what is unknown here: `a.yml@shared` (azure-pipelines.yml:2)" in done.err
    assert cli("rehearse", "--stage", "b").code == 0


@pytest.mark.parametrize(
    ("text", "unknown", "option"),
    [
        ("variables: [{group: g}, {name: tag, value: '${{ variables.fromGroup }}'}]\nsteps: [{bash: echo}]\n", "variables.fromGroup", "--variable fromGroup=VALUE"),
        ("variables: [{template: v.yml@shared}]\nsteps: [{bash: echo}]\n", "v.yml@shared", "--repository shared=FOLDER"),
        ("steps:\n- bash: echo\n  ${{ if eq(variables.x, 1) }}: {env: {A: b}}\n", "eq(variables.x, 1)", "--variable x=VALUE"),
        ("steps:\n- bash: echo\n  env:\n    ${{ insert }}: ${{ parameters.p }}\n", "parameters.p", "--parameter p=VALUE"),
        ("steps: [{bash: 'a secret ${{ parameters.p }} and ${{ parameters.p }}'}]\n",
         "here: `${{ parameters.p }}` (azure-pipelines.yml:4). Pass", "--parameter p=VALUE"),
        ("extends: {template: base.yml@shared, parameters: {a: b}}\n", "base.yml@shared", "--repository shared=FOLDER"),
        ("stages: '${{ parameters.p }}'\n", "parameters.p", "--parameter p=VALUE"),
        ("jobs: [{job: a, steps: '${{ parameters.p }}'}]\n", "parameters.p", "--parameter p=VALUE"),
        ("jobs: [{deployment: a, environment: '${{ parameters.p }}', strategy: {runOnce: {deploy: {steps: []}}}}]\n",
         "parameters.p", "--parameter p=VALUE"),
        ("${{ if eq(parameters.p, 1) }}:\n  steps: [{bash: echo}]\n", "eq(parameters.p, 1)", "--parameter p=VALUE"),
    ],
)  # fmt: skip
def test_every_part_that_a_rehearsal_reads_is_looked_at(cli: CliHere, text: str, unknown: str, option: str) -> None:
    parameters = "parameters: [{name: p, type: object}]\n"
    resources = "resources: {repositories: [{repository: shared, type: git, name: Ops/shared}]}\n"
    group = "" if "variables:" in text else "variables: [{group: g}]\n"
    cli.write("azure-pipelines.yml", parameters + resources + group + text)
    done = cli("rehearse")
    assert done.code == 2
    assert "depends on what is unknown here: " in done.err
    assert unknown in done.err
    assert option in done.err


def test_a_variable_that_is_given_need_not_be_known(cli: CliHere) -> None:
    cli.write(
        "azure-pipelines.yml",
        "parameters: [{name: p}]\nvariables: {tag: 'v${{ parameters.p }}'}\nsteps: [{bash: echo $(tag)}]\n",
    )
    assert "--parameter p=VALUE" in cli("rehearse").err
    assert log(told_of(cli, "--variable", "TAG=v7")) == ["v7"]


def test_a_pipeline_that_extends_a_template_is_rehearsed(cli: CliHere) -> None:
    cli.write(
        "base.yml",
        "parameters: [{name: steps, type: stepList}]\nsteps:\n  - bash: echo first\n  - ${{ parameters.steps }}\n",
    )
    cli.write(
        "azure-pipelines.yml",
        "extends:\n  template: base.yml\n  parameters: {steps: [{script: echo mine, displayName: Mine}]}\n",
    )
    told = told_of(cli)
    assert [(step["title"], step["task"]) for step in told["stages"][0]["jobs"][0]["steps"]] == [
        ("Bash", "Bash@3"), ("Mine", "CmdLine@2"),
    ]  # fmt: skip
    assert (told["stages"][0]["name"], log(told), remarks(told)) == ("pipeline", ["first", "mine"], [])


def test_a_given_variable_that_the_file_sets_decides_nothing_before_the_run(cli: CliHere) -> None:
    cli.write(
        "azure-pipelines.yml",
        "variables: {env: dev, other: x}\nsteps:\n  - ${{ if eq(variables['Env'], 'prod') }}:\n      - bash: echo live\n  - bash: echo $(env) $(other)\n",
    )
    told = told_of(cli, "--variable", "env=prod", "--variable", "other=y")
    assert log(told) == ["prod y"]
    assert remarks(told) == [
        ("warning", "`${{ }}` reads `env` as the pipeline sets it: what --variable gives is for the run only")
    ]


def test_what_is_rendered_has_no_unknown_part(samples: Path) -> None:
    files = sorted(samples.rglob("azure-pipelines.yml"))
    assert len(files) > 5
    for path in files:
        pipeline = read_rehearsal(path).pipeline
        assert [pipeline.unknown, pipeline.unseen, *(stage.unknown for stage in pipeline.stages)] == [
            () for _ in range(2 + len(pipeline.stages))
        ]
