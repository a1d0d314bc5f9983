"""Options that all commands have which ask Azure DevOps, and the connection that they mean."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from azrelease.registration import Project, ProjectTarget

Organization = Annotated[
    str | None,
    typer.Option(
        "--organization",
        "--org",
        help="Address of the organization. Default: AZURE_DEVOPS_ORG_URL, that of the running pipeline, or that of the "
        "git remote.",
    ),
]

ProjectName = Annotated[
    str | None,
    typer.Option("--project", help="Project. Default: SYSTEM_TEAMPROJECT, or that of the git remote."),
]

Timeout = Annotated[
    str, typer.Option("--timeout", help="How many seconds to wait for an answer of the service.", metavar="SECONDS")
]

USUAL_TIMEOUT = "60"


class Asked(NamedTuple):
    """What the options say of the organization that is asked, and how long to wait for it."""

    organization: str | None
    project: str | None
    timeout: str


def connected(target: "ProjectTarget", timeout: str) -> "Project":
    """The project that is meant, with the credentials of the environment.

    Raises:
        UserError: there are no credentials, or the time is no number.
    """
    from azrelease.errors import UserError
    from azrelease.registration import Patience, Project, connect

    try:
        seconds = float(timeout)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 3600:  # noqa: PLR2004  (an hour)
        raise UserError(f"--timeout {timeout}: is no number of seconds")
    return Project(connect(target.address, patience=Patience(timeout=seconds)), target.project)


def folder_of(files: list[Path] | None) -> Path:
    """The folder that is worked in."""
    first = files[0] if files else Path()
    return first if first.is_dir() else first.parent
