"""parse(render(p)) == p, for any text in every field that holds text."""

import unicodedata
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from azrelease.pipeline import (
    DeploymentJob,
    DownloadStep,
    Pipeline,
    PipelineResource,
    PipelineTrigger,
    Pool,
    Schedule,
    ServerJob,
    Stage,
    TaskStep,
    Variables,
)
from azrelease.rendering import render_pipeline
from support.pipeline_data import pipeline_data
from support.texts import texts

given_texts = texts.filter(bool)
maybe = st.one_of(st.none(), given_texts)
some = st.lists(given_texts, max_size=2).map(tuple)
minutes = st.one_of(st.none(), st.integers(1, 99))
pairs = st.dictionaries(texts, st.one_of(texts, st.booleans(), st.integers(0, 99)), max_size=2).map(
    lambda d: tuple(d.items())
)
text_pairs = st.dictionaries(texts, texts, max_size=2).map(lambda d: tuple(d.items()))
variables = st.builds(Variables, groups=some, values=text_pairs)
pools = st.one_of(
    st.builds(Pool, vm_image=given_texts, name=st.none(), demands=st.just(())),
    st.builds(Pool, vm_image=st.none(), name=given_texts, demands=some),
)
task_steps = st.builds(
    TaskStep, task=texts, inputs=pairs, display_name=maybe, name=maybe, condition=maybe, continue_on_error=st.booleans(),
    enabled=st.booleans(), env=text_pairs, timeout_in_minutes=minutes, retry_count_on_task_failure=minutes,
)  # fmt: skip
steps = st.one_of(task_steps, st.builds(DownloadStep, download=texts, artifact=texts, display_name=maybe))
server_jobs = st.builds(
    ServerJob, id=texts, steps=st.lists(task_steps, min_size=1, max_size=2).map(tuple), display_name=maybe, depends_on=some,
    timeout_in_minutes=minutes,
)  # fmt: skip
deployments = st.builds(
    DeploymentJob, id=texts, environment=texts, steps=st.lists(steps, min_size=1, max_size=2).map(tuple), display_name=maybe,
    depends_on=some, timeout_in_minutes=minutes, on_failure=st.lists(task_steps, max_size=1).map(tuple),
    on_success=st.lists(steps, max_size=1).map(tuple),
)  # fmt: skip
stages = st.builds(
    Stage, id=texts, jobs=st.lists(st.one_of(server_jobs, deployments), min_size=1, max_size=2).map(tuple), depends_on=some,
    display_name=maybe, condition=maybe, pool=st.one_of(st.none(), pools), variables=variables, notes=some,
)  # fmt: skip
triggers = st.builds(PipelineTrigger, branches_include=some, branches_exclude=some, tags=some, stages=some)
resources = st.builds(
    PipelineResource, alias=texts, source=texts, project=maybe, version=maybe, branch=maybe, tags=some,
    trigger=st.one_of(st.none(), triggers),
)  # fmt: skip
schedules = st.builds(
    Schedule,
    cron=texts,
    display_name=maybe,
    branches=st.lists(texts, min_size=1, max_size=2).map(tuple),
    always=st.booleans(),
)
pipelines = st.builds(
    Pipeline, stages=st.lists(stages, min_size=1, max_size=2).map(tuple), resources=st.lists(resources, max_size=1).map(tuple),
    schedules=st.lists(schedules, max_size=1).map(tuple), pool=st.one_of(st.none(), pools), variables=variables, run_name=maybe,
    notes=some,
)  # fmt: skip


@settings(max_examples=400)
@given(pipelines, texts)
def test_any_pipeline_is_read_back_as_it_was(pipeline: Pipeline, source: str) -> None:
    text = render_pipeline(pipeline, source=source)
    assert yaml.load(text, Loader=yaml.CSafeLoader) == pipeline_data(pipeline)


@settings(max_examples=60)
@given(pipelines)
def test_a_parser_of_yaml_1_2_reads_the_same(pipeline: Pipeline) -> None:
    assert YAML(typ="safe", pure=True).load(render_pipeline(pipeline)) == pipeline_data(pipeline)


@settings(max_examples=60)
@given(pipelines)
def test_the_text_is_tidy(pipeline: Pipeline) -> None:
    lines = render_pipeline(pipeline).split("\n")
    assert lines[-1] == ""
    assert lines[-2] != ""
    outside_blocks = [line for line in lines if line.strip() in ("", "stages:", "trigger: none")]
    assert all(line == line.rstrip() for line in outside_blocks)
    controls = {c for line in lines for c in line if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")}
    assert controls <= {"\t"}


def test_the_same_pipeline_gives_the_same_bytes(samples: Any) -> None:
    from azrelease import Templates, load, lower

    release = load(samples / "fan-out" / "release.yml").release
    texts_ = {render_pipeline(lower(release, Templates()), templates=Templates()) for _ in range(3)}
    assert len(texts_) == 1
