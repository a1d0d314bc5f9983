"""Pictures of pipelines with templates: what the service expands is drawn, as far as it is known."""

from pathlib import Path

import pytest

from azrelease.application.drawing import read_graphs
from azrelease.application.expansion_inputs import expansion_request
from azrelease.errors import InvalidFileError, UserError
from azrelease.graph import Graph, pipeline_graph
from azrelease.report.graphs.text import graph_text
from azrelease.syntax import PipelineFile
from azrelease.yaml_document import YamlDocument

PIPELINE = """\
trigger: [main]
parameters:
  - {name: regions, type: object, default: [west, north]}
  - {name: audit, type: boolean, default: false}
  - {name: target, type: string}
resources:
  repositories: [{repository: shared, type: git, name: Ops/shared}]
variables:
  - template: variables.yml
stages:
  - template: stage.yml
    parameters: {regions: '${{ parameters.regions }}'}
  - ${{ if parameters.audit }}:
      - stage: audit
        jobs: [{job: a, steps: [{bash: echo}]}]
  - ${{ if eq(parameters.target, 'live') }}:
      - stage: live
        dependsOn: rollout_north
        jobs: [{job: a, steps: [{bash: echo}]}]
  - template: more.yml@shared
    parameters: {target: x}
"""
STAGE = """\
parameters:
  - {name: regions, type: object}
stages:
  - ${{ each region in parameters.regions }}:
      - stage: rollout_${{ region }}
        jobs:
          - deployment: deploy
            environment: live-${{ region }}
            strategy: {runOnce: {deploy: {steps: [{template: steps.yml, parameters: {region: '${{ region }}'}}]}}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a pipeline and its templates."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "azure-pipelines.yml").write_text(PIPELINE)
    (tmp_path / "stage.yml").write_text(STAGE)
    (tmp_path / "steps.yml").write_text(
        "parameters: {region: ''}\nsteps: [{bash: './deploy.sh ${{ parameters.region }}'}]\n"
    )
    (tmp_path / "variables.yml").write_text("variables: {model: insurance}\n")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "more.yml").write_text("stages: [{stage: more, jobs: [{job: a, steps: [{bash: echo}]}]}]\n")
    return tmp_path


def drawn(name: str, *parameters: str, repositories: tuple[str, ...] = ()) -> Graph:
    [found] = read_graphs([Path(name)], expansion_request(parameters, repositories=repositories))
    return found.graph


def stages(graph: Graph) -> list[tuple[str, tuple[str, ...]]]:
    return [(stage.id, stage.after) for stage in graph.stages]


def test_templates_and_loops_are_drawn() -> None:
    graph = drawn("azure-pipelines.yml")
    assert [(stage.title, stage.after, stage.is_template) for stage in graph.stages] == [
        ("rollout_west", (), False),
        ("rollout_north", ("rollout_west",), False),
        ("live", ("rollout_north",), False),
        ("more.yml@shared", ("live",), True),
    ]
    west, _, live, _ = graph.stages
    assert west.environment == "live-west"
    assert [step.script for part in west.jobs[0].parts for step in part.steps] == ["./deploy.sh west"]
    assert [(fact.name, fact.value) for fact in live.facts] == [("only", "${{ if eq(parameters.target, 'live') }}")]
    assert [(fact.name, fact.value) for fact in graph.variables] == [("model", "insurance")]
    assert graph.notes[1:] == (
        "The content of templates is not shown: more.yml@shared.",
        "Drawn with the defaults of parameters: regions, audit.",
    )


def test_what_is_given_decides() -> None:
    parameters = ("regions=[south]", "audit=true", "target=test")
    graph = drawn("azure-pipelines.yml", *parameters, repositories=("shared=shared",))
    assert stages(graph) == [("rollout_south", ()), ("audit", ("rollout_south",)), ("more", ("audit",))]
    assert len(graph.notes) == 1


def test_a_template_alone_shows_all_that_it_may_do() -> None:
    graph = drawn("stage.yml")
    assert [(stage.title, [(fact.name, fact.value) for fact in stage.facts]) for stage in graph.stages] == [
        ("rollout_${{ region }}", [("only", "${{ each region in parameters.regions }}")])
    ]
    assert drawn("stage.yml", "regions=[a, b]").stages[1].title == "rollout_b"


def test_a_template_alone_shows_the_texts_of_its_files(folder: Path) -> None:
    (folder / "old.yml").write_text(
        "parameters: {jobs: []}\njobs:\n- ${{ each job in parameters.jobs }}:\n  - template: job.yml\n    parameters:\n"
        "      ${{ each pair in job }}: {'${{ pair.key }}': '${{ pair.value }}'}\n"
    )
    (folder / "job.yml").write_text(
        "parameters: {condition: '', name: ''}\njobs:\n- job: a\n  displayName: Build ${{ parameters.name }}\n"
        "  condition: ${{ parameters.condition }}\n  steps: [{bash: echo}]\n"
    )
    [job] = drawn("old.yml").stages
    facts = {(fact.name, fact.value) for fact in job.facts}
    assert job.title == "Build ${{ parameters.name }}"
    assert {("only", "${{ each job in parameters.jobs }}"), ("condition", "${{ parameters.condition }}")} <= facts


def test_what_does_not_expand_is_drawn_as_it_is_written(folder: Path) -> None:
    (folder / "broken.yml").write_text(PIPELINE.replace("stage.yml", "gone.yml"))
    graph = drawn("broken.yml")
    assert [stage.title for stage in graph.stages] == ["gone.yml", "audit", "live", "more.yml@shared"]
    assert graph.notes == (
        "The content of templates is not shown: variables.yml, gone.yml, more.yml@shared.",
        "Drawn as it is written, for it cannot be expanded: `azrelease check` shows the error.",
    )


def test_options_that_do_not_fit_are_refused(folder: Path) -> None:
    with pytest.raises(UserError, match="no pipeline among the files declares zone"):
        drawn("azure-pipelines.yml", "zone=1")
    with pytest.raises(InvalidFileError, match=r"--parameter audit:1:1: .* boolean"):
        drawn("azure-pipelines.yml", "audit=perhaps")
    with pytest.raises(UserError, match="no such folder"):
        drawn("azure-pipelines.yml", repositories=("shared=gone",))
    (folder / "other.yml").write_text("trigger: none\nsteps: [{bash: echo}]\n")
    request = expansion_request(["audit=true"])
    found = read_graphs([Path("azure-pipelines.yml"), Path("other.yml")], request)
    assert [len(each.graph.stages) for each in found] == [5, 1]


def test_pipelines_of_whole_repositories_are_drawn(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file that shows anything alone can be drawn with its templates, also one that does not expand."""
    count = 0
    for repository in sorted(path for path in (shared / "corpus" / "repos").iterdir() if path.is_dir()):
        monkeypatch.chdir(repository)
        for path in sorted((*repository.rglob("*.yml"), *repository.rglob("*.yaml"))):
            relative = path.relative_to(repository)
            try:
                file = PipelineFile(YamlDocument.read(relative))
            except UserError:
                continue
            if pipeline_graph(file).stages:
                graph = drawn(str(relative))
                assert graph_text(graph)
                count += 1
    assert count > 150


def test_secrets_are_hidden_wherever_a_template_puts_them(folder: Path) -> None:
    (folder / "azure-pipelines.yml").write_text(
        "trigger: none\nparameters:\n- {name: dbPassword, type: string, default: hunter2hunter2}\n"
        "- {name: token, type: string}\nvariables: {apiKey: abcdefgh12345678}\nstages:\n- template: stage.yml\n"
        "  parameters: {a: '${{ parameters.dbPassword }}', b: '${{ variables.apiKey }}', c: '${{ parameters.token }}'}\n"
    )
    (folder / "stage.yml").write_text(
        "parameters: [{name: a}, {name: b}, {name: c}]\nstages:\n- stage: s\n"
        "  displayName: with ${{ parameters.b }}\n"
        "  jobs: [{job: a, steps: [{bash: 'curl ${{ parameters.a }} ${{ parameters.b }} ${{ parameters.c }}'}]}]\n"
    )
    [stage] = drawn("azure-pipelines.yml", "token=given-secret").stages
    assert stage.title == "with ***"
    assert [step.script for part in stage.jobs[0].parts for step in part.steps] == ["curl *** *** ***"]
