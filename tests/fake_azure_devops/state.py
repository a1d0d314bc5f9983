"""What the organization holds: plain lists and dicts in the shape of the service, to seed and to assert on."""

import itertools
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_azure_devops.clock import now
from fake_azure_devops.repository import Repository
from fake_azure_devops.scripts import Script, Snapshot

Record = dict[str, Any]
HOSTED = "Azure Pipelines"


def guid(text: str) -> str:
    """A GUID, always the same for a text."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


class Counter:
    """Hands out the numbers from 1."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def next(self) -> int:
        """The next free number."""
        return next(self._numbers)


@dataclass
class Project:
    """One project. Numbers are keys as int, GUIDs as lower-case text."""

    organization: "Organization"
    name: str
    id: str
    environments: dict[int, Record] = field(default_factory=dict)
    checks: dict[int, Record] = field(default_factory=dict)
    definitions: dict[int, Record] = field(default_factory=dict)
    deleted_definitions: dict[int, Record] = field(default_factory=dict)
    folders: list[str] = field(default_factory=lambda: ["\\"])
    variable_groups: dict[int, Record] = field(default_factory=dict)
    queues: dict[int, Record] = field(default_factory=dict)
    deployment_groups: dict[int, Record] = field(default_factory=dict)
    deployment_records: dict[int, list[Record]] = field(default_factory=dict)
    task_groups: dict[str, Record] = field(default_factory=dict)
    endpoints: dict[str, Record] = field(default_factory=dict)
    permissions: dict[tuple[str, str], Record] = field(default_factory=dict)
    policies: dict[int, Record] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    builds: dict[int, Record] = field(default_factory=dict)
    scripts: dict[int, list[Script]] = field(default_factory=dict)
    running: dict[int, Script] = field(default_factory=dict)
    artifacts: dict[int, list[Record]] = field(default_factory=dict)
    logs: dict[int, dict[int, list[str]]] = field(default_factory=dict)
    stage_updates: list[tuple[int, str, Record]] = field(default_factory=list)
    approvals: dict[str, Record] = field(default_factory=dict)
    test_runs: dict[int, list[Record]] = field(default_factory=dict)
    release_definitions: dict[int, Record] = field(default_factory=dict)
    releases: dict[int, Record] = field(default_factory=dict)
    release_approvals: dict[int, Record] = field(default_factory=dict)
    preview_error: str | None = None

    def reference(self) -> Record:
        """The project as other records name it."""
        return {
            "id": self.id,
            "name": self.name,
            "url": f"{self.organization.url}/_apis/projects/{self.id}",
            "state": "wellFormed",
            "revision": 1,
            "visibility": "private",
            "lastUpdateTime": now(),
        }

    def short_reference(self) -> Record:
        """The project by id and name."""
        return {"id": self.id, "name": self.name}

    def add_environment(self, name: str, description: str = "") -> Record:
        """Seed an environment."""
        from fake_azure_devops.environments import new_environment

        return new_environment(self, name, description)

    def add_definition(self, name: str, path: str = "\\", yaml: str = "azure-pipelines.yml", **fields: Any) -> Record:
        """Seed a YAML definition, and its folder."""
        from fake_azure_devops.definitions import new_definition

        parts = [part for part in path.split("\\") if part]
        for length in range(1, len(parts) + 1):
            folder = "\\" + "\\".join(parts[:length])
            if folder.casefold() not in map(str.casefold, self.folders):
                self.folders.append(folder)
        process = {"type": 2, "yamlFilename": yaml}
        return new_definition(self, {"name": name, "path": path, "process": process} | fields)

    def add_variable_group(self, name: str, variables: Mapping[str, Any] | None = None, **fields: Any) -> Record:
        """Seed a variable group; a variable is text or a mapping of value, isSecret, isReadOnly."""
        from fake_azure_devops.variable_groups import new_variable_group

        values = {
            key: dict(value) if isinstance(value, Mapping) else {"value": value}
            for key, value in (variables or {}).items()
        }
        references = [{"name": name, "projectReference": self.short_reference()}]
        body = {"name": name, "type": "Vsts", "variables": values, "variableGroupProjectReferences": references}
        return new_variable_group(self.organization, body | fields)

    def add_queue(self, name: str, *, hosted: bool = False) -> Record:
        """Seed a queue and its pool."""
        pool = self.organization.add_pool(name, hosted=hosted)
        identifier = self.organization.queue_ids.next()
        reference = {key: pool[key] for key in ("id", "scope", "name", "isHosted", "poolType", "size", "isLegacy")}
        self.queues[identifier] = {"id": identifier, "projectId": self.id, "name": name, "pool": reference}
        return self.queues[identifier]

    def add_endpoint(self, name: str, kind: str = "azurerm", **fields: Any) -> Record:
        """Seed a service connection."""
        from fake_azure_devops.endpoints import new_endpoint

        reference = {"name": name, "projectReference": self.short_reference()}
        body = {"name": name, "type": kind, "serviceEndpointProjectReferences": [reference]}
        return new_endpoint(self.organization, body | fields)

    def add_repository(self, name: str, files: Mapping[str, str] | None = None, branch: str = "main") -> Repository:
        """Seed a repository, with a first commit if there are files."""
        repository = Repository(guid(f"{self.id}/{name}"), name, f"refs/heads/{branch}")
        if files:
            repository.commit(branch, files)
        self.repositories[repository.id] = repository
        return repository

    def add_check(self, kind: Record, settings: Record, resource: Record, **fields: Any) -> Record:
        """Seed a check: type, settings and resource as the service takes them."""
        from fake_azure_devops.checks import new_check

        return new_check(self, {"type": kind, "settings": settings, "resource": resource} | fields)

    def add_build(self, definition_id: int, **fields: Any) -> Record:
        """Seed a build that has ended well, unless fields say otherwise."""
        from fake_azure_devops.builds import new_build

        ended = {"status": "completed", "result": "succeeded", "startTime": now(), "finishTime": now()}
        return new_build(self, definition_id, ended | fields)

    def add_artifact(self, build_id: int, name: str, **resource: Any) -> Record:
        """Seed a published artifact of a build."""
        artifacts = self.artifacts.setdefault(build_id, [])
        artifact = {
            "id": len(artifacts) + 1,
            "name": name,
            "source": guid(f"{build_id}/{name}"),
            "resource": {"type": "PipelineArtifact", "data": name, "properties": {}} | resource,
        }
        artifacts.append(artifact)
        return artifact

    def add_log(self, build_id: int, lines: Iterable[str]) -> int:
        """Seed a log of a build; its number."""
        logs = self.logs.setdefault(build_id, {})
        number = len(logs) + 1
        logs[number] = list(lines)
        return number

    def add_test_run(self, build_id: int, results: Iterable[Record], **fields: Any) -> Record:
        """Seed a test run of a build; a result is testCaseTitle, outcome and what else there is."""
        from fake_azure_devops.test_results import new_test_run

        return new_test_run(self, build_id, list(results), fields)

    def add_release_definition(self, body: Record) -> Record:
        """Seed a classic release definition."""
        from fake_azure_devops.release_definitions import new_release_definition

        return new_release_definition(self, body)

    def script_run(self, pipeline_id: int, steps: "Script | Iterable[Snapshot | list[Record]]") -> Script:
        """What the next run of the pipeline will do."""
        script = steps if isinstance(steps, Script) else Script.of(steps)
        self.scripts.setdefault(pipeline_id, []).append(script)
        return script


@dataclass
class Organization:
    """The organization, with what its projects share."""

    name: str
    url: str = "http://127.0.0.1/org"
    tokens: set[str] = field(default_factory=lambda: {"pat"})
    denied: set[str] = field(default_factory=set)
    identities: list[Record] = field(default_factory=list)
    pools: dict[int, Record] = field(default_factory=dict)
    tasks: list[Record] = field(default_factory=list)
    yaml_schema: Record = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    environment_ids: Counter = field(default_factory=Counter, repr=False)
    check_ids: Counter = field(default_factory=Counter, repr=False)
    definition_ids: Counter = field(default_factory=Counter, repr=False)
    group_ids: Counter = field(default_factory=Counter, repr=False)
    queue_ids: Counter = field(default_factory=Counter, repr=False)
    policy_ids: Counter = field(default_factory=Counter, repr=False)
    build_ids: Counter = field(default_factory=Counter, repr=False)
    pull_request_ids: Counter = field(default_factory=Counter, repr=False)
    push_ids: Counter = field(default_factory=Counter, repr=False)
    test_ids: Counter = field(default_factory=Counter, repr=False)
    release_ids: Counter = field(default_factory=Counter, repr=False)
    user: Record = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.user:
            self.user = self.add_identity("Release Engineer", mail="engineer@example.com")

    def project(self, name: str) -> Project:
        """The project of this name or id, made if it is not there."""
        found = self.find_project(name)
        if found is None:
            found = Project(self, name, guid(f"{self.name}/{name}"))
            self.projects[found.id] = found
        return found

    def find_project(self, name: str) -> Project | None:
        """The project of this name or id, without regard to case."""
        requested = name.casefold()
        return next((each for each in self.projects.values() if requested in {each.id, each.name.casefold()}), None)

    def add_identity(self, name: str, *, mail: str = "", group: bool = False, **fields: Any) -> Record:
        """Seed a user, or a group, which is named `[Project]\\Group` or `[Organization]\\Group`."""
        identifier = guid(f"{self.name}/identity/{name}")
        kind = "vssgp" if group else "aad"
        account = name if group else mail or name
        properties = {
            "SchemaClassName": {"$type": "System.String", "$value": "Group" if group else "User"},
            "Account": {"$type": "System.String", "$value": account.rpartition("\\")[2]},
            "Mail": {"$type": "System.String", "$value": mail},
        }
        identity = {
            "id": identifier,
            "descriptor": f"Microsoft.{'TeamFoundation' if group else 'IdentityModel.Claims'}.Identity;{identifier}",
            "subjectDescriptor": f"{kind}.{identifier.replace('-', '')}",
            "providerDisplayName": name,
            "isActive": True,
            "isContainer": group,
            "members": [],
            "memberOf": [],
            "memberIds": [],
            "properties": properties,
            "resourceVersion": 2,
            "metaTypeId": 0,
        } | fields
        self.identities.append(identity)
        return identity

    def add_pool(self, name: str, *, hosted: bool = False, kind: str = "automation") -> Record:
        """Seed a pool, or find the one of this name."""
        found = next((pool for pool in self.pools.values() if pool["name"] == name and pool["poolType"] == kind), None)
        if found is None:
            identifier = len(self.pools) + 1
            found = {
                "id": identifier,
                "scope": guid(self.name),
                "name": name,
                "isHosted": hosted,
                "poolType": kind,
                "size": 1,
                "isLegacy": False,
                "autoProvision": False,
                "autoSize": True,
                "options": "none",
            }
            self.pools[identifier] = found
        return found

    def reference(self, identity: Record | None = None) -> Record:
        """An identity as other records name it; the caller unless another is given."""
        identity = identity or self.user
        return {
            "id": identity["id"],
            "displayName": identity.get("customDisplayName") or identity["providerDisplayName"],
            "uniqueName": identity["properties"].get("Mail", {}).get("$value") or identity["providerDisplayName"],
            "descriptor": identity.get("subjectDescriptor", ""),
            "isContainer": identity.get("isContainer", False),
            "url": f"{self.url}/_apis/Identities/{identity['id']}",
        }

    def identity(self, identifier: str) -> Record | None:
        """The identity with this id."""
        return next((each for each in self.identities if each["id"] == identifier.casefold()), None)
