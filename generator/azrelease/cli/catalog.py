"""`azrelease catalog`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.output import note
from azrelease.cli.progress import waiting


class CatalogAction(StrEnum):
    """What to do with the catalog."""

    SYNC = "sync"


def command(
    action: Annotated[CatalogAction, typer.Argument(help="sync: read the tasks of the organization.")],
    organization: Annotated[
        str | None,
        typer.Option(
            "--organization",
            "--org",
            help="Address of the organization: https://dev.azure.com/name. Default: AZURE_DEVOPS_ORG_URL, or that of "
            "the running pipeline.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Lock file. Default: azrelease-tasks.lock.json here.")
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(
            "--project",
            help="Also read the names of this project's environments, service connections, variable groups and pools "
            "into azrelease-project.lock.json, for completion in an editor.",
        ),
    ] = None,
) -> None:
    """Read the organization's own tasks and their inputs into a lock file, for `check` to know them.

    Commit the files. The token comes from AZURE_DEVOPS_EXT_PAT or SYSTEM_ACCESSTOKEN, never from the command line.

    Example: azrelease catalog sync --organization https://dev.azure.com/contoso
    """
    from azrelease.catalog.project_lock import PROJECT_LOCK, project_lock_text
    from azrelease.catalog.task_lock import LOCK, lock_text
    from azrelease.files import write_atomically
    from azrelease.registration import Project, connect, names_of_project, organization_tasks, organization_url

    assert action is CatalogAction.SYNC
    address = organization_url(organization)
    with waiting(f"reading the tasks of {address}"):
        connection = connect(address)
        tasks = organization_tasks(connection)
    path = output or Path(LOCK)
    write_atomically(path, lock_text(tasks, address))
    note(f"wrote {path}: {len(tasks)} tasks")
    if project is not None:
        with waiting(f"reading the names of {project}"):
            names = names_of_project(Project(connection, project))
        lock = path.with_name(PROJECT_LOCK)
        write_atomically(lock, project_lock_text(names, f"{address}/{project}"))
        note(f"wrote {lock}: {sum(map(len, names))} names")
