"""What a picture of a pipeline of anybody's says."""

from pathlib import Path

import pytest

from azrelease.errors import UserError
from azrelease.graph import Graph, pipeline_graph
from azrelease.lint.engine.file_recognition import looks_like_pipeline
from azrelease.report.graphs import graph_mermaid, graph_svg, graph_text
from azrelease.syntax import PipelineFile
from azrelease.yaml_document import YamlDocument

TEXT = """\
trigger: {branches: {include: [main], exclude: [main-old]}}
pr: none
schedules: [{cron: "0 6 * * *", branches: {include: [main]}}]
resources:
  pipelines: [{pipeline: ci, source: training, trigger: {branches: [main]}}]
  repositories: [{repository: templates, type: git, name: Ops/templates}]
variables:
  - group: shared
  - {name: apiToken, value: hunter2hunter2}
  - {name: region, value: westeurope}
stages:
  - stage: build
    jobs:
      - job: one
        steps:
          - bash: curl -H "token=hunter2hunter2" https://example.com
            displayName: Build
          - task: PublishTestResults@2
            displayName: Results
            condition: succeededOrFailed()
            inputs: {testResultsFiles: "**/*.xml"}
  - template: more.yml
    parameters: {region: westeurope}
  - ${{ if eq(variables['x'], 'y') }}:
      - stage: ship
        displayName: Ship it
        trigger: manual
        condition: succeeded()
        jobs:
          - job: ask
            pool: server
            steps: [{task: ManualValidation@1, inputs: {approvers: "jane\\njoe", instructions: Look.}}]
          - deployment: go
            dependsOn: ask
            environment: production
            strategy:
              runOnce:
                deploy: {steps: [{script: ./deploy.sh}]}
                on: {failure: {steps: [{script: ./back.sh, enabled: false}]}}
  - stage: late
    dependsOn: [build, ship]
    jobs: [{template: jobs.yml}]
"""


def graph(text: str, name: str = "azure-pipelines.yml") -> Graph:
    return pipeline_graph(PipelineFile(YamlDocument.parse(text, name)))


def test_all_that_a_file_shows_is_in_the_picture() -> None:
    found = graph(TEXT)
    assert found.starts == ("a push to main not to main-old", "0 6 * * * UTC")
    assert [(source.title, source.kind, source.starts) for source in found.sources] == [
        ("ci", "pipeline", "every new artifact of main"),
        ("templates", "repository", None),
    ]
    assert [(stage.id, stage.title, stage.after, stage.is_template) for stage in found.stages] == [
        ("build", "build", (), False),
        ("template 2", "more.yml", ("build",), True),
        ("ship", "Ship it", ("template 2",), False),
        ("late", "late", ("build", "ship"), False),
    ]
    build, _, ship, late = found.stages
    assert build.tests == ("Results",)
    assert [(fact.name, fact.value) for fact in ship.facts][:2] == [
        ("only", "${{ if eq(variables['x'], 'y') }}"),
        ("condition", "succeeded()"),
    ]
    assert [(hold.kind, hold.title) for hold in ship.before] == [
        ("start", "started manually"),
        ("approval", "jane, joe"),
    ]
    assert ship.environment == "production"
    assert [part.hook for part in ship.jobs[1].parts] == ["deploy", "on failure"]
    assert not ship.jobs[1].parts[1].steps[0].enabled
    assert [fact.name for fact in late.facts] == ["more"]
    assert any("production" in note for note in found.notes)
    assert any("more.yml, jobs.yml" in note for note in found.notes)


SECRETS = """\
variables:
  dbPassword: "$uper Secret1"
  apiKey: "/9bXkQ2lm"
  userPassword: "$ecret123"
  tokenName: harmless
  registryToken: $(fromTheVault)
steps:
  - bash: |
      login --password "s3 cr3t"
      export API_TOKEN=hunter2hunter2
    condition: eq('ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'x')
    displayName: Says ghp_abcdefghijklmnopqrstuvwxyz0123456789
    env: {SECRET_KEY: "@bcdefghij"}
"""


def test_secrets_are_hidden() -> None:
    assert "hunter2" not in repr(graph(TEXT))
    found = repr(graph(SECRETS))
    for secret in ("Secret1", "9bXkQ", "ecret123", "s3 cr3t", "hunter2", "ghp_", "bcdefghij"):
        assert secret not in found
    assert "harmless" in found
    assert "$(fromTheVault)" in found


def jobs(*lines: str) -> Graph:
    return graph("stages:\n  - stage: live\n    jobs:\n" + "\n".join(f"      - {line}" for line in lines) + "\n")


ASK = "steps: [{task: ManualValidation@1, inputs: {approvers: jane}}]"


@pytest.mark.parametrize(
    ("lines", "before", "between", "behind"),
    [
        (["{job: ask, pool: server, %s}", "{job: go, dependsOn: Ask, steps: []}"], ["jane"], [], []),
        (["{job: go, steps: []}", "{job: ask, dependsOn: go, %s}"], [], [], ["jane"]),
        (
            ["{job: go, steps: []}", "{job: ask, dependsOn: go, %s}", "{job: tell, dependsOn: ask, steps: []}"],
            [], ["jane"], [],
        ),
        (["{job: ask, %s}", "{job: go, steps: []}"], [], ["jane"], []),
        (["{job: ask, condition: false, %s}", "{job: go, dependsOn: ask, steps: []}"], [], [], []),
        (["{job: ask, condition: failed(), %s}"], ["jane (only failed())"], [], []),
    ],
)  # fmt: skip
def test_people_are_asked_where_they_are_asked(
    lines: list[str], before: list[str], between: list[str], behind: list[str]
) -> None:
    (stage,) = jobs(*(line.replace("%s", ASK) for line in lines)).stages
    assert [hold.title for hold in stage.before] == before
    assert [fact.value for fact in stage.facts if fact.name == "approval in between"] == between
    assert [hold.title for hold in stage.behind] == behind


def test_what_is_switched_off_asks_nobody_and_who_is_told_need_not_approve() -> None:
    off = ASK.replace("inputs:", "enabled: false, inputs:")
    assert jobs(f"{{job: ask, {off}}}").stages[0].before == ()
    told = ASK.replace("approvers: jane", "notifyUsers: jane, onTimeout: resume").replace("@1", "@0")
    (hold,) = jobs(f"{{job: ask, {told}}}").stages[0].before
    assert hold.title == "any user with permission; notifies jane"
    assert hold.facts[0] == ("on timeout", "resumes")


BRANCHES = """\
stages:
  - stage: first
    jobs: []
  - ${{ if parameters.x }}:
      - stage: deploy
        jobs: []
  - ${{ else }}:
      - stage: deploy
        jobs: []
  - stage: last
    jobs: []
  - stage: other
    dependsOn: [Deploy, gone]
    jobs: []
"""


def test_stages_of_one_name_stand_apart() -> None:
    found = graph(BRANCHES)
    assert [(stage.id, stage.after) for stage in found.stages] == [
        ("first", ()),
        ("deploy", ("first",)),
        ("deploy (2)", ("first",)),
        ("last", ("deploy", "deploy (2)")),
        ("other", ("deploy", "deploy (2)")),
    ]
    assert ("waits for", "gone, which is not in this file") in found.stages[4].facts
    assert graph_svg(found).count('class="stage"') == 5


def test_many_stages_of_one_name_are_drawn_in_time() -> None:
    pairs = "".join(
        f"  - ${{{{ if parameters.x{i} }}}}:\n      - stage: s{i}\n        jobs: []\n"
        f"  - ${{{{ else }}}}:\n      - stage: s{i}\n        jobs: []\n"
        for i in range(30)
    )
    assert len(graph_text(graph(f"stages:\n{pairs}")).splitlines()) < 400


def test_several_environments_are_all_named() -> None:
    (stage,) = jobs("{deployment: a, environment: prod}", "{deployment: b, environment: prod-eu}").stages
    assert stage.environment == "prod, prod-eu"


def test_what_starts_it_is_said() -> None:
    assert graph("pool: x\nsteps: []").starts == ("a push to any branch (the default without `trigger`)",)
    assert graph("trigger: none\nsteps: []").starts == ()
    assert graph("trigger: {paths: {include: [a]}}\nsteps: []").starts == (
        "a push to any branch that changes certain paths",
    )


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("steps: [{script: a}]", ["job"]),
        ("jobs: [{job: a, displayName: A, steps: [{script: a}]}, {job: b, dependsOn: A, steps: []}]", ["A", "b"]),
        ("extends: {template: a.yml}", ["a.yml"]),
        ("stages: [{stage: a, dependsOn: b, jobs: []}, {stage: b, dependsOn: a, jobs: []}]", ["a", "b"]),
        ("stages: [{stage: a, dependsOn: gone, jobs: []}]", ["a"]),
        ("stages: []", []),
    ],
)
def test_files_of_any_form(text: str, stages: list[str]) -> None:
    found = graph(text)
    assert [stage.title for stage in found.stages] == stages
    assert graph_text(found)
    assert graph_mermaid(found)
    assert graph_svg(found)


def test_real_pipelines_can_be_drawn(shared: Path) -> None:
    count = 0
    for path in sorted((shared / "corpus" / "pipelines").rglob("*.yml")):
        try:
            file = PipelineFile(YamlDocument.read(path))
        except UserError:
            continue
        if looks_like_pipeline(file):
            found = pipeline_graph(file)
            assert graph_text(found)
            assert graph_mermaid(found)
            assert graph_svg(found)
            count += 1
    assert count > 50


SMALL = """\
variables:
- {name: region, value: westeurope}
- {name: empty}
- group: shared
- template: more.yml
jobs:
- job: one
  pool: {name: own}
  steps:
  - task: Bash@3
    inputs: {targetType: inline, script: ls}
  - task: Bash@3
    displayName: From a file
    inputs: {targetType: filePath, filePath: a.sh}
    continueOnError: TRUE
    enabled: False
  - bash: ls
"""


def test_steps_and_variables_are_shown_as_they_are_written() -> None:
    shown = pipeline_graph(PipelineFile(YamlDocument.parse(SMALL, "azure-pipelines.yml")))
    [stage] = shown.stages
    [job] = stage.jobs
    steps = job.parts[0].steps
    assert [(step.title, step.script, step.enabled, step.notes) for step in steps] == [
        ("Bash@3", "ls", True, ()),
        ("From a file", None, False, ("continues on error",)),
        ("bash", "ls", True, ()),
    ]
    assert [tuple(fact) for fact in (*shown.variables, *stage.variables)] == [
        ("region", "westeurope"),
        ("empty", ""),
        ("group shared", ""),
        ("template more.yml", ""),
    ]


def test_the_lock_of_a_stage_is_shown() -> None:
    text = "stages:\n- stage: a\n  lockBehavior: sequential\n  condition: always()\n  jobs: []\n"
    [stage] = pipeline_graph(PipelineFile(YamlDocument.parse(text, "azure-pipelines.yml"))).stages
    assert "sequential" in [fact.value for fact in stage.facts]
    assert "always()" in [fact.value for fact in stage.facts]
