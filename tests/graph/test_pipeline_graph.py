"""What a picture of a pipeline of anybody's says."""

from pathlib import Path

import pytest

from azrelease.errors import UserError
from azrelease.graph import Graph, pipeline_graph
from azrelease.lint.recognition import looks_like_pipeline
from azrelease.report.graphs import graph_mermaid, graph_svg, graph_text
from azrelease.source import Document
from azrelease.syntax import PipelineFile

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
    return pipeline_graph(PipelineFile(Document.parse(text, name)))


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
    assert [(hold.kind, hold.title) for hold in ship.before] == [
        ("start", "started by a person"),
        ("approval", "jane, joe"),
    ]
    assert ship.environment == "production"
    assert [part.hook for part in ship.jobs[1].parts] == ["deploy", "on failure"]
    assert not ship.jobs[1].parts[1].steps[0].enabled
    assert [fact.name for fact in late.facts] == ["more"]
    assert any("production" in note for note in found.notes)
    assert any("more.yml, jobs.yml" in note for note in found.notes)


def test_secrets_are_hidden() -> None:
    assert "hunter2" not in repr(graph(TEXT))


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("steps: [{script: a}]", ["jobs"]),
        ("jobs: [{job: a, steps: [{script: a}]}]", ["jobs"]),
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
            file = PipelineFile(Document.read(path))
        except UserError:
            continue
        if looks_like_pipeline(file):
            found = pipeline_graph(file)
            assert graph_text(found)
            assert graph_mermaid(found)
            assert graph_svg(found)
            count += 1
    assert count > 50
