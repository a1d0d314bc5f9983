"""Applying a plan: each change is sent once, and looked for again where the answer was lost."""

import os
from collections.abc import Callable

from azrelease.errors import UserError
from azrelease.registration.credentials import secret_variable
from azrelease.registration.failures import ConflictError, MovedOnError, NotFoundError, UnsureError, understood
from azrelease.registration.kinds import HANDLERS
from azrelease.registration.planning import Action, Change, Plan
from azrelease.registration.project import Project
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    FieldChange,
    ResourceKind,
    UnmanagedResource,
    differences,
    must_be_as_wanted,
)
from azrelease.registration.side_by_side import Applied, make_side_by_side

Report = Callable[[Change], None]

_WITHOUT_A_NAME = (ResourceKind.CHECK, ResourceKind.BUILD_VALIDATION)
"""Kinds of things of which the service makes a second one without a word: `create` looks for one before it makes it."""


def apply_plan(project: Project, plan: Plan, *, begins: Report = lambda _: None) -> Applied:
    """Make the changes of a plan; those of different releases side by side.

    Args:
        project: the project.
        plan: the plan, made of this project as it is now.
        begins: is told of each change before it is made.

    Raises:
        UserError: something has to be there first, or a secret has no value; nothing was changed.
    """
    problems = unmet(plan)
    if problems:
        raise UserError("\n".join(("nothing was applied; these have to be there first:", *problems)))
    # A plan that was saved knows their names only.
    project.connection.hide(os.environ[secret_variable(name)] for change in plan.changes for name in change.secrets)

    def make(change: Change) -> None:
        with understood(project.connection.address):
            _make(project, change)

    applied = make_side_by_side(plan, make, begins, project.connection.at_once)
    if applied.interrupted:
        project.connection.stop()
    return applied


def unmet(plan: Plan) -> tuple[str, ...]:
    """What has to be there before a plan can be applied: things that it needs, and values of secrets."""
    names = dict.fromkeys(name for change in plan.changes for name in change.secrets)
    return (
        *(f"{missing.what}: {missing.hint}" for missing in plan.missing),
        *(
            f"secret {name}: set the environment variable {secret_variable(name)} to its value"
            for name in names
            if not os.environ.get(secret_variable(name))
        ),
    )


def _make(project: Project, change: Change) -> None:
    if change.other is not None:
        _delete(project, change.other)
    elif change.thing is not None and change.action is Action.CREATE:
        _create(project, change.thing)
    elif change.thing is not None:
        _update(project, change.thing, change.fields)


def _create(project: Project, thing: DesiredResource) -> None:
    """Make a thing. One whose answer was lost, or that is there already, is looked for before anything else is done."""
    handler = HANDLERS[thing.key.kind]
    attempt = 1
    while True:
        try:
            handler.create(project, thing)
        except ConflictError:
            if not _is_made(project, thing):
                raise
        except UnsureError as error:
            project.connection.wait(attempt, error)
            attempt += 1
            if thing.key.kind in _WITHOUT_A_NAME or not _is_made(project, thing):
                continue
        return


def _is_made(project: Project, thing: DesiredResource) -> bool:
    """Whether a thing is there by now.

    Raises:
        MovedOnError: it is, with other values.
    """
    found = _again(project, thing)
    if found is not None:
        must_be_as_wanted(thing, found)
    return found is not None


def _update(project: Project, thing: DesiredResource, planned: tuple[FieldChange, ...]) -> None:
    """Change a thing as it is now. It is left alone when somebody else changed what is planned."""
    handler = HANDLERS[thing.key.kind]
    attempt = 1
    while True:
        found = _again(project, thing)
        if found is None:
            raise MovedOnError(f"{thing.key}: it is not there any more")
        if not found.ours and not thing.adopt:
            raise MovedOnError(f"{thing.key}: it is no longer managed by azrelease")
        now = tuple(differences(thing.fields, found.fields, found.leave))
        if not now:
            return
        if not set(map(repr, now)) <= set(map(repr, planned)):
            raise MovedOnError(f"{thing.key}: somebody else has changed it")
        try:
            handler.update(project, thing, found)
        except (ConflictError, NotFoundError) as error:
            # Of a pipeline in another revision the service says that there is none.
            project.connection.wait(attempt, UnsureError(str(error)))
        except UnsureError as error:
            project.connection.wait(attempt, error)
        else:
            return
        attempt += 1


def _delete(project: Project, other: UnmanagedResource) -> None:
    """Remove a thing, if it is still as it was when that was planned."""
    handler = HANDLERS[other.key.kind]
    attempt = 1
    while True:
        state = handler.state(project, other, fresh=True)
        if state is None:
            return
        if state != other.state:
            raise MovedOnError(f"{other.key}: somebody else has changed it")
        try:
            handler.delete(project, other)
        except NotFoundError:
            return
        except UnsureError as error:
            project.connection.wait(attempt, error)
            attempt += 1
        else:
            return


def _again(project: Project, thing: DesiredResource) -> ActualResource | None:
    handler = HANDLERS[thing.key.kind]
    handler.refresh(project, thing)
    return handler.find(project, thing)
