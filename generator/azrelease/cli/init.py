"""`azrelease init`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import say, write_text
from azrelease.errors import UserError

if TYPE_CHECKING:
    from azrelease.release import Release

LOSS = 1


def command(
    folder: Annotated[
        Path,
        typer.Argument(help="Where to write; it is made if it is not there. Default: this folder.", show_default=False),
    ] = Path(),
    name: Annotated[str | None, typer.Option("--name", help="Name of the release. Default: after the folder.")] = None,
    resource_group: Annotated[
        str | None, typer.Option("--resource-group", help="Resource group of the workspace. With --yes: `<name>-rg`.")
    ] = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", help="Azure Machine Learning workspace. With --yes: `<name>-ws`.")
    ] = None,
    service_connection: Annotated[
        str | None,
        typer.Option("--service-connection", help="Service connection to Azure. With --yes: `<name>-azure`."),
    ] = None,
    pipeline: Annotated[
        str | None,
        typer.Option("--pipeline", help="Name of the CI pipeline that trains the model. Default: `<name>-training`."),
    ] = None,
    artifact: Annotated[
        str | None, typer.Option("--artifact", help="Name of the artifact that it publishes. Default: model.")
    ] = None,
    image: Annotated[
        str | None, typer.Option("--image", help="Linux image of the agents. Default: ubuntu-24.04.")
    ] = None,
    staging: Annotated[
        str | None,
        typer.Option(
            "--staging",
            help="Where staging runs: `managed` (the default), `kubernetes:<attached cluster>`, `batch` or "
            "`batch:<compute cluster>`.",
        ),
    ] = None,
    production: Annotated[
        str | None, typer.Option("--production", help="Where production runs. Default: as staging.")
    ] = None,
    approver: Annotated[
        list[str] | None,
        typer.Option(
            "--approver",
            help="User by e-mail, or group, who approves production; can be repeated. Without any, production waits "
            "until a person starts it.",
        ),
    ] = None,
    install_from: Annotated[
        str | None,
        typer.Option(
            "--install-from",
            help="Where pipelines install azrelease from: a wheel (it is copied into .azrelease/), "
            "git+https://…@<tag or commit>, or a feed (https://…/simple/). Default: a wheel that you put there.",
        ),
    ] = None,
    definition: Annotated[
        Path | None,
        typer.Option("--from", help="Exported classic release definition; the files are written around its release."),
    ] = None,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="With --from: go on though a control of the definition is lost.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take the defaults.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; list what would be written.")] = False,
) -> None:
    """Start a release project: asks on a terminal, then writes the release, its pipelines, deployment files and tests.

    Nothing is written over; run again, it adds what is missing.

    Example: azrelease init --yes
    """
    from azrelease.application.new_project import existing_release, project_files, refuse_answers
    from azrelease.cli.asking import answers_for
    from azrelease.cli.init_report import print_project
    from azrelease.scaffold import compare, write_missing

    given: dict[str, object] = {
        "name": name,
        "resource_group": resource_group,
        "workspace": workspace,
        "service_connection": service_connection,
        "pipeline": pipeline,
        "artifact": artifact,
        "image": image,
        "staging": staging,
        "production": production,
        "approvers": tuple(approver) if approver else None,
        "install_from": install_from,
    }
    given = {field: value for field, value in given.items() if value is not None}
    if accept_loss and definition is None:
        raise UserError("--accept-loss is for --from")
    existing = existing_release(folder)
    if definition is not None:
        refuse_answers(given, "--from takes all answers from the definition")
    imported = None if definition is None else _imported(definition, accept_loss=accept_loss)
    files = project_files(
        folder, given, existing=existing, imported=imported, ask=lambda: answers_for(folder, given, yes=yes)
    )
    placed = compare(files, folder)
    if not dry_run:
        write_missing(placed)
    print_project(placed, folder, existing, dry_run=dry_run)


def _imported(path: Path, *, accept_loss: bool) -> "Release":
    """The release of a classic definition, after the report on what became of it.

    Raises:
        UserError: the file cannot be used, or has several definitions.
        Exit: a control would be lost.
    """
    from azrelease.application.converting import import_one
    from azrelease.report.formats import ReportFormat
    from azrelease.report.losses import format_losses

    imported, converted = import_one(path, accept_loss=accept_loss)
    write_text(format_losses([converted.report], ReportFormat.TEXT))
    if converted.stopped or imported.release is None:
        say(f"error: {path}: {converted.stopped}", error=True)
        raise typer.Exit(LOSS)
    return imported.release
