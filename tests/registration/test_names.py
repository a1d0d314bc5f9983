"""Where a name is known, no message shows an id."""

import re

from azrelease.registration import Plan, apply_plan
from azrelease.registration.names import ids_in, names_in, with_names
from azrelease.report.drifts import service_drifts
from azrelease.report.plans import applied_text, plan_markdown, plan_text
from fake_azure_devops import Fault, Service
from support.registering import FULL, apply, plan, planned, project_of, released

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


def texts(found: Plan) -> str:
    drifts = "\n".join(" ".join(drift) for drift in service_drifts(found))
    return "\n".join((plan_text(found), plan_markdown(found), drifts, *found.weakens))


def test_the_connection_of_a_gate_and_the_repository_of_a_policy(service: Service) -> None:
    assert apply(service, released(FULL)).failed is None
    changed = FULL.replace("serviceConnection: incidents", "serviceConnection: github")
    changed = changed.replace("  default_branch: main", "  default_branch: main\n  repository: {name: templates}")
    project = service.organization.project("MLOps")
    other = project.add_definition("other check", "\\ml")
    next(iter(project.policies.values()))["settings"]["buildDefinitionId"] = other["id"]
    found = plan(service, released(changed))
    text = texts(found)
    assert "inputs.connectedServiceName: incidents → github" in text
    assert "repository: models → templates" in text
    assert "pull requests to models are no longer checked" in text
    assert "pull requests are no longer checked by \\ml\\other check" in text
    assert not GUID.search(text)


def test_what_the_service_says_while_it_is_applied(service: Service) -> None:
    endpoint = next(e["id"] for e in service.organization.project("MLOps").endpoints.values() if e["name"] == "github")
    service.faults.when(
        lambda request: request.method == "PATCH" and "/endpoint/" in request.path.lower(),
        Fault.status(400, message=f"The endpoint {endpoint.upper()} is disabled."),
    )
    project = project_of(service)
    found = planned(project, [released(FULL)])

    text = applied_text(apply_plan(project, found), found)
    assert "The endpoint github is disabled." in text


def test_ids_and_names() -> None:
    one, two = "11111111-2222-3333-4444-55555555555a", "99999999-2222-3333-4444-555555555555"
    known = dict(
        names_in(
            [{"id": one.upper(), "displayName": "Ada", "x": {"id": two, "name": "models"}}, {"id": 3, "name": "n"}]
        )
    )
    assert known == {one: "Ada", two: "models"}
    assert with_names(f"{one}, {two.upper()} and {one}0", known) == f"Ada, models and {one}0"
    assert ids_in(f"a {one.upper()} b") == {one}
    assert dict(names_in({"id": one, "name": one})) == {}
