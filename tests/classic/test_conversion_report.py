"""The rows of the conversion report: where they are, in which order, and which are told as one."""

from typing import Any

import pytest

from azrelease.classic import ConversionOutcome, ConversionReport, ResourceNames
from azrelease.classic.conversion_report import ReportRow, complete_report
from azrelease.classic.features import (
    APPROVAL,
    APPROVER_TWICE,
    PHASE_NO_TIMEOUT,
    TASK,
    TASK_INPUT,
    VARIABLE,
    VARIABLE_CHANGED,
    VARIABLE_LOST,
    VARIABLE_SECRET,
    Feature,
)
from azrelease.classic.json_node import JsonNode, path_text
from support.classic_data import GROUP, after, build, definition, lost, phase, places, read, stage, task, told

JOB = "environments[0].deployPhases[0]"


def rows_of(report: ConversionReport, *handlings: ConversionOutcome) -> list[tuple[str, list[str]]]:
    return [
        (entry.feature.title, [path_text(path) for path in entry.paths])
        for entry in report.entries()
        if entry.feature.outcome in (handlings or tuple(ConversionOutcome))
    ]


def test_rows_stand_in_the_order_of_the_definition() -> None:
    changed = {"value": "$(Release.Reason)"}
    first = stage(variables={"b": changed, "a": {"value": "x"}}, deployPhases=[phase(given={"timeoutInMinutes": 0})])
    second = stage("Prod", variables={"c": changed}, conditions=[after("Dev")])
    data = definition(
        first, second, variables={"z": changed, "y": {"value": None, "isSecret": True}}, artifacts=[build()]
    )
    ordered = {"variables": data.pop("variables"), **data}
    report = read(ordered).report
    assert rows_of(report, ConversionOutcome.CHANGED, ConversionOutcome.REGISTERED) == [
        (
            "Variable with a variable of the release",
            ["variables.z", "environments[0].variables.b", "environments[1].variables.c"],
        ),
        ("Secret variable", ["variables.y"]),
        ("Job: no timeout", [f"{JOB}.deploymentInput.timeoutInMinutes"]),
    ]
    titles = [title for title, _ in rows_of(report, ConversionOutcome.CARRIED)]
    assert titles.index("Name of the definition") < titles.index("Stage") < titles.index("Artifact: a build")


CHANGES: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "a variable of the release": (
        {"variables": {"region": {"value": "$(Release.Reason)"}}},
        "Variable with a variable of the release", ["variables.region"],
    ),
    "a variable without a value of its own": (
        {"variables": {"region": "$(Release.Reason)"}},
        "Variable with a variable of the release", ["variables.region"],
    ),
    "a secret of the release": (
        {"variables": {"key": {"value": None, "isSecret": True}}}, "Secret variable", ["variables.key"],
    ),
    "variables that are called like settings": (
        {"variables": {name: {"value": None, "isSecret": True} for name in ("name", "id", "variables", "approver")}},
        "Secret variable", ["variables.name", "variables.id", "variables.variables", "variables.approver"],
    ),
    "a version of the artifact": (
        {"artifacts": [build(reference={"defaultVersionType": {"id": "selectDuringReleaseCreationType", "name": "x"}})]},
        "Artifact: version asked for at each release", ["artifacts[0].definitionReference.defaultVersionType"],
    ),
    "a schedule": (
        {"triggers": [{"triggerType": "schedule", "schedule": {
            "daysToRelease": 1, "startHours": 3, "startMinutes": 5, "timeZoneId": "W. Europe Standard Time"}}]},
        "Trigger: schedule in a time zone", ["triggers[0].schedule"],
    ),
    "retention": ({"retentionPolicy": {"daysToKeep": 3}}, "Retention", ["retentionPolicy"]),
    "the format of the name": (
        {"releaseNameFormat": "$(Release.DefinitionName)"}, "Release name format", ["releaseNameFormat"],
    ),
    "a group of variables": ({"variableGroups": [7, 8]}, "Variable group by id", ["variableGroups[0]", "variableGroups[1]"]),
    "something new": ({"newThing": {"level": 3}}, "Unknown setting", ["newThing.level"]),
}  # fmt: skip


@pytest.mark.parametrize(("more", "title", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_row_names_the_setting_of_a_definition(more: dict[str, Any], title: str, expected: list[str]) -> None:
    assert places(read({**definition(), **more}), title) == expected


def person(name: str = "a@x", **more: Any) -> dict[str, Any]:
    return {"rank": 1, "isAutomated": False, "isNotificationOn": True, "approver": {"displayName": name}, **more}


STAGES: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "a variable": (
        {"variables": {"region": {"value": "$(Release.Reason)"}}},
        "Variable with a variable of the release", ["variables.region"],
    ),
    "a secret": (
        {"variables": {"key": {"value": None, "isSecret": True}}}, "Secret variable of a stage", ["variables.key"],
    ),
    "retention": ({"retentionPolicy": {"daysToKeep": 3}}, "Retention", ["retentionPolicy.daysToKeep"]),
    "an option": ({"environmentOptions": {"badgeEnabled": True}}, "Stage: badge, work items, deployment status",
                  ["environmentOptions.badgeEnabled"]),
    "a mail": ({"environmentOptions": {"emailRecipients": "a@x"}}, "Stage: e-mail", ["environmentOptions.emailRecipients"]),
    "several at a time": ({"executionPolicy": {"concurrencyCount": 3, "queueDepthCount": 0}},
                          "Stage: some deployments at a time", ["executionPolicy"]),
    "a schedule": ({"schedules": [{"daysToRelease": 1}]}, "Stage: schedule", ["schedules"]),
    "approvers": ({"preDeployApprovals": {"approvals": [person(), person("b@x")]}}, "Approver",
                  ["preDeployApprovals.approvals[0]", "preDeployApprovals.approvals[1]"]),
    "the mail to an approver": ({"preDeployApprovals": {"approvals": [person()]}}, "Approval: notification",
                                ["preDeployApprovals.approvals[0].isNotificationOn"]),
    "an option of an approval": (
        {"preDeployApprovals": {"approvals": [person()], "approvalOptions": {"enforceIdentityRevalidation": True}}},
        "Approval: identity checked again", ["preDeployApprovals.approvalOptions.enforceIdentityRevalidation"]),
    "the timeout of an approval": (
        {"preDeployApprovals": {"approvals": [person()], "approvalOptions": {"timeoutInMinutes": 99_999}}},
        "Approval: timeout", ["preDeployApprovals.approvalOptions.timeoutInMinutes"]),
    "the timeout of a job": ({"deployPhases": [phase(given={"timeoutInMinutes": 0})]}, "Job: no timeout",
                             ["deployPhases[0].deploymentInput.timeoutInMinutes"]),
    "the name of a job": ({"deployPhases": [phase(name="Ship")]}, "Job: name", ["deployPhases[0].name"]),
    "copies of a job": (
        {"deployPhases": [phase(given={"parallelExecution": {"parallelExecutionType": 2, "maxNumberOfAgents": 3}})]},
        "Job: several configurations or agents, without a deployment",
        ["deployPhases[0].deploymentInput.parallelExecution.parallelExecutionType"]),
    "an input": (
        {"deployPhases": [phase(task(inputs={"targetType": "inline", "script": "echo $(Release.ReleaseWebURL)"}))]},
        "A variable of the release without a counterpart", ["deployPhases[0].workflowTasks[0].inputs.script"]),
    "the environment of a task": (
        {"deployPhases": [phase(task(environment={"A": "$(Release.Reason)"}))]},
        "Task: condition with a variable of the release", ["deployPhases[0].workflowTasks[0].environment.A"]),
    "the retries of a task": (
        {"deployPhases": [phase(task(retryCountOnTaskFailure=11))]},
        "Task: more than 10 retries", ["deployPhases[0].workflowTasks[0].retryCountOnTaskFailure"]),
}  # fmt: skip


@pytest.mark.parametrize(("more", "title", "expected"), STAGES.values(), ids=STAGES)
def test_a_row_names_the_setting_of_a_stage(more: dict[str, Any], title: str, expected: list[str]) -> None:
    made = read(definition(stage("First"), stage(**more)))
    assert places(made, title) == [f"environments[1].{place}" for place in expected]


def test_what_is_carried_is_told_once_for_a_thing() -> None:
    report = ConversionReport(
        (
            ReportRow(VARIABLE, ("variables", "a", "value")),
            ReportRow(VARIABLE, ("variables", "b", "value")),
            ReportRow(TASK_INPUT, ("environments", 0, "deployPhases", 0, "workflowTasks", 0, "inputs", "x")),
            ReportRow(TASK, ("environments", 0, "deployPhases", 0, "workflowTasks", 0, "taskId"), "Do it becomes Bash"),
            ReportRow(VARIABLE_CHANGED, ("variables", "c", "value")),
        )
    )
    assert rows_of(report) == [
        ("Variable", ["variables.a", "variables.b"]),
        ("Task", ["environments[0].deployPhases[0].workflowTasks[0]"]),
        ("Variable with a variable of the release", ["variables.c"]),
    ]
    assert report.entries()[1].detail == "Do it becomes Bash"


def test_what_is_lost_is_told_for_each_thing_and_each_reason() -> None:
    report = ConversionReport(
        (
            ReportRow(VARIABLE_LOST, ("variables", "my a"), "my a"),
            ReportRow(VARIABLE_LOST, ("environments", 1, "variables", "my b"), "my b"),
            ReportRow(VARIABLE_SECRET, ("variables", "k", "isSecret")),
            ReportRow(VARIABLE_SECRET, ("variables", "k", "value")),
            ReportRow(PHASE_NO_TIMEOUT, ("environments", 0, "deployPhases", 0, "deploymentInput", "timeoutInMinutes")),
            ReportRow(PHASE_NO_TIMEOUT, ("environments", 1, "deployPhases", 0, "deploymentInput", "timeoutInMinutes")),
        )
    )
    assert rows_of(report) == [
        ("Variable that cannot be named", ["variables['my a']"]),
        ("Variable that cannot be named", ["environments[1].variables['my b']"]),
        ("Secret variable", ["variables.k"]),
        (
            "Job: no timeout",
            [f"environments[{number}].deployPhases[0].deploymentInput.timeoutInMinutes" for number in (0, 1)],
        ),
    ]
    assert report.counts() == {
        ConversionOutcome.CARRIED: 0, ConversionOutcome.REGISTERED: 1, ConversionOutcome.CHANGED: 2, ConversionOutcome.LOST: 2
    }  # fmt: skip
    assert [entry.detail for entry in report.lost_controls()] == ["my a", "my b"]


def group(major: int | None, **more: Any) -> dict[str, Any]:
    inner = {"task": {"id": GROUP.replace("1", "9"), "versionSpec": "1.*"}, "displayName": f"of {major}", "inputs": {}}
    version = {} if major is None else {"version": {"major": major, "minor": 0, "patch": 0}}
    return {"id": GROUP, "name": "Say", "tasks": [inner], **version, **more}


@pytest.mark.parametrize(
    ("version", "majors", "is_other"),
    [("1.*", [2], True), ("2.*", [2], False), ("2.*", [1, 2], False), ("", [2], False), ("1.*", [None], False)],
)
def test_a_task_group_of_another_version_stops_the_import(
    version: str, majors: list[int | None], is_other: bool
) -> None:
    call = task(GROUP, version, definitionType="metaTask", name="Say it", inputs={})
    made = read(definition(stage(deployPhases=[phase(call)])), task_groups=[group(major) for major in majors])
    assert lost(made) == ({"Task group: another version"} if is_other else set())
    if is_other:
        assert places(made, "Task group: another version") == [f"{JOB}.workflowTasks[0].version"]
        assert "Say it: version 1 is used, version 2 is given" in {entry.detail for entry in made.report.entries()}


def test_a_task_group_in_another_one_is_asked_for_in_its_version() -> None:
    inner = {"task": {"id": GROUP, "versionSpec": "1.*", "definitionType": "metaTask"}, "displayName": "again"}
    outer = {"id": "22222222-2222-3333-4444-555555555555", "version": {"major": 1}, "tasks": [inner]}
    call = task(outer["id"], "1.*", definitionType="metaTask", inputs={})
    made = read(definition(stage(deployPhases=[phase(call)])), task_groups=[outer, group(3)])
    assert "Task group: another version" in lost(made)


def test_a_stage_of_agentless_jobs_only_records_no_deployment() -> None:
    server = phase(task("28782b92-5e8e-4458-9751-a71cd1492bae", "1.*", inputs={"delayForMinutes": "1"}), phaseType=2)
    title = "Stage of agentless jobs only"
    assert places(read(definition(stage(deployPhases=[server]))), title) == [f"{JOB}.phaseType"]
    assert places(read(definition(stage(deployPhases=[server, phase(rank=2)]))), title) == []


PRIMARY = "$(Release.PrimaryArtifactSourceAlias)"


@pytest.mark.parametrize("alias", ["_app", "my app"])
def test_the_alias_of_the_primary_artifact_is_known(alias: str) -> None:
    script = f"cat $(System.DefaultWorkingDirectory)/{PRIMARY}/a $RELEASE_PRIMARYARTIFACTSOURCEALIAS"
    given = task(inputs={"targetType": "inline", "script": script})
    data = definition(stage(deployPhases=[phase(given)]), artifacts=[build("_lib", isPrimary=False), build(alias)])
    made = read(data)
    assert made.release is not None
    assert made.release.artifact is not None
    new = made.release.artifact.alias
    (found,) = made.release.stages[0].tasks or ()
    assert found.env == {"RELEASE_PRIMARYARTIFACTSOURCEALIAS": new}
    assert f"$(Pipeline.Workspace)/{new}/a $RELEASE_PRIMARYARTIFACTSOURCEALIAS" in str(found)
    assert "A variable of the release without a counterpart" not in {title for _, title in told(made.report)}


def test_the_alias_of_a_primary_repository_is_known_and_that_of_none_is_not() -> None:
    given = task(inputs={"targetType": "inline", "script": f"echo {PRIMARY}"})
    stages = [stage(deployPhases=[phase(given)])]
    git = {"type": "Git", "alias": "code", "isPrimary": True, "definitionReference": {
        "definition": {"id": "d", "name": "r"}, "project": {"id": "p", "name": "Web"}}}  # fmt: skip
    assert "echo code" in str(read(definition(*stages, artifacts=[git])).release)
    assert "A variable of the release without a counterpart" in {
        title for _, title in told(read(definition(*stages)).report)
    }


def test_an_environment_variable_outside_of_a_task_is_still_reported() -> None:
    variables = {"where": {"value": "$RELEASE_PRIMARYARTIFACTSOURCEALIAS/x"}}
    made = read(definition(stage(), artifacts=[build()], variables=variables), names=ResourceNames())
    assert places(made, "A variable of the release without a counterpart") == ["variables.where"]


def test_a_deployment_group_without_a_name_is_named_as_in_the_release() -> None:
    machines = phase(name="Ship", phaseType=4, deploymentInput={"queueId": "", "timeoutInMinutes": 30})
    made = read(definition(stage(deployPhases=[machines])))
    details = [entry.detail for entry in made.report.entries() if entry.feature.title == "Deployment group job"]
    assert details == ["Ship", "deployment group ?"]


def test_a_row_for_a_whole_comes_after_those_for_its_parts() -> None:
    """A part that is special is told of before what is said of the whole."""
    step = {"rank": 1, "isAutomated": False, "approver": {"displayName": "a@x"}}
    data = JsonNode({"approvals": [step]})
    report = complete_report(
        data, (ReportRow(APPROVER_TWICE, ("approvals", 0), "a@x"), ReportRow(APPROVAL, ("approvals", 0, "rank")))
    )
    first = [row.path for row in report.rows if row.path[:2] == ("approvals", 0)][:2]
    assert first == [("approvals", 0, "rank"), ("approvals", 0)]


def test_only_a_control_that_is_lost_stops_an_import() -> None:
    kept = Feature("Kept", "carried", outcome=ConversionOutcome.CARRIED, control=True)
    gone = Feature("Gone", "lost", outcome=ConversionOutcome.LOST, control=True)
    report = ConversionReport((ReportRow(kept, ("a",)), ReportRow(gone, ("b",)), ReportRow(VARIABLE_CHANGED, ("c",))))
    assert [entry.feature.title for entry in report.lost_controls()] == ["Gone"]


@pytest.mark.parametrize("value", ["false", "False", "0", 0, False, "", None, [], {}])
def test_a_setting_that_is_not_known_and_off_asks_for_nothing(value: Any) -> None:
    assert told(read(definition(newThing=value, more={"inner": value})).report) == set()


@pytest.mark.parametrize("value", ["true", "1", 1, True, "x"])
def test_a_setting_that_is_not_known_and_on_stops_the_import(value: Any) -> None:
    made = read(definition(more={"inner": value}))
    assert places(made, "Unknown setting") == ["more.inner"]


def test_what_is_special_about_a_value_is_reported_instead_of_that_it_is_carried() -> None:
    data = JsonNode({"a": {"value": "x"}})
    found = (ReportRow(VARIABLE, ("a", "value")), ReportRow(VARIABLE_CHANGED, ("a", "value")))
    assert [row.feature for row in complete_report(data, found).rows] == [VARIABLE_CHANGED]
