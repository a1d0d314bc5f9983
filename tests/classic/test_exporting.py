"""What a release becomes as a classic definition, and what is told of that it cannot say."""

from typing import Any

import pytest

from azrelease.classic import ExportResult, ResourceNames, export_release
from azrelease.errors import InvalidFileError
from azrelease.release import load_document
from azrelease.yaml_document import YamlDocument

HEAD = "name: web\nartifact: {pipeline: ci, project: Web, name: drop, alias: app}\n"
BASH = "tasks: [{task: Bash, script: x}]"


def export(text: str, head: str = HEAD, **more: Any) -> ExportResult:
    return export_release(load_document(YamlDocument.parse(head + text, "release.yml")).release, **more)


def stages(text: str, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = export(f"stages:\n{text}", **more).definition["environments"]
    return found


def told(made: ExportResult) -> set[str]:
    """What is told of, without what every export tells: that ids are not known."""
    usual = {"Agent pool", "Artifact", "Artifact: project", "Artifact: one of the pipeline's", "Approver"}
    return {entry.feature.title for entry in made.report.entries()} - usual


def stops(made: ExportResult) -> set[str]:
    return {entry.feature.title for entry in made.report.lost_controls()}


def test_the_order_of_stages() -> None:
    found = stages(
        f"- {{name: a, display_name: Dev, {BASH}}}\n- {{name: b, {BASH}}}\n"
        f"- {{name: c, depends_on: [a, b], trigger: automatic, {BASH}}}\n- {{name: d, depends_on: [], trigger: manual, {BASH}}}\n"
    )
    assert [(stage["name"], stage["rank"]) for stage in found] == [("Dev", 1), ("b", 2), ("c", 3), ("d", 4)]
    state = "environmentState"
    assert [[(c["conditionType"], c["name"], c["value"]) for c in stage["conditions"]] for stage in found] == [
        [("event", "ReleaseStarted", "")],
        [(state, "Dev", "4")],
        [(state, "Dev", "4"), (state, "b", "4")],
        [],
    ]


def test_each_stage_has_a_name_of_its_own() -> None:
    found = stages(
        f"- {{name: one, display_name: Deploy, {BASH}}}\n- {{name: two, display_name: Deploy, {BASH}}}\n"
        f"- {{name: three, display_name: one, {BASH}}}\n"
    )
    assert [stage["name"] for stage in found] == ["one", "two", "three"]


def test_a_stage_that_goes_on_after_errors_lets_others_begin_with_issues() -> None:
    found = stages(
        f"- {{name: a, tasks: [{{task: Bash, script: x, continue_on_error: true}}]}}\n- {{name: b, {BASH}}}\n"
    )
    assert found[1]["conditions"][0]["value"] == "132"


CONDITIONS: dict[str, tuple[str, str | None, bool]] = {
    "on other results": ("in(dependencies.a.result, 'Succeeded', 'Failed')", None, False),
    "on a variable": ("and(succeeded(), eq(variables['go'], 'yes'))", "and(succeeded(), eq(variables['go'], 'yes'))", False),
    "on the artifact": (
        "and(succeeded(), eq(variables['resources.pipeline.app.pipelineName'], 'x'))",
        "and(succeeded(), eq(variables['Build.DefinitionName'], 'x'))", False,
    ),
    "always": ("always()", None, True),
    "after a failure": ("failed()", None, True),
    "without succeeded": ("eq(variables['go'], 'yes')", None, True),
    "not succeeded": ("not(succeeded())", None, True),
    "on the run's branch": ("and(succeeded(), eq(variables['Build.SourceBranch'], 'x'))", None, True),
    "on an output": ("eq(dependencies.a.outputs['x.y.z'], 'x')", None, True),
}  # fmt: skip


@pytest.mark.parametrize(("condition", "expected", "lost"), CONDITIONS.values(), ids=CONDITIONS)
def test_conditions_of_stages(condition: str, expected: str | None, lost: bool) -> None:
    made = export(f'stages:\n- {{name: a, {BASH}}}\n- {{name: b, condition: "{condition}", {BASH}}}\n')
    assert bool(made.report.lost_controls()) is lost
    phase = made.definition["environments"][1]["deployPhases"][0]
    if not lost:
        assert phase["deploymentInput"]["condition"] == (expected or "succeeded()")


def test_a_stage_that_may_be_skipped_must_not_let_others_begin() -> None:
    condition = "condition: \"and(succeeded(), eq(variables['go'], 'yes'))\""
    made = export(f"stages:\n- {{name: a, {BASH}}}\n- {{name: b, {condition}, {BASH}}}\n- {{name: c, {BASH}}}\n")
    assert stops(made) == {"Stage: condition on other stages"}


def test_a_stage_by_hand_after_others_is_lost() -> None:
    assert stops(export(f"stages:\n- {{name: a, {BASH}}}\n- {{name: b, trigger: manual, {BASH}}}\n")) == {
        "Stage: started manually, after others"
    }


def test_approvals_gates_and_locks() -> None:
    (found,) = stages(
        f"- name: a\n  lock: latest\n  approval: {{approvers: [a@x, '[Web]\\Owners'], minimum: 1, timeout: 2 hours}}\n"
        "  approval_after: {approvers: [a@x, b@x], order: sequence}\n"
        f"  gates: {{tasks: [{{task: AzureMonitor@1}}], interval: 7 minutes, timeout: 1 hour, enabled: false}}\n  {BASH}\n",
        names=ResourceNames(identities={"42": "a@x"}),
    )
    before, after = found["preDeployApprovals"], found["postDeployApprovals"]
    assert [(step["rank"], step["approver"]) for step in before["approvals"]] == [
        (1, {"displayName": "a@x", "id": "42", "uniqueName": "a@x"}),
        (1, {"displayName": "[Web]\\Owners", "id": "", "isContainer": True}),
    ]
    assert (before["approvalOptions"]["requiredApproverCount"], before["approvalOptions"]["timeoutInMinutes"]) == (
        1,
        120,
    )
    assert [step["rank"] for step in after["approvals"]] == [1, 2]
    assert after["approvalOptions"]["timeoutInMinutes"] == 0
    options = found["preDeploymentGates"]["gatesOptions"]
    assert (options["isEnabled"], options["samplingInterval"], options["timeout"]) == (False, 7, 60)
    assert found["executionPolicy"] == {"concurrencyCount": 1, "queueDepthCount": 1}


def test_jobs() -> None:
    made = export(
        "variables: {size: x}\nstages:\n- name: a\n  jobs:\n"
        f"    - {{name: one, matrix: {{os: [linux, mac]}}, at_once: 2, continue_on_error: true, {BASH}}}\n"
        f"    - {{name: two, parallel: 3, condition: always(), cancel_timeout: 2 minutes, {BASH}}}\n"
        "    - {name: three, runs_on: server, tasks: [{task: Delay@1, inputs: {delayForMinutes: 1}}]}\n"
        f"    - {{name: four, runs_on: machines, machines: {{environment: farm, tags: [web], at_once: 25%}}, {BASH}}}\n"
        f"    - {{name: five, runs_on: machines, machines: {{environment: farm, at_once: '1'}}, download: [], {BASH}}}\n",
        names=ResourceNames(deployment_groups={"9": "farm"}),
    )
    (stage,) = made.definition["environments"]
    assert stage["variables"] == {"os": {"value": "linux,mac"}}
    one, two, three, four, five = (phase["deploymentInput"] for phase in stage["deployPhases"])
    assert one["parallelExecution"] == {
        "parallelExecutionType": "multiConfiguration", "multipliers": "os", "maxNumberOfAgents": 2, "continueOnError": True,
    }  # fmt: skip
    assert two["parallelExecution"]["maxNumberOfAgents"] == 3
    assert (two["condition"], two["jobCancelTimeoutInMinutes"], two["timeoutInMinutes"]) == ("always()", 2, 60)
    assert three["parallelExecution"] == {"parallelExecutionType": "none"}
    assert (four["queueId"], four["tags"], four["deploymentHealthOption"], four["healthPercent"]) == (
        9,
        ["web"],
        "Custom",
        75,
    )
    assert (five["deploymentHealthOption"], five["skipArtifactsDownload"]) == ("OneTargetAtATime", True)
    assert stops(made) == set()


LOST_JOBS = {
    "Job: matrix": f"- {{name: one, matrix: {{size: ['a,b']}}, {BASH}}}",
    "Machines: a number at once": f"- {{name: one, runs_on: machines, machines: {{environment: e, at_once: '3'}}, {BASH}}}",
    "Job: continues after an error": f"- {{name: one, continue_on_error: true, {BASH}}}",
    "Job: condition on other jobs": f"- {{name: one, condition: \"eq(dependencies.x.result, 'Failed')\", {BASH}}}",
}


@pytest.mark.parametrize("title", LOST_JOBS)
def test_what_a_job_of_a_definition_cannot_say(title: str) -> None:
    assert title in stops(export(f"stages:\n- name: a\n  jobs:\n    {LOST_JOBS[title]}\n"))


def test_values_of_a_matrix_are_not_mixed() -> None:
    jobs = f"    - {{name: one, matrix: {{size: [s]}}, {BASH}}}\n    - {{name: two, matrix: {{SIZE: [l]}}, {BASH}}}\n"
    assert "Job: matrix" in stops(export(f"stages:\n- name: a\n  jobs:\n{jobs}"))
    one = f"    - {{name: one, matrix: {{size: [s]}}, {BASH}}}\n"
    assert stops(export(f"variables: {{size: all}}\nstages:\n- name: a\n  jobs:\n{one}"))


def test_a_manual_validation_is_an_intervention() -> None:
    task = "{task: ManualValidation@1, inputs: {notifyUsers: a@x, instructions: look, onTimeout: resume}}"
    made = export(f"stages:\n- name: a\n  jobs: [{{name: one, runs_on: server, tasks: [{task}]}}]\n")
    (found,) = made.definition["environments"][0]["deployPhases"][0]["workflowTasks"]
    assert (found["taskId"], found["version"]) == ("bcb64569-d51a-4af0-9c01-ea5d05b3b622", "8.*")
    assert found["inputs"] == {"instructions": "look", "emailRecipients": "a@x", "onTimeout": "resume"}
    assert stops(made) == set()
    made = export(
        f"stages:\n- name: a\n  jobs: [{{name: one, runs_on: server, tasks: [{task.replace('notify', 'approvers: a, notify')}]}}]\n"
    )
    assert stops(made) == {"Manual validation: approvers"}


@pytest.mark.parametrize(
    ("cron", "days", "time"),
    [
        ("0 6 * * *", "all", (6, 0)),
        ("5 23 * * 1-5", "monday,tuesday,wednesday,thursday,friday", (23, 5)),
        ("0 6 * * 0", "sunday", (6, 0)),
        ("0 6 * * 7", "sunday", (6, 0)),
        ("0 6 * * 0-7", "all", (6, 0)),
        ("0 6 * * Sat-Mon", "monday,saturday,sunday", (6, 0)),
        ("0 6 * * 5-0", "friday,saturday,sunday", (6, 0)),
        ("0 6 * * tuesday,Fri", "tuesday,friday", (6, 0)),
        ("0 6 * * monkey", None, None),
        ("0 25 * * 1", None, None),
        ("75 6 * * 1", None, None),
        ("0 6,12 * * 1", None, None),
        ("0 6 1 * 1", None, None),
        ("*/5 6 * * 1", None, None),
    ],
)
def test_schedules(cron: str, days: str | None, time: tuple[int, int] | None) -> None:
    made = export(f"trigger: {{schedules: [{{cron: '{cron}', always: true}}]}}\nstages:\n- {{name: a, {BASH}}}\n")
    if days is None:
        assert stops(made) == {"Schedule"}
        return
    (found,) = made.definition["triggers"]
    schedule = found["schedule"]
    assert (schedule["daysToRelease"], (schedule["startHours"], schedule["startMinutes"])) == (days, time)
    assert schedule["scheduleOnlyWithChanges"] is False


TOLD = {
    "Variable group": "variable_groups: [common]\n",
    "Artifact: tag with a comma": HEAD.replace("alias: app", "alias: app, tags: ['a,b']"),
    "An expression of Azure Pipelines": "variables: {x: '${{ variables.y }}'}\n",
    "A variable of the run": "variables: {x: $(Build.SourceBranch)}\n",
    "Schedule: only with changes": "trigger: {schedules: [{cron: 0 6 * * 1}]}\n",
    "Trigger: stages of the source": "trigger: {continuous_deployment: {branches: any, stages: [test]}}\n",
}


@pytest.mark.parametrize("title", TOLD)
def test_what_is_told_of_a_release(title: str) -> None:
    text = TOLD[title]
    head = text if text.startswith("name:") else HEAD + text
    assert title in told(export(f"stages:\n- {{name: a, {BASH}}}\n", head))


def test_the_group_of_a_stage_is_told() -> None:
    assert "Stage: group" in told(export(f"stages:\n- {{name: a, group: Regions, {BASH}}}\n"))


def test_names_are_put_for_ids() -> None:
    names = ResourceNames({"c-1": "azure"}, {"7": "common"}, {"18": "own", "3": "Azure Pipelines"}, {}, {}, {"5": "ci"})
    cli = "{task: AzureCLI, service_connection: azure, script: az x}"
    made = export(
        f"variable_groups: [common]\nstages:\n- {{name: a, agent: {{pool: own}}, tasks: [{cli}]}}\n- {{name: b, {BASH}}}\n",
        names=names,
    )
    found = made.definition
    assert found["variableGroups"] == [7]
    assert [stage["deployPhases"][0]["deploymentInput"]["queueId"] for stage in found["environments"]] == [18, 3]
    assert found["environments"][0]["deployPhases"][0]["workflowTasks"][0]["inputs"]["connectedServiceNameARM"] == "c-1"
    assert found["artifacts"][0]["definitionReference"]["definition"] == {"id": "5", "name": "ci"}
    assert told(made) == set()


def test_a_task_by_a_name_that_is_not_known_has_no_id() -> None:
    assert stops(export("stages:\n- {name: a, tasks: [{task: Unheard@1}]}\n")) == {"Task of the marketplace by name"}


def test_what_follows_success_or_failure_of_a_rollout_are_tasks_with_conditions() -> None:
    made = export(
        "workspace: {resource_group: g, name: w, service_connection: c}\nstages:\n"
        "- {name: a, target: managed, endpoint: web-a, rollout: blue_green}\n- {name: b, " + BASH + "}\n"
    )
    tasks = made.definition["environments"][0]["deployPhases"][0]["workflowTasks"]
    assert {task["condition"] for task in tasks} >= {"succeeded()", "failed()"}
    assert "Rollout" in told(made)
    assert made.definition["environments"][1]["conditions"][0]["value"] == "132"


def test_a_lock_of_a_named_environment_is_not_that_of_a_stage() -> None:
    assert stops(export(f"stages:\n- {{name: a, environment: prod, lock: latest, {BASH}}}\n")) == {
        "Lock of an environment of another name"
    }
    assert told(export(f"stages:\n- {{name: a, environment: prod, {BASH}}}\n")) == {"Environment"}


def test_an_approver_that_is_named_twice_never_gets_into_a_definition() -> None:
    with pytest.raises(InvalidFileError) as error:
        stages("- {name: Dev, approval: {approvers: [Team, 'Team ']}, tasks: [{task: Bash, script: x}]}")
    assert "an approver is named twice" in str(error.value)
