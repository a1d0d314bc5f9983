"""What an import tells is carried by registration is what a plan makes: the loss report and the plan agree."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from azrelease.classic import (
    ConversionOutcome,
    DefinitionError,
    ImportResult,
    ReportRow,
    import_definition,
    read_definitions,
)
from azrelease.registration import Plan
from azrelease.registration.resource import DesiredResource, ResourceKind
from azrelease.release import Release
from fake_azure_devops import Organization, Service, serve
from support.process import Cli, CliHere
from support.registering import SECRETS, apply, plan, seed, use

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
TODAY = date(2026, 11, 25)
TOKEN = "planted-token-4711-0815"
CONNECTION = "627fe375-40c8-4134-a333-7301495cb460"


def person(name: str, rank: int = 1) -> dict[str, Any]:
    return {"rank": rank, "isAutomated": False, "approver": {"displayName": name, "uniqueName": name}}


def stage(name: str, rank: int, **more: Any) -> dict[str, Any]:
    started = {"name": "ReleaseStarted", "conditionType": 1, "value": ""}
    bash = {"taskId": "6c731c3c-3c68-459a-a5c9-bde6e6595b5b", "version": "3.*", "name": "Do it"}
    bash |= {"definitionType": "task", "inputs": {"targetType": "inline", "script": "echo"}}
    given = {"agentSpecification": {"identifier": "ubuntu-24.04"}, "timeoutInMinutes": 30}
    phase = {"name": "Agent job", "phaseType": 1, "rank": 1, "deploymentInput": given, "workflowTasks": [bash]}
    return {"name": name, "rank": rank, "conditions": [started], "deployPhases": [phase], **more}


GATE = {
    "taskId": "9c3e8943-130d-4c78-ac63-8af81df62dfb",
    "version": "1.*",
    "name": "No open incident",
    "definitionType": "task",
    "enabled": True,
    "inputs": {
        "connectedServiceNameSelector": "connectedServiceName",
        "connectedServiceName": "incidents",
        "method": "GET",
        "urlSuffix": "open",
    },
}
DEFINITION = {
    "name": "churn",
    "path": "\\models",
    "tags": ["ml"],
    "variables": {
        "region": {"value": "westeurope", "allowOverride": True},
        "token": {"value": None, "isSecret": True},
    },
    "artifacts": [
        {
            "type": "Build",
            "alias": "_model",
            "isPrimary": True,
            "definitionReference": {
                "definition": {"id": "5", "name": "churn-training"},
                "project": {"id": "p", "name": "MLOps"},
                "defaultVersionType": {"id": "latestType", "name": "Latest"},
            },
        }
    ],
    "environments": [
        stage("Test", 1, executionPolicy={"concurrencyCount": 1, "queueDepthCount": 0}),
        stage(
            "Live",
            2,
            preDeployApprovals={
                "approvals": [person("ada@example.com"), person("grace@example.com", 2)],
                "approvalOptions": {"requiredApproverCount": 0, "timeoutInMinutes": 1440, "releaseCreatorCanBeApprover": False},
            },
            preDeploymentGates={
                "gatesOptions": {"isEnabled": True, "timeout": 120, "samplingInterval": 15},
                "gates": [{"tasks": [GATE]}],
            },
            variables={"alert_token": {"value": None, "isSecret": True}},
        ),
    ],
}  # fmt: skip


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with serve(Organization("org", tokens={TOKEN, "pat"})) as found:
        seed(found)
        yield found


class Planned(NamedTuple):
    """What a plan has of a release."""

    definition: Mapping[str, Any]
    release: Release
    resources: tuple[DesiredResource, ...]

    def of(self, kind: ResourceKind) -> list[DesiredResource]:
        return [thing for thing in self.resources if thing.key.kind is kind]

    @property
    def pipeline(self) -> DesiredResource:
        return self.of(ResourceKind.PIPELINE)[0]

    @property
    def controls(self) -> set[tuple[str, str]]:
        """Checks that an import can make, and their environments."""
        found = {("gate" if "task" in t.fields else t.key.name, t.key.within) for t in self.of(ResourceKind.CHECK)}
        return {control for control in found if control[0] in CONTROLS.values()}

    def place(self, row: ReportRow) -> str:
        return _environment(self.release, str(self.definition["environments"][int(row.path[1])]["name"]))

    def approvers(self, row: ReportRow) -> int:
        checks = [
            t for t in self.of(ResourceKind.CHECK) if t.key.name == "approval" and t.key.within == self.place(row)
        ]
        # Those after a stage are asked by a task of the pipeline itself.
        return sum(len(check.fields["approvers"]) for check in checks) if "preDeployApprovals" in row.path else 1

    def has_secret(self, row: ReportRow) -> bool:
        holders = (self.pipeline, *self.of(ResourceKind.VARIABLE_GROUP))
        return any(f"variables.{_variable(row)}" in map(str.lower, each.fields) for each in holders)


CONTROLS = {
    "Stage: one deployment at a time": "exclusive lock",
    "Approval before a stage": "approval",
    "Gates before a stage": "gate",
}
AGREES: dict[str, Callable[[Planned, ReportRow], bool]] = {
    "Folder": lambda plan, _: plan.pipeline.key.name == f"{plan.definition['path']}\\{plan.release.name}",
    "Tags": lambda plan, _: set(plan.definition["tags"]) <= set(plan.pipeline.fields["tags"]),
    "Approver": lambda plan, row: plan.approvers(row) > 0,
    "Secret variable": Planned.has_secret,
    "Secret variable of a stage": Planned.has_secret,
    "Variable that can be set at release": lambda plan, row: plan.pipeline.fields[f"settable.{_variable(row)}"] is True,
}


def disagreements(made: ImportResult, definition: Mapping[str, Any], wanted: tuple[DesiredResource, ...]) -> list[str]:
    """Rows of the report that no thing of the plan stands for, and controls of the plan that no row tells of."""
    assert made.release is not None
    plan = Planned(definition, made.release.completed(), wanted)
    rows = [row for row in made.report.rows if row.feature.outcome is ConversionOutcome.REGISTERED]
    told = {(CONTROLS[row.feature.title], plan.place(row)) for row in rows if row.feature.title in CONTROLS}
    lacking = [
        f"{row.feature.title} at {'.'.join(map(str, row.path))} is not in the plan"
        for row in rows
        if row.feature.title not in CONTROLS and not AGREES[row.feature.title](plan, row)
    ]
    return [*lacking, *(f"{name} of {where}" for name, where in sorted(told ^ plan.controls))]


def _variable(row: ReportRow) -> str:
    return str(row.path[row.path.index("variables") + 1]).lower()


def _environment(release: Release, name: str) -> str:
    stage = next(each for each in release.stages if name in (each.display_name, each.name))
    return str(stage.environment)


def planned(service: Service, release: Release) -> Plan:
    """The plan for a release, of which the people and connections are there."""
    project = service.organization.project("MLOps")
    for each in release.completed().stages:
        for name in each.environment_check.approvers if each.environment_check else ():
            if name not in ("ada@example.com", "grace@example.com"):
                service.organization.add_identity(name, mail=name)
        if each.workspace:
            project.add_endpoint(each.workspace.service_connection)
    return plan(service, release)


def test_each_control_of_a_classic_release_is_in_the_plan(service: Service) -> None:
    made = import_definition(DEFINITION, today=TODAY)
    assert made.release is not None, made.problems
    found = planned(service, made.release)
    assert disagreements(made, DEFINITION, found.resources) == []
    approval = next(thing for thing in found.resources if thing.key.name == "approval")
    assert approval.key.within == "churn-Live"
    assert [approver["name"] for approver in approval.fields["approvers"]] == ["Ada Lovelace", "Grace Hopper"]
    assert {key: approval.fields[key] for key in ("minimum", "timeout", "requester_may_approve", "order")} == {
        "minimum": "all",
        "timeout": 1440,
        "requester_may_approve": False,
        "order": "sequence",
    }
    gate = next(thing for thing in found.resources if thing.key.name == "No open incident")
    assert (gate.key.within, gate.fields["timeout"], gate.fields["inputs.urlSuffix"]) == ("churn-Live", 120, "open")
    assert found.prerequisites == ()
    assert apply(service, made.release).failed is None
    assert plan(service, made.release).changes == ()
    types = sorted(check["type"]["name"] for check in service.organization.project("MLOps").checks.values())
    assert types == ["Approval", "ExclusiveLock", "Task Check"]


def test_a_plan_that_lacks_one_does_not_agree(service: Service) -> None:
    made = import_definition(DEFINITION, today=TODAY)
    assert made.release is not None
    resources = planned(service, made.release).resources
    for thing in resources:
        if thing.key.kind is ResourceKind.CHECK:
            without = tuple(other for other in resources if other is not thing)
            assert disagreements(made, DEFINITION, without), thing.key


def test_from_the_definition_to_the_checks_by_the_command_line(
    cli: Cli, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, service, TOKEN)
    cli.write("churn.json", json.dumps(DEFINITION))
    imported = cli("import", "churn.json")
    assert imported.code == 0, imported.err
    report = imported.out + imported.err
    for title in ("Approval before a stage", "Gates before a stage", "Stage: one deployment at a time"):
        assert title in report
    release = next(path for path in cli.folder.glob("*.yml"))
    shown = cli("plan", release.name)
    for check in (
        "create check approval of churn-Live",
        "create check No open incident of churn-Live",
        "create check exclusive lock of churn-Test",
    ):
        assert check in shown.out
    assert cli("apply", release.name, "--yes").code == 0
    assert cli("plan", release.name, "--exit-code").code == 0


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the real definitions are not here")
def test_real_definitions_and_their_plans_agree(service: Service) -> None:
    tried = 0
    for path in sorted((CORPUS / "releases").glob("*.json")):
        try:
            definitions = read_definitions(path.read_text(encoding="utf-8-sig"), path.name)
        except DefinitionError:
            continue
        for definition in definitions:
            made = import_definition(definition, today=TODAY)
            if made.release is not None:
                tried += 1
                found = planned(service, made.release)
                assert disagreements(made, definition, found.resources) == [], path.name
    print(f"{tried} definitions")
    assert tried > 40
