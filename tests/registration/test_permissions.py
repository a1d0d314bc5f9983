"""Which pipelines may use a resource: what a release no longer states is shown, and goes with `--prune`."""

from typing import Any

import pytest

from azrelease.errors import ServiceError
from azrelease.registration import apply_plan, dump_plan, load_plan, replan
from azrelease.report.drifts import service_drifts
from azrelease.report.plans import plan_markdown, plan_text
from fake_azure_devops import Fault, Service
from support.registering import FULL, apply, plan, planned, project_of, released, summary

RELEASE = released(FULL)
PIPELINE = "pipeline \\ml\\churn\\churn"
OTHER_CONNECTION = released(FULL.replace("name: churn-ws, service_connection: churn-azure", "name: churn-ws, service_connection: other-azure"))  # fmt: skip
OPEN = released(FULL.replace("Settings of churn.", "Settings of churn.\n      all_pipelines: true"))


@pytest.fixture
def service(service: Service) -> Service:
    service.organization.project("MLOps").add_endpoint("other-azure")
    return service


def stale(found: Any) -> list[str]:
    return [str(other.key) for other in found.unmanaged if other.removable]


def allowed(service: Service, kind: str, name: str) -> Any:
    """Which pipelines may use a resource."""
    project = service.organization.project("MLOps")
    where = project.endpoints if kind == "endpoint" else project.variable_groups
    key = next(str(each["id"]) for each in where.values() if each["name"] == name)
    raw = project.permissions.get((kind, key), {})
    return "all" if raw.get("allPipelines") else [each["id"] for each in raw.get("pipelines", ())]


def test_a_service_connection_that_is_no_longer_stated(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    assert apply(service, OTHER_CONNECTION).failed is None
    found = plan(service, OTHER_CONNECTION)
    assert stale(found) == [f"{PIPELINE}: service connection churn-azure"]
    assert f"{PIPELINE} may use service connection churn-azure, managed by azrelease: --prune deletes it" in plan_text(
        found
    )
    assert [drift.hint for drift in service_drifts(found)] == ["azrelease apply --prune"]
    pruned = plan(service, OTHER_CONNECTION, prune=True)
    assert summary(pruned) == [f"delete {PIPELINE}: service connection churn-azure"]
    assert pruned.weakens == ()
    assert f"- delete permission: {PIPELINE} may use service connection churn-azure\n" in plan_text(pruned)
    assert apply(service, OTHER_CONNECTION, prune=True).failed is None
    assert allowed(service, "endpoint", "churn-azure") == []
    assert len(allowed(service, "endpoint", "other-azure")) == 1
    after = plan(service, OTHER_CONNECTION, prune=True)
    assert (after.changes, stale(after)) == ((), [])


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("variable_groups: [churn-settings, churn-vault, shared]", "variable_groups: [churn-settings, churn-vault]", "variable group shared"),
        ("    secrets: [token]", "    secrets: [token]\n    environment: everybody", "environment everybody"),
        ("workspace:", "agent: {pool: gpu}\nworkspace:", "agent pool gpu"),
    ],
    ids=["group", "environment", "pool"],
)  # fmt: skip
def test_a_resource_of_any_kind_that_is_no_longer_stated(service: Service, before: str, after: str, lost: str) -> None:
    service.organization.project("MLOps").add_environment("everybody", "Made by hand.")
    one, two = (FULL, FULL.replace(before, after)) if "group" in lost else (FULL.replace(before, after), FULL)
    assert apply(service, released(one)).failed is None
    assert apply(service, released(two)).failed is None
    pruned = plan(service, released(two), prune=True)
    assert f"delete {PIPELINE}: {lost}" in summary(pruned)
    assert apply(service, released(two), prune=True).failed is None
    assert plan(service, released(two), prune=True).changes == ()


def test_a_group_that_is_no_longer_for_all_pipelines(service: Service) -> None:
    assert apply(service, OPEN).failed is None
    assert allowed(service, "variablegroup", "churn-settings") == "all"
    found = plan(service, RELEASE)
    assert (found.changes, stale(found)) == ((), ["all pipelines: variable group churn-settings"])
    for permission in service.organization.project("MLOps").permissions.values():
        if permission.get("allPipelines"):
            permission["pipelines"].clear()
    assert plan(service, RELEASE).changes == ()
    pruned = plan(service, RELEASE, prune=True)
    # The pipeline could use it since all could: it gets the permission itself before that one goes.
    assert summary(pruned) == [
        f"create {PIPELINE}: variable group churn-settings",
        "delete all pipelines: variable group churn-settings",
    ]
    assert apply(service, RELEASE, prune=True).failed is None
    assert len(allowed(service, "variablegroup", "churn-settings")) == 1
    assert plan(service, RELEASE, prune=True).changes == ()


def test_a_saved_plan_that_takes_permissions_goes_on_where_it_was_cut_off(service: Service) -> None:
    assert apply(service, OPEN).failed is None
    saved = dump_plan(plan(service, RELEASE, prune=True))
    service.faults.when(
        lambda request: request.method == "PATCH" and "allPipelines" in str(request.body), Fault.status(400)
    )
    project = project_of(service)
    assert apply_plan(project, replan(project, load_plan(saved, "plan.json"))).failed is not None
    project = project_of(service)
    rest = replan(project, load_plan(saved, "plan.json"))
    assert summary(rest) == ["delete all pipelines: variable group churn-settings"]
    assert apply_plan(project, rest).failed is None
    assert len(allowed(service, "variablegroup", "churn-settings")) == 1


def test_a_group_of_others_that_all_may_use_stays_so(service: Service) -> None:
    project = service.organization.project("MLOps")
    shared = next(group for group in project.variable_groups.values() if group["name"] == "shared")
    everybody = {"pipelines": [], "allPipelines": {"authorized": True}, "resource": {"type": "variablegroup"}}
    project.permissions["variablegroup", str(shared["id"])] = everybody
    assert apply(service, RELEASE).failed is None
    found = plan(service, RELEASE, prune=True)
    assert found.changes == ()
    assert "all pipelines: variable group shared" in {str(o.key) for o in found.unmanaged if not o.removable}


def test_what_another_account_gave_and_what_other_pipelines_have_stays(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = service.organization.project("MLOps")
    somebody = service.organization.reference(service.organization.add_identity("Somebody"))
    churn = next(each["id"] for each in project.definitions.values() if each["name"] == "churn")
    check = next(each["id"] for each in project.definitions.values() if each["name"] == "churn pull request")
    other = project.add_definition("other")["id"]
    github = next(each["id"] for each in project.endpoints.values() if each["name"] == "github")
    project.permissions["endpoint", github] = {
        "resource": {"type": "endpoint", "id": github},
        "pipelines": [
            {"id": churn, "authorized": True, "authorizedBy": somebody},
            {"id": check, "authorized": True},
            {"id": other, "authorized": True},
        ],
    }
    found = plan(service, RELEASE, prune=True)
    assert found.changes == ()
    assert [str(o.key) for o in found.unmanaged if "github" in o.key.within] == [
        f"{PIPELINE}: service connection github"
    ]


def test_permissions_that_may_not_be_read_are_told_and_stop_nothing(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = service.organization.project("MLOps")
    hidden = {str(each["id"]) for each in project.endpoints.values() if each["name"] in ("github", "other-azure")}
    service.faults.when(
        lambda request: request.path.rpartition("/")[2] in hidden, Fault.status(403, message="You may not."), times=None
    )
    found = plan(service, RELEASE, prune=True)
    assert found.changes == ()
    said = "the token may not read which pipelines may use service connection github, service connection other-azure\n"
    assert said in plan_text(found)
    # What the release itself is to use has to be known.
    with pytest.raises(ServiceError, match="the token needs the scope Pipeline Resources"):
        plan(service, OTHER_CONNECTION)


def test_a_connection_that_is_named_by_its_id_is_still_stated(service: Service) -> None:
    project = service.organization.project("MLOps")
    identifier = next(each["id"] for each in project.endpoints.values() if each["name"] == "churn-azure")
    named = released(FULL.replace("service_connection: churn-azure", f"service_connection: {identifier}"))
    assert identifier not in plan_text(plan(service, named))
    assert apply(service, named).failed is None
    found = plan(service, named)
    assert (found.changes, stale(found)) == ((), [])


TOOLS = released(
    FULL.replace(
        "variables: {region", "sources: [{type: git, repository: Platform/tools, alias: tools}]\nvariables: {region"
    )
)


def test_a_repository_of_another_project_gets_its_permission(service: Service) -> None:
    found = plan(service, TOOLS)
    assert found.prerequisites == ()
    assert [note.partition(":")[0] for note in found.notes] == [
        "repository Platform/tools does not exist, or the token may not read it"
    ]
    assert "\nnote: repository Platform/tools does not exist" in plan_text(found)
    assert "> - repository Platform/tools does not exist" in plan_markdown(found)
    platform = service.organization.project("Platform")
    tools = platform.add_repository("tools", {"README.md": "#"})
    assert f"create {PIPELINE}: repository Platform/tools" in summary(plan(service, TOOLS))
    assert apply(service, TOOLS).failed is None
    permissions = service.organization.project("MLOps").permissions
    assert len(permissions["repository", f"{platform.id}.{tools.id}"]["pipelines"]) == 1
    after = plan(service, TOOLS)
    assert after.notes == ()
    assert (after.changes, stale(after)) == ((), [])


def test_a_repository_may_be_named_with_its_own_project(service: Service) -> None:
    own = released(FULL.replace("variables: {region", "sources: [{type: git, repository: mlops/templates, alias: tools}]\nvariables: {region"))  # fmt: skip
    assert apply(service, own).failed is None
    after = plan(service, own)
    assert (after.changes, stale(after)) == ((), [])


@pytest.mark.parametrize("denied", ["queues", "policy:read", "git"])
def test_what_may_not_be_read_is_told_while_planning(service: Service, denied: str) -> None:
    service.organization.denied.update({denied, "environments:read"})
    with pytest.raises(ServiceError) as caught:
        plan(service, RELEASE)
    scopes = {"queues": "Agent Pools", "policy:read": "Code", "git": "Code"}
    for scope in ("Environment", scopes[denied]):
        assert f"the token needs the scope {scope} (read)" in str(caught.value)
    assert service.writes == []


def test_nothing_is_read_for_the_first_time_while_applying(service: Service) -> None:
    project = project_of(service)
    found = planned(project, [RELEASE])
    planned_paths = {call.path.casefold().rstrip("0123456789") for call in service.calls}
    before = len(service.calls)
    assert apply_plan(project, found).failed is None
    read = {call.path.casefold().rstrip("0123456789") for call in service.calls[before:] if call.method == "GET"}
    # What was just made is read back.
    made = {path for path in read if path.endswith(("/build/definitions/", "/checks/configurations"))}
    assert read - made <= planned_paths
