"""`azrelease run`."""

import os
import shlex
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn

import typer

from azrelease.cli.output import print_diagnostics, say, tell, write_text
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from azrelease.registration import Project
    from azrelease.registration.runs import Pace, PublishedTestRun, Run, RunRequest, Runs, RunStatus
    from azrelease.release import Release

FAILED = 1
INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C ended: 128 and the number of the signal."""
USUAL_INTERVAL = 5


class RunFormat(StrEnum):
    """How a run is written."""

    TEXT = "text"
    JSON = "json"


class _Options(NamedTuple):
    """How runs of a release are shown, and the command that follows one of them."""

    runs: "Runs"
    form: RunFormat
    secrets: tuple[str, ...]
    command: tuple[str, ...]


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
            "--follow", help="Come back to a run that is there, by the number in its address.", metavar="ID", min=1
        ),
    ] = None,
    interval: Annotated[
        float,
        typer.Option(
            "--interval", help="How many seconds to wait between two looks.", metavar="SECONDS", min=0, max=3600
        ),
    ] = USUAL_INTERVAL,
    classic: Annotated[
        bool, typer.Option("--classic", help="Make a classic release of the release definition instead.")
    ] = False,
    form: Annotated[RunFormat, typer.Option("--format", help="How what became of it is written.")] = RunFormat.TEXT,
    organization: Organization = None,
    project: ProjectName = None,
    timeout: Timeout = USUAL_TIMEOUT,
) -> None:
    """Start a release in Azure DevOps, follow it to its end, and print its test results.

    Exit code 1 when it does not succeed. Ctrl-C leaves it going.

    Example: azrelease run samples/insurance/release.yml --artifact-version 20261124.3
    """
    from azrelease.application.service import ServiceOptions
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
        raise UserError(f"--follow comes back to a run that is there: leave out {_named(chosen)}")
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
    there.connection.hide(request.secrets)
    named = (("--classic",) if classic else ()) + tuple(
        part
        for option, value in (("--organization", organization), ("--project", project))
        if value
        for part in (option, value)
    )
    runs = runs_of(there, release, classic=classic)
    options = _Options(runs, form, request.secrets, ("azrelease", "run", str(file), *named))
    if dry_run:
        _preview(there, release, request, options)
        return
    run = _started(options, request) if follow is None else runs.find(follow)
    if no_follow:
        _say_started(options, run)
    else:
        _follow(there, options, run, Pace(interval, 3 * interval))


def _named(chosen: "Mapping[str, object]") -> str:
    return ", ".join(option for option, value in chosen.items() if value)


def _preview(project: "Project", release: "Release", request: "RunRequest", options: _Options) -> None:
    from azrelease.registration.runs import PipelineRuns, without_secrets
    from azrelease.report.json_object import dumps
    from azrelease.report.log_sanitizer import sanitized

    runs = PipelineRuns(project, release)
    pipeline = runs.definition()
    yaml = without_secrets(runs.preview(request), options.secrets)
    if options.form is RunFormat.JSON:
        write_text(dumps({"version": 1, "pipeline": pipeline.path, "yaml": yaml}))
    else:
        write_text(sanitized(yaml if yaml.endswith("\n") else f"{yaml}\n"))


def _started(options: _Options, request: "RunRequest") -> "Run":
    definition = options.runs.definition()
    try:
        run = options.runs.start(request)
    except KeyboardInterrupt:
        tell(f"interrupted during the start; check whether it took effect: {definition.link}", error=True)
        raise typer.Exit(INTERRUPTED) from None
    if run.recovered:
        tell(f"the response was lost; the service has started {options.runs.kind} {run.name}", error=True)
    return run


def _say_started(options: _Options, run: "Run") -> None:
    from azrelease.report.json_object import dumps

    if options.form is RunFormat.JSON:
        shown = {"version": 1, "kind": options.runs.kind, "id": run.id, "name": run.name, "link": run.link}
        write_text(dumps(shown))
    else:
        tell(f"started {options.runs.kind} {run.id} ({run.name}): {run.link}")
        tell(f"follow it with: {_follow_command(options, run)}")


def _follow(project: "Project", options: _Options, run: "Run", pace: "Pace") -> NoReturn:
    """Follow a run to its end, and leave with its result."""
    from azrelease.errors import ServiceError
    from azrelease.registration.runs import ATTEMPTS, follow, without_secrets
    from azrelease.report.json_object import dumps
    from azrelease.report.run_table import run_object, run_text

    connection = project.connection
    connection.patience = connection.patience._replace(attempts=ATTEMPTS)
    read = options.runs.status_reader(run.id)
    statuses = (without_secrets(status, options.secrets) for status in follow(read, pace))
    try:
        last = _watched(statuses, options.form)
        tests = without_secrets(_test_results(options, run), options.secrets)
    except KeyboardInterrupt:
        _say_how_to_follow(options, run, "continues")
        raise typer.Exit(INTERRUPTED) from None
    except ServiceError:
        _say_how_to_follow(options, run, "may continue")
        raise
    write_text(dumps(run_object(last, tests)) if options.form is RunFormat.JSON else run_text(last, tests))
    raise typer.Exit(0 if last.succeeded else FAILED)


def _watched(views: "Iterator[RunStatus]", form: RunFormat) -> "RunStatus":
    """Show a run while it goes on; how it is at its end."""
    from azrelease.report.run_table import changes

    if form is RunFormat.TEXT and sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        return _live(views)
    before: RunStatus | None = None
    for view in views:
        for line in changes(before, view):
            say(line, error=form is RunFormat.JSON)
        before = view
    assert before is not None
    return before


def _live(views: "Iterator[RunStatus]") -> "RunStatus":
    """Show a run as a table that changes; it is gone at the end."""
    from rich.console import Console, RenderableType
    from rich.live import Live

    from azrelease.report.run_table import run_table

    view = next(views)

    def shown() -> RenderableType:
        return run_table(view, datetime.now(UTC))

    # Drawn again each second, for how long things take.
    with Live(get_renderable=shown, console=Console(), refresh_per_second=1, transient=True) as live:
        live.refresh()
        for view in views:  # noqa: B007  (read by `shown`)
            live.refresh()
    return view


def _test_results(options: _Options, run: "Run") -> "tuple[PublishedTestRun, ...]":
    """The test results; where they cannot be read, a message says so, and the result of the run counts."""
    from azrelease.errors import ServiceError

    try:
        return options.runs.test_results(run.id)
    except ServiceError as error:
        tell(f"cannot read the test results: {error}", error=True)
        return ()


def _say_how_to_follow(options: _Options, run: "Run", state: str) -> None:
    tell(f"{options.runs.kind} {run.name} {state}: {run.link}", error=True)
    tell(f"follow it with: {_follow_command(options, run)}", error=True)


def _follow_command(options: _Options, run: "Run") -> str:
    return shlex.join((*options.command, "--follow", str(run.id)))
