"""The fake, through the real client."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from azure.devops.connection import Connection
from azure.devops.exceptions import (
    AzureDevOpsAuthenticationError,
    AzureDevOpsClientRequestError,
    AzureDevOpsServiceError,
)
from msrest.authentication import BasicAuthentication, BasicTokenAuthentication
from msrest.exceptions import ClientRequestError, DeserializationError

from fake_azure_devops import (
    Fault,
    Organization,
    Project,
    Request,
    Script,
    Service,
    Snapshot,
    contract,
    scripted,
    serve,
)
from fake_azure_devops.checks import APPROVAL, TASK_CHECK
from fake_azure_devops.repository import ZEROS
from support.process import PATIENT

APPROVALS = "37794717-f36f-4d78-b2bf-4dc30d0cfbcd"
BUILDS = "0cd358e1-9217-4d94-8269-1c1ee6f93dcf"
CHECKS = "86c8381e-5aee-4cde-8ae4-25c0c7f5eaea"
DEFINITIONS = "dbeaf647-6167-421a-bda9-c9327b25e2e6"
ENDPOINTS = "e85f1c62-adfc-4b74-b618-11a150fb195e"
ENVIRONMENTS = "8572b1fc-2482-47fa-8f74-7e3ed53ee54b"
GROUPS = "ef5b7057-ffc3-4c77-bbad-c10b4a4abcc7"
IDENTITIES = "28010c54-d0c0-4c89-a5b0-1c9e188b9fb7"
ITEMS = "fb93c0db-47ed-4a31-8c20-47552878fb44"
PERMISSIONS = "b5b9a4a4-e6cd-4096-853c-ab7d8b0c4eb2"
PIPELINES = "28e1305e-2afe-47bf-abaf-cbb0e6a91988"
POLICIES = "dad91cbe-d183-45f8-9c6e-9c1164472121"
PULL_REQUESTS = "9946fd70-0d40-406e-b686-b4744cbbcc37"
PUSHES = "ea98d07b-3c87-4971-8ede-a613694ffb55"
QUERY_CHECKS = "5f3d0e64-f943-4584-8811-77eb495e831e"
REFS = "2d874a60-a811-4f62-9c9f-963a6ea0a55b"
STAGES = "b8aac6c9-744b-46e1-88fc-3550969f9313"
TASKS = "60aac929-f0cd-4bc8-9ce4-6b30e8f1b1bd"
TIMELINE = "8baac422-4c6e-4de5-8532-db96d92acffa"

needs_specifications = pytest.mark.skipif(not contract.is_available(), reason="the specifications are not at hand")


class Caller:
    """A client of each host, that sends by location id."""

    def __init__(self, service: Service, token: str = "pat") -> None:
        self.connection = Connection(service.url, BasicAuthentication("", token))
        self.clients = self.connection.clients_v7_1
        self.main = self.clients.get_build_client()

    def send(
        self, method: str, location: str, body: Any = None, query: dict[str, Any] | None = None, **route: Any
    ) -> Any:
        values = {"project": "Fabrikam"} | {name: str(value) for name, value in route.items()}
        response = self.main._send(  # noqa: SLF001
            method, location, "7.1-preview", route_values=values, query_parameters=query, content=body
        )
        # What is not read leaves a connection open in the client.
        return response.json() if response.content else response


@pytest.fixture
def service() -> Iterator[Service]:
    with serve(Organization("org")) as running:
        running.organization.project("Fabrikam")
        yield running


@pytest.fixture
def project(service: Service) -> Project:
    return service.organization.project("Fabrikam")


@pytest.fixture
def caller(service: Service, project: Project) -> Caller:
    assert project
    return Caller(service)


def definition_body(project: Project, name: str = "churn", **fields: Any) -> dict[str, Any]:
    repository = next(iter(project.repositories.values()), None) or project.add_repository("models")
    return {
        "name": name,
        "path": "\\",
        "type": "build",
        "quality": "definition",
        "process": {"type": 2, "yamlFilename": "azure-pipelines.yml"},
        "repository": {"id": repository.id, "name": repository.name, "type": "TfsGit"},
    } | fields


def refused(key: str, call: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    with pytest.raises(AzureDevOpsServiceError) as error:
        call(*arguments, **named)
    assert error.value.type_key == key
    assert error.value.type_name.endswith(error.value.type_name.split(", ")[1])
    return str(error.value)


def test_a_session_starts_with_setup_requests_that_are_told_apart() -> None:
    # The client keeps the answers by address, also on disk: a port may have been that of another service.
    name = f"org-{uuid4().hex}"
    with serve(Organization(name)) as service:
        project = service.organization.project("Fabrikam")
        caller = Caller(service)
        assert [each.id for each in caller.clients.get_core_client().get_projects()] == [project.id]
        assert [str(each) for each in service.calls] == [f"1 GET /{name}/_apis/projects"]
        assert [each.method for each in service.requests if each.is_setup] == ["OPTIONS", "GET"]
        data = caller.clients.get_location_client().get_connection_data()
        assert data.authenticated_user.id == service.organization.user["id"]


def test_release_and_identity_have_hosts_of_their_own(service: Service, caller: Caller) -> None:
    group = service.organization.add_identity("[Fabrikam]\\Release Approvers", group=True)
    found = caller.clients.get_identity_client().read_identities(
        search_filter="General", filter_value="[fabrikam]\\release approvers"
    )
    assert [(each.id, each.is_container) for each in found] == [(group["id"], True)]
    assert caller.clients.get_release_client().get_release_definitions("Fabrikam") == []
    assert [each.path.split("/")[1] for each in service.calls] == ["vssps", "vsrm"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("General", "JANE@example.com"),
        ("DisplayName", "jane doe"),
        ("MailAddress", "jane@example.com"),
        ("AccountName", "jane@example.com"),
    ],
)
def test_an_identity_is_found_by(service: Service, caller: Caller, kind: str, value: str) -> None:
    jane = service.organization.add_identity("Jane Doe", mail="jane@example.com")
    client = caller.clients.get_identity_client()
    found = client.read_identities(search_filter=kind, filter_value=value)
    assert [each.subject_descriptor for each in found] == [jane["subjectDescriptor"]]
    assert client.read_identity(jane["id"]).provider_display_name == "Jane Doe"


def test_a_token_is_needed(service: Service) -> None:
    # The client keeps what it asks first for each URL, on the disk: a port that was used before is not asked again.
    with pytest.raises(AzureDevOpsAuthenticationError):
        Caller(service, "wrong").clients.get_core_client().get_projects()
    bearer = Connection(service.url, BasicTokenAuthentication({"access_token": "pat"}))
    assert len(bearer.clients_v7_1.get_core_client().get_projects()) == 1


def test_what_is_denied_is_refused(service: Service, project: Project, caller: Caller) -> None:
    service.organization.denied.add("environments:write")
    assert caller.send("GET", ENVIRONMENTS)["count"] == 0
    message = refused("AccessDeniedException", caller.send, "POST", ENVIRONMENTS, {"name": "production"})
    assert "Release Engineer needs write permissions" in message
    assert project.environments == {}


def test_a_project_that_is_not_there(caller: Caller) -> None:
    build = caller.clients.get_build_client()
    assert "TF200016" in refused("ProjectDoesNotExistWithNameException", build.get_definitions, "Nowhere")
    refused("ProjectDoesNotExistException", build.get_definitions, "11111111-2222-3333-4444-555555555555")


def test_definitions(service: Service, project: Project, caller: Caller) -> None:
    project.add_queue("Azure Pipelines", hosted=True)
    body = definition_body(
        project,
        queue={"name": "Azure Pipelines"},
        variables={"token": {"value": "hidden", "isSecret": True}, "open": {"value": "seen", "allowOverride": True}},
        triggers=[{"triggerType": "continuousIntegration", "settingsSourceType": 2, "branchFilters": []}],
    )
    made = caller.send("POST", DEFINITIONS, body)
    assert (made["id"], made["revision"], made["queue"]["pool"]["isHosted"]) == (1, 1, True)
    assert made["variables"]["token"] == {"value": None, "isSecret": True}
    refused("DefinitionExistsException", caller.send, "POST", DEFINITIONS, body | {"name": "CHURN"})
    refused("FolderNotFoundException", caller.send, "POST", DEFINITIONS, body | {"path": "\\models"})

    changed = made | {"description": "The churn model"}
    updated = caller.send("PUT", DEFINITIONS, changed, definitionId=1)
    assert updated["revision"] == 2
    assert project.definitions[1]["variables"]["token"]["value"] == "hidden"
    refused("DefinitionNotFoundException", caller.send, "PUT", DEFINITIONS, changed, definitionId=1)
    refused("DefinitionNotMatchedException", caller.send, "PUT", DEFINITIONS, changed | {"id": 9}, definitionId=1)

    shallow = caller.send("GET", DEFINITIONS, query={"name": "Ch*"})["value"]
    assert [each["name"] for each in shallow] == ["churn"]
    assert "process" not in shallow[0]
    query = {
        "includeAllProperties": "true",
        "yamlFilename": "azure-pipelines.yml",
        "repositoryId": body["repository"]["id"],
        "repositoryType": "TfsGit",
        "path": "\\",
    }
    assert caller.send("GET", DEFINITIONS, query=query)["value"][0]["process"]["type"] == 2
    refused("InvalidDefinitionQueryException", caller.send, "GET", DEFINITIONS, query={"repositoryId": "x"})
    caller.send("DELETE", DEFINITIONS, definitionId=1)
    refused("DefinitionNotFoundException", caller.send, "GET", DEFINITIONS, definitionId=1)
    assert [each.status for each in service.calls][:3] == [200, 400, 404]


def test_definitions_come_in_pages(project: Project, caller: Caller) -> None:
    for number in range(5):
        project.add_definition(f"pipeline-{number}", path="\\models\\churn")
    names: list[str] = []
    query: dict[str, Any] = {"$top": 2}
    for _ in range(3):
        response = caller.main._send("GET", DEFINITIONS, "7.1-preview.7", {"project": "Fabrikam"}, query)  # noqa: SLF001
        names += [each["name"] for each in response.json()["value"]]
        query["continuationToken"] = response.headers.get("X-MS-ContinuationToken")
    assert names == [f"pipeline-{number}" for number in range(5)]
    assert query["continuationToken"] is None
    assert project.folders == ["\\", "\\models", "\\models\\churn"]


def test_folders(project: Project, caller: Caller) -> None:
    build = caller.clients.get_build_client()
    refused("FolderNotFoundException", build.create_folder, {}, "Fabrikam", "\\models\\churn")
    assert build.create_folder({}, "Fabrikam", "\\models").path == "\\models"
    assert build.create_folder({}, "Fabrikam", "\\Models\\churn").path == "\\models\\churn"
    refused("FolderExistsException", build.create_folder, {}, "Fabrikam", "\\MODELS")
    assert [each.path for each in build.get_folders("Fabrikam")] == ["\\", "\\models", "\\models\\churn"]
    assert [each.path for each in build.get_folders("Fabrikam", "\\models")] == ["\\models", "\\models\\churn"]
    assert caller.send("POST", DEFINITIONS, definition_body(project, path="\\MODELS"))["path"] == "\\models"


def test_environments(project: Project, caller: Caller) -> None:
    made = caller.send("POST", ENVIRONMENTS, {"name": "production", "description": "customers"})
    assert made["id"] == 1
    message = refused("EnvironmentExistsException", caller.send, "POST", ENVIRONMENTS, {"name": "Production"})
    assert "already exists" in message
    assert caller.send("PATCH", ENVIRONMENTS, {"description": "new"}, environmentId=1)["name"] == "production"
    assert caller.send("GET", ENVIRONMENTS, query={"name": "production"})["count"] == 1
    assert caller.send("GET", ENVIRONMENTS, query={"name": "staging"})["count"] == 0
    body = {"type": APPROVAL, "settings": {"approvers": [{"id": "x"}]}, "resource": {"type": "environment", "id": "1"}}
    caller.send("POST", CHECKS, body)
    caller.send("DELETE", ENVIRONMENTS, environmentId=1)
    assert (project.environments, project.checks) == ({}, {})
    refused("EnvironmentNotFoundException", caller.send, "POST", CHECKS, body)
    refused("EnvironmentNotFoundException", caller.send, "GET", ENVIRONMENTS, environmentId=1)


def test_checks(project: Project, caller: Caller) -> None:
    environment = project.add_environment("production")
    resource = {"type": "environment", "id": str(environment["id"]), "name": "production"}
    settings = {"approvers": [{"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d"}], "minRequiredApprovers": 1}
    body = {"type": APPROVAL, "settings": settings, "resource": resource, "timeout": 1440}
    first, second = caller.send("POST", CHECKS, body), caller.send("POST", CHECKS, body)
    assert (first["id"], second["id"]) == (1, 2)
    on = {"resourceType": "environment", "resourceId": "1"}
    assert "settings" not in caller.send("GET", CHECKS, query=on)["value"][0]
    expanded = caller.send("GET", CHECKS, query=on | {"$expand": "settings"})
    assert [each["settings"] for each in expanded["value"]] == [settings, settings]
    changed = caller.send("PATCH", CHECKS, body | {"timeout": 60}, id=1)
    assert (changed["timeout"], changed["version"]) == (60, 2)
    assert caller.send("DELETE", CHECKS, id=2).status_code == 204
    queried = caller.send("POST", QUERY_CHECKS, [resource], {"$expand": "settings"})
    assert [each["settings"] for each in queried["value"]] == [settings]
    assert caller.send("GET", CHECKS, id=1, query={"$expand": "settings"})["settings"] == settings
    refused("CheckConfigurationNotFoundException", caller.send, "GET", CHECKS, id=2)
    for wrong in ({"settings": None}, {"timeout": 50000}, {"type": TASK_CHECK}):
        refused("InvalidCheckConfigurationException", caller.send, "POST", CHECKS, body | wrong)
    refused("InvalidCheckTypeException", caller.send, "POST", CHECKS, body | {"type": {"id": ZEROS}})
    assert list(project.checks) == [1]


def test_permissions(project: Project, caller: Caller) -> None:
    environment = project.add_environment("production")
    project.add_definition("churn")
    route = {"resourceType": "environment", "resourceId": environment["id"]}
    assert caller.send("GET", PERMISSIONS, **route)["pipelines"] == []
    granted = caller.send("PATCH", PERMISSIONS, {"pipelines": [{"id": 1, "authorized": True}]}, **route)
    assert [each["id"] for each in granted["pipelines"]] == [1]
    everyone = caller.send("PATCH", PERMISSIONS, {"allPipelines": {"authorized": True}}, **route)
    assert everyone["allPipelines"]["authorized"]
    taken = caller.send("PATCH", PERMISSIONS, {"pipelines": [{"id": 1, "authorized": False}]}, **route)
    assert (taken["pipelines"], "allPipelines" in taken) == ([], True)
    repository = project.add_repository("models")
    route = {"resourceType": "repository", "resourceId": f"{project.id}.{repository.id}"}
    caller.send("PATCH", PERMISSIONS, {"pipelines": [{"id": 1, "authorized": True}]}, **route)
    assert [kind for kind, _ in project.permissions] == ["environment", "repository"]
    refused("EnvironmentNotFoundException", caller.send, "GET", PERMISSIONS, resourceType="environment", resourceId=9)


def test_variable_groups(service: Service, project: Project, caller: Caller) -> None:
    other = service.organization.project("Contoso")
    references = [{"name": "churn", "projectReference": {"id": project.id, "name": "Fabrikam"}}]
    body = {
        "name": "churn",
        "type": "Vsts",
        "variables": {"key": {"value": "hidden", "isSecret": True}, "region": {"value": "west"}},
        "variableGroupProjectReferences": references,
    }
    made = caller.send("POST", GROUPS, body)
    assert made["variables"] == {"key": {"value": None, "isSecret": True}, "region": {"value": "west"}}
    refused("VariableGroupExistsException", caller.send, "POST", GROUPS, body)
    changed = body | {"variables": {"key": {"value": None, "isSecret": True}}}
    caller.send("PUT", GROUPS, changed, groupId=made["id"])
    assert project.variable_groups[1]["variables"] == {"key": {"value": "hidden", "isSecret": True}}
    agent = caller.clients.get_task_agent_client()
    assert [each.name for each in agent.get_variable_groups("Fabrikam", group_name="chu*")] == ["churn"]
    assert agent.get_variable_groups("Contoso") == []
    vault = {
        "name": "vault",
        "type": "AzureKeyVault",
        "providerData": {"serviceEndpointId": ZEROS, "vault": "churn-vault"},
        "variables": {"password": {"enabled": True, "isSecret": True}},
        "variableGroupProjectReferences": references,
    }
    assert caller.send("POST", GROUPS, vault)["providerData"]["vault"] == "churn-vault"
    refused("VssPropertyValidationException", caller.send, "POST", GROUPS, vault | {"providerData": None})
    caller.send("DELETE", GROUPS, groupId=1, query={"projectIds": project.id})
    assert (list(project.variable_groups), other.variable_groups) == ([2], {})
    refused("VariableGroupNotFoundException", agent.get_variable_group, "Fabrikam", 1)


def test_agents_and_tasks(service: Service, project: Project, caller: Caller) -> None:
    project.add_queue("Azure Pipelines", hosted=True)
    project.add_queue("gpu")
    service.organization.tasks.append({"id": ZEROS, "name": "AzureCLI", "version": {"major": 2}})
    agent = caller.clients.get_task_agent_client()
    assert [(each.id, each.pool.is_hosted) for each in agent.get_agent_queues("Fabrikam")] == [(1, True), (2, False)]
    assert [each.name for each in agent.get_agent_queues_by_names(["GPU"], "Fabrikam")] == ["gpu"]
    assert [each.name for each in agent.get_agent_pools()] == ["Azure Pipelines", "gpu"]
    assert agent.get_deployment_groups("Fabrikam") == []
    assert agent.get_task_groups("Fabrikam") == []
    assert caller.send("GET", TASKS)["value"][0]["name"] == "AzureCLI"


def test_service_connections(project: Project, caller: Caller) -> None:
    parameters = {"tenantid": "t", "serviceprincipalkey": "hidden"}
    made = project.add_endpoint("churn-azure", authorization={"scheme": "ServicePrincipal", "parameters": parameters})
    client = caller.clients.get_service_endpoint_client()
    found = client.get_service_endpoints_by_names("Fabrikam", ["Churn-Azure"])
    assert [(each.id, each.authorization.parameters["serviceprincipalkey"]) for each in found] == [(made["id"], None)]
    assert client.get_service_endpoint_details("Fabrikam", made["id"]).name == "churn-azure"
    assert caller.send("GET", ENDPOINTS, endpointId=ZEROS) is None
    assert client.get_service_endpoints("Fabrikam", type="github") == []


def test_policies(project: Project, caller: Caller) -> None:
    project.add_definition("churn")
    body: dict[str, Any] = {
        "isEnabled": True,
        "isBlocking": True,
        "type": {"id": "0609b952-1397-4640-95ec-e00a01b2c241"},
        "settings": {"buildDefinitionId": 1, "displayName": "churn", "scope": [{"refName": "refs/heads/main"}]},
    }
    assert [caller.send("POST", POLICIES, body)["id"] for _ in range(2)] == [1, 2]
    assert caller.send("PUT", POLICIES, body | {"isBlocking": False}, configurationId=1)["revision"] == 2
    assert caller.send("GET", POLICIES, query={"policyType": body["type"]["id"]})["count"] == 2
    caller.send("DELETE", POLICIES, configurationId=2)
    assert list(project.policies) == [1]
    assert len(caller.clients.get_policy_client().get_policy_types("Fabrikam")) == 7


def test_git(project: Project, caller: Caller) -> None:
    repository = project.add_repository("models", {"a.yml": "one"})
    git = caller.clients.get_git_client()
    assert git.get_repository("models", "Fabrikam").default_branch == "refs/heads/main"
    assert len(caller.send("GET", REFS, repositoryId="models", query={"filter": "heads/main"})["value"]) == 1
    change = {
        "changeType": "add",
        "item": {"path": "/b.yml"},
        "newContent": {"content": "two", "contentType": "rawtext"},
    }
    push = {
        "refUpdates": [{"name": "refs/heads/release", "oldObjectId": ZEROS}],
        "commits": [{"comment": "Add", "changes": [change]}],
    }
    caller.send("POST", PUSHES, push, repositoryId=repository.id)
    assert "TF401028" in refused("GitReferenceStaleException", caller.send, "POST", PUSHES, push, repositoryId="models")
    update = [{"name": "refs/heads/copy", "oldObjectId": ZEROS, "newObjectId": repository.refs["refs/heads/main"]}]
    assert caller.send("POST", REFS, update, repositoryId="models")["value"][0]["success"]
    stale = caller.send("POST", REFS, update, repositoryId="models")["value"][0]
    assert stale["updateStatus"] == "staleOldObjectId"
    on_release = {"versionDescriptor.version": "release", "versionDescriptor.versionType": "branch"}
    item = {"path": "/b.yml", "includeContent": "true"} | on_release
    assert caller.send("GET", ITEMS, repositoryId="models", query=item)["content"] == "two"
    refused("GitItemNotFoundException", caller.send, "GET", ITEMS, repositoryId="models", query={"path": "/b.yml"})
    assert b"".join(git.get_item_content("models", "a.yml", "Fabrikam")) == b"one"
    pull = {"sourceRefName": "refs/heads/release", "targetRefName": "refs/heads/main", "title": "Release"}
    assert caller.send("POST", PULL_REQUESTS, pull, repositoryId="models")["pullRequestId"] == 1
    message = refused("GitPullRequestExistsException", caller.send, "POST", PULL_REQUESTS, pull, repositoryId="models")
    assert "TF401179" in message
    query = {"searchCriteria.sourceRefName": "refs/heads/release", "searchCriteria.status": "active"}
    assert caller.send("GET", PULL_REQUESTS, repositoryId="models", query=query)["count"] == 1
    assert len(git.get_commits("models", _criteria(), "Fabrikam")) == 1
    refused("GitRepositoryNotFoundException", git.get_repository, "nowhere", "Fabrikam")
    assert repository.files("release") == {"/b.yml": "two"}


def _criteria() -> Any:
    from azure.devops.v7_1.git.models import GitQueryCommitsCriteria

    return GitQueryCommitsCriteria()


def test_preview(project: Project, caller: Caller) -> None:
    project.add_definition("churn")
    pipelines = caller.clients.get_pipelines_client()
    assert pipelines.preview({"previewRun": True}, "Fabrikam", 1).final_yaml == ""
    parameters = {"previewRun": True, "yamlOverride": "steps: []\n"}
    assert pipelines.preview(parameters, "Fabrikam", 1).final_yaml == "steps: []\n"
    project.preview_error = "/azure-pipelines.yml (Line: 1, Col: 1): Unexpected value 'step'"
    refused("PipelineValidationException", pipelines.preview, parameters, "Fabrikam", 1)


def test_a_run_goes_as_scripted(project: Project, caller: Caller) -> None:
    project.add_definition("churn", variables={"region": {"value": "west", "allowOverride": True}})
    script = project.script_run(1, scripted(["staging", "production"], {"production": ["x"]}))
    pipelines, build = caller.clients.get_pipelines_client(), caller.clients.get_build_client()
    refused(
        "PipelineValidationException", pipelines.run_pipeline, {"variables": {"other": {"value": "1"}}}, "Fabrikam", 1
    )
    run = pipelines.run_pipeline(
        {
            "resources": {"repositories": {"self": {"refName": "refs/heads/release"}}},
            "variables": {"region": {"value": "north"}},
            "templateParameters": {"size": "2"},
            "stagesToSkip": ["extra"],
        },
        "Fabrikam",
        1,
    )
    assert project.builds[run.id]["run"]["stagesToSkip"] == ["extra"]
    states = [_stages(build, run.id) for _ in range(8)]
    waiting = {"staging": ("completed", "succeeded"), "production": ("pending", None)}
    assert states[0] == {"staging": ("pending", None), "production": ("pending", None)}
    assert states[1]["staging"] == ("inProgress", None)
    assert states[3:] == [waiting] * 5
    pending = caller.send("GET", APPROVALS, query={"state": "pending", "$expand": "steps,permissions"})["value"]
    assert [(each["id"], len(each["steps"])) for each in pending] == [(script.approval("production"), 1)]
    decision = [{"approvalId": pending[0]["id"], "status": "approved", "comment": "go"}]
    assert caller.send("PATCH", APPROVALS, decision)["value"][0]["status"] == "approved"
    refused("ApprovalAlreadyCompletedException", caller.send, "PATCH", APPROVALS, decision)
    assert caller.send("GET", APPROVALS, approvalId=pending[0]["id"])["status"] == "approved"
    assert build.get_build("Fabrikam", run.id).status == "inProgress"
    assert _stages(build, run.id)["production"] == ("inProgress", None)
    assert _stages(build, run.id)["production"] == ("completed", "succeeded")
    assert (build.get_build("Fabrikam", run.id).result, pipelines.get_run("Fabrikam", 1, run.id).state) == (
        "succeeded",
        "completed",
    )
    assert [each.id for each in pipelines.list_runs("Fabrikam", 1)] == [run.id]


def _stages(build: Any, run: int) -> dict[str, tuple[str, str | None]]:
    records = build.get_build_timeline("Fabrikam", run).records
    return {each.identifier: (each.state, each.result) for each in records if each.type == "Stage"}


def test_a_rejection_ends_a_run(project: Project, caller: Caller) -> None:
    project.add_definition("churn")
    script = project.script_run(1, scripted(["production", "after"], {"production": ["x", "y"]}))
    run = caller.clients.get_pipelines_client().run_pipeline({}, "Fabrikam", 1)
    build = caller.clients.get_build_client()
    for _ in range(3):
        _stages(build, run.id)
    caller.send("PATCH", APPROVALS, [{"approvalId": script.approval("production"), "status": "rejected"}])
    assert _stages(build, run.id) == {"production": ("completed", "failed"), "after": ("completed", "skipped")}
    assert build.get_build("Fabrikam", run.id).result == "failed"


def test_a_failure_ends_a_run(project: Project, caller: Caller) -> None:
    project.add_definition("churn")
    project.script_run(1, scripted(["staging", "production"], result="failed", failing="staging"))
    run = caller.clients.get_pipelines_client().run_pipeline({}, "Fabrikam", 1)
    build = caller.clients.get_build_client()
    states = [_stages(build, run.id) for _ in range(3)]
    assert states[-1] == {"staging": ("completed", "failed"), "production": ("completed", "skipped")}
    assert build.get_build("Fabrikam", run.id).result == "failed"
    assert caller.send("GET", BUILDS, query={"definitions": "1", "$top": 1})["value"][0]["id"] == run.id


def test_a_run_by_snapshots_is_cancelled(project: Project, caller: Caller) -> None:
    project.add_definition("churn")
    stage = {"id": ZEROS, "type": "Stage", "identifier": "only", "state": "inProgress", "result": None, "log": 1}
    ended = stage | {"state": "completed", "result": "succeeded"}
    project.script_run(1, [[stage], Snapshot([stage]), [ended]])
    run = caller.clients.get_pipelines_client().run_pipeline({}, "Fabrikam", 1)
    build = caller.clients.get_build_client()
    assert _stages(build, run.id) == {"only": ("inProgress", None)}
    assert build.update_build({"status": "cancelling"}, "Fabrikam", run.id).result == "canceled"
    assert _stages(build, run.id) == {"only": ("completed", "canceled")}
    retry = {"state": "retry", "forceRetryAllJobs": False}
    assert caller.send("PATCH", STAGES, retry, buildId=run.id, stageRefName="only").status_code == 204
    assert project.stage_updates == [(run.id, "only", retry)]
    assert build.get_build("Fabrikam", run.id).status == "inProgress"


def test_what_a_build_left(project: Project, caller: Caller) -> None:
    project.add_definition("churn")
    first, second = project.add_build(1), project.add_build(1, result="failed")
    project.add_artifact(first["id"], "model")
    project.add_log(first["id"], ["one", "two"])
    project.add_test_run(first["id"], [{"testCaseTitle": "scores"}, {"testCaseTitle": "fast", "outcome": "Failed"}])
    build, test = caller.clients.get_build_client(), caller.clients.get_test_client()
    found = build.get_builds("Fabrikam", definitions=[1], top=1)
    assert [each.id for each in found] == [second["id"]]
    assert [each.id for each in build.get_builds("Fabrikam", min_time=second["queueTime"])] == [second["id"]]
    assert [each.name for each in build.get_artifacts("Fabrikam", first["id"])] == ["model"]
    refused("ArtifactNotFoundException", build.get_artifact, "Fabrikam", first["id"], "other")
    assert build.get_build_log_lines("Fabrikam", first["id"], 1) == ["one", "two"]
    assert b"".join(build.get_build_log("Fabrikam", first["id"], 1)) == b"one\ntwo\n"
    assert [each.line_count for each in build.get_build_logs("Fabrikam", first["id"])] == [2]
    runs = test.get_test_runs("Fabrikam", build_uri=first["uri"])
    assert [(each.passed_tests, each.total_tests) for each in runs] == [(1, 2)]
    results = test.get_test_results("Fabrikam", runs[0].id, outcomes=["Failed"])
    assert [each.test_case_title for each in results] == ["fast"]
    assert test.get_test_runs("Fabrikam", build_uri=second["uri"]) == []


def _release_body(approver: str) -> dict[str, Any]:
    automated = {"approvals": [{"rank": 1, "isAutomated": True, "id": 1}]}
    stage = {
        "name": "staging",
        "rank": 1,
        "conditions": [{"name": "ReleaseStarted", "conditionType": "event", "value": ""}],
        "preDeployApprovals": automated,
        "postDeployApprovals": automated,
        "retentionPolicy": {"daysToKeep": 30, "releasesToKeep": 3, "retainBuild": True},
        "deployPhases": [{"name": "deploy", "phaseType": "agentBasedDeployment", "rank": 1, "workflowTasks": []}],
    }
    production = stage | {
        "name": "production",
        "rank": 2,
        "conditions": [{"name": "staging", "conditionType": "environmentState", "value": "4"}],
        "preDeployApprovals": {"approvals": [{"rank": 1, "isAutomated": False, "approver": {"id": approver}}]},
    }
    return {"name": "churn", "path": "\\", "environments": [stage, production]}


def test_classic_releases(service: Service, project: Project, caller: Caller) -> None:
    release = caller.clients.get_release_client()
    body = _release_body(service.organization.user["id"])
    made = release.create_release_definition(body, "Fabrikam")
    assert made.revision == 1
    refused("ReleaseDefinitionAlreadyExistsException", release.create_release_definition, body, "Fabrikam")
    again = body | {"id": made.id, "revision": 1, "description": "new"}
    assert release.update_release_definition(again, "Fabrikam").revision == 2
    refused("ReleaseDefinitionAlreadyUpdatedException", release.update_release_definition, again, "Fabrikam")
    found = release.get_release_definitions("Fabrikam", search_text="churn", is_exact_name_match=True, path="\\")
    assert [each.id for each in found] == [made.id]

    started = release.create_release({"definitionId": made.id}, "Fabrikam")
    assert [each.status for each in started.environments] == ["succeeded", "inProgress"]
    waiting = release.get_approvals("Fabrikam", status_filter="pending", release_ids_filter=[started.id])
    assert [each.release_environment.name for each in waiting] == ["production"]
    release.update_release_approval({"status": "approved", "comments": "go"}, "Fabrikam", waiting[0].id)
    ended = release.get_release("Fabrikam", started.id)
    assert [each.status for each in ended.environments] == ["succeeded", "succeeded"]
    redeployed = release.update_release_environment(
        {"status": "inProgress"}, "Fabrikam", started.id, ended.environments[0].id
    )
    assert redeployed.status == "succeeded"
    assert [each.id for each in release.get_releases("Fabrikam", definition_id=made.id)] == [started.id]
    assert project.releases[started.id]["status"] == "active"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_status_has_no_effect(service: Service, project: Project, caller: Caller, status: int) -> None:
    service.faults.at(1, Fault.status(status))
    with pytest.raises((AzureDevOpsServiceError, AzureDevOpsClientRequestError, ClientRequestError)):
        caller.send("POST", ENVIRONMENTS, {"name": "production"})
    assert project.environments == {}
    assert caller.send("POST", ENVIRONMENTS, {"name": "production"})["id"] == 1
    assert [each.status for each in service.calls] == [status, 200]


def test_a_read_is_tried_again_by_the_client(service: Service, caller: Caller) -> None:
    service.faults.when(lambda request: request.method == "GET", Fault.status(429, retry_after=0))
    assert caller.send("GET", ENVIRONMENTS)["count"] == 0
    assert [each.status for each in service.calls] == [429, 200]


def test_a_connection_is_reset(service: Service, project: Project, caller: Caller) -> None:
    service.faults.at(1, Fault.reset_before())
    service.faults.at(2, Fault.reset_after())
    for made in ([], ["production"]):
        with pytest.raises(ClientRequestError):
            caller.send("POST", ENVIRONMENTS, {"name": "production"})
        assert [each["name"] for each in project.environments.values()] == made
    assert [each.status for each in service.calls] == [None, None]


def test_the_service_may_say_nothing(service: Service, project: Project, caller: Caller) -> None:
    service.faults.at(1, Fault.silent_after())
    caller.main.config.connection.timeout = 0.2
    with pytest.raises(ClientRequestError):
        caller.send("POST", ENVIRONMENTS, {"name": "production"})
    assert len(project.environments) == 1


def test_silence_does_not_keep_the_server() -> None:
    errors: list[ClientRequestError] = []
    with serve() as service:
        service.organization.project("Fabrikam")
        caller, done = Caller(service), threading.Event()

        def create() -> None:
            try:
                caller.send("POST", ENVIRONMENTS, {"name": "production"})
            except ClientRequestError as error:
                errors.append(error)

        def is_create(request: Request) -> bool:
            done.set()
            return request.method == "POST"

        service.faults.when(is_create, Fault.silent_after())
        thread = threading.Thread(target=create)
        thread.start()
        assert done.wait(PATIENT)
    thread.join(PATIENT)
    assert len(errors) == 1


def test_functions_run_around_the_effect(service: Service, project: Project, caller: Caller) -> None:
    seen: list[int] = []
    service.faults.at(1, Fault.call_before(lambda: seen.append(len(project.environments))))
    service.faults.at(2, Fault.call_after(lambda: seen.append(len(project.environments))))
    for name in ("first", "second"):
        caller.send("POST", ENVIRONMENTS, {"name": name})
    assert seen == [0, 2]


def test_an_answer_may_be_anything(service: Service, caller: Caller) -> None:
    service.faults.at(1, Fault.answer(203, body="<html>Sign in</html>"))
    with pytest.raises((DeserializationError, ValueError)):
        caller.clients.get_build_client().get_definitions("Fabrikam")
    service.faults.when(lambda _: True, Fault.status(500), times=None)
    service.faults.clear()
    assert caller.send("GET", DEFINITIONS)["count"] == 0


def test_requests_at_once(service: Service, project: Project) -> None:
    together = threading.Barrier(8, timeout=PATIENT)
    service.faults.when(lambda request: request.method == "POST", Fault.call_before(together.wait), times=8)

    def create(number: int) -> int:
        identifier: int = Caller(service).send("POST", ENVIRONMENTS, {"name": f"environment-{number}"})["id"]
        return identifier

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(create, range(8)))
    assert sorted(made) == list(range(1, 9))
    assert len(project.environments) == 8
    assert service.most_at_once >= 8


@needs_specifications
@pytest.mark.parametrize(
    ("method", "location", "body", "query", "violation"),
    [
        ("POST", ENVIRONMENTS, {"name": "a", "colour": "red"}, None, "colour is not a property of Environment"),
        ("POST", ENVIRONMENTS, {"name": "a", "description": 3}, None, "description is not of type string: 3"),
        ("GET", DEFINITIONS, None, {"colour": "red"}, "the query parameter colour is not known"),
        ("GET", DEFINITIONS, None, {"$top": "many"}, "the query parameter $top is not an integer: 'many'"),
        ("GET", DEFINITIONS, None, {"queryOrder": "best"}, "the query parameter queryOrder has an unknown value"),
        ("POST", ENVIRONMENTS, None, None, "the body is missing"),
        ("POST", PIPELINES, {"name": "a", "configuration": {"type": "toml"}}, None, "has an unknown value: 'toml'"),
    ],
)
def test_a_breach_of_the_contract_is_found(
    method: str, location: str, body: Any, query: dict[str, Any] | None, violation: str
) -> None:
    with pytest.raises(AssertionError, match=r"1 (POST|GET) /org/Fabrikam") as raised, serve() as service:  # noqa: PT012
        service.organization.project("Fabrikam")
        with suppress(AzureDevOpsServiceError):
            Caller(service).send(method, location, body, query)
        assert len(service.violations) == 1
    assert violation in str(raised.value)


@needs_specifications
def test_a_call_in_preview_must_say_so() -> None:
    with serve(check_contract=True) as service:
        service.organization.project("Fabrikam")
        caller = Caller(service)
        route, query = {"project": "Fabrikam"}, {"resourceType": "environment", "resourceId": "1"}
        assert caller.main._send("GET", CHECKS, "7.1", route, query).json()["count"] == 0  # noqa: SLF001
        assert len(service.violations) == 1
        assert "in preview" in service.violations.pop()


def test_a_failure_of_the_fake_itself_is_told() -> None:
    with serve() as service:
        service.organization.project("Fabrikam").environments[1] = {}
        message = refused("ServerException", Caller(service).send, "POST", ENVIRONMENTS, {"name": "production"})
        assert "KeyError" in message
        assert "the fake failed" in service.violations.pop()


def test_a_script_of_records_ends_as_they_do() -> None:
    assert Script.of([[{"result": None}], [{"result": "succeeded"}, {"result": "failed"}]]).result == "failed"
