"""Pull requests: the open one of two branches, and a new one."""

from typing import NamedTuple

from azrelease.registration import rest_api
from azrelease.registration.failures import ConflictError, UnsureError
from azrelease.registration.project import Project, Raw, reads_responses
from azrelease.registration.repositories.reading import HEADS, GitRepository, route_of

_LONGEST_TITLE = 400
LONGEST_DESCRIPTION = 4000
"""Characters ("A description for a pull request must not be longer than 4000 characters")."""


class PullRequest(NamedTuple):
    """A pull request, and its page."""

    id: int
    link: str


def active_pull_request(project: Project, repository: GitRepository, source: str, target: str) -> PullRequest | None:
    """The open pull request of two branches; the service allows one.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    query = {
        "searchCriteria.sourceRefName": HEADS + source,
        "searchCriteria.targetRefName": HEADS + target,
        "searchCriteria.status": "active",
    }
    listed = project.connection.listed(rest_api.PULL_REQUESTS, route_of(project, repository), query)
    return _pull_request(repository, listed[0]) if listed else None


@reads_responses
def open_pull_request(
    project: Project, repository: GitRepository, source: str, target: str, title: str, description: str
) -> PullRequest:
    """Open a pull request, once. If the response is lost, or it already exists, it is read before another attempt.

    Raises:
        RefusedError: the service refused.
        UnsureError: no response says what happened.
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
        except UnsureError as error:
            project.connection.wait(attempt, error)
            attempt += 1
            existing = active_pull_request(project, repository, source, target)
            if existing is not None:
                return existing
        else:
            return _pull_request(repository, raw)


def _pull_request(repository: GitRepository, raw: Raw) -> PullRequest:
    number = int(raw["pullRequestId"])
    return PullRequest(number, f"{repository.web}/pullrequest/{number}")
