"""Applying a plan: each change takes effect once, also where the response to it is lost."""

import os
from collections.abc import Callable

from azrelease.errors import UserError
from azrelease.registration.credentials import secret_variable
from azrelease.registration.failures import (
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    StateChangedError,
    checked_responses,
)
from azrelease.registration.kinds import HANDLERS
from azrelease.registration.parallel_changes import Applied, apply_in_parallel
from azrelease.registration.planning import Action, Change, Plan
from azrelease.registration.project import Project
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    FieldChange,
    UnmanagedResource,
    differences,
    must_be_as_desired,
)

Report = Callable[[Change], None]


def apply_plan(project: Project, plan: Plan, *, on_start: Report = lambda _: None) -> Applied:
    """Make the changes of a plan; those of different releases side by side.

    Args:
        project: the project.
        plan: the plan, made of this project as it is now.
        on_start: called with each change before it is made.

    Raises:
        UserError: something has to exist first, or a secret has no value; nothing was changed.
    """
    problems = unmet(plan)
    if problems:
        raise UserError("\n".join(("nothing was applied; these have to exist first:", *problems)))
    # A saved plan holds their names only.
    project.connection.mask(os.environ[secret_variable(name)] for change in plan.changes for name in change.secrets)

    def make(change: Change) -> None:
        with checked_responses(project.connection.address):
            _make(project, change)

    applied = apply_in_parallel(plan, make, on_start, project.connection.max_parallel)
    if applied.interrupted:
        project.connection.stop()
    return applied


def unmet(plan: Plan) -> tuple[str, ...]:
    """What has to exist before a plan can be applied: resources, and values of secrets."""
    names = dict.fromkeys(name for change in plan.changes for name in change.secrets)
    return (
        *(f"{each.what}: {each.hint}" for each in plan.prerequisites),
        *(
            f"secret {name}: set the environment variable {secret_variable(name)} to its value"
            for name in names
            if not os.environ.get(secret_variable(name))
        ),
    )


def _make(project: Project, change: Change) -> None:
    if change.removed is not None:
        _delete(project, change.removed)
    elif change.desired is not None and change.action is Action.CREATE:
        _create(project, change.desired)
    elif change.desired is not None:
        _update(project, change.desired, change.fields)


def _create(project: Project, desired: DesiredResource) -> None:
    """Create a resource. If the response is lost, or it already exists, it is read before another attempt."""
    handler = HANDLERS[desired.key.kind]
    attempt = 1
    while True:
        try:
            handler.create(project, desired)
        except ConflictError:
            if not _is_created(project, desired):
                raise
        except OutcomeUnknownError as error:
            project.connection.wait(attempt, error)
            attempt += 1
            if not handler.has_unique_names or not _is_created(project, desired):
                continue
        return


def _is_created(project: Project, desired: DesiredResource) -> bool:
    """Whether a resource exists by now. Raises `StateChangedError` if it does, with other values."""
    actual = _refreshed(project, desired)
    if actual is not None:
        must_be_as_desired(desired, actual)
    return actual is not None


def _update(project: Project, desired: DesiredResource, planned: tuple[FieldChange, ...]) -> None:
    """Update a resource, unless it has changed since planning."""
    handler = HANDLERS[desired.key.kind]
    attempt = 1
    while True:
        actual = _refreshed(project, desired)
        if actual is None:
            raise StateChangedError(f"{desired.key}: no longer exists")
        if not actual.managed and not desired.adopt:
            raise StateChangedError(f"{desired.key}: is no longer managed by azrelease")
        now = tuple(differences(desired.fields, actual.fields, actual.unmanaged_fields))
        if not now:
            return
        if not set(map(repr, now)) <= set(map(repr, planned)):
            raise StateChangedError(f"{desired.key}: has changed since planning")
        try:
            handler.update(project, desired, actual)
        except (ConflictError, NotFoundError) as error:
            # The service says of a pipeline in another revision that it does not exist.
            project.connection.wait(attempt, OutcomeUnknownError(str(error)))
        except OutcomeUnknownError as error:
            project.connection.wait(attempt, error)
        else:
            return
        attempt += 1


def _delete(project: Project, resource: UnmanagedResource) -> None:
    """Delete a resource, unless it has changed since planning."""
    handler = HANDLERS[resource.key.kind]
    attempt = 1
    while True:
        fingerprint = handler.fingerprint(project, resource, fresh=True)
        if fingerprint is None:
            return
        if fingerprint != resource.fingerprint:
            raise StateChangedError(f"{resource.key}: has changed since planning")
        try:
            handler.delete(project, resource)
        except NotFoundError:
            return
        except OutcomeUnknownError as error:
            project.connection.wait(attempt, error)
            attempt += 1
        else:
            return


def _refreshed(project: Project, desired: DesiredResource) -> ActualResource | None:
    handler = HANDLERS[desired.key.kind]
    handler.refresh(project, desired)
    return handler.find(project, desired)
