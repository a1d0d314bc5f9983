"""parse(render(p)) == p, for any text in every field that holds text."""

import unicodedata
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from azrelease.pipeline import (
    AgentJob,
    BuildResource,
    CheckoutStep,
    ContainerResource,
    Copies,
    DeploymentJob,
    DownloadStep,
    ExtendedTemplate,
    ParameterValue,
    Pipeline,
    PipelineResource,
    PipelineResources,
    PipelineSchedule,
    PipelineStage,
    PipelineTrigger,
    PipelineVariables,
    Pool,
    RepositoryResource,
    ServerJob,
    TaskStep,
    TemplateStep,
    VirtualMachines,
)
from azrelease.rendering import render_pipeline
from support.pipeline_data import pipeline_data
from support.texts import texts
from support.thorough import examples

given_texts = texts.filter(bool)
maybe = st.one_of(st.none(), given_texts)
some = st.lists(given_texts, max_size=2).map(tuple)
minutes = st.one_of(st.none(), st.integers(1, 99))
pairs = st.dictionaries(texts, st.one_of(texts, st.booleans(), st.integers(0, 99)), max_size=2).map(
    lambda d: tuple(d.items())
)
text_pairs = st.dictionaries(texts, texts, max_size=2).map(lambda d: tuple(d.items()))
variables = st.builds(PipelineVariables, groups=some, values=text_pairs)
pools = st.one_of(
    st.builds(Pool, vm_image=given_texts, name=st.none(), demands=st.just(())),
    st.builds(Pool, vm_image=st.none(), name=given_texts, demands=some),
)
task_steps = st.builds(
    TaskStep, task=texts, inputs=pairs, display_name=maybe, name=maybe, condition=maybe, continue_on_error=st.booleans(),
    enabled=st.booleans(), env=text_pairs, timeout_in_minutes=minutes, retry_count_on_task_failure=minutes,
    call=st.none(), turn=st.none(),
)  # fmt: skip


@st.composite
def template_parameters(draw: st.DrawFn) -> tuple[tuple[str, ParameterValue], ...]:
    """What a template is given, with lists and mappings."""
    plain = st.one_of(texts, st.booleans(), st.integers(0, 99))
    nested = st.one_of(st.lists(plain, max_size=2), st.dictionaries(texts, plain, max_size=2))
    values = st.one_of(plain, nested, st.lists(nested, max_size=2), st.dictionaries(texts, nested, max_size=2))
    return tuple(draw(st.dictionaries(texts, values, max_size=2)).items())


template_steps = st.builds(TemplateStep, template=given_texts, parameters=template_parameters())


downloads = st.builds(
    DownloadStep, download=texts, artifact=maybe, display_name=maybe, patterns=some,
    keyword=st.sampled_from(["download", "downloadBuild"]),
)  # fmt: skip
checkouts = st.builds(
    CheckoutStep, checkout=texts, path=maybe, fetch_depth=minutes, submodules=maybe, lfs=st.booleans()
)  # fmt: skip
steps = st.one_of(task_steps, downloads, checkouts, template_steps)
entries = st.dictionaries(given_texts, text_pairs.filter(bool), min_size=1, max_size=2).map(lambda d: tuple(d.items()))
copies = st.one_of(
    st.builds(Copies, matrix=entries, max_parallel=minutes, parallel=st.none()),
    st.builds(Copies, matrix=st.just(()), max_parallel=st.none(), parallel=st.integers(2, 9)),
)
job_keys = {
    "id": texts, "display_name": maybe, "depends_on": some, "timeout_in_minutes": minutes, "condition": maybe,
    "cancel_timeout_in_minutes": minutes, "continue_on_error": st.booleans(),
}  # fmt: skip
server_jobs = st.builds(
    ServerJob,
    steps=st.lists(task_steps, min_size=1, max_size=2).map(tuple),
    copies=st.one_of(st.none(), copies),
    **job_keys,
)
agent_jobs = st.builds(
    AgentJob, steps=st.lists(steps, min_size=1, max_size=2).map(tuple), copies=copies, pool=st.one_of(st.none(), pools),
    **job_keys,
)  # fmt: skip
machines = st.builds(VirtualMachines, tags=some, max_parallel=maybe)
deployments = st.builds(
    DeploymentJob, environment=texts, steps=st.lists(steps, min_size=1, max_size=2).map(tuple),
    on_failure=st.lists(task_steps, max_size=1).map(tuple), on_success=st.lists(steps, max_size=1).map(tuple),
    pool=st.one_of(st.none(), pools), machines=st.one_of(st.none(), machines), **job_keys,
)  # fmt: skip
jobs = st.one_of(server_jobs, agent_jobs, deployments)
stages = st.builds(
    PipelineStage, id=texts, jobs=st.lists(jobs, min_size=1, max_size=2).map(tuple), depends_on=some,
    display_name=maybe, condition=maybe, pool=st.one_of(st.none(), pools), variables=variables, notes=some,
    lock_behavior=maybe, manual=st.booleans(), group=maybe,
)  # fmt: skip
triggers = st.builds(PipelineTrigger, branches_include=some, branches_exclude=some, tags=some, stages=some)
sources = st.builds(
    PipelineResource, alias=texts, source=texts, project=maybe, version=maybe, branch=maybe, tags=some,
    trigger=st.one_of(st.none(), triggers),
)  # fmt: skip
repositories = st.builds(
    RepositoryResource, alias=texts, type=texts, name=texts, endpoint=maybe, ref=maybe, branches_include=some,
    branches_exclude=some,
)  # fmt: skip
key_names = st.sampled_from([("image",), ("type", "registry")])
containers = st.builds(
    ContainerResource, alias=texts, trigger=st.booleans(),
    keys=key_names.flatmap(lambda names: st.tuples(*(st.tuples(st.just(name), texts) for name in names))),
)  # fmt: skip
builds = st.builds(
    BuildResource, alias=texts, type=texts, connection=texts, source=texts, version=maybe, trigger=st.booleans()
)
resources = st.builds(
    PipelineResources, pipelines=st.lists(sources, max_size=1).map(tuple), repositories=st.lists(repositories, max_size=1).map(tuple),
    containers=st.lists(containers, max_size=1).map(tuple), builds=st.lists(builds, max_size=1).map(tuple),
)  # fmt: skip
schedules = st.builds(
    PipelineSchedule,
    cron=texts,
    display_name=maybe,
    branches=st.lists(texts, min_size=1, max_size=2).map(tuple),
    always=st.booleans(),
)
extended = st.builds(
    ExtendedTemplate,
    template=given_texts,
    stages_parameter=texts,
    parameters=template_parameters(),
).filter(lambda extended: extended.stages_parameter not in dict(extended.parameters))
pipelines = st.builds(
    Pipeline, stages=st.lists(stages, min_size=1, max_size=2).map(tuple), resources=resources,
    schedules=st.lists(schedules, max_size=1).map(tuple), pool=st.one_of(st.none(), pools), variables=variables, run_name=maybe,
    notes=some, extends=st.one_of(st.none(), extended),
)  # fmt: skip


# Arbitrary examples take twice as long with coverage, and reach hardly a line that the samples do not.
@pytest.mark.no_cover
@settings(max_examples=examples(400))
@given(pipelines, texts)
def test_any_pipeline_is_read_back_as_it_was(pipeline: Pipeline, source: str) -> None:
    text = render_pipeline(pipeline, source=source)
    assert yaml.load(text, Loader=yaml.CSafeLoader) == pipeline_data(pipeline)


@pytest.mark.no_cover
@settings(max_examples=examples(60))
@given(pipelines)
def test_a_parser_of_yaml_1_2_reads_the_same(pipeline: Pipeline) -> None:
    assert YAML(typ="safe", pure=True).load(render_pipeline(pipeline)) == pipeline_data(pipeline)


@pytest.mark.no_cover
@settings(max_examples=examples(60))
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
