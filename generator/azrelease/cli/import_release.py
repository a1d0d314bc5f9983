"""`azrelease import`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.batch_import import ProjectOptions, import_and_report
from azrelease.cli.output import note, print_generated, say, write_text
from azrelease.errors import UserError
from azrelease.report.formats import ReportFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.application.converting import ClassicSource

LOSS = 1


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Exported definitions; `-` is standard input. With --all, folders of them; default: this folder.",
            show_default=False,
        ),
    ] = None,
    all_of_them: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Import a folder of definitions and task groups, or all of a project, with one summary. What is there "
            "from an earlier run stays.",
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where to write: a file, or for several definitions a folder; `-` prints. Default: release.yml here; "
            "for several, or with --all, <name>.release.yml here.",
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
    force: Annotated[bool, typer.Option("--force", help="Write over an existing release file.")] = False,
) -> None:
    """Make a release file from a classic release definition, and say what became of each part of it.

    An approval, gate, condition, secret or trigger that cannot be carried stops the import: exit code 1,
    and nothing is written for that definition.

    With --all, each definition is written completely or not at all; the summary lists what stops the others, and
    the option that decides it.

    Example: azrelease import Mlops-CD.json
    """
    from azrelease.application.converting import import_definitions
    from azrelease.application.input_text import STANDARD
    from azrelease.report.losses import format_losses

    if all_of_them:
        service = ProjectOptions(organization, project, definition)
        all_written = import_and_report(
            files or [], service, output, names, task_groups or (), accept_loss=accept_loss, force=force, form=form
        )
        if not all_written:
            raise typer.Exit(LOSS)
        return
    sources = _sources(files, definition, organization, project, names, task_groups or ())
    converted = import_definitions(sources, output, accept_loss=accept_loss, force=force)
    for each in converted:
        if output == STANDARD and not each.stopped:
            print_generated(each.text, each.warnings)
        if each.inherited:
            say(each.inherited, error=True)
    write_text(format_losses([each.report for each in converted], form), error=output == STANDARD)
    for each in converted:
        if each.stopped:
            say(f"error: {each.report.source}: {each.stopped}", error=True)
        elif form is ReportFormat.TEXT and output != STANDARD:
            note(f"wrote {each.report.output}")
    if any(each.stopped for each in converted):
        raise typer.Exit(LOSS)


def _sources(
    files: list[Path] | None,
    definition: str | None,
    organization: str | None,
    project: str | None,
    names: Path | None,
    task_groups: "Sequence[Path]",
) -> "list[ClassicSource]":
    """The definitions that the options name.

    Raises:
        UserError: they contradict each other, or a definition cannot be read.
        ServiceError: the service does not answer, or refuses.
    """
    from azrelease.application.converting import definition_in_project, definitions_in_files
    from azrelease.application.input_text import STANDARD

    if definition is not None:
        if files:
            raise UserError("--definition replaces a file: leave one of them out")
        return [definition_in_project(definition, organization, project, names, task_groups)]
    if organization is not None or project is not None:
        raise UserError("--organization and --project are for --definition or --all: add one, or leave them out")
    if not files and (sys.stdin is None or sys.stdin.isatty()):
        raise UserError("name an exported definition, or --definition with an organization; see --help")
    return definitions_in_files(files or [STANDARD], names, task_groups)
