"""`azrelease expand`: the final YAML, its parts, its errors with the calls that lead to them, and what made a part."""

import json
from pathlib import Path

import pytest

from support.process import Cli, CliHere
from support.yaml_text import safe_load

PIPELINE = """\
parameters:
- name: images
  type: object
  default: [ubuntu-24.04, windows-2022]
- name: environment
  type: string
  default: dev
  values: [dev, prod]
variables:
  folder: src
stages:
- stage: build
  jobs:
  - ${{ each image in parameters.images }}:
    - job: on_${{ replace(replace(image, '-', '_'), '.', '_') }}
      pool: {vmImage: '${{ image }}'}
      steps:
      - template: steps/test.yml
        parameters: {image: '${{ image }}'}
- ${{ if eq(parameters.environment, 'prod') }}:
  - stage: deploy
    jobs:
    - deployment: web
      environment: prod
      strategy: {runOnce: {deploy: {steps: [{script: echo, env: {REASON: "${{ variables['Build.Reason'] }}"}}]}}}
"""

TEST = """\
parameters:
- name: image
  type: string
steps:
- bash: pytest
  name: test
- ${{ if ne(parameters.image, 'windows-2022') }}:
  - bash: |
      echo ${{ parameters.image }}
      echo two
"""


@pytest.fixture
def here(tmp_path: Path) -> CliHere:
    here = CliHere(tmp_path)
    (tmp_path / ".git").mkdir()
    here.write("azure-pipelines.yml", PIPELINE)
    here.write("steps/test.yml", TEST)
    return here


def test_the_final_yaml_is_printed(here: CliHere) -> None:
    done = Cli(here.folder)("expand")
    assert (done.code, done.err) == (0, "")
    data = safe_load(done.out)
    assert data["variables"] == [{"name": "folder", "value": "src"}]
    [build] = data["stages"]
    assert [job["job"] for job in build["jobs"]] == ["on_ubuntu_24_04", "on_windows_2022"]
    first, second = build["jobs"][0]["steps"]
    assert first == {"task": "Bash@3", "name": "test", "inputs": {"script": "pytest", "targetType": "inline"}}
    assert second["inputs"]["script"] == "echo ubuntu-24.04\necho two\n"
    assert "        script: |\n" in done.out
    again = here.write("final.yml", done.out)
    assert here("expand", str(again)).out == done.out


def test_what_is_written_to_a_file_is_what_is_printed(here: CliHere) -> None:
    done = here("expand", "--output", "final.yml")
    assert (done.code, done.out) == (0, "wrote final.yml\n")
    assert (here.folder / "final.yml").read_text(encoding="utf-8") == here("expand").out


def test_as_written_keeps_the_shorthand(here: CliHere) -> None:
    done = here("expand", "--as-written")
    assert "- bash: pytest\n" in done.out
    assert "variables:\n  folder: src\n" in done.out
    refused = here("expand", "--as-written", "--stage", "build")
    assert (refused.code, refused.out) == (2, "")


def test_parameters_are_typed_by_their_declaration(here: CliHere) -> None:
    here.write("values.yml", "environment: dev\nimages: [macos-15]\n")
    done = here("expand", "--parameters", "values.yml", "--parameter", "Environment=prod")
    build, deploy = safe_load(done.out)["stages"]
    assert [job["job"] for job in build["jobs"]] == ["on_macos_15"]
    assert deploy["dependsOn"] == ["build"]
    [given] = safe_load(here("expand", "--parameter", 'images=["a"]').out)["stages"]
    assert [job["job"] for job in given["jobs"]] == ["on_a"]


@pytest.mark.parametrize("written", ["['3.10', yes, \"a: b\"]", '\n  - "3.10"\n  - yes\n  - "a: b"'])
def test_values_of_lists_are_as_they_are_written(here: CliHere, written: str) -> None:
    here.write(
        "azure-pipelines.yml",
        "parameters:\n- {name: values, type: object}\n- {name: version, type: string}\nsteps:\n"
        "- bash: ${{ parameters.version }} ${{ join(';', parameters.values) }}\n",
    )
    here.write("values.yml", f"version: 3.10\nvalues: {written}\n")
    assert "script: 3.10 3.10;yes;a: b\n" in here("expand", "--parameters", "values.yml").out.replace("'", "")


def test_variables_of_the_run_may_be_given(here: CliHere) -> None:
    options = ("expand", "--parameter", "environment=prod", "--stage", "deploy")
    assert "REASON: ${{ variables['Build.Reason'] }}\n" in here(*options).out
    assert "REASON: Manual\n" in here(*options, "--variable", "Build.Reason=Manual").out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--parameter", "environment"), "error: --parameter environment: must be NAME=VALUE\n"),
        (("--repository", "=x"), "error: --repository =x: must be ALIAS=FOLDER\n"),
        (("--repository", "other=nowhere"), "error: nowhere: no such folder (repository `other`)\n"),
        (("--stage", "bild"), "error: the pipeline has no stage `bild`. Did you mean `build`?\n"),
        (("--job", "x"), "error: the pipeline has no job `x`. It has: on_ubuntu_24_04, on_windows_2022.\n"),
        (("nowhere.yml",), "error: nowhere.yml: no such file\n"),
        (("steps",), "error: steps: is a folder; name the file of a pipeline\n"),
        (
            ("churn.release.yml",),
            "error: churn.release.yml: is a release; `azrelease render` writes its pipeline, which can be expanded\n",
        ),
        (("--format", "junit"), "error: --format junit is for the results of --test\n"),
        (
            ("azure-pipelines.yml", "steps/test.yml"),
            "error: one pipeline is expanded, but there are 2: azure-pipelines.yml, steps/test.yml; name one of them\n",
        ),
    ],
)
def test_options_that_cannot_be_used(here: CliHere, options: tuple[str, ...], message: str) -> None:
    here.write("churn.release.yml", "name: churn\n")
    done = here("expand", *options)
    assert (done.code, done.out, done.err) == (2, "", message)


def test_a_template_is_expanded_alone(here: CliHere) -> None:
    done = here("expand", "steps/test.yml", "--as-written")
    assert (done.code, done.err) == (0, "")
    assert "- ${{ if ne(parameters.image, 'windows-2022') }}:\n" in done.out
    assert "echo macos-15\n" in here("expand", "steps/test.yml", "--parameter", "image=macos-15").out
    here.write("variables.yml", "variables:\n- name: a\n  value: ${{ parameters.b }}\n")
    assert "value: ${{ parameters.b }}\n" in here("expand", "variables.yml").out


def test_a_part_is_printed_alone(here: CliHere) -> None:
    assert [*safe_load(here("expand", "--stage", "BUILD").out)] == ["stages"]
    data = safe_load(here("expand", "--stage", "build", "--job", "on_windows_2022").out)
    assert [job["job"] for job in data["jobs"]] == ["on_windows_2022"]


def test_a_stage_that_only_the_run_decides_is_a_part(here: CliHere) -> None:
    here.write(
        "azure-pipelines.yml",
        "stages:\n- ${{ if eq(variables['Build.Reason'], 'Manual') }}:\n"
        "  - stage: deploy\n    jobs:\n    - job: a\n      steps:\n      - script: a\n",
    )
    assert here("expand", "--stage", "deploy").out.startswith("stages:\n- stage: deploy\n")
    assert here("expand", "--job", "a").out.startswith("jobs:\n- job: a\n")


def test_comments_name_the_places(here: CliHere) -> None:
    done = here("expand", "--annotate")
    lines = done.out.splitlines()
    for comment, part in {
        "# azure-pipelines.yml:10": "- name: folder",
        "# azure-pipelines.yml:12": "- stage: build",
        "  # azure-pipelines.yml:15 (image = windows-2022)": "  - job: on_windows_2022",
        "    # steps/test.yml:8 (image = ubuntu-24.04)": "    - task: Bash@3",
    }.items():
        assert lines[lines.index(comment) + 1] == part
    assert safe_load(done.out) == safe_load(here("expand").out)


def test_comments_are_inside_conditions_of_the_run(here: CliHere) -> None:
    here.write(
        "azure-pipelines.yml",
        "jobs:\n- ${{ if eq(variables['Build.Reason'], 'Manual') }}:\n  - deployment: a\n    environment: e\n"
        "    strategy:\n      runOnce:\n        deploy:\n          steps:\n          - template: steps/test.yml\n"
        "            parameters: {image: a}\n",
    )
    lines = here("expand", "--annotate").out.splitlines()
    for comment, part in {"# azure-pipelines.yml:3": "- deployment: a", "# steps/test.yml:8": "- task: Bash@3"}.items():
        [index] = [number for number, line in enumerate(lines) if line.strip() == comment]
        assert lines[index + 1].strip() == part
        assert lines[index].index("#") == lines[index + 1].index("-")


def test_an_implied_stage_has_one_comment(here: CliHere) -> None:
    here.write("azure-pipelines.yml", "steps:\n- script: a\n")
    assert here("expand", "--annotate").out.count("#") == 2


BROKEN = """\
parameters:
- {name: images, type: object, default: [a b, c d, e f, g h, i j]}
jobs:
- ${{ each image in parameters.images }}:
  - template: jobs/one.yml
    parameters: {image: "${{ image }}", apiKey: hunter2hunter2}
"""
ONE = """\
parameters:
- {name: image, type: string}
- {name: apiKey, type: string}
jobs:
- job: ${{ parameters.image }}
  steps:
  - bash: echo ${{ parameters.apiKey }}
"""


def test_an_error_shows_the_calls_that_lead_to_it(here: CliHere) -> None:
    here.write("azure-pipelines.yml", BROKEN)
    here.write("jobs/one.yml", ONE)
    done = here("expand")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        "jobs/one.yml:5:8: error: `a b` is not a valid name of a job [AZR108 invalid-name]",
        "  5 | - job: ${{ parameters.image }}",
        "    |        ^^^^^^^^^^^^^^^^^^^^^^^",
        "  hint: Write `a_b`. Use letters, digits and `_`, not a digit first; any text goes into `displayName`.",
        "  in jobs/one.yml:5, included from azure-pipelines.yml:5 with image = 'a b', apiKey = '********'",
        "    in turn 1 of each image (azure-pipelines.yml:4), image = a b",
        "  in jobs/one.yml:5, included from azure-pipelines.yml:5 with image = 'c d', apiKey = '********'",
        "    in turn 2 of each image (azure-pipelines.yml:4), image = c d",
        "  in jobs/one.yml:5, included from azure-pipelines.yml:5 with image = 'e f', apiKey = '********'",
        "    in turn 3 of each image (azure-pipelines.yml:4), image = e f",
        "  and in 2 more calls",
    ]


def test_a_long_chain_of_calls_is_shortened(here: CliHere) -> None:
    here.write("azure-pipelines.yml", "steps:\n- template: again.yml\n")
    here.write("again.yml", "steps:\n- template: again.yml\n")
    done = here("expand")
    assert done.code == 1
    first = done.err.partition("[AZR213 template-cycle]")[2].splitlines()
    assert first[4:12] == [
        "  in again.yml:2, included from again.yml:2",
        *["    in again.yml:2, included from again.yml:2"] * 5,
        "    and 93 more, to:",
        "    in again.yml:2, included from azure-pipelines.yml:2",
    ]


def test_errors_are_in_the_order_of_files_and_lines(here: CliHere) -> None:
    here.write("azure-pipelines.yml", "steps:\n- template: one.yml\n- bash: ${{ nothing }}\n- template: nowhere.yml\n")
    here.write("one.yml", "steps:\n- bash: ${{ other }}\n")
    places = [line.partition(": error")[0] for line in here("expand").err.splitlines() if ": error: " in line]
    assert places == ["azure-pipelines.yml:3:13", "azure-pipelines.yml:4:13", "one.yml:2:13"]


def test_secrets_in_values_of_loops_are_redacted(here: CliHere) -> None:
    here.write(
        "azure-pipelines.yml",
        "parameters:\n- name: apps\n  type: object\n  default:\n  - {name: a b, password: hunter2-hunter2}\njobs:\n"
        "- ${{ each app in parameters.apps }}:\n  - template: one.yml\n    parameters: {app: '${{ app }}'}\n",
    )
    here.write("one.yml", "parameters: [{name: app, type: object}]\njobs:\n- job: ${{ parameters.app.name }}\n")
    for options in ((), ("--format", "json")):
        done = here("expand", *options)
        assert done.code == 1
        assert "a b" in done.out + done.err
        assert "hunter2" not in done.out + done.err


def test_errors_in_json_have_their_calls(here: CliHere) -> None:
    here.write("azure-pipelines.yml", BROKEN)
    here.write("jobs/one.yml", ONE)
    done = here("expand", "--format", "json")
    assert (done.code, done.err) == (1, "")
    data = json.loads(done.out)
    assert (data["version"], data["ok"], data["files"]) == (1, False, ["azure-pipelines.yml", "jobs/one.yml"])
    [error] = data["errors"]
    assert {key: error[key] for key in ("code", "file", "line", "column")} == {
        "code": "AZR108", "file": "jobs/one.yml", "line": 5, "column": 8
    }  # fmt: skip
    assert len(error["calls"]) == 5
    assert error["calls"][1] == [
        {
            "kind": "template",
            "file": "azure-pipelines.yml",
            "line": 5,
            "arguments": {"image": "c d", "apiKey": "********"},
            "template": "jobs/one.yml",
        },
        {
            "kind": "loop",
            "file": "azure-pipelines.yml",
            "line": 4,
            "arguments": {"image": "c d"},
            "turn": 2,
        },
    ]
    assert "hunter2" not in done.out


def test_what_the_run_decides_is_listed_in_json(here: CliHere) -> None:
    data = json.loads(here("expand", "--parameter", "environment=prod", "--format", "json").out)
    assert data["ok"]
    assert data["errors"] == []
    assert data["unknown"] == [
        {
            "path": "stages.deploy.jobs.web.strategy.runOnce.deploy.steps[0].env.REASON",
            "text": "${{ variables['Build.Reason'] }}",
            "file": "azure-pipelines.yml",
            "line": 25,
        }
    ]


def test_rules_judge_what_is_expanded(here: CliHere) -> None:
    here.write(
        "azure-pipelines.yml", "jobs:\n- job: a\n  dependsOn: ${{ format('{0}', 'ghost') }}\n  steps:\n  - script: a\n"
    )
    done = here("expand")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("azure-pipelines.yml:3:14: error: job `a` depends on `ghost`, which does not exist")


def test_a_condition_is_that_of_its_stage_wherever_its_jobs_come_from(here: CliHere) -> None:
    here.write(
        "azure-pipelines.yml",
        "stages:\n- stage: build\n  jobs:\n  - job: a\n    steps:\n    - bash: echo '##vso[task.setvariable "
        "variable=x;isOutput=true]1'\n      name: s\n- stage: test\n  dependsOn: build\n"
        "  condition: eq(dependencies.build.outputs['a.s.x'], '1')\n  jobs:\n  - template: jobs.yml\n",
    )
    here.write("jobs.yml", "jobs:\n- job: a\n  steps:\n  - bash: " + "a" * 900 + "\n")
    done = here("expand")
    assert (done.code, done.err) == (0, "")


def test_why_shows_the_chain(here: CliHere) -> None:
    done = here("expand", "--why", "stages.build.jobs[0].steps[1].inputs.script")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "stages.build.jobs.on_ubuntu_24_04.steps[1].inputs.script",
        "  | echo ubuntu-24.04",
        "  | echo two",
        "  written at steps/test.yml:8",
        "  under `if ne(parameters.image, 'windows-2022')` (steps/test.yml:7), which holds",
        "  in steps/test.yml, included from azure-pipelines.yml:18 with image = 'ubuntu-24.04'",
        "  in turn 1 of each image (azure-pipelines.yml:14), image = ubuntu-24.04",
    ]
    by_name = here("expand", "--why", "stages.build.jobs.on_ubuntu_24_04.steps.test")
    assert by_name.out.splitlines()[:2] == [
        "stages.build.jobs.on_ubuntu_24_04.steps.test",
        "  written at steps/test.yml:5",
    ]


def test_why_explains_a_part_of_what_is_refused(here: CliHere) -> None:
    here.write("azure-pipelines.yml", BROKEN)
    here.write("jobs/one.yml", ONE)
    done = here("expand", "--why", "stages[0].jobs[1].job")
    assert done.code == 1
    assert "error: `a b` is not a valid name of a job" in done.err
    assert done.out.splitlines()[-1] == "  in turn 2 of each image (azure-pipelines.yml:4), image = c d"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("stages.biuld", "stages.biuld: stages has no `biuld`. Did you mean `build`? It has: build"),
        ("stages[3]", "stages[3]: stages has no `3`. It has: build"),
        ("stages.build.stage.x", "stages.build.stage.x: stages.build.stage is a text, without parts"),
        ("stages..x", "stages..x: not a path, at `..x`; such as stages.build.jobs.test.steps[2]"),
    ],
)
def test_why_of_what_does_not_exist(here: CliHere, path: str, message: str) -> None:
    done = here("expand", "--why", path)
    assert (done.code, done.out, done.err) == (2, "", f"error: {message}\n")


def test_templates_of_other_repositories_come_from_folders(here: CliHere, tmp_path: Path) -> None:
    here.write(
        "app/azure-pipelines.yml",
        "resources:\n  repositories:\n  - {repository: shared, type: git, name: shared}\n"
        "steps:\n- template: test.yml@shared\n",
    )
    here.write("other/test.yml", "steps:\n- bash: from shared\n")
    app = tmp_path / "app"
    (app / ".git").mkdir()
    assert "template: test.yml@shared" in here("expand", cwd=app).out
    assert "from shared" in here("expand", "--repository", "shared=../other", cwd=app).out
    here.write("app/azrelease.toml", '[expand]\nrepositories = {shared = "../other"}\n')
    assert "from shared" in here("expand", cwd=app).out
    here.write("app/azrelease.toml", '[expand]\nrepositories = {shared = "../nowhere"}\n')
    absent = here("expand", cwd=app)
    assert absent.code == 0
    assert absent.err.startswith("warning: repository `shared`: no folder ")
    assert "template: test.yml@shared" in absent.out


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("expand = 1\n", "`expand` has to be a table"),
        ("[expand]\nrepos = {}\n", "unknown setting `expand.repos`"),
        ("[expand]\nrepositories = []\n", "`repositories` has to be a table of folders by alias"),
        ("[expand]\nrepositories = {a = 1}\n", "`a` has to be the path of a folder"),
        ('[expand]\nrepositories = {a = "azrelease.toml"}\n', "`azrelease.toml` is a file, not a folder"),
    ],
)
def test_settings_that_cannot_be_used(here: CliHere, settings: str, message: str) -> None:
    here.write("azrelease.toml", settings)
    done = here("expand")
    assert done.code == 2
    assert f"error: {message} [" in done.err


def test_the_pipeline_of_the_release_is_the_default(here: CliHere) -> None:
    (here.folder / "azure-pipelines.yml").unlink()
    none = here("expand")
    assert (none.code, none.out) == (2, "")
    assert none.err == "error: no azure-pipelines.yml here, and no release with a rendered pipeline: name the file\n"
    here.write("churn.release.yml", "name: churn\n")
    here.write("churn.azure-pipelines.yml", "steps:\n- bash: of churn\n")
    assert "of churn" in here("expand").out


def test_secrets_are_redacted_where_they_are_printed(here: CliHere) -> None:
    here.write(
        "azure-pipelines.yml",
        "parameters:\n- {name: token, default: hunter2hunter2}\n- {name: apiKey, type: string}\n"
        "variables:\n  password: correct-horse\n"
        "steps:\n- bash: curl ${{ parameters.token }} ${{ parameters.apiKey }} ${{ variables.password }}\n",
    )
    given = ("expand", "--parameter", "apiKey=battery-staple")
    for options in ((), ("--format", "json"), ("--why", "stages[0].jobs[0].steps[0].inputs.script"), ("--as-written",)):
        done = here(*given, *options)
        assert done.code == 0
        for secret in ("hunter2", "correct-horse", "battery-staple"):
            assert secret not in done.out
    here(*given, "-o", "final.yml")
    assert "curl hunter2hunter2 battery-staple correct-horse" in (here.folder / "final.yml").read_text(encoding="utf-8")


def test_a_log_of_an_agent_gets_no_commands(here: CliHere, monkeypatch: pytest.MonkeyPatch) -> None:
    here.write("azure-pipelines.yml", "steps:\n- bash: echo '##vso[task.complete result=Failed]'\n")
    assert "##vso[" in here("expand").out
    monkeypatch.setenv("TF_BUILD", "True")
    assert "##vso[" not in here("expand").out
    assert "##vso[" not in here("expand", "--format", "json").out
    assert "##vso[" not in here("expand", "--why", "stages[0].jobs[0].steps[0].inputs.script").out


def test_a_file_that_is_not_yaml(here: CliHere) -> None:
    here.write("azure-pipelines.yml", "steps: [\n")
    done = here("expand")
    assert (done.code, done.out) == (2, "")
    assert "AZR002 bad-yaml" in done.err
