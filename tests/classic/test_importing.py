"""What each part of a classic definition becomes, and what is told of it."""

import time
from typing import Any

import pytest

from azrelease.classic import ConversionOutcome, ResourceNames
from azrelease.classic.json_node import path_text
from support.classic_data import (
    AZURE_CLI,
    BASH,
    CHANGED,
    CONNECTION,
    DELAY,
    GROUP,
    LOST,
    REGISTERED,
    REST,
    after,
    build,
    definition,
    first_stage,
    lost,
    phase,
    places,
    read,
    said,
    stage,
    task,
    told,
)


def test_a_plain_definition_is_a_plain_release_and_nothing_is_lost() -> None:
    made = read(definition(artifacts=[build()]))
    assert told(made.report) == set()
    assert said(made) == {
        "name": "web",
        "artifact": {"pipeline": "app-CI", "project": "Web", "alias": "_app"},
        "agent": {"image": "ubuntu-24.04"},
        "stages": [
            {
                "name": "Dev",
                "depends_on": [],
                "timeout": "30 minutes",
                "tasks": [
                    {
                        "task": "Bash",
                        "display_name": "Do it",
                        "script": "echo",
                        "working_directory": "$(Pipeline.Workspace)",
                    }
                ],
            }
        ],
    }


PARTS: dict[str, tuple[dict[str, Any], dict[str, Any], set[tuple[ConversionOutcome, str]]]] = {
    "folder and tags": (
        {"path": "\\team\\web", "tags": ["a"], "description": "What it is"},
        {"folder": "\\team\\web", "tags": ["a"], "description": "What it is"},
        {(REGISTERED, "Folder"), (REGISTERED, "Tags")},
    ),
    "a name that no pipeline can have": (
        {"name": "web: CD / main"},
        {"name": "web- CD - main"},
        {(CHANGED, "Name of the definition")},
    ),
    "tokens": ({"name": "$Name$ {{ tier }}"}, {"name": "$Name$ {{ tier }}"}, set()),
    "release name format": (
        {"releaseNameFormat": "Release-$(rev:r)"}, {"run_name": "Release-$(rev:r)"}, set()
    ),
    "release name format with a variable": (
        {"releaseNameFormat": "$(Release.DefinitionName)-$(rev:r)"},
        {"run_name": "$(Build.DefinitionName)-$(rev:r)"},
        {(CHANGED, "Release name format")},
    ),
    "disabled": ({"isDisabled": True}, {}, {(LOST, "Disabled definition")}),
    "in YAML already": ({"pipelineProcess": {"type": 2}}, {}, {(LOST, "Process")}),
    "retention": ({"retentionPolicy": {"daysToKeep": 3}}, {}, {(LOST, "Retention")}),
    "something new": ({"newThing": {"on": True}}, {}, {(LOST, "Unknown setting")}),
    "something new that is off": ({"newThing": {"on": False, "more": ""}}, {}, set()),
    "variables": (
        {
            "variables": {
                "region": {"value": "eu", "allowOverride": True},
                "key": {"value": "never-shown", "isSecret": True},
                "url": {"value": "$(Release.ReleaseName).$(region)"},
            },
            "variableGroups": [7],
        },
        {
            "variables": {"region": "eu", "url": "$(Build.BuildNumber).$(region)"},
            "secrets": ["key"],
            "settable": ["region"],
            "variable_groups": ["variable group 7"],
        },
        {
            (REGISTERED, "Variable that can be set at release"),
            (REGISTERED, "Secret variable"),
            (CHANGED, "Variable group by id"),
        },
    ),
    "a variable that cannot be named": (
        {"variables": {"my var": {"value": "x"}}}, {}, {(LOST, "Variable that cannot be named")}
    ),
}  # fmt: skip


@pytest.mark.parametrize(("more", "expected", "rows"), PARTS.values(), ids=PARTS)
def test_what_a_definition_has_as_a_whole(
    more: dict[str, Any], expected: dict[str, Any], rows: set[tuple[ConversionOutcome, str]]
) -> None:
    made = read({**definition(), **more})
    assert told(made.report) == rows
    found = said(made)
    assert {key: found.get(key) for key in expected} == expected
    assert "never-shown" not in f"{made.release}{made.report.data()}"


SCHEDULES = [
    ({"daysToRelease": 31, "startHours": 6, "startMinutes": 5, "timeZoneId": "UTC"}, "5 6 * * Mon,Tue,Wed,Thu,Fri", True, None),
    ({"daysToRelease": "all", "startHours": 0, "startMinutes": 30}, "30 0 * * *", True, None),
    (
        {"daysToRelease": "monday, sunday", "startHours": 1, "timeZoneId": "Tokyo Standard Time"},
        "0 16 * * Sat,Sun", True, "Trigger: schedule in a time zone without summer time",
    ),
    (
        {"daysToRelease": 1, "startHours": 23, "timeZoneId": "Pacific Standard Time", "scheduleOnlyWithChanges": True},
        "0 7 * * Tue", False, "Trigger: schedule only with changes",
    ),
    ({"daysToRelease": 0, "startHours": 1}, None, False, "Trigger: schedule"),
    ({"daysToRelease": 1, "timeZoneId": "Mars Standard Time"}, None, False, "Trigger: schedule"),
]  # fmt: skip


@pytest.mark.parametrize(("schedule", "cron", "always", "row"), SCHEDULES)
def test_schedules_are_moved_to_utc(schedule: dict[str, Any], cron: str | None, always: bool, row: str | None) -> None:
    made = read(definition(triggers=[{"triggerType": "schedule", "schedule": schedule}]))
    titles = {title for _, title in told(made.report)}
    assert titles >= ({row} if row else set())
    if cron is None:
        assert "trigger" not in said(made)
        assert (LOST, "Trigger: schedule") in told(made.report)
        return
    (found,) = said(made)["trigger"]["schedules"]
    assert found == {"cron": cron} | ({"always": True} if always else {})


def branch(name: str = "", **more: Any) -> dict[str, Any]:
    return {"sourceBranch": name, "tags": [], **more}


TRIGGERS: dict[str, tuple[list[dict[str, Any]], Any, set[str]]] = {
    "any": ([], {"branches": "any"}, set()),
    "branches": (
        [branch("main"), branch("release/*"), branch("-release/old")],
        {"branches": {"include": ["main", "release/*"], "exclude": ["release/old"]}}, set(),
    ),
    "tags": ([branch("main", tags=["good"])], {"branches": {"include": ["main"]}, "tags": ["good"]}, set()),
    "different tags": (
        [branch("main", tags=["good"]), branch("dev")],
        {"branches": {"include": ["main", "dev"]}, "tags": ["good"]}, {"Trigger: branches with different tags"},
    ),
    "when tagged": ([branch(createReleaseOnBuildTagging=True)], {"branches": "any"}, {"Trigger: when a build is tagged"}),
    "tag pattern": ([branch(tagFilter={"pattern": "v.*"})], {"branches": "any"}, {"Trigger: tags by pattern"}),
    "default branch": ([branch(useBuildDefinitionBranch=True)], {"branches": "any"}, {"Trigger: the build's own branch"}),
}  # fmt: skip


@pytest.mark.parametrize(("conditions", "expected", "rows"), TRIGGERS.values(), ids=TRIGGERS)
def test_continuous_deployment(conditions: list[dict[str, Any]], expected: Any, rows: set[str]) -> None:
    trigger = {"triggerType": 1, "artifactAlias": "_app", "triggerConditions": conditions}
    made = read(definition(artifacts=[build()], triggers=[trigger]))
    assert {title for _, title in told(made.report)} == rows
    assert said(made)["trigger"]["continuous_deployment"] == expected


def test_the_builds_own_branch_can_be_named() -> None:
    trigger = {"triggerType": 1, "artifactAlias": "_app", "triggerConditions": [branch(useBuildDefinitionBranch=True)]}
    reference = {"defaultVersionType": {"id": "latestWithBuildDefinitionBranchAndTagsType", "name": "x"}}
    data = definition(artifacts=[build(reference=reference)], triggers=[trigger])
    made = read(data, names=ResourceNames(default_branches={"_app": "main"}))
    assert told(made.report) == set()
    assert said(made)["artifact"]["branch"] == "main"
    assert said(made)["trigger"]["continuous_deployment"] == {"branches": {"include": ["main"]}}
    assert (CHANGED, "Artifact: version from the build's own branch") in told(read(data).report)


@pytest.mark.parametrize(
    "trigger",
    [
        {"triggerType": "pullRequest", "artifactAlias": "_app"},
        {"triggerType": 5, "alias": "_app"},
        {"triggerType": 3, "alias": "_app"},
        {"triggerType": "artifactSource", "artifactAlias": "nowhere"},
        {"triggerType": 77},
    ],
)
def test_a_trigger_that_cannot_be_carried_stops_the_import(trigger: dict[str, Any]) -> None:
    made = read(definition(artifacts=[build()], triggers=[trigger]))
    assert [e.feature.title for e in made.report.lost_controls()] == ["Trigger: pull request, package, push elsewhere"]


def part(name: str, identifier: str = "") -> dict[str, str]:
    return {"id": identifier or name, "name": name}


LATEST = {"defaultVersionType": {"id": "latestType", "name": "Latest"}}
SOURCES: dict[str, tuple[dict[str, Any], Any, set[str]]] = {
    "a branch with tags": (
        build(reference={"defaultVersionType": part("x", "latestWithBranchAndTagsType"),
                         "defaultVersionBranch": part("main"), "defaultVersionTags": part("a, b")}),
        {"branch": "main", "tags": ["a", "b"]}, {"Artifact: tags of the default version"},
    ),
    "a given build": (
        build(reference={"defaultVersionType": part("x", "specificVersionType"), "defaultVersionSpecific": part("2.1", "77")}),
        {"version": "2.1"}, set(),
    ),
    "asked for": (
        build(reference={"defaultVersionType": part("x", "selectDuringReleaseCreationType")}),
        {}, {"Artifact: version asked for at each release"},
    ),
    "another alias": (build("my app (1)"), {"alias": "my-app-1"}, {"Artifact: alias"}),
    "no name": (
        build(definitionReference={"definition": {"id": "5", "name": ""}, **LATEST}), {"pipeline": "pipeline 5"}, {"Artifact by id"},
    ),
    "git": (
        {"type": "Git", "alias": "a", "definitionReference": {
            "definition": part("tools", "guid"), "project": part("Web", "guid"), "branches": part("main"),
            "checkoutSubmodules": part("True"), "checkoutNestedSubmodules": {"id": "True", "name": "Any nested"},
            "fetchDepth": part("1"), "gitLfsSupport": part("True"), "defaultVersionType": part("x", "latestFromBranchType")}},
        [{"type": "git", "alias": "a", "repository": "Web/tools", "branch": "main", "fetch_depth": 1,
          "submodules": "recursive", "lfs": True}], set(),
    ),
    "github at a commit": (
        {"type": "GitHub", "alias": "a", "definitionReference": {
            "definition": part("o/r"), "connection": part("gh", GROUP), "branch": part("main"),
            "defaultVersionType": part("x", "specificVersionType"), "defaultVersionSpecific": part("abc")}},
        [{"type": "github", "alias": "a", "repository": "o/r", "service_connection": "gh", "branch": "main"}],
        {"Artifact: a given commit"},
    ),
    "an image": (
        {"type": "AzureContainerRepository", "alias": "a", "definitionReference": {
            "connection": part(GROUP), "definition": part("img"), "registryurl": part("reg"), "resourcegroup": part("rg"), **LATEST}},
        [{"type": "acr", "alias": "a", "service_connection": GROUP, "resource_group": "rg", "registry": "reg",
          "repository": "img"}], {"Service connection by id"},
    ),
    "an image of Docker Hub": (
        {"type": "DockerHub", "alias": "a", "definitionReference": {
            "connection": part("hub"), "namespaces": part("n"), "definition": part("img"), **LATEST}},
        [{"type": "docker", "alias": "a", "service_connection": "hub", "repository": "n/img"}], set(),
    ),
    "jenkins": (
        {"type": "Jenkins", "alias": "a", "definitionReference": {"connection": part("j"), "definition": part("job"), **LATEST}},
        [{"type": "jenkins", "alias": "a", "service_connection": "j", "job": "job"}], set(),
    ),
    "a package": (
        {"type": "PackageManagement", "alias": "a", "definitionReference": {
            "feed": part("f"), "definition": part("p"), "packageType": part("npm"), **LATEST}},
        [{"type": "package", "alias": "a", "feed": "f", "package": "p", "kind": "npm", "version": "latest"}],
        {"Artifact: latest version of a package"},
    ),
    "a GitHub release": (
        {"type": "GitHubRelease", "alias": "a", "definitionReference": {
            "connection": part("gh"), "definition": part("o/r"), "defaultVersionType": part("x", "specificVersionType"),
            "defaultVersionSpecific": part("v1")}},
        [{"type": "github_release", "alias": "a", "service_connection": "gh", "repository": "o/r", "version": "v1"}], set(),
    ),
    "TFVC": (
        {"type": "TFVC", "alias": "a", "definitionReference": {"definition": part("$/x")}}, None,
        {"Artifact: TFVC, TeamCity, external TFS, NuGet feeds elsewhere, several builds"},
    ),
    "several builds": (
        build(reference={"IsMultiDefinitionType": part("True"), "definitions": part("1,2"), **LATEST}), None,
        {"Artifact: TFVC, TeamCity, external TFS, NuGet feeds elsewhere, several builds"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("artifact", "expected", "rows"), SOURCES.values(), ids=SOURCES)
def test_artifacts(artifact: dict[str, Any], expected: Any, rows: set[str]) -> None:
    made = read(definition(artifacts=[artifact]))
    assert {title for _, title in told(made.report)} == rows
    found = said(made)
    if isinstance(expected, dict):
        assert {key: found["artifact"].get(key) for key in expected} == expected
    else:
        assert found.get("sources") == expected


ORDER: dict[str, tuple[list[dict[str, Any]], dict[str, Any], set[str]]] = {
    "after one": ([after("Dev")], {"depends_on": ["Dev"]}, set()),
    "after two": ([after("Dev"), after("Test")], {"depends_on": ["Dev", "Test"]}, set()),
    "also with issues": (
        [after("Dev", 132)],
        {"depends_on": ["Dev"], "condition": "in(dependencies.Dev.result, 'Succeeded', 'SucceededWithIssues')"}, set(),
    ),
    "after a failure": (
        [after("Dev", 4 + 16 + 8), after("Test")],
        {"depends_on": ["Dev", "Test"], "condition": "and(in(dependencies.Dev.result, 'Succeeded', 'Failed', 'Canceled'), "
                                                     "in(dependencies.Test.result, 'Succeeded'))"}, set(),
    ),
    "by hand": ([], {"depends_on": [], "trigger": "manual"}, set()),
    "of a branch": (
        [after("Dev"), {"name": "_app", "conditionType": 4, "value": '{"sourceBranch": "release/*"}'},
         {"name": "_app", "conditionType": 4, "value": '{"sourceBranch": "-main"}'}],
        {"depends_on": ["Dev"], "condition": "and(succeeded(), startsWith(variables['resources.pipeline._app.sourceBranch'], "
         "'refs/heads/release/'), not(eq(variables['resources.pipeline._app.sourceBranch'], 'refs/heads/main')))"},
        {"Stage: only artifacts of some branches"},
    ),
    "with tags": (
        [after("Dev"), {"name": "_app", "conditionType": 4, "value": '{"sourceBranch": "", "tags": ["x"]}'}],
        {"depends_on": ["Dev"]}, {"Stage: only artifacts with tags, or of the build's own branch"},
    ),
    "after nobody": ([after("Nowhere")], {"depends_on": [], "trigger": "manual"}, {"Stage: condition"}),
    "after it was queued": ([after("Dev", 32)], {"depends_on": [], "trigger": "manual"}, {"Stage: condition"}),
    "something else": ([{"conditionType": 99, "name": "x"}], {"depends_on": [], "trigger": "manual"}, {"Stage: condition"}),
}  # fmt: skip


@pytest.mark.parametrize(("conditions", "expected", "rows"), ORDER.values(), ids=ORDER)
def test_the_order_of_stages(conditions: list[dict[str, Any]], expected: dict[str, Any], rows: set[str]) -> None:
    made = read(definition(stage(), stage("Test"), stage("Prod", conditions=conditions), artifacts=[build()]))
    assert {title for _, title in told(made.report)} == rows
    found = said(made)["stages"][2]
    assert {
        key: found.get(key) for key in ("depends_on", "condition", "trigger") if found.get(key) is not None
    } == expected


def test_a_stage_with_issues_passes_only_where_it_did() -> None:
    """YAML lets a stage with issues count as succeeded; a classic release does not, unless told so."""
    issues = stage(deployPhases=[phase(task(continueOnError=True))])
    made = read(definition(issues, stage("Prod", conditions=[after("Dev")])))
    assert said(made)["stages"][1]["condition"] == "in(dependencies.Dev.result, 'Succeeded')"
    made = read(definition(issues, stage("Prod", conditions=[after("Dev", 132)])))
    assert "condition" not in said(made)["stages"][1]


def person(name: str, rank: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "rank": rank,
        "isAutomated": False,
        "approver": {"id": GROUP, "displayName": name, "uniqueName": name},
        **more,
    }


APPROVALS: dict[str, tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any] | None, set[str]]] = {
    "nobody": ([{"rank": 1, "isAutomated": True}], {"releaseCreatorCanBeApprover": True}, None, set()),
    "one": (
        [person("a@x")], {"timeoutInMinutes": 90, "releaseCreatorCanBeApprover": True},
        {"approvers": ["a@x"], "timeout": "90 minutes", "requester_may_approve": True},
        {"Approval before a stage", "Approver"},
    ),
    "some": (
        [person("a@x"), person("b@x"), person("c@x")], {"requiredApproverCount": 2},
        {"approvers": ["a@x", "b@x", "c@x"], "minimum": 2}, {"Approval before a stage", "Approver"},
    ),
    "one after the other": (
        [person("b@x", 2), person("a@x", 1)], {},
        {"approvers": ["a@x", "b@x"], "order": "sequence"}, {"Approval before a stage", "Approver"},
    ),
    "a group": (
        [person("x", approver={"id": GROUP, "displayName": "[Web]\\Owners", "uniqueName": "vstfs:///x", "isContainer": True})],
        {}, {"approvers": ["[Web]\\Owners"]}, {"Approval before a stage", "Approver"},
    ),
    "an id": (
        [person("x", approver={"id": GROUP})], {}, {"approvers": [GROUP]}, {"Approval before a stage", "Approver by id"},
    ),
    "no one at all": ([{"rank": 1, "isAutomated": False}], {}, None, {"Approver without name and id", "Approval before a stage"}),
    "checked again": (
        [person("a@x")], {"enforceIdentityRevalidation": True}, {"approvers": ["a@x"]},
        {"Approval before a stage", "Approver", "Approval: identity checked again"},
    ),
    "too long": (
        [person("a@x")], {"timeoutInMinutes": 99999}, {"approvers": ["a@x"]},
        {"Approval before a stage", "Approver", "Approval: timeout"},
    ),
    "skipped for the same": (
        [person("a@x", isNotificationOn=True)], {"autoTriggeredAndPreviousEnvironmentApprovedCanBeSkipped": True},
        {"approvers": ["a@x"]},
        {"Approval before a stage", "Approver", "Approval: skipped for the same approver", "Approval: notification"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("people", "options", "expected", "rows"), APPROVALS.values(), ids=APPROVALS)
def test_approvals(
    people: list[dict[str, Any]], options: dict[str, Any], expected: dict[str, Any] | None, rows: set[str]
) -> None:
    made = read(definition(stage(preDeployApprovals={"approvals": people, "approvalOptions": options})))
    assert {title for _, title in told(made.report)} == rows
    assert first_stage(made).get("approval") == expected


def test_an_approval_after_a_stage_waits_for_one_or_for_all() -> None:
    people = [person("a@x"), person("b@x"), person("c@x")]
    for count, minimum, is_lost in ((0, None, False), (1, 1, False), (2, 3, True)):
        made = read(
            definition(
                stage(postDeployApprovals={"approvals": people, "approvalOptions": {"requiredApproverCount": count}})
            )
        )
        found = first_stage(made)["approval_after"]
        assert found == {"approvers": ["a@x", "b@x", "c@x"]} | ({"minimum": minimum} if minimum else {})
        assert bool(made.report.lost_controls()) is is_lost


def gates(**options: Any) -> dict[str, Any]:
    inputs = {"connectedServiceName": CONNECTION, "method": "GET"}
    return {
        "gatesOptions": {"isEnabled": True, "timeout": 120, "samplingInterval": 5, **options},
        "gates": [{"tasks": [task(REST, "1.*", name="No incident", inputs=inputs)]}],
    }


GATE = {
    "task": "InvokeRESTAPI@1",
    "display_name": "No incident",
    "inputs": {"serviceConnection": CONNECTION, "method": "GET"},
}


@pytest.mark.parametrize(
    ("options", "more", "rows"),
    [
        ({}, {}, set()),
        ({"isEnabled": False, "minimumSuccessDuration": 9}, {"enabled": False}, set()),
        ({"stabilizationTime": 5}, {}, {"Gates: delay before the first time"}),
        ({"minimumSuccessDuration": 5}, {}, {"Gates: minimum time of success"}),
    ],
)
def test_gates(options: dict[str, Any], more: dict[str, Any], rows: set[str]) -> None:
    made = read(definition(stage(preDeploymentGates=gates(**options))))
    expected = {"tasks": [GATE], "interval": "5 minutes", "timeout": "2 hours", **more}
    assert first_stage(made)["gates"] == expected
    assert {title for _, title in told(made.report)} == {"Gates before a stage", "Service connection by id", *rows}
    made = read(definition(stage(postDeploymentGates=gates(**options))))
    assert first_stage(made)["gates_after"] == expected
    assert {title for _, title in told(made.report)} == {"Gates after a stage", "Service connection by id", *rows}


STAGE: dict[str, tuple[dict[str, Any], dict[str, Any], set[str]]] = {
    "one at a time": (
        {"executionPolicy": {"concurrencyCount": 1, "queueDepthCount": 1}}, {"lock": "latest"}, {"Stage: one deployment at a time"},
    ),
    "three at a time": (
        {"executionPolicy": {"concurrencyCount": 3, "queueDepthCount": 0}}, {"lock": "sequential"},
        {"Stage: some deployments at a time"},
    ),
    "a schedule": ({"schedules": [{"daysToRelease": 1}]}, {}, {"Stage: schedule"}),
    "redeployment": ({"environmentTriggers": [{"triggerType": 2}]}, {}, {"Stage: redeploy trigger"}),
    "options": (
        {"environmentOptions": {"badgeEnabled": True, "emailNotificationType": "Always", "publishDeploymentStatus": True}}, {},
        {"Stage: badge, work items, deployment status", "Stage: e-mail"},
    ),
    "usual retention": ({"retentionPolicy": {"daysToKeep": 30, "releasesToKeep": 3, "retainBuild": True}}, {}, set()),
    "its own retention": ({"retentionPolicy": {"daysToKeep": 90}}, {}, {"Retention"}),
    "variables": (
        {"variables": {"x": {"value": "1", "allowOverride": True}, "s": {"isSecret": True, "value": None}}, "variableGroups": [9]},
        {"variables": {"x": "1"}, "secrets": ["s"], "variable_groups": ["variable group 9", "web-Dev"]},
        {"Variable of a stage that can be set at release", "Secret variable", "Secret variable of a stage", "Variable group by id"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("more", "expected", "rows"), STAGE.values(), ids=STAGE)
def test_what_a_stage_has(more: dict[str, Any], expected: dict[str, Any], rows: set[str]) -> None:
    made = read(definition(stage(**more)))
    assert {title for _, title in told(made.report)} == rows
    found = first_stage(made)
    assert {key: found.get(key) for key in expected} == expected


def test_a_secret_of_a_stage_is_in_a_variable_group_of_the_stage() -> None:
    secret = {"password": {"isSecret": True, "value": None}}
    made = read(definition(stage(variables=secret), stage("Prod", variables=secret)))
    assert [found["variable_groups"] for found in said(made)["stages"]] == [["web-Dev"], ["web-Prod"]]
    assert (REGISTERED, "Secret variable of a stage") in told(made.report)


PHASES: dict[str, tuple[dict[str, Any], dict[str, Any], set[str]]] = {
    "condition and timeouts": (
        {"given": {"condition": "eq(variables['Release.Reason'], 'Manual')", "jobCancelTimeoutInMinutes": 5}},
        {"condition": "eq(variables['Build.Reason'], 'Manual')", "cancel_timeout": "5 minutes"}, set(),
    ),
    "no timeout": ({"given": {"timeoutInMinutes": 0, "condition": "always()"}}, {"condition": "always()"}, {"Job: no timeout"}),
    "nothing to download": ({"given": {"skipArtifactsDownload": True}}, {"download": []}, set()),
    "some to download": (
        {"given": {"artifactsDownloadInput": {"downloadInputs": [
            {"alias": "_app", "artifactDownloadMode": "Selective", "artifactItems": ["drop", "drop/**"]}]}}},
        {"download": [{"alias": "_app", "artifacts": ["drop"]}, {"alias": "_app", "artifacts": ["drop"], "patterns": ["**"]}]}, set(),
    ),
    "one to skip": (
        {"given": {"artifactsDownloadInput": {"downloadInputs": [{"alias": "_app", "artifactDownloadMode": "Skip"}]}}},
        {"download": []}, set(),
    ),
    "on several agents": (
        {"given": {"parallelExecution": {"parallelExecutionType": 2, "maxNumberOfAgents": 3, "continueOnError": True}}},
        {"parallel": 3, "continue_on_error": True}, {"Job: several configurations or agents, without a deployment"},
    ),
    "in several configurations": (
        {"given": {"parallelExecution": {"parallelExecutionType": "multiConfiguration", "multipliers": "os", "maxNumberOfAgents": 2}}},
        {"matrix": {"os": ["linux", "mac"]}, "at_once": 2}, {"Job: several configurations or agents, without a deployment"},
    ),
    "in configurations that are not here": (
        {"given": {"parallelExecution": {"parallelExecutionType": 1, "multipliers": "other"}}}, {}, {"Job: several configurations"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("more", "expected", "rows"), PHASES.values(), ids=PHASES)
def test_jobs_on_agents(more: dict[str, Any], expected: dict[str, Any], rows: set[str]) -> None:
    variables = {"os": {"value": "linux, mac"}}
    # A second job, so that the stage has to list them.
    phases = [phase(name="First", **more), phase(name="Second", rank=2)]
    made = read(definition(stage(deployPhases=phases), artifacts=[build()], variables=variables))
    assert {title for _, title in told(made.report)} == rows
    job = first_stage(made)["jobs"][0]
    assert {key: job.get(key) for key in expected} == expected
    assert job["display_name"] == "First"


AGENTS: dict[str, tuple[dict[str, Any], dict[str, Any] | None, set[str]]] = {
    "an image that is gone": ({"agentSpecification": {"identifier": "vs2017-win2016"}}, {"image": "windows-2022"}, {"Retired image"}),
    "an old pool": ({"queueId": "Hosted Ubuntu 1604"}, {"image": "ubuntu-22.04"}, {"Retired image"}),
    "a pool by id": ({"queueId": 18}, {"pool": "queue 18"}, {"Agent pool by id"}),
    "a token": ({"queueId": "$Default$"}, {"pool": "$Default$"}, set()),
    "a pool with demands": (
        {"queueId": 6, "demands": ["docker", {"name": "Agent.OS", "value": "Linux"}]},
        {"pool": "own", "demands": ["docker", "Agent.OS -equals Linux"]}, set(),
    ),
    "demands of an image": (
        {"agentSpecification": {"identifier": "ubuntu-24.04"}, "demands": ["docker"]}, {"image": "ubuntu-24.04"},
        {"Job: demands of a hosted agent"},
    ),
    "nothing": ({"queueId": 0}, {"pool": "queue unknown"}, {"Agent pool by id"}),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected", "rows"), AGENTS.values(), ids=AGENTS)
def test_agents(given: dict[str, Any], expected: dict[str, Any] | None, rows: set[str]) -> None:
    given = {"agentSpecification": None, **given}
    made = read(definition(stage(deployPhases=[phase(given=given)])), names=ResourceNames(pools={"6": "own"}))
    assert {title for _, title in told(made.report)} == rows
    assert said(made).get("agent") == expected


def test_an_agentless_job_and_machines() -> None:
    server = {"name": "Wait", "phaseType": 2, "rank": 1, "deploymentInput": {}, "workflowTasks": [
        task(DELAY, "1.*", inputs={"delayForMinutes": "5"}),
        task("bcb64569-d51a-4af0-9c01-ea5d05b3b622", "8.*", inputs={"instructions": "look", "emailRecipients": GROUP, "onTimeout": "reject"}),
    ]}  # fmt: skip
    machines = {"name": "Web", "phaseType": "machineGroupBasedDeployment", "rank": 2, "workflowTasks": [task()],
                "deploymentInput": {"queueId": 4, "tags": ["web"], "deploymentHealthOption": "Custom", "healthPercent": 75}}  # fmt: skip
    names = ResourceNames(deployment_groups={"4": "farm"}, identities={GROUP: "a@x"})
    made = read(definition(stage(deployPhases=[server, machines])), names=names)
    first, second = first_stage(made)["jobs"]
    assert first["runs_on"] == "server"
    assert [each["task"] for each in first["tasks"]] == ["Delay@1", "ManualValidation@1"]
    assert first["tasks"][1]["inputs"] == {"notifyUsers": "a@x", "instructions": "look"}
    assert second["machines"] == {"environment": "farm", "tags": ["web"], "at_once": "25%"}
    assert told(made.report) >= {(CHANGED, "Manual intervention"), (CHANGED, "Deployment group job")}
    assert read(definition(stage(deployPhases=[{**server, "phaseType": 8}]))).report.lost_controls()


def test_a_definition_of_before_there_were_jobs() -> None:
    old = {"name": "Dev", "rank": 1, "conditions": [], "queueId": 6, "deployStep": {"id": 2, "tasks": [task()]}}
    made = read(definition(old), names=ResourceNames(pools={"6": "own"}))
    assert first_stage(made)["tasks"][0]["script"] == "echo"
    assert said(made)["agent"] == {"pool": "own"}


TASKS: dict[str, tuple[dict[str, Any], dict[str, Any], set[str]]] = {
    "everything a task has": (
        task(condition="failed()", continueOnError=True, enabled=False, timeoutInMinutes=5, retryCountOnTaskFailure=2,
             environment={"X": "$(Release.ReleaseName)"}, refName="doIt"),
        {"task": "Bash", "name": "doIt", "condition": "failed()", "continue_on_error": True, "enabled": False,
         "timeout": "5 minutes", "retries": 2, "env": {"X": "$(Build.BuildNumber)"}, "script": "echo"}, set(),
    ),
    "always": (task(alwaysRun=True), {"condition": "succeededOrFailed()"}, {"Task: always run"}),
    "too many retries": (task(retryCountOnTaskFailure=20), {"retries": 10}, {"Task: more than 10 retries"}),
    "a name that no step has": (task(refName="a-b"), {}, {"Task: reference name"}),
    "overridden inputs": (task(overrideInputs={"a": "b"}), {}, {"Task: overridden inputs"}),
    "a preview": (task(version="3.*-preview"), {"task": "Bash"}, {"Task: preview or fixed version"}),
    "of the marketplace": (
        task(GROUP, "2.*", inputs={"a": "b"}), {"task": f"{GROUP}@2", "inputs": {"a": "b"}},
        {"Task: unknown inputs"},
    ),
    "inputs without effect": (
        task(inputs={"targetType": "inline", "script": "echo", "filePath": "/nowhere"}), {"script": "echo"}, set(),
    ),
    "an input that cannot be named": (
        task(GROUP, "2.*", inputs={"": "b", "ok": "x"}), {"inputs": {"ok": "x"}},
        {"Task: an input that cannot be named", "Task: unknown inputs"},
    ),
    "a variable without a counterpart": (
        task(inputs={"targetType": "inline", "script": "echo $(Release.ReleaseWebURL)"}),
        {"script": "echo $(Release.ReleaseWebURL)"}, {"A variable of the release without a counterpart"},
    ),
    "paths": (
        task(inputs={"targetType": "filePath", "filePath": "$(System.DefaultWorkingDirectory)/_app/drop/x.sh",
                     "workingDirectory": "$(System.DefaultWorkingDirectory)/_app/drop"}),
        {"file": "x.sh", "task": "Bash"}, {"Artifact: only one of the build's is used"},
    ),
    "a folder in another spelling": (
        task(inputs={"targetType": "inline", "script": "ls $SYSTEM_DEFAULTWORKINGDIRECTORY $(System.ArtifactsDirectory)"}),
        {"script": "ls $PIPELINE_WORKSPACE $(Pipeline.Workspace)"}, {"Task: an input with a variable or path of the release"},
    ),
    "a default that means another place": (
        task("0b0f01ed-7dde-43ff-9cbb-e48954daf9b1", "2.*", inputs={}),
        {"task": "PublishTestResults", "condition": "succeeded()", "search_folder": "$(Pipeline.Workspace)", "files": "**/TEST-*.xml"},
        set(),
    ),
    "access token": (
        task(inputs={"targetType": "inline", "script": "curl $SYSTEM_ACCESSTOKEN"}),
        {"env": {"SYSTEM_ACCESSTOKEN": "$(System.AccessToken)"}}, {"Job: access token for scripts"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected", "rows"), TASKS.values(), ids=TASKS)
def test_tasks(given: dict[str, Any], expected: dict[str, Any], rows: set[str]) -> None:
    token = {"enableAccessToken": "Job: access token for scripts" in rows}
    made = read(definition(stage(deployPhases=[phase(given, given=token)]), artifacts=[build()]))
    assert {title for _, title in told(made.report)} == rows
    (found,) = first_stage(made)["tasks"]
    assert {key: found.get(key) for key in expected} == expected


def test_process_parameters_stand_where_they_are_used() -> None:
    parameters = {"inputs": [{"name": "Web App", "defaultValue": "no"}, {"name": "App", "defaultValue": "shop"}]}
    script = {"targetType": "inline", "script": "deploy $(Parameters.App) $(parameters.app)"}
    made = read(definition(stage(processParameters=parameters, deployPhases=[phase(task(inputs=script))])))
    assert first_stage(made)["tasks"][0]["script"] == "deploy shop shop"
    assert told(made.report) == {(CHANGED, "Process parameters")}
    assert places(made, "Process parameters") == ["environments[0].processParameters"]


def group(**more: Any) -> dict[str, Any]:
    inner = {"displayName": "Say $(what)", "task": {"id": BASH, "versionSpec": "3.*", "definitionType": "task"},
             "inputs": {"targetType": "inline", "script": "echo $(what) $(other)"}, "enabled": True, **more}  # fmt: skip
    return {"id": GROUP, "name": "Say", "inputs": [{"name": "what", "defaultValue": "hi"}], "tasks": [inner]}


def test_task_groups_are_inlined_with_their_parameters() -> None:
    call = task(GROUP, "1.*", definitionType="metaTask", name="Say it", inputs={"what": "hello"}, enabled=False)
    data = definition(stage(deployPhases=[phase(call)]))
    made = read(data, task_groups=[group()])
    assert first_stage(made)["tasks"] == [
        {
            "task": "Bash",
            "display_name": "Say hello",
            "enabled": False,
            "script": "echo hello $(other)",
        }
    ]
    assert told(made.report) == {(CHANGED, "Task group")}
    assert [e.feature.title for e in read(data).report.lost_controls()] == ["Task group"]


@pytest.mark.parametrize(
    ("outer", "inner", "expected", "is_lost"),
    [
        ("succeeded()", "failed()", "failed()", False),
        ("always()", "succeeded()", "always()", False),
        ("always()", "always()", "always()", False),
        ("always()", "failed()", "always()", True),
    ],
)
def test_conditions_of_task_groups(outer: str, inner: str, expected: str, is_lost: bool) -> None:
    call = task(GROUP, "1.*", definitionType="metaTask", condition=outer, inputs={})
    made = read(definition(stage(deployPhases=[phase(call)])), task_groups=[group(condition=inner)])
    assert first_stage(made)["tasks"][0]["condition"] == expected
    assert bool(made.report.lost_controls()) is is_lost


def test_a_task_group_that_calls_itself_ends() -> None:
    inner = {"task": {"id": GROUP, "versionSpec": "1.*", "definitionType": "metaTask"}, "displayName": "again"}
    call = task(GROUP, "1.*", definitionType="metaTask", inputs={})
    made = read(definition(stage(deployPhases=[phase(call)])), task_groups=[{"id": GROUP, "tasks": [inner]}])
    assert made.report.lost_controls()


def test_names_are_put_for_ids() -> None:
    cli = {
        "connectedServiceNameARM": CONNECTION,
        "scriptType": "bash",
        "scriptLocation": "inlineScript",
        "inlineScript": "az x",
    }
    names = ResourceNames({CONNECTION: "azure"}, {"7": "common"}, {"18": "own"}, {}, {GROUP: "a@x"}, {"5": "\\ci\\app"})
    made = read(
        definition(
            stage(
                deployPhases=[
                    phase(task(AZURE_CLI, "2.*", inputs=cli), given={"agentSpecification": None, "queueId": 18})
                ],
                preDeployApprovals={"approvals": [person("x", approver={"id": GROUP})]},
            ),
            variableGroups=[7],
            artifacts=[build()],
        ),
        names=names,
    )
    found = said(made)
    assert found["artifact"]["pipeline"] == "\\ci\\app"
    assert found["variable_groups"] == ["common"]
    assert found["agent"] == {"pool": "own"}
    assert found["stages"][0]["approval"] == {"approvers": ["a@x"]}
    assert found["stages"][0]["tasks"][0]["service_connection"] == "azure"
    assert {outcome for outcome, _ in told(made.report)} == {REGISTERED}


@pytest.mark.parametrize("other", ["SAME@x", "same@x ", "same@x"])
@pytest.mark.parametrize("side", ["pre", "post"])
def test_an_approver_that_is_named_twice_is_reported(other: str, side: str) -> None:
    people = [person("same@x"), person("lee@x"), person(other)]
    made = read(definition(stage(**{f"{side}DeployApprovals": {"approvals": people}})))
    found = first_stage(made)["approval" if side == "pre" else "approval_after"]
    assert found["approvers"] == ["same@x", "lee@x"]
    (entry,) = made.report.lost_controls()
    assert entry.feature.title == "Approver named twice"
    assert [path_text(path) for path in entry.paths] == [f"environments[0].{side}DeployApprovals.approvals[2]"]


def test_an_approver_that_is_named_twice_counts_once() -> None:
    people = [person("same@x"), person("same@x ")]
    options = {"requiredApproverCount": 2}
    made = read(definition(stage(preDeployApprovals={"approvals": people, "approvalOptions": options})))
    assert first_stage(made)["approval"] == {"approvers": ["same@x"]}
    told_of_count = [row.feature.outcome for row in made.report.rows if row.path[-1] == "requiredApproverCount"]
    assert told_of_count == [ConversionOutcome.MEANINGLESS]


def test_an_approver_with_an_id_and_one_of_the_same_name_without_are_one() -> None:
    people = [
        person("x", approver={"id": GROUP, "displayName": "Team"}),
        person("x", approver={"displayName": "Team "}),
    ]
    made = read(definition(stage(preDeployApprovals={"approvals": people})))
    assert first_stage(made)["approval"]["approvers"] == ["Team"]
    assert lost(made) == {"Approver named twice"}


def test_what_no_release_can_say_is_refused_with_the_reason() -> None:
    made = read(definition(stage(), variables={"a": {"value": "1"}, "A": {"value": "2"}}))
    assert made.release is None
    assert made.problems == ("variables.A.[key]: `A` and `a` are one variable to Azure Pipelines",)


BUILDS = [build(), {**build("_lib"), "isPrimary": False}]


@pytest.mark.parametrize(
    ("condition", "expected", "title"),
    [
        ("eq(variables['Release.Reason'], 'Manual')", "eq(variables['Build.Reason'], 'Manual')", None),
        (
            "ne(variables['Release.Reason'],'ContinuousIntegration')",
            "ne(variables['Build.Reason'], 'ResourceTrigger')",
            None,
        ),
        ("eq(variables['Release.EnvironmentName'], 'Dev')", "eq(variables['System.StageDisplayName'], 'Dev')", None),
        (
            "eq(variables['Build.SourceBranch'], 'x')",
            "eq(variables['resources.pipeline._app.sourceBranch'], 'x')",
            None,
        ),
        ("eq(variables.Build.SourceBranch, 'x')", "eq(variables['resources.pipeline._app.sourceBranch'], 'x')", None),
        ("eq(variables['Build.SourceBranchName'], 'main')", None, "A condition on a variable without a counterpart"),
        ("ne(variables['Release.PrimaryArtifactSourceAlias'], 'x')", "ne('_app', 'x')", None),
        ("eq(variables.release.primaryArtifactSourceAlias, 'x')", "eq('_app', 'x')", None),
        ("eq(variables['x'], '${{ y }}')", None, "A text with ${{ }} or $[ ]"),
        (
            "in(variables['Release.Reason'], 'Manual')",
            "in(variables['Build.Reason'], 'Manual')",
            "A condition on a variable without a counterpart",
        ),
        (
            "ne(variables['Release.DefinitionId'], '5')",
            "ne(variables['System.DefinitionId'], '5')",
            "A condition on a variable without a counterpart",
        ),
        ("eq(variables['System.HostType'], 'release')", None, "A condition on a variable without a counterpart"),
    ],
)
def test_a_condition_means_the_same_or_stops_the_import(
    condition: str, expected: str | None, title: str | None
) -> None:
    made = read(definition(stage(deployPhases=[phase(task(condition=condition))]), artifacts=BUILDS))
    assert lost(made) == ({title} if title else set())
    assert first_stage(made)["tasks"][0]["condition"] == (expected or condition)


def test_build_variables_are_those_of_a_primary_build_only() -> None:
    git = {"type": "Git", "alias": "repo", "isPrimary": True, "definitionReference": {"definition": part("r")}}
    condition = "eq(variables['Build.SourceBranch'], 'refs/heads/main')"
    data = definition(stage(deployPhases=[phase(task(condition=condition))]), artifacts=[git, BUILDS[1]])
    made = read(data)
    assert lost(made) == {"A condition on a variable without a counterpart"}
    assert "artifact" not in said(made)
    assert [source["type"] for source in said(made)["sources"]] == ["git", "pipeline"]


@pytest.mark.parametrize("branch_name", ["-releases/*/hotfix", "feature/?", "[ab]x"])
def test_a_filter_that_no_condition_can_ask_for_is_lost(branch_name: str) -> None:
    value = f'{{"sourceBranch": "{branch_name}"}}'
    conditions = [after("Dev"), {"name": "_app", "conditionType": 4, "value": value}]
    made = read(definition(stage(), stage("Prod", conditions=conditions), artifacts=[build()]))
    assert lost(made) == {"Stage: only artifacts with tags, or of the build's own branch"}


def test_a_filter_on_a_repository_is_lost() -> None:
    git = {"type": "Git", "alias": "repo", "definitionReference": {"definition": part("r")}}
    conditions = [
        {"conditionType": 1, "name": "ReleaseStarted"},
        {"name": "repo", "conditionType": 4, "value": '{"sourceBranch": "-main"}'},
    ]
    assert lost(read(definition(stage(conditions=conditions), artifacts=[git])))


def test_a_stage_behind_one_that_runs_after_a_failure_says_what_it_waits_for() -> None:
    """`succeeded()` looks at all stages before, and one of them has failed."""
    made = read(
        definition(
            stage(), stage("Rollback", conditions=[after("Dev", 16)]), stage("Tell", conditions=[after("Rollback")])
        )
    )
    assert [found.get("condition") for found in said(made)["stages"]] == [
        None,
        "in(dependencies.Rollback.result, 'Succeeded')".replace("Rollback", "Dev").replace("Succeeded", "Failed"),
        "in(dependencies.Rollback.result, 'Succeeded')",
    ]


def test_issues_of_groups_and_copies_count() -> None:
    call = task(GROUP, "1.*", definitionType="metaTask", inputs={})
    copies = {"parallelExecution": {"parallelExecutionType": 2, "maxNumberOfAgents": 2, "continueOnError": True}}
    for phases, groups in (([phase(call)], [group(continueOnError=True)]), ([phase(given=copies)], [])):
        made = read(
            definition(stage(deployPhases=phases), stage("Prod", conditions=[after("Dev")])), task_groups=groups
        )
        assert said(made)["stages"][1]["condition"] == "in(dependencies.Dev.result, 'Succeeded')"


def test_two_triggers_of_one_artifact_are_one() -> None:
    first = {"triggerType": 1, "artifactAlias": "_app", "triggerConditions": [branch("main"), branch("-x")]}
    second = {"triggerType": 1, "artifactAlias": "_app", "triggerConditions": [branch("dev")]}
    made = read(definition(artifacts=[build()], triggers=[first, second]))
    assert said(made)["trigger"]["continuous_deployment"] == {
        "branches": {"include": ["main", "dev"], "exclude": ["x"]}
    }
    every = {"triggerType": 1, "artifactAlias": "_app", "triggerConditions": []}
    made = read(definition(artifacts=[build()], triggers=[first, every]))
    assert said(made)["trigger"]["continuous_deployment"] == {"branches": {"exclude": ["x"]}}
    tagged = {"triggerType": 1, "artifactAlias": "_app", "triggerConditions": [branch("main", tags=["good"])]}
    assert lost(read(definition(artifacts=[build()], triggers=[every, tagged]))) == {
        "Trigger: branches with different tags"
    }


def test_a_push_to_a_repository() -> None:
    git = {"type": "Git", "alias": "repo", "definitionReference": {"definition": part("r")}}
    data = definition(
        artifacts=[git], triggers=[{"triggerType": 3, "alias": "repo", "branchFilters": ["+main", "-old"]}]
    )
    assert said(read(data))["sources"][0]["trigger"] == {"include": ["main"], "exclude": ["old"]}
    conditions = [branch("main", tags=["x"])]
    data = definition(
        artifacts=[git], triggers=[{"triggerType": 1, "artifactAlias": "repo", "triggerConditions": conditions}]
    )
    assert lost(read(data)) == {"Trigger: when a build is tagged"}


def test_a_task_group_has_the_version_that_is_called() -> None:
    both = [group() | {"version": {"major": number}} for number in (1, 2)]
    both[0]["tasks"][0] = {**both[0]["tasks"][0], "inputs": {"targetType": "inline", "script": "echo one"}}
    call = task(GROUP, "1.*", definitionType="metaTask", inputs={})
    made = read(definition(stage(deployPhases=[phase(call)])), task_groups=both)
    assert first_stage(made)["tasks"][0]["script"] == "echo one"
    call = task(GROUP, "3.*", definitionType="metaTask", inputs={}, timeoutInMinutes=7)
    assert lost(read(definition(stage(deployPhases=[phase(call)])), task_groups=both)) == {"Task group"}
    made = read(definition(stage(deployPhases=[phase({**call, "version": "1.*"})])), task_groups=both)
    assert lost(made) == {"Task group: its own timeout, retries or environment"}


ROOT = "$(System.DefaultWorkingDirectory)"
ELSEWHERE: dict[str, dict[str, Any]] = {
    "a variable": {"variables": {"pkg": {"value": f"{ROOT}/_app/other/p.zip"}}},
    "a relative path": {"script": "ls _app/other"},
    "all files": {"script": "ls */x"},
    "this folder": {"script": "find . -name x"},
    "another spelling": {"script": "ls $AGENT_RELEASEDIRECTORY/x"},
    "a default": {"task": task("497d490f-eea7-4f2b-ab94-48d9c1acdcb1", "3.*", inputs={"WebAppName": "x"})},
}


@pytest.mark.parametrize("more", ELSEWHERE.values(), ids=ELSEWHERE)
def test_all_artifacts_are_downloaded_where_others_may_be_used(more: dict[str, Any]) -> None:
    first = task(
        inputs={"targetType": "filePath", "filePath": f"{ROOT}/_app/drop/x.sh", "workingDirectory": f"{ROOT}/_app/drop"}
    )
    second = more.get("task") or task(inputs={"targetType": "inline", "script": more.get("script", "echo")})
    data = definition(
        stage(deployPhases=[phase(first, second)]), artifacts=[build()], variables=more.get("variables", {})
    )
    assert "name" not in said(read(data))["artifact"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"ls '{ROOT}/My App/x'", "ls '$(Pipeline.Workspace)/My-App/x'"),
        (f"cd {ROOT}/My App && ls", "cd $(Pipeline.Workspace)/My-App && ls"),
        ("ls $SYSTEM_DEFAULTWORKINGDIRECTORY/My App/x", "ls $PIPELINE_WORKSPACE/My-App/x"),
        ("ls '$env:SYSTEM_DEFAULTWORKINGDIRECTORY\\My App'", "ls '$env:PIPELINE_WORKSPACE\\My-App'"),
        ("ls 'My App/drop/x.txt'", "ls 'My-App/drop/x.txt'"),
        ("echo My App is fine", "echo My App is fine"),
    ],
)
def test_an_alias_that_has_to_change_changes_in_paths(text: str, expected: str) -> None:
    given = task(inputs={"targetType": "inline", "script": text})
    made = read(definition(stage(deployPhases=[phase(given)]), artifacts=[build("My App")]))
    assert first_stage(made)["tasks"][0]["script"] == expected


def test_variables_of_the_build_in_scripts_are_told_of() -> None:
    given = task(inputs={"targetType": "inline", "script": "echo $BUILD_BUILDNUMBER ${RELEASE_ARTIFACTS__APP_BUILDID}"})
    made = read(definition(stage(deployPhases=[phase(given)]), artifacts=[build()]))
    assert told(made.report) >= {
        (LOST, "A variable of the artifact's build"),
        (LOST, "A variable of the release without a counterpart"),
    }


@pytest.mark.parametrize("text", ["${{ if true }}", "$[counter('a', 1)]", " $[x]"])
def test_what_azure_pipelines_would_work_out_stops_the_import(text: str) -> None:
    assert lost(read(definition(variables={"w": {"value": text}}))) == {"A text with ${{ }} or $[ ]"}


def test_what_a_job_says_goes_before_what_its_stage_said() -> None:
    options = {"skipArtifactsDownload": True, "enableAccessToken": True}
    given = {"skipArtifactsDownload": False, "enableAccessToken": False}
    made = read(definition(stage(environmentOptions=options, deployPhases=[phase(given=given)])))
    assert told(made.report) == set()
    assert "jobs" not in first_stage(made)
    made = read(definition(stage(environmentOptions=options)))
    assert first_stage(made)["jobs"][0]["download"] == []


def test_demands_of_machines_are_lost() -> None:
    machines = {
        "name": "Web",
        "phaseType": 4,
        "deploymentInput": {"queueId": 4, "demands": ["docker"]},
        "workflowTasks": [task()],
    }
    assert lost(read(definition(stage(deployPhases=[machines])))) == {"Job: demands of a hosted agent"}


def test_two_stages_that_differ_in_case_only() -> None:
    made = read(definition(stage("Dev"), stage("dev"), stage("Prod", conditions=[after("dev")])))
    assert [found["name"] for found in said(made)["stages"]] == ["Dev", "dev_2", "Prod"]
    assert said(made)["stages"][2]["depends_on"] == ["dev_2"]


def test_an_order_among_some_of_several_approvers_becomes_stricter() -> None:
    people = {"approvals": [person("a@x", 1), person("b@x", 2)], "approvalOptions": {"requiredApproverCount": 1}}
    made = read(definition(stage(preDeployApprovals=people)))
    assert first_stage(made)["approval"] == {"approvers": ["a@x", "b@x"], "order": "sequence"}
    assert (CHANGED, "Approval: some of several, in an order") in told(made.report)


def test_a_single_thing_where_a_list_belongs_counts_as_one() -> None:
    """Programs that write JSON make that of a list of one."""
    single = gates()
    single["gates"] = {"tasks": single["gates"][0]["tasks"][0]}
    made = read(definition(stage(), stage("Prod", conditions=after("Dev"), preDeploymentGates=single)))
    found = said(made)["stages"][1]
    assert found["depends_on"] == ["Dev"]
    assert found["gates"]["tasks"] == [GATE]


def test_a_package_of_a_kind_that_is_not_known_is_lost() -> None:
    reference = {"feed": part("f"), "definition": part("p"), "packageType": part("Gem"), **LATEST}
    assert lost(
        read(definition(artifacts=[{"type": "PackageManagement", "alias": "a", "definitionReference": reference}]))
    )


def test_large_texts_are_read_in_time() -> None:
    words = "echo hello world && " * 20_000
    macro = "$(a" + " " * 100_000
    one = "az " + "x" * 300_000
    cli = {"connectedServiceNameARM": "c", "scriptType": "bash", "scriptLocation": "inlineScript"}
    tasks = [task(AZURE_CLI, "2.*", inputs={**cli, "inlineScript": text}) for text in (words, macro, one)]
    start = time.process_time()
    made = read(definition(stage(deployPhases=[phase(*tasks)]), artifacts=[build("My App")]))
    assert time.process_time() - start < 5
    assert [found["task"] for found in first_stage(made)["tasks"]] == ["AzureCLI"] * 3


def test_a_task_group_that_calls_itself_often_ends_soon() -> None:
    inner = {"task": {"id": GROUP, "versionSpec": "1.*", "definitionType": "metaTask"}, "displayName": "again"}
    call = task(GROUP, "1.*", definitionType="metaTask", inputs={})
    start = time.process_time()
    read(definition(stage(deployPhases=[phase(call)])), task_groups=[{"id": GROUP, "tasks": [inner] * 9}])
    assert time.process_time() - start < 2


@pytest.mark.parametrize("script", ["dotnet test src/a", 'echo "Test goes to src and/or lib"'])
def test_words_that_are_no_path_are_left_alone(script: str) -> None:
    aliases = [build("test"), {**build("Test"), "isPrimary": False}]
    given = task(inputs={"targetType": "inline", "script": script})
    made = read(definition(stage(deployPhases=[phase(given)]), artifacts=aliases))
    assert first_stage(made)["tasks"][0]["script"] == script


PLACEHOLDERS: dict[str, dict[str, Any]] = {
    "a secret": {"variables": {"s": {"value": "never-shown", "isSecret": "#{x}#"}}},
    "disabled": {"isDisabled": "#{x}#"},
    "gates": {"environments": [stage(preDeploymentGates=gates(isEnabled="#{x}#"))]},
    "a lock": {"environments": [stage(executionPolicy={"concurrencyCount": "#{x}#"})]},
    "a task": {"environments": [stage(deployPhases=[phase(task(enabled="$on$"))])]},
    "an hour": {"triggers": [{"triggerType": 2, "schedule": {"daysToRelease": 1, "startHours": "{{ h }}"}}]},
    "a number beyond all": {"environments": [stage(rank="9" * 5000)]},
}


@pytest.mark.parametrize("more", PLACEHOLDERS.values(), ids=PLACEHOLDERS)
def test_a_placeholder_where_a_number_belongs_stops_the_import(more: dict[str, Any]) -> None:
    made = read(definition() | more)
    assert "A placeholder where a number, or true or false, belongs" in lost(made)
    assert "never-shown" not in f"{made.release}{made.report.data()}"


def test_texts_of_users_may_be_called_like_numbers() -> None:
    given = task(GROUP, "2.*", inputs={"enabled": "maybe"}, environment={"timeout": "long"})
    assert lost(read(definition(stage(deployPhases=[phase(given)]), variables={"rank": {"value": "high"}}))) == set()


@pytest.mark.parametrize(
    "value", ['{"SourceBranch": "main"}', {"sourceBranch": "main", "tags": ["x"]}, '{"tagFilter": "^v"}', "[]"]
)
def test_a_filter_that_is_not_understood_is_lost(value: Any) -> None:
    conditions = [after("Dev"), {"name": "_app", "conditionType": 4, "value": value}]
    made = read(definition(stage(), stage("Prod", conditions=conditions), artifacts=[build()]))
    assert lost(made) == {"Stage: only artifacts with tags, or of the build's own branch"}


def test_two_people_of_one_name_are_told_apart() -> None:
    people = [
        person("x", approver={"id": GROUP, "displayName": "Ann"}),
        person("x", approver={"id": CONNECTION, "displayName": "Ann"}),
    ]
    found = first_stage(read(definition(stage(preDeployApprovals={"approvals": people}))))
    assert found["approval"]["approvers"] == ["Ann", CONNECTION]


def test_aliases_that_become_alike_stay_apart() -> None:
    script = f"ls {ROOT}/my app/a {ROOT}/my-app/b"
    aliases = [build("my app"), {**build("my-app"), "isPrimary": False}]
    given = task(inputs={"targetType": "inline", "script": script})
    made = read(definition(stage(deployPhases=[phase(given)]), artifacts=aliases))
    names = said(made)["artifact"]["alias"], said(made)["sources"][0]["alias"]
    assert (
        first_stage(made)["tasks"][0]["script"]
        == f"ls $(Pipeline.Workspace)/{names[0]}/a $(Pipeline.Workspace)/{names[1]}/b"
    )


@pytest.mark.parametrize("kind", ["#{x}#", "specificVersionType"])
def test_a_version_that_cannot_be_told_stops_the_import(kind: str) -> None:
    assert lost(read(definition(artifacts=[build(reference={"defaultVersionType": {"id": kind, "name": "x"}})]))) == {
        "Artifact: further settings"
    }


def test_windows_reads_environment_variables_in_any_case() -> None:
    script = "dir $env:System_DefaultWorkingDirectory %Release_ReleaseName% ${env:Release_ReleaseDescription}"
    given = task(inputs={"targetType": "inline", "script": script})
    made = read(definition(stage(deployPhases=[phase(given)])))
    assert first_stage(made)["tasks"][0]["script"] == (
        "dir $env:PIPELINE_WORKSPACE %BUILD_BUILDNUMBER% ${env:Release_ReleaseDescription}"
    )
    assert (LOST, "A variable of the release without a counterpart") in told(made.report)


@pytest.mark.parametrize("condition", [["x"], {"a": "b"}])
def test_a_condition_that_is_no_text_stops_the_import(condition: Any) -> None:
    assert lost(read(definition(stage(deployPhases=[phase(task(condition=condition))])))) == {"Unknown setting"}


def test_a_job_that_chooses_from_an_artifact_that_is_lost() -> None:
    tfvc = {"type": "TFVC", "alias": "old", "definitionReference": {"definition": part("$/x")}}
    chosen = {"downloadInputs": [{"alias": "old", "artifactDownloadMode": "Selective", "artifactItems": ["a"]}]}
    data = definition(stage(deployPhases=[phase(given={"artifactsDownloadInput": chosen})]), artifacts=[build(), tfvc])
    assert first_stage(read(data))["jobs"][0]["download"] == [{"alias": "_app"}]


def test_a_server_job_that_does_nothing_is_none() -> None:
    server = {"name": "Nothing", "phaseType": 2, "rank": 2, "deploymentInput": {}, "workflowTasks": []}
    found = first_stage(
        read(definition(stage(deployPhases=[phase(name="One", given={"condition": "always()"}), server])))
    )
    assert [job["display_name"] for job in found["jobs"]] == ["One"]


def test_the_mark_of_a_registered_definition_is_not_part_of_its_description() -> None:
    assert said(read(definition(description="Ships the web. [azrelease web]")))["description"] == "Ships the web."


def test_all_approvers_are_asked_by_default() -> None:
    people = [person("a@x"), person("b@x")]
    options = {"requiredApproverCount": 2}
    made = read(definition(stage(preDeployApprovals={"approvals": people, "approvalOptions": options})))
    assert first_stage(made)["approval"] == {"approvers": ["a@x", "b@x"]}


@pytest.mark.parametrize(("minutes", "is_cut"), [(43_199, False), (43_200, False), (43_201, True)])
def test_a_timeout_is_cut_where_it_is_longer_than_the_longest(minutes: int, is_cut: bool) -> None:
    options = {"timeoutInMinutes": minutes}
    made = read(definition(stage(preDeployApprovals={"approvals": [person("a@x")], "approvalOptions": options})))
    assert ((CHANGED, "Approval: timeout") in told(made.report)) == is_cut


def test_configurations_that_a_variable_fills_in_later_stop_the_import() -> None:
    given = {"parallelExecution": {"parallelExecutionType": 1, "multipliers": "os"}}
    data = definition(stage(deployPhases=[phase(given=given)]), variables={"os": {"value": "linux,$(more)"}})
    assert lost(read(data)) == {"Job: several configurations"}


def test_the_agent_of_most_stages_is_that_of_the_release() -> None:
    def on(image: str) -> dict[str, Any]:
        return stage(deployPhases=[phase(given={"agentSpecification": {"identifier": image}})])

    found = said(read(definition(on("windows-2022"), on("ubuntu-24.04"), on("ubuntu-24.04"))))
    assert found["agent"] == {"image": "ubuntu-24.04"}
    assert found["stages"][0]["agent"] == {"image": "windows-2022"}
    assert "agent" not in found["stages"][1]


@pytest.mark.parametrize(("depth", "lock"), [(0, "sequential"), (1, "latest"), (2, "sequential")])
def test_only_the_latest_of_waiting_deployments_is_kept_where_one_may_wait(depth: int, lock: str) -> None:
    policy = {"concurrencyCount": 1, "queueDepthCount": depth}
    assert first_stage(read(definition(stage(executionPolicy=policy))))["lock"] == lock


def test_a_condition_goes_before_always_run() -> None:
    given = task(alwaysRun=True, condition="failed()")
    found = first_stage(read(definition(stage(deployPhases=[phase(given)]))))
    assert found["tasks"][0]["condition"] == "failed()"


def test_the_folder_above_is_no_artifact() -> None:
    given = task(inputs={"targetType": "inline", "script": "cat $(System.DefaultWorkingDirectory)/_app/../x"})
    made = read(definition(stage(deployPhases=[phase(given)]), artifacts=[build()]))
    assert "name" not in said(made)["artifact"]
