"""`azrelease approve`."""

from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.approving import All, Answer, Classic, Comment, Run, Stage, decide
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout


# typer reads the options from the signature, so `reject` has the same.
def command(
    run: Run,
    file: Annotated[Path, typer.Argument(help="Release file.")] = Path("release.yml"),
    stage: Stage = None,
    comment: Comment = "",
    every: All = False,
    classic: Classic = False,
    organization: Organization = None,
    project: ProjectName = None,
    timeout: Timeout = USUAL_TIMEOUT,
) -> None:
    """Approve what waits in a run of a release, so that its stage goes on.

    Example: azrelease approve samples/insurance/release.yml --run 4711 --stage production --comment "seen"
    """
    decide(file, Answer("approved", run, stage, comment, every, classic), organization, project, timeout)
