"""A project on the fake service, and releases that are registered in it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from azrelease.lowering import lower
from azrelease.registration import (
    Applied,
    Plan,
    Project,
    ReleaseToRegister,
    RetryPolicy,
    apply_plan,
    connect,
    desired_state,
    make_plan,
)
from azrelease.release import Release, load
from azrelease.release.registration import Repository
from fake_azure_devops import Project as FakeProject
from fake_azure_devops import Service
from support.yaml_text import safe_load

SAMPLES = sorted(Path(__file__).parents[2].glob("samples/*/release.yml"))
NO_WAIT = RetryPolicy(timeout=10, attempts=4, first_wait=0)
"""A retry policy without waits."""
SHORT_TIMEOUT = RetryPolicy(timeout=0.3, attempts=12, first_wait=0)
"""For answers that never come. It tries often, since on a busy machine one that does come may take longer than that."""

_NAMES = ("API_KEY", "DB_PASSWORD", "TOKEN", "ALERT_TOKEN", "CHAT_WEBHOOK")
SECRETS = {name: f"planted-{number}-{name.lower()}-value" for number, name in enumerate(_NAMES)}
"""Values of the secrets of the samples and of the full release, in the environment."""

FULL = """
name: churn
description: Deploys the churn model.
folder: \\ml\\churn
tags: [models]
artifact: {pipeline: churn-training, name: model}
variables: {region: westeurope, limit: "5"}
settable: [limit, api.key]
secrets: [api.key]
variable_groups: [churn-settings, churn-vault, shared]
workspace: {resource_group: churn-rg, name: churn-ws, service_connection: churn-azure}
registration:
  default_branch: main
  variable_groups:
    - name: churn-settings
      description: Settings of churn.
      variables: {size: small}
      secrets: [db_password]
    - name: churn-vault
      key_vault: {name: churn-kv, service_connection: churn-azure, secrets: [score-key, other-key]}
  pull_request_check: {yaml: .azure/pull-request.yml, paths: [/releases/*], valid_for: 12 hours}
stages:
  - name: staging
    endpoint: churn-staging
    target: managed
    lock: latest
    checks:
      branches: {allowed: [main, release/*], protected: true}
      business_hours: {days: [Monday, Tuesday], start: "09:00", end: "17:00", time_zone: W. Europe Standard Time}
      required_templates: [{path: safe.yml, repository: MLOps/templates}]
    gates:
      timeout: 2 hours
      interval: 20 minutes
      tasks:
        - task: InvokeRESTAPI@1
          display_name: No open incident
          inputs: {connectionType: connectedServiceName, serviceConnection: incidents, method: GET, urlSuffix: open}
  - name: production
    endpoint: churn
    target: managed
    secrets: [token]
    approval:
      approvers: ["[MLOps]\\\\Approvers", ada@example.com, Grace Hopper]
      minimum: 2
      instructions: Look at the tests.
      timeout: 3 days
"""
"""A release that asks for everything that can be registered."""


def seed(service: Service, name: str = "MLOps") -> FakeProject:
    """A project with all that the samples and the full release need to be there."""
    organization = service.organization
    project = organization.project(name)
    project.add_queue("Azure Pipelines", hosted=True)
    for pool in ("ml-agents", "gpu"):
        project.add_queue(pool)
    for repository in ("models", "templates"):
        project.add_repository(repository, {"README.md": "#"})
    for each in sorted({"churn-azure", "incidents", "github", *_connections()}):
        project.add_endpoint(each)
    for group in sorted({"shared", *_groups()}):
        project.add_variable_group(group, {"color": "blue"})
    for group in sorted({group for group in _approvers() if group.startswith("[")} | {"[MLOps]\\Approvers"}):
        organization.add_identity(group, group=True)
    for mail in sorted(name for name in _approvers() if "@" in name):
        organization.add_identity(mail.partition("@")[0], mail=mail)
    organization.add_identity("Ada Lovelace", mail="ada@example.com")
    organization.add_identity("Grace Hopper", mail="grace@example.com")
    return project


def use(monkeypatch: pytest.MonkeyPatch, service: Service, token: str = "pat", **more: str) -> None:
    """Have commands mean the project on the service, as in a pipeline whose repository is `models`."""
    values = {
        **more,
        "AZURE_DEVOPS_EXT_PAT": token,
        "AZURE_DEVOPS_ORG_URL": service.url,
        "SYSTEM_TEAMPROJECT": "MLOps",
        "BUILD_REPOSITORY_NAME": "models",
        "BUILD_REPOSITORY_PROVIDER": "TfsGit",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def project_of(service: Service, name: str = "MLOps", token: str = "pat") -> Project:
    """The project, asked anew: nothing that was read before is remembered."""
    return Project(connect(service.url, {"AZURE_DEVOPS_EXT_PAT": token}, NO_WAIT), name)


def released(text: str) -> Release:
    """A release from the text of its file."""
    return Release.model_validate(safe_load(text))


def release_to_register(release: Release, file: str = "release.yml", **more: Any) -> ReleaseToRegister:
    """A release as `plan` takes it."""
    full = release.completed()
    own = full.registration.repository if full.registration else None
    return ReleaseToRegister(file, full, lower(full), own or Repository(name="models"), "azure-pipelines.yml", **more)


def plan(service: Service, *releases: Release, **options: bool) -> Plan:
    """The plan for releases."""
    return planned(project_of(service), releases, **options)


def planned(
    project: Project,
    releases: Sequence[Release],
    *,
    prune: bool = False,
    adopt: bool = False,
    secrets_again: bool = False,
) -> Plan:
    each = [release_to_register(release, f"{release.name}.release.yml") for release in releases]
    found = desired_state(project, each, secrets_again=secrets_again)
    return make_plan(project, found, [release.name for release in releases], prune=prune, adopt=adopt)


def apply(service: Service, *releases: Release, **options: bool) -> Applied:
    """Plan and apply, as one process does."""
    project = project_of(service)
    return apply_plan(project, planned(project, releases, **options))


def summary(plan: Plan) -> list[str]:
    """What a plan does, a line each."""
    return [f"{change.action} {change.key}" for change in plan.changes]


@cache
def _connections() -> set[str]:
    found: set[str] = set()
    for path in SAMPLES:
        text = path.read_text()
        found |= {
            str(line.split(":", 1)[1]).strip().strip("\"'")
            for line in text.splitlines()
            if line.strip().startswith(("service_connection:", "azureSubscription:", "serviceConnection:"))
        }
        release = load(path).release
        found |= {stage.workspace.service_connection for stage in release.stages if stage.workspace}
    return {name for name in found if name and "$" not in name and "{" not in name}


@cache
def _groups() -> set[str]:
    releases = [load(path).release for path in SAMPLES]
    stages = [stage for release in releases for stage in release.stages]
    return {group for each in (*releases, *stages) for group in each.variable_groups}


@cache
def _approvers() -> set[str]:
    releases = [load(path).release for path in SAMPLES]
    return {
        name for release in releases for stage in release.stages if stage.approval for name in stage.approval.approvers
    }
