"""Pushing files: one commit, on top of what was looked at."""

from collections.abc import Sequence

from azrelease.registration import rest_api
from azrelease.registration.failures import ConflictError, MovedOnError, RefusedError, UnsureError
from azrelease.registration.project import Project, Raw, reads_responses
from azrelease.registration.repositories.file import File
from azrelease.registration.repositories.proposal import Proposal, propose
from azrelease.registration.repositories.reading import HEADS, route_of

_NOTHING = "0" * 40
"""The commit of a branch that is not there."""


@reads_responses
def push(project: Project, shown: Proposal, files: Sequence[File], message: str) -> None:
    """Push what a proposal says, as one commit.

    A push whose answer was lost, or that somebody else was faster than, is compared again before it is tried again:
    what took effect is not pushed twice, and nothing is written over that was not in the proposal.

    Raises:
        MovedOnError: the branches have moved on since the proposal was made.
        RefusedError: the service said no.
        UnsureError: it did not say what happened, however often it was asked.
    """
    now, attempt = shown, 1
    while now.changes:
        try:
            if now.is_new and now.source is not None:
                _make_branch(project, now)
                # From here on the branch is there, whatever becomes of the push.
                now = now._replace(is_new=False)
            _send(project, now, files, message)
        except ConflictError as error:
            text = f"{now.repository.name}, {now.branch}: somebody else pushes to it as well: {error}"
            # The service is not busy: there is nothing to wait for.
            unsure = UnsureError(text, retry_after=0)
        except UnsureError as error:
            unsure = error
        else:
            return
        project.connection.wait(attempt, unsure)
        attempt += 1
        now = propose(project, shown.repository, files, shown.branch, shown.target)
        _still_holds(shown, now)


def _still_holds(shown: Proposal, now: Proposal) -> None:
    """Whether what is left to push is what was shown.

    Raises:
        MovedOnError: it is not.
    """
    where = shown.repository.name
    if not now.changes:
        return
    if now.source != shown.source:
        raise MovedOnError(f"{where}: it is not empty any more. Do it again: it is a pull request then.")
    were = {(change.path, change.old) for change in shown.changes}
    other = [change.path for change in now.changes if (change.path, change.old) not in were]
    if other:
        named = f"{', '.join(other)} on {now.branch}"
        raise MovedOnError(f"{where}: somebody else has changed {named} meanwhile. Look at it and do it again.")


def _make_branch(project: Project, proposal: Proposal) -> None:
    """Make the branch, at the commit that was looked at.

    Raises:
        ConflictError: it is there.
        RefusedError: the service said no.
        UnsureError: it did not say what happened.
    """
    name = HEADS + proposal.branch
    body = [{"name": name, "oldObjectId": _NOTHING, "newObjectId": proposal.tip}]
    answer = project.connection.send("POST", rest_api.REFS, route_of(project, proposal.repository), body)
    result: Raw = next(iter(answer.get("value") or ()), {})
    if result.get("success"):
        return
    status = str(result.get("updateStatus") or "no status")
    why = str(result.get("customMessage") or status)
    text = f"{proposal.repository.name}: the branch {proposal.branch} cannot be made: {why}"
    if status == "staleOldObjectId":
        raise ConflictError(text, 409, status)
    if status.endswith("PermissionRequired"):
        text += f"\nWho the token belongs to needs {rest_api.PUSHES.role}."
    if status in ("refNameConflict", "invalidRefName"):
        text += "\nName another with --branch."
    raise RefusedError(text, 400, status)


def _send(project: Project, proposal: Proposal, files: Sequence[File], message: str) -> None:
    by_path = {file.path: file for file in files}
    changes = [
        {
            "changeType": "add" if change.old is None else "edit",
            "item": {"path": f"/{change.path}"},
            "newContent": by_path[change.path].new_content(),
        }
        for change in proposal.changes
    ]
    body = {
        "refUpdates": [{"name": HEADS + proposal.branch, "oldObjectId": proposal.tip or _NOTHING}],
        "commits": [{"comment": message, "changes": changes}],
    }
    project.connection.send("POST", rest_api.PUSHES, route_of(project, proposal.repository), body)
