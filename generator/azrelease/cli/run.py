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
    from azrelease.registration.runs import Pace, PublishedTestRun, Queued, RunRequest, RunStatus
    from azrelease.release import Release

FAILED = 1
INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C ended: 128 and the number of the signal."""
USUAL_INTERVAL = 5


class RunFormat(StrEnum):
    """How a run is written."""

    TEXT = "text"
    JSON = "json"


class _Asked(NamedTuple):
    """A run of a release, and how to come back to it."""

    release: "Release"
    project: "Project"
    classic: bool
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
    from azrelease.registration.runs import Pace, run_request
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
    asked = _Asked(release, there, classic, form, request.secrets, ("azrelease", "run", str(file), *named))
    if dry_run:
        _preview(asked, request)
        return
    queued = _started(asked, request) if follow is None else _there(asked, follow)
    if no_follow:
        _say_queued(asked, queued)
    else:
        _follow(asked, queued, Pace(interval, 3 * interval))


def _named(chosen: "Mapping[str, object]") -> str:
    return ", ".join(option for option, value in chosen.items() if value)


def _preview(asked: _Asked, request: "RunRequest") -> None:
    from azrelease.registration.runs import find_pipeline, preview_run, without_secrets
    from azrelease.report.json_object import dumps
    from azrelease.report.log_sanitizer import sanitized

    pipeline = find_pipeline(asked.project, asked.release)
    yaml = without_secrets(preview_run(asked.project, pipeline, asked.release, request), asked.secrets)
    if asked.form is RunFormat.JSON:
        write_text(dumps({"version": 1, "pipeline": pipeline.path, "yaml": yaml}))
    else:
        write_text(sanitized(yaml if yaml.endswith("\n") else f"{yaml}\n"))


def _started(asked: _Asked, request: "RunRequest") -> "Queued":
    from azrelease.registration.runs import create_release, find_pipeline, find_release_definition, queue_run

    pipeline = (find_release_definition if asked.classic else find_pipeline)(asked.project, asked.release)
    try:
        queued = (create_release if asked.classic else queue_run)(asked.project, pipeline, asked.release, request)
    except KeyboardInterrupt:
        tell(f"stopped while it was started; whether it was, can be seen at {pipeline.link}", error=True)
        raise typer.Exit(INTERRUPTED) from None
    if queued.recovered:
        tell(f"the answer of the service was lost; {_kind(asked)} {queued.name} is what it has started", error=True)
    return queued


def _there(asked: _Asked, identifier: int) -> "Queued":
    """A run that was started before."""
    from azrelease.registration.runs import Queued, read_release, read_run, release_link, run_link, web_link

    raw = (read_release if asked.classic else read_run)(asked.project, identifier, asked.release)
    usual = (release_link if asked.classic else run_link)(asked.project, identifier)
    return Queued(identifier, str(raw.get("buildNumber") or raw.get("name") or identifier), web_link(raw) or usual)


def _say_queued(asked: _Asked, queued: "Queued") -> None:
    from azrelease.report.json_object import dumps

    if asked.form is RunFormat.JSON:
        shown = {"version": 1, "kind": _kind(asked), "id": queued.id, "name": queued.name, "link": queued.link}
        write_text(dumps(shown))
    else:
        tell(f"{_kind(asked)} {queued.id} ({queued.name}) was started: {queued.link}")
        tell(f"follow it with: {_come_back(asked, queued)}")


def _follow(asked: _Asked, queued: "Queued", pace: "Pace") -> NoReturn:
    """Follow a run to its end, and leave with its result."""
    from azrelease.errors import ServiceError
    from azrelease.registration.runs import ATTEMPTS, follow, release_look, run_look, without_secrets
    from azrelease.report.json_object import dumps
    from azrelease.report.run_table import run_object, run_text

    connection = asked.project.connection
    connection.patience = connection.patience._replace(attempts=ATTEMPTS)
    environments = {stage.name: stage.environment or stage.name for stage in asked.release.stages}
    look = release_look(asked.project, queued.id) if asked.classic else run_look(asked.project, queued.id, environments)
    views = (without_secrets(view, asked.secrets) for view in follow(look, pace))
    try:
        view = _watched(views, asked.form)
        tests = without_secrets(_tests(asked, queued), asked.secrets)
    except KeyboardInterrupt:
        tell(f"{_kind(asked)} {queued.name} goes on: {queued.link}", error=True)
        tell(f"come back to it with: {_come_back(asked, queued)}", error=True)
        raise typer.Exit(INTERRUPTED) from None
    except ServiceError:
        tell(f"{_kind(asked)} {queued.name} may go on: {queued.link}", error=True)
        tell(f"come back to it with: {_come_back(asked, queued)}", error=True)
        raise
    write_text(dumps(run_object(view, tests)) if asked.form is RunFormat.JSON else run_text(view, tests))
    raise typer.Exit(0 if view.succeeded else FAILED)


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


def _tests(asked: _Asked, queued: "Queued") -> "tuple[PublishedTestRun, ...]":
    """The test results; where they cannot be read, that is told, and the result of the run holds."""
    from azrelease.errors import ServiceError
    from azrelease.registration.runs import release_tests, run_tests

    try:
        return (release_tests if asked.classic else run_tests)(asked.project, queued.id)
    except ServiceError as error:
        tell(f"the test results cannot be read: {error}", error=True)
        return ()


def _kind(asked: _Asked) -> str:
    return "release" if asked.classic else "run"


def _come_back(asked: _Asked, queued: "Queued") -> str:
    return shlex.join((*asked.command, "--follow", str(queued.id)))
