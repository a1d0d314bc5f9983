"""`azrelease import`."""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from azrelease.cli.loss_reports import LOSS, STANDARD, ReportFormat, known_tasks, print_losses, read_text
from azrelease.cli.output import note, print_generated, say
from azrelease.errors import OverwriteError, UserError

if TYPE_CHECKING:
    from azrelease.classic import ImportResult, ResourceNames
    from azrelease.release import Release
    from azrelease.report.losses import LossReport


class _Source(NamedTuple):
    """A definition, where it comes from, and what is known about it."""

    name: str
    definition: Mapping[str, Any]
    names: "ResourceNames"
    task_groups: tuple[Mapping[str, Any], ...]


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Exported definitions; `-` is standard input.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where to write: a file, or for several definitions a folder; `-` prints. Default: release.yml here; "
            "for several, <name>.release.yml here.",
        ),
    ] = None,
    definition: Annotated[
        str | None,
        typer.Option("--definition", help="Id or name of a definition in the organization, instead of a file."),
    ] = None,
    organization: Annotated[
        str | None,
        typer.Option(
            "--organization",
            "--org",
            help="Address of the organization. Default: AZURE_DEVOPS_ORG_URL, or that of the running pipeline.",
        ),
    ] = None,
    project: Annotated[
        str | None, typer.Option("--project", help="Project of the definition. Default: SYSTEM_TEAMPROJECT.")
    ] = None,
    task_groups: Annotated[
        list[Path] | None,
        typer.Option("--task-groups", help="Exported task groups that the definition uses; can be repeated."),
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option("--names", help='Names for ids, as JSON: {"pools": {"18": "Azure Pipelines"}}.'),
    ] = None,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Write the release though a control of the definition is lost.")
    ] = False,
    form: Annotated[
        ReportFormat, typer.Option("--format", help="How the report of what was carried is written.")
    ] = ReportFormat.TEXT,
    force: Annotated[bool, typer.Option("--force", help="Write over a release file that is there.")] = False,
) -> None:
    """Make a release file from a classic release definition, and say what became of each part of it.

    An approval, gate, condition, secret or trigger that cannot be carried stops the import: exit code 1,
    and nothing is written for that definition.

    Example: azrelease import Mlops-CD.json
    """
    sources = list(_sources(files or [], definition, organization, project, names, task_groups or []))
    many = len(sources) > 1
    if many and output is not None and output != STANDARD and not output.is_dir():
        raise UserError(f"{output}: --output takes a folder that is there, for {len(sources)} definitions")
    if many and output == STANDARD:
        raise UserError(f"--output - prints one release, but there are {len(sources)} definitions")
    reports = list(_import_all(sources, output, accept_loss=accept_loss, force=force))
    print_losses([report for report, _ in reports], form, error=output == STANDARD)
    for report, stopped in reports:
        if stopped:
            say(f"error: {report.source}: {stopped}", error=True)
        elif report.output is not None and form is ReportFormat.TEXT and output != STANDARD:
            note(f"wrote {report.output}")
    if any(stopped for _, stopped in reports):
        raise typer.Exit(LOSS)


def _import_all(
    sources: list[_Source], output: Path | None, *, accept_loss: bool, force: bool
) -> "Iterator[tuple[LossReport, str]]":
    """The report on each definition, and what stopped its import."""
    from datetime import UTC, datetime

    from azrelease.classic import import_definition
    from azrelease.report.losses import LossReport

    today, tasks = datetime.now(UTC).date(), known_tasks()
    made = [
        import_definition(
            source.definition, today=today, names=source.names, task_groups=source.task_groups, tasks=tasks
        )
        for source in sources
    ]
    stopped = [stopped_by(each, accept_loss=accept_loss) for each in made]
    titles = [str(source.definition.get("name") or "") for source in sources]
    going = [title for title, why in zip(titles, stopped, strict=True) if not why]
    targets = iter(_targets(going, output, many=len(sources) > 1, force=force))
    for source, title, each, why in zip(sources, titles, made, stopped, strict=True):
        report = LossReport(source.name, title, each.report, None, each.problems)
        if not why and each.release is not None:
            target = next(targets)
            _write(target, each.release)
            report = report._replace(output=target.as_posix())
        yield report, why


def stopped_by(made: "ImportResult", *, accept_loss: bool) -> str:
    """Why nothing is written; empty where something is."""
    if made.release is None:
        return "no release can be made of it; see the report"
    lost = made.report.lost_controls()
    if not lost or accept_loss:
        return ""
    count = f"{len(lost)} control{'s' if len(lost) != 1 else ''}"
    return f"{count} of it cannot be carried; nothing was written. See the report, or say --accept-loss."


def _write(target: Path, release: "Release") -> None:
    from azrelease.files import write_atomically
    from azrelease.release import dump

    text = dump(release, brief=True)
    if target == STANDARD:
        from azrelease.release import load_alone
        from azrelease.yaml_document import YamlDocument

        print_generated(text, load_alone(YamlDocument.parse(text, "release.yml")).warnings)
    else:
        from azrelease.cli.release_files import further_fields

        more = further_fields(text, target)
        if more:
            say(more, error=True)
        write_atomically(target, text)


def _targets(titles: list[str], output: Path | None, *, many: bool, force: bool) -> list[Path]:
    """The release file for each definition.

    Raises:
        OverwriteError: one is there already, and `force` is off; nothing was written yet.
    """
    if not many:
        targets = [output / "release.yml" if output and output.is_dir() else output or Path("release.yml")]
    else:
        targets = []
        for title in titles:
            stem = re.sub(r"[^\w.-]+", "-", title).strip("-.") or "release"
            names = (f"{stem}{f'-{number}' if number > 1 else ''}.release.yml" for number in range(1, len(titles) + 2))
            targets.append(next(path for name in names if (path := (output or Path()) / name) not in targets))
    there = [target for target in targets[: len(titles)] if target != STANDARD and target.exists()]
    if there and not force:
        lines = (f"{path}: is there already; choose another --output, or replace it with --force" for path in there)
        raise OverwriteError("\n".join(lines))
    return targets


def _sources(
    files: list[Path],
    definition: str | None,
    organization: str | None,
    project: str | None,
    names: Path | None,
    task_groups: list[Path],
) -> Iterator[_Source]:
    from azrelease.classic import ResourceNames, read_definitions, read_task_groups

    given = ResourceNames.parse(read_text(names), str(names)) if names else ResourceNames()
    groups = [group for path in task_groups for group in read_task_groups(read_text(path), str(path))]
    if definition is not None:
        if files:
            raise UserError("--definition is instead of a file: leave one of them out")
        yield _from_organization(definition, organization, project, given, groups)
        return
    if organization is not None or project is not None:
        raise UserError("--organization and --project are for --definition: name the definition, or leave them out")
    if not files and (sys.stdin is None or sys.stdin.isatty()):
        raise UserError("name an exported definition, or --definition with an organization; see --help")
    for path in files or [STANDARD]:
        name = "standard input" if path == STANDARD else str(path)
        for found in read_definitions(read_text(path), name):
            yield _Source(name, found, given, tuple(groups))


def _from_organization(
    definition: str,
    organization: str | None,
    project: str | None,
    given: "ResourceNames",
    groups: list[Mapping[str, Any]],
) -> _Source:
    import os

    from azrelease.classic import ResourceNames
    from azrelease.registration import classic_release, connect, organization_url

    address = organization_url(organization)
    project = project or os.environ.get("SYSTEM_TEAMPROJECT")
    if not project:
        raise UserError("which project? Set --project, or SYSTEM_TEAMPROJECT")
    found = classic_release(connect(address), project, definition)
    there = ResourceNames(**found.names)
    both = ResourceNames(*({**old, **new} for old, new in zip(there, given, strict=True)))
    return _Source(f"{address} {project} {definition}", found.definition, both, (*groups, *found.task_groups))
