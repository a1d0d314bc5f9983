"""Options of all commands that ask Azure DevOps."""

from typing import Annotated

import typer

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
    float,
    typer.Option(
        "--timeout", help="How many seconds to wait for an answer of the service.", metavar="SECONDS", min=0.1, max=3600
    ),
]

USUAL_TIMEOUT = 60.0
