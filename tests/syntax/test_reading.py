"""Files as trees of stages, jobs and steps, whatever is wrong with them."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from azrelease.errors import InvalidFileError
from azrelease.syntax import FileKind, PipelineFile, exclusive
from azrelease.syntax.embedded import directive, runtime_expression, template_expressions
from azrelease.syntax.language import kind
from azrelease.yaml_document import YamlDocument
from support.texts import texts


def read(text: str, path: str = "azure-pipelines.yml") -> PipelineFile:
    return PipelineFile(YamlDocument.parse(text, path))


def test_the_levels_that_are_not_written_are_there() -> None:
    outline = read("steps:\n- script: a\n- task: T@1\n").outline
    assert [stage.is_implicit for stage in outline.stages] == [True]
    assert [(step.action, step.task_name) for step in outline.steps] == [("script", ""), ("task", "t")]
    assert not outline.is_open


def test_hooks_of_a_deployment_come_in_their_order() -> None:
    text = """
jobs:
- deployment: d
  environment: {name: e, resourceType: Kubernetes}
  strategy:
    canary:
      increments: [10, 20]
      deploy: {steps: [{script: two}]}
      preDeploy: {steps: [{script: one}]}
      on:
        failure: {steps: [{script: back}]}
        success: {steps: [{script: done}]}
"""
    [job] = read(text).outline.jobs
    assert (job.name, job.environment, job.is_deployment) == ("d", "e", True)
    assert [(step.hook, step.block.text("script")) for step in job.steps] == [
        ("preDeploy", "one"), ("deploy", "two"), ("on.failure", "back"), ("on.success", "done"),
    ]  # fmt: skip


def test_what_directives_put_in_stands_there_under_guards() -> None:
    text = """
parameters:
- name: go
  type: boolean
steps:
- ${{ if parameters.go }}:
  - script: a
  - ${{ each x in parameters.list }}:
    - script: b
- ${{ elseif parameters.stop }}:
  - script: c
- ${{ else }}:
  - script: d
- script: e
"""
    [job] = read(text).outline.jobs
    assert [step.block.text("script") for step in job.steps] == list("abcde")
    assert [[guard.directive for guard in step.guards] for step in job.steps] == [
        ["if"],
        ["if", "each"],
        ["elseif"],
        ["else"],
        [],
    ]
    a, b, c, d, e = (step.guards for step in job.steps)
    assert exclusive(a, c)
    assert exclusive(b, d)
    assert not exclusive(a, b)
    assert not exclusive(a, e)
    assert job.is_open


@pytest.mark.parametrize(
    "text",
    ["jobs:\n- template: a.yml\n", "jobs: ${{ parameters.jobs }}\n", "jobs:\n- ${{ each j in parameters.jobs }}:\n  - job: a\n", "jobs:\n- ${{ parameters.job }}\n"],
)  # fmt: skip
def test_what_may_hold_more_than_can_be_seen_is_open(text: str) -> None:
    [stage] = read(text).outline.stages
    assert stage.is_open


@pytest.mark.parametrize(
    ("text", "path", "expected", "is_part"),
    [
        ("trigger: none\nsteps: []\n", "a.yml", FileKind.PIPELINE, False),
        ("steps: []\n", "a.yml", FileKind.EITHER, False),
        ("steps: []\n", "templates/a.yml", FileKind.EITHER, True),
        ("parameters: [{name: a}]\nsteps: []\n", "a.yml", FileKind.EITHER, True),
        ("parameters: {a: b}\nsteps: []\n", "a.yml", FileKind.TEMPLATE, True),
        ("variables: {a: b}\n", "a.yml", FileKind.TEMPLATE, True),
        ("extends: {template: a.yml}\n", "a.yml", FileKind.PIPELINE, False),
        ("parameters: [{name: a}]\nextends: {template: a.yml}\n", "a.yml", FileKind.EITHER, True),
        ("resources: {pipelines: []}\nstages: []\n", "a.yml", FileKind.PIPELINE, False),
    ],
)
def test_kinds_of_file_are_told_apart(text: str, path: str, expected: FileKind, is_part: bool) -> None:
    file = read(text, path)
    assert (file.kind, file.is_part) == (expected, is_part)


def test_uses_of_templates_are_found_at_every_level() -> None:
    text = """
extends: {template: e.yml@shared, parameters: {a: b}}
variables:
- template: v.yml
stages:
- template: s.yml
- stage: x
  jobs:
  - template: j.yml@self
  - job: y
    steps:
    - ${{ if eq(1, 1) }}:
      - template: t.yml
"""
    found = [(use.place, use.path, use.repository) for use in read(text).templates]
    assert found == [
        ("extends", "e.yml", "shared"), ("variables", "v.yml", None), ("stages", "s.yml", None), ("jobs", "j.yml", "self"), ("steps", "t.yml", None),
    ]  # fmt: skip


def test_parameters_have_their_types_and_values() -> None:
    text = (
        "parameters:\n- name: a\n- name: B\n  type: boolean\n  default: false\n- name: c\n  values: [x, y]\nsteps: []\n"
    )
    found = read(text).parameters
    assert [(p.name, p.type, p.has_default, p.values) for p in found.values()] == [
        ("a", "string", False, None), ("B", "boolean", True, None), ("c", "string", False, ("x", "y")),
    ]  # fmt: skip


def test_a_mistake_does_not_hide_what_stands_beside_it() -> None:
    file = read(
        "stages:\n- stage: a\n  jbos: []\n- stage: b\n  jobs:\n  - job: c\n    steps:\n    - scirpt: x\n    - script: y\n"
    )
    assert [problem.span[:2] for problem in file.problems] == [(3, 3), (8, 7)]
    assert [step.block.text("script") for step in file.outline.steps] == [None, "y"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a ${{ b }} c", [" b "]),
        ("${{ 'it''s }} here' }}", [" 'it''s }} here' "]),
        ("${{ a }}${{ b }}", [" a ", " b "]),
        ("${{ never", [None]),
        ("$( {{ }}", []),
    ],
)
def test_template_expressions_in_text(text: str, expected: list[str | None]) -> None:
    assert [found.text for found in template_expressions(text)] == expected


def test_directives_and_runtime_expressions() -> None:
    found = directive("${{ each item in parameters.list }}")
    assert found is not None
    assert (found.name, found.variable, found.text.strip()) == ("each", "item", "parameters.list")
    assert directive("${{ iffy }}") is None
    assert directive("${{ if.x }}") is None
    assert directive("${{ else }}") is not None
    runtime = runtime_expression(" $[ a ] ")
    assert runtime is not None
    assert runtime.text == " a "
    assert runtime_expression("x $[a]") is None


def test_the_table_of_keys_is_whole() -> None:
    for name in ("file", "steps", "stages.stage", "jobs.deployment", "resources"):
        assert kind(name).forms
    assert {"task", "script", "template", "checkout"} <= set(kind("steps").by)


@given(texts)
def test_no_text_makes_a_traceback(text: str) -> None:
    try:
        file = read(text)
    except InvalidFileError:
        return
    assert file.outline is not None
    assert file.templates is not None


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.sampled_from(["a", "${{ parameters.x }}", "$(b)", "${{ if", "$[ c ]"]),
)
KEYS = st.sampled_from(
    ["stages", "stage", "jobs", "job", "deployment", "steps", "script", "task", "inputs", "template", "parameters", "pool", "variables", "name", "condition",
     "dependsOn", "strategy", "matrix", "runOnce", "deploy", "on", "failure", "resources", "repositories", "repository", "${{ if eq(1, 1) }}", "${{ else }}",
     "${{ each x in y }}", "${{ insert }}", "environment", "trigger", "target", "container", "extends", "values", "default", "type"]
)  # fmt: skip
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=30,
)


@given(TREES)
def test_keys_of_the_language_in_any_order_make_no_traceback(data: object) -> None:
    file = read(yaml.safe_dump(data))
    for job in file.outline.jobs:
        assert job.stage in file.outline.stages
    assert file.kind in FileKind
    assert file.resources("repositories") is not None


def test_real_files_are_read(shared: Path) -> None:
    count = 0
    for path in [*(shared / "corpus" / "pipelines").glob("*.yml"), *(shared / "corpus" / "templates").glob("*.yml")]:
        try:
            file = PipelineFile(YamlDocument.read(path))
        except InvalidFileError:
            continue
        count += bool(file.outline.stages or file.templates or file.root.entries)
    assert count > 230
