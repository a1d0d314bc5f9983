"""What releases want of a project: environments and their checks, variable groups, the pipeline and what it may use."""

import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.catalog import checks as check_catalog
from azrelease.catalog.tasks import BUILT_IN, Tasks
from azrelease.errors import UserError
from azrelease.pipeline import Pipeline, TaskStep
from azrelease.registration.credentials import secret_variable
from azrelease.registration.identities import Identities
from azrelease.registration.kinds import check_types, permission
from azrelease.registration.kinds.build_validation import BLOCKING, ENABLED, PATHS, VALID_FOR
from azrelease.registration.kinds.environment import SINGLE
from azrelease.registration.kinds.release_definition import comparable
from azrelease.registration.kinds.variable_group import VAULT, VAULT_SECRETS
from azrelease.registration.kinds.variable_values import OWN, SECRET, SECRET_AGAIN, SETTABLE, VARIABLE
from azrelease.registration.named_resources import NamedResources, named_resources
from azrelease.registration.project import Project, join_folder
from azrelease.registration.things import Key, Kind, Missing, Thing, Value, reference
from azrelease.release import Approval, Release, Stage
from azrelease.release.gates import Gates
from azrelease.release.registration import Registration, Repository, VariableGroup
from azrelease.release.tasks import TaskContext
from azrelease.suggestions import suggestion
from azrelease.templating import Templates

DESCRIPTION = "description"


class WantedRelease(NamedTuple):
    """A release that is to be registered.

    Attributes:
        file: its file, for messages.
        release: the release, completed.
        pipeline: what it is lowered to.
        repository: the repository that holds its YAML.
        yaml: the YAML file, from the top of that repository.
        definition: the classic definition, where that is registered instead of a pipeline.
    """

    file: str
    release: Release
    pipeline: Pipeline
    repository: Repository | None
    yaml: str
    definition: Mapping[str, Any] | None = None

    @property
    def path(self) -> str:
        r"""The pipeline with its folder: `\team\churn`."""
        return join_folder(self.release.folder or "", self.release.name)


class Wanted(NamedTuple):
    """What releases want, and what of it cannot be had."""

    things: tuple[Thing, ...]
    missing: tuple[Missing, ...]


def wanted(
    project: Project, releases: Sequence[WantedRelease], *, tasks: Tasks = BUILT_IN, secrets_again: bool = False
) -> Wanted:
    """What releases want of a project, in the order in which it is made.

    Args:
        project: the project, which is asked for names of people, connections and pools.
        releases: the releases.
        tasks: the tasks of the organization, where they are known.
        secrets_again: whether secrets that the service has are to be set again.

    Raises:
        UserError: two releases want different things of one name.
        ServiceError: the service does not answer, or refuses.
    """
    project.connection.hide(_values_of_secrets(releases))
    identities = Identities(project.connection)
    identities.prefetch([name for each in releases for name in _approvers(each)])
    things: dict[tuple[str, str, str], tuple[Thing, str]] = {}
    missing: dict[tuple[str, str], Missing] = {}
    for each in releases:
        for found in _Wishes(project, each, identities, tasks, SECRET_AGAIN if secrets_again else SECRET).all():
            if isinstance(found, Missing):
                known = missing.get((found.what, found.hint))
                names = (*(known.releases if known else ()), each.release.name)
                missing[found.what, found.hint] = found._replace(releases=tuple(dict.fromkeys(names)))
            else:
                other = things.get(found.key.folded)
                things[found.key.folded] = (found, each.file) if other is None else _joined(*other, found, each.file)
    order = list(Kind)
    return Wanted(
        tuple(thing for thing, _ in sorted(things.values(), key=lambda item: order.index(item[0].key.kind))),
        tuple(missing.values()),
    )


def _values_of_secrets(releases: Sequence[WantedRelease]) -> Iterator[str]:
    """Values that the environment has for secrets of releases."""
    for each in releases:
        registration = each.release.registration
        groups = registration.variable_groups if registration else ()
        scopes = (each.release.secrets, *(stage.secrets for stage in each.release.stages), *(g.secrets for g in groups))
        for name in (name for scope in scopes for name in scope):
            value = os.environ.get(secret_variable(name))
            if value:
                yield value


def _approvers(each: WantedRelease) -> Iterator[str]:
    if each.definition is None:
        for stage in each.release.stages:
            if stage.environment_check is not None:
                yield from stage.environment_check.approvers


def _joined(one: Thing, file: str, other: Thing, other_file: str) -> tuple[Thing, str]:
    """A thing that two releases want.

    Raises:
        UserError: they want different things of it.
    """
    releases = tuple(dict.fromkeys((*one.releases, *other.releases)))
    if one.key.kind is Kind.ENVIRONMENT:
        single = sorted({*one.fields[SINGLE], *other.fields[SINGLE]})
        return one._replace(fields={**one.fields, SINGLE: single}, releases=releases), file
    if one.fields != other.fields:
        raise UserError(
            f"{file} and {other_file} want different things of the {one.key}: give each its own, or make them alike"
        )
    return one._replace(releases=releases), file


def _ref(branch: str) -> str:
    return branch if branch.startswith("refs/") else f"refs/heads/{branch}"


class _Wishes:
    """What one release wants."""

    def __init__(
        self, project: Project, wanted_release: WantedRelease, identities: Identities, tasks: Tasks, secret: str
    ) -> None:
        self._project = project
        self._wanted = wanted_release
        self._release = wanted_release.release
        self._identities = identities
        self._tasks = tasks
        self._secret = secret
        self._registration = self._release.registration or Registration()
        self._named = named_resources(wanted_release.pipeline, tasks)

    def all(self) -> Iterator[Thing | Missing]:
        """Everything, in no order."""
        yield from self._groups()
        if self._wanted.definition is not None:
            yield self._definition(self._wanted.definition)
            return
        yield from self._environments()
        yield from self._pipelines()
        yield from self._permissions()

    def _thing(self, kind: Kind, name: str, fields: Mapping[str, Value], within: str = "", body: Value = None) -> Thing:
        return Thing(Key(kind, name, within), fields, (self._release.name,), body)

    # --- variable groups ---

    def _groups(self) -> Iterator[Thing | Missing]:
        declared = {group.name.casefold() for group in self._registration.variable_groups}
        for group in self._registration.variable_groups:
            yield from self._group(group)
        own = {name.casefold() for name, _ in self._own_groups()}
        for name, secrets in self._own_groups():
            if name.casefold() not in declared:
                fields = self._variable_fields({}, secrets)
                text = f"Secrets of a stage of release {self._release.name}."
                yield self._thing(Kind.VARIABLE_GROUP, name, {DESCRIPTION: text, **fields})
        for name in self._named.variable_groups:
            if name.casefold() not in declared | own and self._project.variable_groups.find(name) is None:
                yield Missing(f"variable group {name}", "Make it, or declare it in `registration.variable_groups`.")

    def _group(self, group: VariableGroup) -> Iterator[Thing | Missing]:
        fields: dict[str, Value] = {DESCRIPTION: group.description or ""}
        if group.key_vault is not None:
            connection = group.key_vault.service_connection
            yield from self._needs("service connection", connection)
            fields |= {VAULT: group.key_vault.name, "service_connection": connection, OWN: []}
            fields |= {VAULT_SECRETS: sorted(group.key_vault.secrets)}
        else:
            fields |= self._variable_fields(group.variables, group.secrets)
        yield self._thing(Kind.VARIABLE_GROUP, group.name, fields)
        if group.all_pipelines:
            where = permission.place("variable group", group.name)
            yield self._thing(Kind.PERMISSION, permission.ALL, {permission.AUTHORIZED: True}, where)

    def _own_groups(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Variable groups for the secrets of one stage, as an import makes them: `<release>-<stage>`."""
        for stage in self._release.stages:
            name = f"{self._release.name}-{stage.name}"
            if stage.secrets and name.casefold() in map(str.casefold, stage.variable_groups):
                yield name, stage.secrets

    def _variable_fields(self, variables: Mapping[str, str], secrets: Iterable[str]) -> dict[str, Value]:
        fields = {VARIABLE + name: value for name, value in variables.items()}
        fields |= {VARIABLE + name: self._secret for name in secrets}
        return {**fields, OWN: sorted(name.removeprefix(VARIABLE) for name in fields)}

    # --- environments and their checks ---

    def _environments(self) -> Iterator[Thing | Missing]:
        named = dict.fromkeys(name for name in self._named.environments if "." not in name)
        for stage in self._release.stages:
            name = stage.environment or stage.name
            named.pop(name, None)
            checks = list(self._checks(stage, name))
            single = sorted(
                claim for key, claim in ((check_types.LOCK, "lock"), (check_types.TEMPLATE, "required template"))
                if any(isinstance(check, Thing) and check.key.name == key for check in checks)
            )  # fmt: skip
            text = f"Stage {stage.display_name or stage.name} of release {self._release.name}."
            yield self._thing(Kind.ENVIRONMENT, name, {DESCRIPTION: text, SINGLE: single})
            yield from checks
        for name in named:
            text = f"Machines of release {self._release.name}."
            yield self._thing(Kind.ENVIRONMENT, name, {DESCRIPTION: text, SINGLE: []})

    def _checks(self, stage: Stage, environment: str) -> Iterator[Thing | Missing]:
        approval = stage.environment_check
        if approval is not None:
            yield from self._approval(approval, environment)
        if stage.gates is not None and stage.gates.enabled:
            yield from self._gates(stage.gates, environment)
        if stage.checks is not None and stage.checks.branches is not None:
            branches = stage.checks.branches
            allowed = [_ref(name) for name in branches.allowed]
            fields: dict[str, Value] = {"allowed": allowed, "protected": branches.protected, "enabled": True}
            yield self._thing(Kind.CHECK, check_types.BRANCHES, fields, environment)
        if stage.checks is not None and stage.checks.business_hours is not None:
            hours = stage.checks.business_hours
            fields = {"days": list(hours.days), "start": hours.start, "end": hours.end, "enabled": True}
            yield self._thing(Kind.CHECK, check_types.HOURS, {**fields, "time_zone": hours.time_zone}, environment)
        if stage.checks is not None and stage.checks.required_templates:
            templates = [
                {
                    "type": template.type,
                    "repository": template.repository,
                    "branch": template.branch
                    if template.branch.startswith("refs/")
                    else f"refs/heads/{template.branch}",
                    "path": template.path,
                }
                for template in stage.checks.required_templates
            ]
            yield self._thing(Kind.CHECK, check_types.TEMPLATE, {"templates": templates, "enabled": True}, environment)
        if stage.lock is not None:
            yield self._thing(Kind.CHECK, check_types.LOCK, {"enabled": True}, environment)

    def _approval(self, approval: Approval, environment: str) -> Iterator[Thing | Missing]:
        people = [self._identities.find(name) for name in approval.approvers]
        yield from (found for found in people if isinstance(found, Missing))
        approvers = [found for found in people if not isinstance(found, Missing)]
        if approval.order != "sequence":
            approvers.sort(key=lambda value: str(value["id"]).lower())
        fields = {
            "approvers": approvers,
            "minimum": "all" if approval.minimum in (None, len(people)) else approval.minimum,
            "order": approval.order,
            "instructions": approval.instructions or "",
            "requester_may_approve": approval.requester_may_approve,
            "timeout": approval.timeout,
            "enabled": True,
        }
        yield self._thing(Kind.CHECK, check_types.APPROVAL, fields, environment)

    def _gates(self, gates: Gates, environment: str) -> Iterator[Thing | Missing]:
        context = TaskContext("", None, Templates())
        titles: dict[str, int] = {}
        for task in gates.tasks:
            if not task.enabled:
                continue
            for step in task.steps(context):
                assert isinstance(step, TaskStep)
                if check_catalog.gate(step.task) is None:
                    hint = f"It is no check of an environment; {', '.join(check_catalog.gates())} are."
                    yield Missing(f"gate {step.task} of {environment}", hint)
                    continue
                title = step.display_name or step.task
                titles[title] = titles.get(title, 0) + 1
                name = title if titles[title] == 1 else f"{title} {titles[title]}"
                inputs, missing = self._inputs(step)
                yield from missing
                fields: dict[str, Value] = {
                    "task": step.task,
                    "interval": check_types.retry_interval(gates.interval, gates.timeout),
                    "timeout": gates.timeout,
                    "enabled": True,
                    **inputs,
                }
                yield self._thing(Kind.CHECK, name, fields, environment)

    def _inputs(self, step: TaskStep) -> tuple[dict[str, Value], list[Missing]]:
        """The inputs of a gate by their canonical names, with service connections by id."""
        definition = self._tasks.task(step.task)
        found: dict[str, Value] = {}
        missing: list[Missing] = []
        for name, value in step.inputs:
            known = definition.input(name) if definition else None
            field = f"inputs.{known.name if known else name}"
            text = str(value).lower() if isinstance(value, bool) else str(value)
            if known is not None and known.type.startswith("connectedservice"):
                connection = self._connection(text)
                if connection is None:
                    missing.extend(self._needs("service connection", text))
                else:
                    found[field] = reference(str(connection["id"]), str(connection["name"]))
            else:
                found[field] = text
        return found, missing

    # --- pipelines ---

    def _pipelines(self) -> Iterator[Thing | Missing]:
        release, registration = self._release, self._registration
        repository = self._wanted.repository
        if repository is None:
            hint = "Name it in `registration.repository`, or run in a checkout whose `origin` is Azure Repos."
            yield Missing(f"the repository of {self._wanted.file}", hint)
            return
        settable = {name.casefold() for name in release.settable}
        variables = {name: value for name, value in release.variables.items() if name.casefold() in settable}
        secrets = list(self._pipeline_secrets())
        fields = self._variable_fields(variables, secrets)
        fields |= {SETTABLE + name: name.casefold() in settable for name in (*variables, *secrets)}
        common = yield from self._source(repository, registration)
        text = release.description or f"Release {release.name}."
        yield self._thing(
            Kind.PIPELINE,
            self._wanted.path,
            {DESCRIPTION: text, **common, "yaml": self._wanted.yaml, "tags": list(release.tags), **fields},
        )
        yield from self._folder(release.folder)
        check = registration.pull_request_check
        if check is None:
            return
        name = check.name or f"{release.name} pull request"
        path = join_folder(release.folder or "", name)
        text = f"Checks pull requests for release {release.name}."
        yield self._thing(Kind.PIPELINE, path, {DESCRIPTION: text, **common, "yaml": check.yaml, OWN: []})
        if repository.type == "azure_repos":
            where = f"{repository.name}, {check.branch or registration.default_branch}"
            yield self._thing(
                Kind.BUILD_VALIDATION,
                name,
                {
                    "repository": repository.name,
                    "branch": check.branch or registration.default_branch,
                    "pipeline": path,
                    BLOCKING: check.blocking,
                    PATHS: list(check.paths),
                    VALID_FOR: check.valid_for,
                    ENABLED: True,
                },
                where,
            )

    def _source(self, repository: Repository, registration: Registration) -> Generator[Missing, None, dict[str, Value]]:
        if repository.type == "github":
            yield from self._needs("service connection", repository.service_connection or "")
        else:
            yield from self._needs("repository", repository.name)
        found = self._project.repositories.find(repository.name) if repository.type == "azure_repos" else None
        name = str(found["name"]) if found else repository.name
        return {
            "repository": f"{repository.type} {name}",
            "service_connection": repository.service_connection,
            "default_branch": registration.default_branch,
        }

    def _pipeline_secrets(self) -> Iterator[str]:
        """Secrets that no variable group of the release has: they are variables of the pipeline."""
        declared = {
            group.name.casefold(): {*group.secrets, *(group.key_vault.secrets if group.key_vault else ())}
            for group in self._registration.variable_groups
        }
        own = {name.casefold() for name, _ in self._own_groups()}
        scopes = [(self._release.secrets, self._release.variable_groups)]
        scopes += [(s.secrets, (*s.variable_groups, *self._release.variable_groups)) for s in self._release.stages]
        found: dict[str, str] = {}
        for secrets, groups in scopes:
            known = {
                name.casefold()
                for group in groups
                for name in declared.get(group.casefold(), self._variables_of(group))
            }
            if any(group.casefold() in own for group in groups):
                continue
            for name in secrets:
                if name.casefold() not in known:
                    found.setdefault(name.casefold(), name)
        yield from found.values()

    def _variables_of(self, group: str) -> Iterable[str]:
        raw = self._project.variable_groups.find(group)
        return (raw.get("variables") or {}) if raw else ()

    def _folder(self, folder: str | None) -> Iterator[Thing]:
        parts = [part for part in (folder or "").replace("/", "\\").split("\\") if part]
        for end in range(1, len(parts) + 1):
            yield self._thing(Kind.FOLDER, "\\" + "\\".join(parts[:end]), {})

    def _definition(self, definition: Mapping[str, Any]) -> Thing:
        return self._thing(Kind.RELEASE_DEFINITION, self._wanted.path, comparable(definition), body=dict(definition))

    # --- permissions ---

    def _permissions(self) -> Iterator[Thing | Missing]:
        if self._wanted.repository is None:
            return
        named: NamedResources = self._named
        for name in named.service_connections:
            yield from self._permitted("service connection", name)
        for name in named.pools:
            yield from self._permitted("agent pool", name)
        for name in named.variable_groups:
            yield self._permission("variable group", name)
        for name in dict.fromkeys((*(s.environment or s.name for s in self._release.stages), *named.environments)):
            yield self._permission("environment", name.partition(".")[0])
        for name in named.repositories:
            if "/" not in name:
                yield from self._permitted("repository", name)

    def _permitted(self, kind: str, name: str) -> Iterator[Thing | Missing]:
        yield from self._needs(kind, name)
        yield self._permission(kind, name)

    def _permission(self, kind: str, name: str) -> Thing:
        fields = {permission.AUTHORIZED: True}
        return self._thing(Kind.PERMISSION, f"pipeline {self._wanted.path}", fields, permission.place(kind, name))

    # --- what has to be there ---

    def _needs(self, kind: str, name: str) -> Iterator[Missing]:
        """Something that `apply` does not make."""
        project = self._project
        listing = {
            "service connection": project.service_connections,
            "agent pool": project.queues,
            "repository": project.repositories,
        }[kind]
        if listing.find(name) is None and not any(str(item["id"]) == name for item in listing.items()):
            names = [str(item.get("name")) for item in listing.items()]
            yield Missing(f"{kind} {name}", suggestion(name, names) or f"Make it in project {project.name}.")

    def _connection(self, name: str) -> Mapping[str, Any] | None:
        listing = self._project.service_connections
        return listing.find(name) or next((item for item in listing.items() if str(item["id"]) == name), None)
