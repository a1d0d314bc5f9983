"""Pipelines of a release: its own, and the one that checks pull requests; or its classic definition."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any

from azrelease.ownership import shortened
from azrelease.registration.desired_state.context import DESCRIPTION, DesiredStateContext, branch_name
from azrelease.registration.desired_state.groups import own_groups
from azrelease.registration.kinds.build_validation import BLOCKING, ENABLED, MANUAL, PATHS, VALID_FOR
from azrelease.registration.kinds.pipeline import PROCESS, YAML_PIPELINE, clashes
from azrelease.registration.kinds.release_definition import comparable
from azrelease.registration.kinds.variable_values import MANAGED_VARIABLES, SETTABLE
from azrelease.registration.project import join_folder
from azrelease.registration.resource import DesiredResource, Prerequisite, ResourceKind, Value
from azrelease.release.registration import Registration, Repository


def pipelines(context: DesiredStateContext) -> Iterator[DesiredResource | Prerequisite]:
    """The pipeline of the release, its folder, and the check of pull requests with its policy."""
    release, registration = context.release, context.registration
    repository = context.to_register.repository
    if repository is None:
        hint = "Name it in `registration.repository`, or run in a checkout whose `origin` is Azure Repos."
        yield Prerequisite(f"the repository of {context.to_register.file}", hint)
        return
    settable = {name.lower() for name in release.settable}
    variables = {name: value for name, value in release.variables.items() if name.lower() in settable}
    secrets = list(_pipeline_secrets(context))
    fields = context.variable_fields(variables, secrets)
    fields |= {SETTABLE + name: name.lower() in settable for name in (*variables, *secrets)}
    common = yield from _source(context, repository, registration)
    text = shortened(release.description or f"Release {release.name}.")
    fields = {DESCRIPTION: text, **common, "yaml": context.to_register.yaml, "tags": list(release.tags), **fields}
    pipeline = context.resource(ResourceKind.PIPELINE, context.to_register.path, fields)
    yield pipeline
    for path in clashes(context.project, pipeline):
        hint = "Rename one of the two: ownership tags in Azure DevOps hold the name of a release."
        yield Prerequisite(f"another name: {path} belongs to another release {release.name}", hint)
    yield from _folder(context, release.folder)
    check = registration.pull_request_check
    if check is None:
        return
    name = check.name or f"{release.name} pull request"
    path = join_folder(release.folder or "", name)
    text = shortened(f"Checks pull requests for release {release.name}.")
    yield context.resource(
        ResourceKind.PIPELINE, path, {DESCRIPTION: text, **common, "yaml": check.yaml, MANAGED_VARIABLES: []}
    )
    if repository.type == "azure_repos":
        where = f"{repository.name}, {branch_name(check.branch or registration.default_branch)}"
        yield context.resource(
            ResourceKind.BUILD_VALIDATION,
            name,
            {
                "repository": repository.name,
                "branch": branch_name(check.branch or registration.default_branch),
                "pipeline": path,
                BLOCKING: check.blocking,
                PATHS: list(check.paths),
                VALID_FOR: check.valid_for,
                ENABLED: True,
                MANUAL: False,
            },
            where,
        )


def _source(
    context: DesiredStateContext, repository: Repository, registration: Registration
) -> Generator[Prerequisite, None, dict[str, Value]]:
    connection = repository.service_connection
    if repository.type == "github":
        yield from context.needs("service connection", connection or "")
        connection = context.name("service connection", connection or "")
    else:
        yield from context.needs("repository", repository.name)
    raw = context.project.repositories.find(repository.name) if repository.type == "azure_repos" else None
    name = str(raw["name"]) if raw else repository.name
    return {
        "repository": f"{repository.type} {name}",
        "service_connection": connection,
        "default_branch": branch_name(registration.default_branch),
        "folder": "\\" + context.to_register.path.rpartition("\\")[0].strip("\\"),
        PROCESS: YAML_PIPELINE,
        ENABLED: True,
    }


def _pipeline_secrets(context: DesiredStateContext) -> Iterator[str]:
    """Secrets that no variable group of the release holds: they are variables of the pipeline."""
    declared = {
        group.name.lower(): {*group.secrets, *(group.key_vault.secrets if group.key_vault else ())}
        for group in context.registration.variable_groups
    }
    own = {name.lower() for name, _ in own_groups(context.release)}
    scopes = [(context.release.secrets, context.release.variable_groups)]
    scopes += [(s.secrets, (*s.variable_groups, *context.release.variable_groups)) for s in context.release.stages]
    secrets_of_pipeline: dict[str, str] = {}
    for secrets, groups in scopes:
        known = {
            name.lower() for group in groups for name in declared.get(group.lower(), _variables_of(context, group))
        }
        if any(group.lower() in own for group in groups):
            continue
        for name in secrets:
            if name.lower() not in known:
                secrets_of_pipeline.setdefault(name.lower(), name)
    yield from secrets_of_pipeline.values()


def _variables_of(context: DesiredStateContext, group: str) -> Iterable[str]:
    raw = context.project.variable_groups.find(group)
    return (raw.get("variables") or {}) if raw else ()


def _folder(context: DesiredStateContext, folder: str | None) -> Iterator[DesiredResource]:
    parts = [part for part in (folder or "").replace("/", "\\").split("\\") if part]
    for end in range(1, len(parts) + 1):
        yield context.resource(ResourceKind.FOLDER, "\\" + "\\".join(parts[:end]), {})


def definition(context: DesiredStateContext, exported: Mapping[str, Any]) -> DesiredResource:
    """The classic definition of the release."""
    fields = comparable(exported)
    return context.resource(ResourceKind.RELEASE_DEFINITION, context.to_register.path, fields, body=dict(exported))
