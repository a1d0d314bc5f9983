"""What every part of the desired state of a release uses."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from azrelease.catalog.tasks import Tasks
from azrelease.pipeline import Pipeline, TaskStep
from azrelease.registration.identities import Identities
from azrelease.registration.kinds.variable_values import MANAGED_VARIABLES, VARIABLE
from azrelease.registration.named_resources import NamedResources, named_resources
from azrelease.registration.project import Project, Raw, join_folder
from azrelease.registration.resource import DesiredResource, Prerequisite, ResourceKey, ResourceKind, Value
from azrelease.release import Release
from azrelease.release.registration import Registration, Repository
from azrelease.suggestions import suggestion

DESCRIPTION = "description"


class ReleaseToRegister(NamedTuple):
    """A release to register.

    Attributes:
        file: its file, for messages.
        release: the release, completed.
        pipeline: what it is lowered to.
        repository: the repository that holds its YAML.
        yaml: the YAML file, from the top of that repository.
        definition: the classic definition, if the release is registered as one instead of a pipeline.
        in_templates: the steps of the templates that its pipeline calls, as far as these can be read.
        out_of_reach: the other templates.
    """

    file: str
    release: Release
    pipeline: Pipeline
    repository: Repository | None
    yaml: str
    definition: Mapping[str, Any] | None = None
    in_templates: tuple[TaskStep, ...] = ()
    out_of_reach: tuple[str, ...] = ()

    def named(self, tasks: Tasks) -> NamedResources:
        """The resources that its pipeline names."""
        return named_resources(self.pipeline, tasks, self.in_templates)

    @property
    def path(self) -> str:
        r"""The pipeline with its folder: `\team\churn`."""
        return join_folder(self.release.folder or "", self.release.name)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the secrets of the release, its stages, and its variable groups."""
        groups = self.release.registration.variable_groups if self.release.registration else ()
        scopes = (self.release.secrets, *(stage.secrets for stage in self.release.stages), *(g.secrets for g in groups))
        return tuple(name for scope in scopes for name in scope)


class DesiredStateContext(NamedTuple):
    """A release, and the project that it is registered in.

    Attributes:
        named: the resources that its pipeline names.
        secret: the value of secret variables: `SECRET`, or `SECRET_AGAIN` to set them again.
    """

    project: Project
    to_register: ReleaseToRegister
    identities: Identities
    tasks: Tasks
    named: NamedResources
    secret: Value

    @classmethod
    def of(
        cls, project: Project, to_register: ReleaseToRegister, identities: Identities, tasks: Tasks, secret: Value
    ) -> "DesiredStateContext":
        """The context of a release."""
        return cls(project, to_register, identities, tasks, to_register.named(tasks), secret)

    @property
    def release(self) -> Release:
        """The release."""
        return self.to_register.release

    @property
    def registration(self) -> Registration:
        """Its registration settings."""
        return self.release.registration or Registration()

    def resource(
        self, kind: ResourceKind, name: str, fields: Mapping[str, Value], within: str = "", body: Value = None
    ) -> DesiredResource:
        """A resource that this release asks for."""
        return DesiredResource(ResourceKey(kind, name, within), fields, (self.release.name,), body)

    def variable_fields(self, variables: Mapping[str, str], secrets: Iterable[str]) -> dict[str, Value]:
        """Variables and secrets as fields."""
        fields = {VARIABLE + name: value for name, value in variables.items()}
        fields |= {VARIABLE + name: self.secret for name in secrets}
        return {**fields, MANAGED_VARIABLES: sorted(name.removeprefix(VARIABLE) for name in fields)}

    def needs(self, kind: str, name: str) -> Iterator[Prerequisite]:
        """A missing service connection, agent pool or repository, which `apply` does not create."""
        listing = self.project.listing_of(kind)
        if listing.find_any(name) is None:
            names = [str(item.get("name")) for item in listing.items()]
            yield Prerequisite(
                f"{kind} {name}", suggestion(name, names) or f"Create it in project {self.project.name}."
            )

    def name(self, kind: str, given: str) -> str:
        """The name of a resource that a release names by its name or id."""
        raw = self.project.listing_of(kind).find_any(given)
        return str(raw["name"]) if raw and self.project.listing_of(kind).find(given) is None else given

    def connection(self, name: str) -> Raw | None:
        """The service connection of that name or id."""
        return self.project.service_connections.find_any(name)


def branch_name(branch: str) -> str:
    """A branch without `refs/heads/`."""
    return branch.removeprefix("refs/heads/")


def ref(branch: str) -> str:
    """A branch as a ref; a ref as it is."""
    return branch if branch.startswith("refs/") else f"refs/heads/{branch}"
