"""The jobs of a stage, and what keeps them behind the approvals, gates and locks of their stage."""

import pytest

from azrelease.lowering import lower
from azrelease.pipeline import (
    AgentJob,
    DeploymentJob,
    PipelineJob,
    PipelineStage,
    Pool,
    ServerJob,
    Step,
    TaskStep,
    VirtualMachines,
)
from azrelease.release import load_document
from azrelease.yaml_document import YamlDocument

HEAD = "name: web\nartifact: {pipeline: training, name: drop}\nstages:\n"
BASH = "tasks: [{task: Bash, script: x}]"
NOTHING_FAILED = "not(or(failed(), canceled()))"


def lowered(stages: str, head: str = HEAD) -> tuple[PipelineStage, ...]:
    document = YamlDocument.parse(head + stages, "release.yml")
    return lower(load_document(document).release).stages


def ids(stage: PipelineStage) -> list[tuple[str, tuple[str, ...], str | None]]:
    return [(job.id, job.depends_on, job.condition) for job in stage.jobs]


def test_the_jobs_of_a_stage_follow_each_other() -> None:
    (stage,) = lowered(f"- name: a\n  jobs:\n    - {{name: one, {BASH}}}\n    - {{name: two, {BASH}}}\n")
    assert ids(stage) == [("one", (), None), ("two", ("one",), None)]
    assert all(isinstance(job, DeploymentJob) and job.environment == "web-a" for job in stage.jobs)


COPIES = f"    - {{name: one, parallel: 2, {BASH}}}\n"
MACHINES = f"    - {{name: one, runs_on: machines, machines: {{environment: m}}, {BASH}}}\n"
SERVER = "    - {name: one, runs_on: server, tasks: [{task: Delay@1, inputs: {delayForMinutes: 1}}]}\n"
CHECKS = {
    "approval": "  approval: {approvers: [me]}\n",
    "gates": "  gates: {tasks: [{task: AzureMonitor@1}]}\n",
    "lock": "  lock: sequential\n",
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
@pytest.mark.parametrize("job", [COPIES, MACHINES, SERVER], ids=["copies", "machines", "server"])
def test_a_stage_without_a_deployment_to_its_environment_enters_it_first(job: str, check: str) -> None:
    """Checks hold for stages that have such a deployment: without it, the approval would be passed by."""
    (stage,) = lowered(f"- name: a\n{check}  jobs:\n{job}")
    first, *rest = stage.jobs
    assert isinstance(first, DeploymentJob)
    assert (first.id, first.environment, first.depends_on) == ("enter_a", "web-a", ())
    assert [job.depends_on for job in rest] == [("enter_a",)]


def test_a_stage_with_such_a_deployment_or_without_checks_does_not() -> None:
    (stage,) = lowered(f"- name: a\n{CHECKS['lock']}  jobs:\n{COPIES}    - {{name: two, {BASH}}}\n")
    assert [job.id for job in stage.jobs] == ["one", "two"]
    (stage,) = lowered(f"- name: a\n  jobs:\n{COPIES}")
    assert [job.id for job in stage.jobs] == ["one"]


AFTER = "  approval_after: {approvers: [me]}\n  gates_after: {tasks: [{task: AzureMonitor@1}]}\n"


def test_what_comes_after_a_job_that_may_be_skipped_is_not_skipped_with_it() -> None:
    """Whatever depends on a skipped job is skipped: an approval after it would be passed by."""
    jobs = f"    - {{name: one, condition: 'eq(1, 2)', {BASH}}}\n    - {{name: two, {BASH}}}\n"
    more = f"    - {{name: three, condition: 'and( Succeeded( ), eq(1, 1))', {BASH}}}\n"
    (stage,) = lowered(f"- name: a\n{AFTER}  jobs:\n{jobs}{more}")
    assert ids(stage) == [
        ("one", (), "eq(1, 2)"),
        ("two", ("one",), NOTHING_FAILED),
        ("three", ("one", "two"), f"and( {NOTHING_FAILED}, eq(1, 1))"),
        ("gates_a", ("one", "two", "three"), NOTHING_FAILED),
        ("approve_after_a", ("gates_a",), None),
    ]


@pytest.mark.parametrize(
    ("approval", "expected"),
    [
        ("{approvers: [x, y], minimum: 1}", [("approve_after_a", ("deploy_a",), "x, y")]),
        (
            "{approvers: [x, y]}",
            [("approve_after_a_1", ("deploy_a",), "x"), ("approve_after_a_2", ("deploy_a",), "y")],
        ),
        (
            "{approvers: [x, y], order: sequence}",
            [("approve_after_a_1", ("deploy_a",), "x"), ("approve_after_a_2", ("approve_after_a_1",), "y")],
        ),
    ],
)
def test_everyone_who_has_to_approve_after_a_stage_has_a_job(approval: str, expected: list[object]) -> None:
    (stage,) = lowered(f"- name: a\n  approval_after: {approval}\n  {BASH}\n")
    jobs = [job for job in stage.jobs if isinstance(job, ServerJob)]
    assert [(job.id, job.depends_on, dict(job.steps[0].inputs)["approvers"]) for job in jobs] == expected


def only(stage: PipelineStage) -> PipelineJob:
    (job,) = stage.jobs
    return job


def test_copies_have_names_that_the_service_takes() -> None:
    (stage,) = lowered(f"- name: a\n  jobs:\n    - name: one\n      matrix: {{v: ['1.0', x y, x-y]}}\n      {BASH}\n")
    job = only(stage)
    assert isinstance(job, AgentJob)
    assert [name for name, _ in job.copies.matrix] == ["copy_1", "copy_2", "copy_3"]


def test_machines_are_those_of_their_environment_and_have_no_pool() -> None:
    machines = "{environment: m, tags: [x, y], at_once: 25%}"
    (stage,) = lowered(f"- name: a\n  jobs:\n    - {{name: one, runs_on: machines, machines: {machines}, {BASH}}}\n")
    job = only(stage)
    assert isinstance(job, DeploymentJob)
    assert (job.environment, job.machines, job.pool) == ("m", VirtualMachines(("x", "y"), "25%"), None)


def test_a_job_has_an_agent_of_its_own() -> None:
    (stage,) = lowered(f"- name: a\n  jobs:\n    - {{name: one, agent: {{pool: p}}, {BASH}}}\n")
    job = only(stage)
    assert isinstance(job, DeploymentJob)
    assert job.pool == Pool(name="p")


def downloads(stage: PipelineStage) -> list[Step]:
    job = only(stage)
    assert not isinstance(job, ServerJob)
    return list(job.steps[:-1])


SOURCES = "sources:\n  - {type: git, alias: tools, repository: tools}\n  - {type: pipeline, pipeline: web}\nstages:\n"


def names(steps: list[Step]) -> list[str]:
    return [str(getattr(step, "download", None) or getattr(step, "checkout", None)) for step in steps]


@pytest.mark.parametrize(
    ("download", "copies", "expected"),
    [
        ("", "", ["training", "tools", "web"]),
        ("", "parallel: 2, ", ["training", "tools", "web"]),
        ("download: [], ", "", ["none"]),
        ("download: [], ", "parallel: 2, ", ["none"]),
        ("download: [{alias: tools}], ", "", ["none", "tools"]),
        ("download: [{alias: WEB}], ", "parallel: 2, ", ["none", "web"]),
    ],
)
def test_a_job_downloads_what_it_chooses_and_nothing_by_itself(download: str, copies: str, expected: list[str]) -> None:
    head = HEAD.replace("stages:\n", SOURCES)
    (stage,) = lowered(f"- name: a\n  jobs:\n    - {{name: one, {download}{copies}{BASH}}}\n", head)
    assert names(downloads(stage)) == expected


def test_without_an_artifact_paths_are_those_of_the_working_folder() -> None:
    (stage,) = lowered(f"- name: a\n  {BASH}\n", "name: web\nstages:\n")
    job = only(stage)
    assert isinstance(job, DeploymentJob)
    assert names(list(job.steps[:-1])) == ["none"]
    assert dict(getattr(job.steps[-1], "inputs", ()))["workingDirectory"] == "$(Pipeline.Workspace)"


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ("[small, Large]", ["small", "Large"]),
        ("['+', a]", ["copy", "a"]),
        ("['-a-', b c]", ["a", "b_c"]),
        ("[a, A, b]", ["copy_1", "copy_2", "b"]),
        ("[é, b]", ["copy", "b"]),
    ],
)
def test_the_name_of_a_copy_is_made_of_its_values(values: str, names: list[str]) -> None:
    (stage,) = lowered(f"- name: a\n  jobs:\n    - name: one\n      matrix: {{v: {values}}}\n      {BASH}\n")
    job = only(stage)
    assert isinstance(job, AgentJob)
    assert job.copies is not None
    assert [name for name, _ in job.copies.matrix] == names


@pytest.mark.parametrize(("fields", "version"), [(", version: 2.30.1", "2.30.1"), ("", None)])
def test_each_hook_installs_the_version_of_the_extension_that_the_stage_does(fields: str, version: str | None) -> None:
    head = HEAD.replace("stages:", "workspace: {resource_group: rg, name: ws, service_connection: azure}\nstages:")
    text = "- name: a\n  endpoint: churn\n  target: managed\n  rollout: blue_green\n  tasks:\n"
    text += f"    - {{task: InstallAzureCLIExtension, extension: ml{fields}}}\n"
    text += "    - {task: OnlineDeployment, file: d.yml, model: azureml:churn:1}\n    - {task: EndpointTest, script: t.py}\n"
    (stage,) = lowered(text, head)
    job = only(stage)
    assert isinstance(job, DeploymentJob)
    for steps in (job.on_success, job.on_failure):
        (env,) = (
            dict(step.env)
            for step in steps
            if isinstance(step, TaskStep) and "extension add" in str(dict(step.inputs).get("inlineScript", ""))
        )
        assert env.get("ARG_VERSION") == version
