from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azrelease.errors import InvalidFileError
from azrelease.expansion.normal_form import as_written, normal_form
from azrelease.expansion.normal_jobs import normal_container, normal_job, normal_jobs
from azrelease.expansion.normal_stages import normal_stage, normal_stages
from azrelease.expansion.normal_steps import normal_step, normal_steps
from azrelease.expansion.plain_data import plain
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar
from expansion.trees import mapping, sequence, texts, tree
from support.thorough import examples

HERE = Path(__file__).parent


def cases(name: str) -> list[Any]:
    return list(sequence((HERE / name).read_text(encoding="utf-8")).items)


def case_name(case: ExpandedMapping) -> str:
    name = case.nodes.get("name", case.nodes["given"])
    return name.text if isinstance(name, ExpandedScalar) else str(plain(name))


@pytest.mark.parametrize("case", cases("normal_form.yml"), ids=case_name)
def test_the_normal_form_of_pipelines(case: ExpandedMapping) -> None:
    given = case.nodes["given"]
    assert isinstance(given, ExpandedScalar)
    found = normal_form(mapping(given.text))
    assert plain(found) == plain(case.nodes["normal"])
    assert texts(normal_form(found)) == texts(found)


@pytest.mark.parametrize("case", cases("normal_steps.yml"), ids=case_name)
def test_the_normal_form_of_steps(case: ExpandedMapping) -> None:
    given = case.nodes["given"]
    assert isinstance(given, ExpandedMapping)
    found = normal_step(given)
    assert texts(found) == texts(case.nodes["normal"])
    assert texts(normal_step(found)) == texts(found)


def test_values_of_typed_parameters_get_nothing_that_is_implied() -> None:
    assert plain(normal_stage(mapping("{stage: '', jobs: [{job: , pool: p}]}"))) == {
        "stage": "",
        "jobs": [{"job": "", "pool": {"name": "p"}}],
    }
    assert plain(normal_stages(sequence("[{stage: a}, {stage: b}]"))) == [{"stage": "a"}, {"stage": "b"}]
    assert plain(normal_job(mapping("{deployment: , environment: ABC}"))) == {
        "deployment": "",
        "environment": {"name": "ABC"},
    }
    assert plain(normal_jobs(sequence("[{job: a, dependsOn: b, steps: [{bash: c}]}]"))) == [
        {
            "job": "a",
            "dependsOn": ["b"],
            "steps": [{"task": "Bash@3", "inputs": {"script": "c", "targetType": "inline"}}],
        }
    ]
    assert plain(normal_container(tree("{container: c, image: i, mapDockerSocket: true}"))) == {
        "container": "c",
        "image": "i",
        "mapDockerSocket": "true",
    }


def test_new_nodes_come_from_the_node_that_they_are_made_of() -> None:
    step = normal_step(mapping("\n\nscript: a\ndisplayName: b\n"))
    lines = {
        entry.key.text: (entry.key.origin.span.line, entry.value.origin.span.line, entry.value.origin.span.column)
        for entry in step.entries
    }
    assert lines == {"task": (3, 3, 1), "displayName": (4, 4, 14), "inputs": (3, 3, 1)}
    pipeline = normal_form(mapping("trigger: none\nsteps:\n- script: a\n"))
    stages = pipeline.nodes["stages"]
    assert stages.origin.span.line == 2
    assert pipeline.nodes["trigger"].origin.span.line == 1


def with_value(key: str, value: ExpandedNode) -> ExpandedMapping:
    [entry] = mapping(f"{{{key}: }}").entries
    return ExpandedMapping((ExpandedEntry(entry.key, value),), entry.key.origin)


def test_what_got_the_normal_form_can_be_put_back() -> None:
    given = sequence("[{stage: a, jobs: [{job: b, steps: [{script: c}, {task: d@1}]}]}]")
    once = normal_stages(given)
    for stages in (once, normal_stages(once)):
        assert plain(as_written(with_value("stages", stages))) == {"stages": plain(given)}


def test_steps_that_were_put_into_a_job_are_put_back_with_it() -> None:
    job = normal_job(with_value("steps", normal_steps(sequence("[{script: a}]"))))
    assert plain(as_written(job)) == {"steps": [{"script": "a"}]}


def test_a_directive_that_is_twice_in_a_mapping_stays_twice_in_plain_data() -> None:
    assert plain(tree("{'${{ if a }}': {b: 1}, '${{ if a }}': {c: 2}}")) == {
        "${{ if a }}": {"b": "1"},
        "${{ if a  }}": {"c": "2"},
    }


KEYS = st.sampled_from(
    (
        "stages", "jobs", "steps", "phases", "phase", "stage", "job", "deployment", "script", "task", "inputs", "env", "target",
        "pool", "queue", "server", "dependsOn", "demands", "variables", "strategy", "runOnce", "deploy", "on", "failure", "name",
        "container", "services", "environment", "template", "extends", "parameters", "continueOnError", "enabled", "matrix",
        "${{ if a }}", "${{ else }}", "${{ elseif b }}", "${{ each x in y }}", "${{ insert }}", "${{ }}", "${{",
    )
)  # fmt: skip
VALUES = st.sampled_from(("", "a", "b", "true", "no", "${{ parameters.a }}", "a${{ b }}"))


def node_text(value: Any) -> str:
    match value:
        case [("pairs", pairs)]:
            return "{" + ", ".join(f"'{key}': {node_text(item)}" for key, item in pairs) + "}"
        case list():
            return "[" + ", ".join(map(node_text, value)) + "]"
    return f"'{value}'"


nodes = st.recursive(
    VALUES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(st.tuples(KEYS, inner), max_size=4, unique_by=lambda pair: pair[0]).map(
            lambda pairs: [("pairs", pairs)]
        ),
    ),
    max_leaves=20,
).map(node_text)


@given(nodes, st.sampled_from(("stages", "jobs", "steps", "variables", "extends", "pool", "${{ if a }}")))
@settings(max_examples=examples(400))
def test_any_tree_has_a_normal_form_and_it_is_its_own(text: str, key: str) -> None:
    root = mapping(f"{{'{key}': {text}}}")
    once = normal_form(root)
    assert texts(normal_form(once)) == texts(once)
    plain(as_written(once))


def test_real_pipelines_have_a_normal_form(shared: Path) -> None:
    paths = sorted((shared / "corpus" / "pipelines").glob("*.y*ml"))
    assert paths
    for path in paths:
        try:
            root = tree(path.read_text(encoding="utf-8-sig"))
        except InvalidFileError:
            continue
        if isinstance(root, ExpandedMapping):
            once = normal_form(root)
            assert texts(normal_form(once)) == texts(once), path.name
