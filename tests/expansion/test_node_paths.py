"""Paths of the parts of an expanded pipeline lead to them, by names and by numbers."""

from pathlib import Path

import pytest

from azrelease.errors import UserError
from azrelease.expansion import (
    ExpandedMapping,
    ExpandedScalar,
    ExpansionRequest,
    expand_file,
    node_at,
    normal_form,
    paths_below,
)

PIPELINE = """\
variables:
- name: a.b
  value: dotted
- group: shared
stages:
- stage: build
  jobs:
  - job: test
    steps:
    - bash: one
      name: first
    - bash: two
      env:
        some.key: dotted
        '"quoted"': quoted
    - ${{ if eq(variables['Build.Reason'], 'Manual') }}:
      - bash: three
        name: third
- ${{ if eq(variables['Build.Reason'], 'Manual') }}:
  - stage: deploy
    jobs:
    - job: "1"
      steps:
      - bash: four
- ${{ else }}:
  - stage: skip
    jobs: []
"""


@pytest.fixture
def pipeline(tmp_path: Path) -> ExpandedMapping:
    path = tmp_path / "azure-pipelines.yml"
    path.write_text(PIPELINE, encoding="utf-8")
    return normal_form(expand_file(path, ExpansionRequest()).pipeline)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("stages.build.jobs.test.steps.first.inputs.script", "one"),
        ("stages[0].jobs[0].steps[1].inputs.script", "two"),
        ("Stages.BUILD.jobs.test.steps.first.name", "first"),
        ("stages[0].jobs[0].steps[1].env['some.key']", "dotted"),
        ("stages[0].jobs[0].steps[1].env['\"quoted\"']", "quoted"),
        ("variables['a.b'].value", "dotted"),
        ("variables.shared.group", "shared"),
        ("stages.deploy.jobs[0].steps[0].inputs.script", "four"),
        ("stages.build.jobs.test.steps.third.inputs.script", "three"),
    ],
)
def test_a_path_leads_to_a_text(pipeline: ExpandedMapping, path: str, text: str) -> None:
    node = node_at(pipeline, path).node
    assert isinstance(node, ExpandedScalar)
    assert node.text == text


def test_the_path_of_each_part_leads_to_it(pipeline: ExpandedMapping) -> None:
    paths = list(paths_below(pipeline))
    assert len({each.path for each in paths}) == len(paths)
    for each in paths:
        assert node_at(pipeline, each.path).node is each.node
    assert "stages.build.jobs.test.steps.first.inputs.script" in {each.path for each in paths}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "the path is empty; it has: variables, stages"),
        ("stage", "stage: the pipeline has no `stage`. Did you mean `stages`? It has: variables, stages"),
        ("stages.build.jobs.tests", "stages.build.jobs has no `tests`. Did you mean `test`? It has: test"),
        ("stages[7]", "stages has no `7`. It has: build, deploy, skip"),
        ("stages.build.stage.name", "stages.build.stage is a text, without parts"),
        ("stages[", "not a path, at `[`"),
        ("stages.build]", "not a path, at `]`"),
        ("stages.skip.jobs[0]", "jobs has no `0`. It has: nothing"),
    ],
)
def test_a_path_that_leads_nowhere(pipeline: ExpandedMapping, path: str, message: str) -> None:
    with pytest.raises(UserError) as raised:
        node_at(pipeline, path)
    assert message in str(raised.value)
