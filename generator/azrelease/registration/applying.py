"""Applying a plan: one change after the other, each sent once, looked for again where the answer was lost."""

import os
from collections.abc import Callable
from typing import NamedTuple

from azrelease.errors import ServiceError, UserError
from azrelease.registration.credentials import secret_variable
from azrelease.registration.failures import ConflictError, MovedOnError, NotFoundError, UnsureError
from azrelease.registration.kinds import HANDLERS
from azrelease.registration.planning import Action, Change, Plan
from azrelease.registration.project import Project
from azrelease.registration.things import FieldChange, Found, Thing, differences

Report = Callable[[Change], None]


class Applied(NamedTuple):
    """What became of a plan.

    Attributes:
        failed: the change that could not be made, and why; None where all was done.
    """

    done: tuple[Change, ...]
    failed: tuple[Change, ServiceError] | None
    left: tuple[Change, ...]


def apply_plan(project: Project, plan: Plan, *, begins: Report = lambda _: None) -> Applied:
    """Make the changes of a plan, in their order, up to the first that cannot be made.

    Args:
        project: the project.
        plan: the plan, made of this project as it is now.
        begins: is told of each change before it is made.

    Raises:
        UserError: something has to be there first, or a secret has no value; nothing was changed.
    """
    _can_begin(plan)
    # A plan that was saved knows their names only.
    project.connection.hide(os.environ[secret_variable(name)] for change in plan.changes for name in change.secrets)
    done: list[Change] = []
    for index, change in enumerate(plan.changes):
        begins(change)
        try:
            _make(project, change)
        except ServiceError as error:
            return Applied(tuple(done), (change, error), plan.changes[index + 1 :])
        done.append(change)
    return Applied(tuple(done), None, ())


def _can_begin(plan: Plan) -> None:
    problems = [f"{missing.what}: {missing.hint}" for missing in plan.missing]
    names = dict.fromkeys(name for change in plan.changes for name in change.secrets)
    problems += [
        f"secret {name}: set the environment variable {secret_variable(name)} to its value"
        for name in names
        if not os.environ.get(secret_variable(name))
    ]
    if problems:
        raise UserError("\n".join(("nothing was applied; these have to be there first:", *problems)))


def _make(project: Project, change: Change) -> None:
    match change.action:
        case Action.CREATE:
            assert change.thing is not None
            _create(project, change.thing)
        case Action.UPDATE:
            assert change.thing is not None
            _update(project, change.thing, change.fields)
        case Action.DELETE:
            _delete(project, change)


def _create(project: Project, thing: Thing) -> None:
    """Make a thing. One whose answer was lost, or that is there already, is looked for before anything else is done."""
    handler = HANDLERS[thing.key.kind]
    attempt = 1
    while True:
        try:
            handler.create(project, thing)
        except ConflictError as error:
            found = _again(project, thing)
            if found is None:
                raise
            if any(differences(thing.fields, found.fields, found.leave)):
                raise MovedOnError(f"{thing.key}: somebody else has made it, with other values") from error
            return
        except UnsureError as error:
            project.connection.wait(attempt, error)
            attempt += 1
            found = _again(project, thing)
            if found is None:
                continue
            if any(differences(thing.fields, found.fields, found.leave)):
                raise MovedOnError(f"{thing.key}: it is there now, with other values") from error
            return
        else:
            return


def _update(project: Project, thing: Thing, planned: tuple[FieldChange, ...]) -> None:
    """Change a thing. It is read again when somebody else changed it, and left when what is planned was changed."""
    handler = HANDLERS[thing.key.kind]
    found = handler.find(project, thing)
    attempt = 1
    while True:
        if found is None:
            raise MovedOnError(f"{thing.key}: it is not there any more")
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
        found = _again(project, thing)


def _delete(project: Project, change: Change) -> None:
    handler = HANDLERS[change.key.kind]
    assert change.other is not None
    attempt = 1
    while True:
        try:
            handler.delete(project, change.other)
        except NotFoundError:
            return
        except UnsureError as error:
            project.connection.wait(attempt, error)
            attempt += 1
        else:
            return


def _again(project: Project, thing: Thing) -> Found | None:
    handler = HANDLERS[thing.key.kind]
    handler.refresh(project, thing)
    return handler.find(project, thing)
