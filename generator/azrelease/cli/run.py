"""`azrelease run`."""

from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.output import print_diagnostics
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout
from azrelease.report.formats import ResultFormat

USUAL_INTERVAL = 5


def command(
    file: Annotated[Path, typer.Argument(help="Release file.")] = Path("release.yml"),
    artifact_version: Annotated[
        str | None,
        typer.Option(
            "--artifact-version", help="Number of the run whose artifact is released. Default: what the release says."
        ),
    ] = None,
    branch: Annotated[
        str | None, typer.Option("--branch", help="Branch whose YAML runs. Default: that of the pipeline.")
    ] = None,
    variable: Annotated[
        list[str] | None,
        typer.Option(
            "--variable", help="NAME=VALUE of a variable in `settable`; can be repeated.", metavar="NAME=VALUE"
        ),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            help="Secret in `settable`, whose value is in the environment variable of its name in capitals; can be "
            "repeated.",
            metavar="NAME",
        ),
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option("--skip", help="Stage to leave out; can be repeated.", metavar="STAGE")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the YAML as the service would run it. Starts nothing.")
    ] = False,
    no_follow: Annotated[
        bool, typer.Option("--no-follow", help="Start it, print its id and link, and do not wait for its end.")
    ] = False,
    follow: Annotated[
        int | None,
        typer.Option(
            "--follow", help="Follow a run that was started before, by the number in its address.", metavar="ID", min=1
        ),
    ] = None,
    interval: Annotated[
        float,
        typer.Option(
            "--interval", help="How many seconds to wait between two requests.", metavar="SECONDS", min=0, max=3600
        ),
    ] = USUAL_INTERVAL,
    classic: Annotated[
        bool, typer.Option("--classic", help="Make a classic release of the release definition instead.")
    ] = False,
    form: Annotated[ResultFormat, typer.Option("--format", help="How the result is printed.")] = ResultFormat.TEXT,
    organization: Organization = None,
    project: ProjectName = None,
    timeout: Timeout = USUAL_TIMEOUT,
) -> None:
    """Start a release in Azure DevOps, follow it to its end, and print its test results.

    Exit code 1 when it does not succeed. Ctrl-C stops following; the run continues.

    Example: azrelease run samples/insurance/release.yml --artifact-version 20261124.3
    """
    from azrelease.application.service import ServiceOptions
    from azrelease.cli.shown_run import ShownRun
    from azrelease.errors import UserError
    from azrelease.registration.runs import Pace, run_request, runs_of
    from azrelease.release import load

    chosen = {
        "--artifact-version": artifact_version,
        "--branch": branch,
        "--variable": variable,
        "--secret": secret,
        "--skip": skip,
        "--dry-run": dry_run,
        "--no-follow": no_follow,
    }
    if follow is not None and any(chosen.values()):
        raise UserError(
            f"--follow returns to an existing run: leave out {', '.join(o for o, value in chosen.items() if value)}"
        )
    if classic and (dry_run or branch):
        raise UserError("a classic release has no YAML: leave out --dry-run and --branch, or --classic")
    loaded = load(file)
    print_diagnostics(loaded.warnings, loaded.document.texts)
    release = loaded.release.completed()
    request = run_request(
        release,
        artifact_version=artifact_version,
        branch=branch,
        variables=variable or (),
        secrets=secret or (),
        skip=skip or (),
    )
    service = ServiceOptions(organization, project, timeout)
    there = service.connect(service.target([file]))
    there.connection.mask(request.secrets)
    shown = ShownRun(
        runs_of(there, release, classic=classic),
        form,
        request.secrets,
        _command(file, classic=classic, organization=organization, project=project),
    )
    if dry_run:
        shown.preview(there, release, request)
        return
    run = shown.start(request) if follow is None else shown.runs.find(follow)
    if no_follow:
        shown.say_started(run)
    else:
        shown.follow(there, run, Pace(interval, 3 * interval))


def _command(file: Path, *, classic: bool, organization: str | None, project: str | None) -> tuple[str, ...]:
    """The command that names the same runs."""
    options = (("--organization", organization), ("--project", project))
    given = tuple(part for option, value in options if value for part in (option, value))
    return ("azrelease", "run", str(file), *(("--classic",) if classic else ()), *given)
