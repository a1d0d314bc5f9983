"""A project, read through the connection: each list once, however many releases ask for it."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from azrelease.registration import rest_api
from azrelease.registration.connection import Connection
from azrelease.registration.failures import NotFoundError, RefusedError, checked_responses
from azrelease.registration.names import names_in

Raw = Mapping[str, Any]
"""A JSON object of a response."""

P = ParamSpec("P")
R = TypeVar("R")

_FORBIDDEN = 403
_MAX_QUERY = 100
"""Resources in one query for checks."""


class Listing:
    """A list of the project by name, read at the first use."""

    def __init__(self, read: Callable[[], Iterable[Raw]], name: Callable[[Raw], str]) -> None:
        self._read = read
        self._name = name
        self._items: Mapping[str, Raw] | None = None
        self._lock = threading.Lock()

    def find(self, name: str) -> Raw | None:
        """The item of that name, in any case."""
        return self._all().get(name.lower())

    def by_id(self, identifier: str) -> Raw | None:
        """The item of that id."""
        return next((item for item in self.items() if str(item["id"]) == identifier), None)

    def find_any(self, name: str) -> Raw | None:
        """The item of that name, in any case, or of that id."""
        return self.find(name) or self.by_id(name)

    def items(self) -> tuple[Raw, ...]:
        """All of them."""
        return tuple(self._all().values())

    def read(self) -> tuple[Raw, ...]:
        """All of them, if they were read before; else none."""
        known = self._items
        return tuple(known.values()) if known is not None else ()

    def put(self, item: Raw) -> None:
        """Add an item that was created or changed."""
        with self._lock:
            # Other threads may read the old mapping.
            self._items = {**self._known(), self._name(item).lower(): item}

    def forget(self) -> None:
        """Read it again at the next use."""
        with self._lock:
            self._items = None

    def _all(self) -> Mapping[str, Raw]:
        with self._lock:
            return self._known()

    def _known(self) -> Mapping[str, Raw]:
        if self._items is None:
            self._items = {self._name(item).lower(): item for item in self._read()}
        return self._items


class Project:
    """A project of an organization."""

    def __init__(self, connection: Connection, name: str) -> None:
        self.connection = connection
        self.name = name
        self.route = {"project": name}
        self._checks: dict[str, tuple[Raw, ...]] = {}
        self._definitions: dict[str, Raw] = {}
        self._release_definitions: dict[str, Raw] = {}
        self.moved: dict[str, Raw] = {}
        """Pipelines that have to move to another folder, by their desired path."""
        self._permissions: dict[tuple[str, str], Raw] = {}
        self._repositories: dict[str, Listing] = {}
        self._lock = threading.Lock()
        self.environments = self._listing(rest_api.ENVIRONMENTS)
        self.variable_groups = self._listing(rest_api.VARIABLE_GROUPS)
        self.service_connections = self._listing(rest_api.SERVICE_CONNECTIONS)
        self.queues = self._listing(rest_api.QUEUES)
        self.repositories = self._listing(rest_api.REPOSITORIES)
        self.folders = self._listing(rest_api.FOLDERS, lambda item: str(item.get("path")))
        self.pipelines = self._listing(rest_api.DEFINITIONS, pipeline_path)
        self.release_definitions = self._listing(rest_api.RELEASE_DEFINITIONS, pipeline_path)
        self.deployment_groups = self._listing(rest_api.DEPLOYMENT_GROUPS)
        self.policies = self._listing(rest_api.POLICIES, lambda item: str(item.get("id")))

    @cached_property
    def id(self) -> str:
        """The id of the project."""
        return str(self.connection.get(rest_api.PROJECTS, {"projectId": self.name})["id"])

    @cached_property
    def caller(self) -> str:
        """The id of the owner of the token."""
        user = self.connection.get(rest_api.CONNECTION_DATA).get("authenticatedUser") or {}
        return str(user.get("id") or "")

    def check_existence(self) -> None:
        """Read the project itself, so that a wrong address, token or name is the first error.

        Raises:
            ServiceError: the project does not exist, or the service does not answer.
        """
        self.id  # noqa: B018  (read, and kept)

    @property
    def address(self) -> str:
        """Its page."""
        return f"{self.connection.address}/{self.name}"

    def names(self) -> dict[str, str]:
        """Names by id, of all that was read so far and has a GUID."""
        listings = (self.service_connections, self.repositories, self.deployment_groups)
        read = (*(listing.read() for listing in listings), tuple(self._release_definitions.values()))
        return dict(pair for items in read for item in items for pair in names_in(item))

    def connection_name(self, identifier: str) -> str:
        """The name of a service connection; the id of one that is not listed."""
        raw = self.service_connections.by_id(identifier)
        return str(raw["name"]) if raw else identifier

    def repository(self, name: str) -> Raw | None:
        """The repository of that name or id; `Project/name` is one of another project. None if it does not exist."""
        other, _, inner = name.rpartition("/")
        if not other or other.lower() == self.name.lower():
            return self.repositories.find_any(inner or name)
        with self._lock:
            listing = self._repositories.setdefault(
                other.lower(), Listing(lambda: self._repositories_of(other), lambda item: str(item.get("name") or ""))
            )
        return listing.find_any(inner)

    def _repositories_of(self, project: str) -> tuple[Raw, ...]:
        try:
            return self.connection.listed(rest_api.REPOSITORIES, {"project": project})
        except NotFoundError:
            return ()

    def refusals(self, listings: Sequence[Listing]) -> tuple[RefusedError, ...]:
        """Read lists side by side; the refusals of those that the token may not read."""

        def read(listing: Listing) -> RefusedError | None:
            try:
                listing.items()
            except RefusedError as error:
                if error.status == _FORBIDDEN:
                    return error
                raise
            return None

        return tuple(error for error in self.connection.each(read, listings) if error is not None)

    def prefetch_checks(self, environments: Iterable[Raw | None]) -> None:
        """Read the checks of many environments in few requests; None is one that does not exist."""
        identifiers = (str(raw["id"]) for raw in environments if raw is not None)
        unknown = [identifier for identifier in identifiers if identifier not in self._checks]
        parts = [unknown[start : start + _MAX_QUERY] for start in range(0, len(unknown), _MAX_QUERY)]
        for checks in self.connection.each(self._queried_checks, parts):
            self._checks.update(checks)

    def checks(self, environment: str, *, fresh: bool = False) -> tuple[Raw, ...]:
        """The checks of an environment, by its id, with their settings."""
        if fresh or environment not in self._checks:
            query = {"resourceType": "environment", "resourceId": environment, "$expand": "settings"}
            self._checks[environment] = self.connection.listed(rest_api.CHECKS, self.route, query)
        return self._checks[environment]

    def listing_of(self, kind: str) -> Listing:
        """The list of a kind of resources that a pipeline needs permission to use."""
        return {
            "service connection": self.service_connections,
            "environment": self.environments,
            "variable group": self.variable_groups,
            "agent pool": self.queues,
            "repository": self.repositories,
        }[kind]

    def pipeline(self, path: str) -> Raw | None:
        """The pipeline of that path, also one that has to move there."""
        return self.pipelines.find(path) or self.moved.get(path.lower())

    def prefetch_definitions(self, identifiers: Sequence[str]) -> None:
        """Read many pipelines, by id."""
        self.connection.each(self.definition, [each for each in identifiers if each not in self._definitions])

    def definition(self, identifier: str, *, fresh: bool = False) -> Raw:
        """A pipeline in full, by its id."""
        if fresh or identifier not in self._definitions:
            route = {**self.route, "definitionId": identifier}
            self._definitions[identifier] = self.connection.get(rest_api.DEFINITIONS, route)
        return self._definitions[identifier]

    def release_definition(self, identifier: str, *, fresh: bool = False) -> Raw:
        """A classic release definition in full, by its id."""
        if fresh or identifier not in self._release_definitions:
            route = {**self.route, "definitionId": identifier}
            self._release_definitions[identifier] = self.connection.get(rest_api.RELEASE_DEFINITIONS, route)
        return self._release_definitions[identifier]

    def prefetch_permissions(self, named: Sequence[tuple[str, str]]) -> None:
        """Read which pipelines may use many resources, by type and id."""
        unknown = [place for place in dict.fromkeys(named) if place not in self._permissions]
        self.connection.each(lambda place: self.permission(*place), unknown)

    def permission(self, kind: str, identifier: str, *, fresh: bool = False) -> Raw:
        """Which pipelines may use a resource, by its type and id."""
        if fresh or (kind, identifier) not in self._permissions:
            route = {**self.route, "resourceType": kind, "resourceId": identifier}
            try:
                self._permissions[kind, identifier] = self.connection.get(rest_api.PERMISSIONS, route)
            except NotFoundError:
                self._permissions[kind, identifier] = {}
        return self._permissions[kind, identifier]

    def keep_permission(self, kind: str, identifier: str, answer: Raw | None) -> None:
        """Keep the response to a change of a permission."""
        if answer is None:
            self.permission(kind, identifier, fresh=True)
        else:
            self._permissions[kind, identifier] = answer

    def _queried_checks(self, environments: Sequence[str]) -> dict[str, tuple[Raw, ...]]:
        body = [{"type": "environment", "id": identifier} for identifier in environments]
        answer = self.connection.query(rest_api.CHECK_QUERY, self.route, {"$expand": "settings"}, body)
        checks: dict[str, list[Raw]] = {identifier: [] for identifier in environments}
        for check in answer.get("value", ()):
            checks.setdefault(str(check["resource"]["id"]), []).append(check)
        return {identifier: tuple(found) for identifier, found in checks.items()}

    def _listing(self, resource: rest_api.RestResource, name: Callable[[Raw], str] | None = None) -> Listing:
        return Listing(
            lambda: self.connection.listed(resource, self.route), name or (lambda item: str(item.get("name") or ""))
        )


def reads_responses(function: Callable[Concatenate[Project, P], R]) -> Callable[Concatenate[Project, P], R]:
    """Decorator of functions that read responses of a project; see `checked_responses`."""

    @wraps(function)
    def wrapper(project: Project, /, *arguments: P.args, **options: P.kwargs) -> R:
        with checked_responses(project.connection.address):
            return function(project, *arguments, **options)

    return wrapper


def pipeline_path(item: Raw) -> str:
    r"""A pipeline with its folder: `\team\churn`."""
    return join_folder(str(item.get("path") or ""), str(item.get("name") or ""))


def join_folder(folder: str, name: str) -> str:
    r"""A name in a folder, as the service writes it: `\team\churn`."""
    inner = folder.replace("/", "\\").strip("\\")
    return f"\\{inner}\\{name}" if inner else f"\\{name}"
