"""Carrying out a proposal: one commit on top of its commit, and a pull request."""

from collections.abc import Sequence

from azrelease.registration import rest_api
from azrelease.registration.failures import ConflictError, OutcomeUnknownError, RefusedError, StateChangedError
from azrelease.registration.project import Project, Raw, reads_responses
from azrelease.registration.repositories.file import File
from azrelease.registration.repositories.proposal import (
    Proposal,
    PullRequest,
    active_pull_request,
    propose,
    pull_request_of,
)
from azrelease.registration.repositories.reading import HEADS, GitRepository, route_of

_LONGEST_TITLE = 400
LONGEST_DESCRIPTION = 4000
"""Characters ("A description for a pull request must not be longer than 4000 characters")."""
_NO_COMMIT = "0" * 40
"""The commit of a branch that does not exist."""


@reads_responses
def push(project: Project, shown: Proposal, files: Sequence[File], message: str) -> None:
    """Push the files of a proposal, as one commit.

    If the response is lost, or another push came first, the branch is compared again before another attempt: nothing
    is pushed twice, and nothing is overwritten that was not in the proposal.

    Raises:
        StateChangedError: the branches changed since the proposal was made.
        RefusedError: the service refused.
        OutcomeUnknownError: no response says what happened.
    """
    now, attempt = shown, 1
    while now.changes:
        try:
            if now.is_new and now.source is not None:
                _create_branch(project, now)
                # The branch exists from here on, also if the push fails.
                now = now._replace(is_new=False)
            _send(project, now, files, message)
        except ConflictError as error:
            text = f"{now.repository.name}, {now.branch}: another push came first: {error}"
            # The service is not busy: another attempt needs no wait.
            unsure = OutcomeUnknownError(text, retry_after=0)
        except OutcomeUnknownError as error:
            unsure = error
        else:
            return
        project.connection.wait(attempt, unsure)
        attempt += 1
        now = propose(project, shown.repository, files, shown.branch, shown.target)
        _check_unchanged(shown, now)


def _check_unchanged(shown: Proposal, now: Proposal) -> None:
    """Check that the rest is a part of the shown proposal. Raises `StateChangedError` if it has other changes."""
    where = shown.repository.name
    if not now.changes:
        return
    if now.source != shown.source:
        raise StateChangedError(f"{where}: is no longer empty. Run the command again to open a pull request.")
    were = {(change.path, change.old) for change in shown.changes}
    other = [change.path for change in now.changes if (change.path, change.old) not in were]
    if other:
        named = f"{', '.join(other)} on {now.branch}"
        raise StateChangedError(f"{where}: {named} changed meanwhile. Review the change, and run the command again.")


def _create_branch(project: Project, proposal: Proposal) -> None:
    """Create the branch, at the commit of the proposal.

    Raises:
        ConflictError: it already exists.
        RefusedError: the service refused.
        OutcomeUnknownError: no response says what happened.
    """
    name = HEADS + proposal.branch
    body = [{"name": name, "oldObjectId": _NO_COMMIT, "newObjectId": proposal.tip}]
    answer = project.connection.send("POST", rest_api.REFS, route_of(project, proposal.repository), body)
    result: Raw = next(iter(answer.get("value") or ()), {})
    if result.get("success"):
        return
    status = str(result.get("updateStatus") or "no status")
    why = str(result.get("customMessage") or status)
    text = f"{proposal.repository.name}: cannot create the branch {proposal.branch}: {why}"
    if status == "staleOldObjectId":
        raise ConflictError(text, 409, status)
    if status.endswith("PermissionRequired"):
        text += f"\nThe owner of the token needs {rest_api.PUSHES.role}."
    if status in ("refNameConflict", "invalidRefName"):
        text += "\nName another one with --branch."
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
        "refUpdates": [{"name": HEADS + proposal.branch, "oldObjectId": proposal.tip or _NO_COMMIT}],
        "commits": [{"comment": message, "changes": changes}],
    }
    project.connection.send("POST", rest_api.PUSHES, route_of(project, proposal.repository), body)


@reads_responses
def open_pull_request(
    project: Project, repository: GitRepository, source: str, target: str, title: str, description: str
) -> PullRequest:
    """Open a pull request, once. If the response is lost, or it already exists, it is read before another attempt.

    Raises:
        RefusedError: the service refused.
        OutcomeUnknownError: no response says what happened.
    """
    body = {
        "sourceRefName": HEADS + source,
        "targetRefName": HEADS + target,
        "title": title[:_LONGEST_TITLE],
        "description": description[:LONGEST_DESCRIPTION],
    }
    attempt = 1
    while True:
        try:
            raw = project.connection.send("POST", rest_api.PULL_REQUESTS, route_of(project, repository), body)
        except ConflictError:
            existing = active_pull_request(project, repository, source, target)
            if existing is None:
                raise
            return existing
        except OutcomeUnknownError as error:
            project.connection.wait(attempt, error)
            attempt += 1
            existing = active_pull_request(project, repository, source, target)
            if existing is not None:
                return existing
        else:
            return pull_request_of(repository, raw)
