"""What can be done with the runs of a release: one interface for runs of a pipeline and for classic releases."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol
from urllib.parse import quote

from azrelease.errors import UserError
from azrelease.registration.project import Listing, Project, Raw, join_folder, pipeline_path
from azrelease.registration.runs.run_request import RunRequest
from azrelease.registration.runs.status import ApprovalStatus, Decision, RunStatus, Wait
from azrelease.registration.runs.test_results import PublishedTestRun
from azrelease.release import Release
from azrelease.suggestions import suggestion


class RunDefinition(NamedTuple):
    """The pipeline or release definition of a release: its id, its name with its folder, and its page."""

    id: str
    path: str
    link: str


class Run(NamedTuple):
    """A run of a pipeline, or a classic release.

    Attributes:
        id: its id.
        name: its number or name, as shown on its page.
        link: its page.
        recovered: whether the response to its start was lost, and it was found afterwards.
    """

    id: int
    name: str
    link: str
    recovered: bool = False


class RunApprovals(NamedTuple):
    """The approvals of a run in all states, what else the run waits for, and its page."""

    approvals: tuple[ApprovalStatus, ...]
    waits: tuple[Wait, ...]
    link: str


class Runs(Protocol):
    """The runs of one release. `runs_of` gives the implementation for its pipeline or its release definition.

    All methods raise `ServiceError` where the service refuses, or does not answer.
    """

    @property
    def kind(self) -> str:
        """What the service calls a run: `run` or `release`."""

    def definition(self) -> RunDefinition:
        """The pipeline or release definition.

        Raises:
            UserError: the project has none of that name.
        """

    def start(self, request: RunRequest) -> Run:
        """Start a run, once: where the response is lost, the run is looked for before another attempt.

        Raises:
            UserError: the project has no such definition, or the artifact no such run.
            RefusedError: the service does not start it; the message says why.
        """

    def find(self, identifier: int) -> Run:
        """A run that was started before.

        Raises:
            UserError: it does not exist, or belongs to another definition.
        """

    def status_reader(self, identifier: int) -> Callable[[], RunStatus]:
        """A function that reads the current status of a run; `follow` calls it until the run ends."""

    def approvals(self, identifier: int) -> RunApprovals:
        """The approvals of a run.

        Raises:
            UserError: the run does not exist, or belongs to another definition.
        """

    def for_caller(self, approvals: Sequence[ApprovalStatus]) -> Sequence[ApprovalStatus]:
        """Those of some pending approvals that the owner of the token is asked for; all where that is unknown."""

    def decide(self, identifier: int, approval: ApprovalStatus, status: str, comment: str) -> Decision:
        """Approve or reject, once; an approval that was decided meanwhile stays as it is.

        Args:
            identifier: the id of the run.
            approval: the approval, which is pending.
            status: `APPROVED` or `REJECTED`.
            comment: shown on the page of the run.

        Raises:
            RefusedError: the owner of the token may not decide it; the message names who may.
        """

    def test_results(self, identifier: int) -> tuple[PublishedTestRun, ...]:
        """The test runs that a run has published."""


def find_definition(
    project: Project, listing: Listing, release: Release, what: str, hint: str, page: str
) -> RunDefinition:
    """The pipeline or release definition that has the name and the folder of a release.

    Args:
        project: the project.
        listing: its pipelines, or its release definitions.
        release: the release.
        what: what they are called, for the message.
        hint: what to do if there is none of that name or a similar one.
        page: its page in the project, if the service does not return one.

    Raises:
        UserError: there is none of that name.
        ServiceError: the service refuses, or does not answer.
    """
    path = join_folder(release.folder or "", release.name)
    found = listing.find(path)
    if found is None:
        known = (pipeline_path(each) for each in listing.items())
        raise UserError(f"{project.address} has no {what} {path}. {suggestion(path, known, hint)}")
    identifier = str(found["id"])
    return RunDefinition(
        identifier, path, web_link(found) or f"{web_address(project)}/{page}?definitionId={identifier}"
    )


def is_identity(identity: Raw | None, identifier: str) -> bool:
    """Whether an identity in a response has this id."""
    return str((identity or {}).get("id")).casefold() == identifier.casefold()


def web_link(raw: Raw) -> str | None:
    """The page of a resource, if its response names one."""
    href = ((raw.get("_links") or {}).get("web") or {}).get("href")
    return str(href) if href else None


def web_address(project: Project) -> str:
    """The page of a project."""
    return f"{project.connection.address}/{quote(project.name)}"
