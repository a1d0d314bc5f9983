"""`azrelease export`."""

from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.output import note, print_diagnostics, print_generated, say, write_text
from azrelease.report.formats import ReportFormat

LOSS = 1


# typer reads the options from the signature, so commands that share options repeat them.
def command(
    file: Annotated[Path, typer.Argument(help="Release file.")] = Path("release.yml"),
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write; `-` prints. Default: <name>.json beside the release."),
    ] = None,
    portal: Annotated[
        bool, typer.Option("--portal", help="Write enumerations as integers, as the portal's own export does.")
    ] = False,
    names: Annotated[
        Path | None,
        typer.Option("--names", help='Names for the ids that the service wants: {"pools": {"18": "Azure Pipelines"}}.'),
    ] = None,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Write the definition though a control of the release is lost.")
    ] = False,
    form: Annotated[
        ReportFormat, typer.Option("--format", help="How the report of what changes is written.")
    ] = ReportFormat.TEXT,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
) -> None:
    """Make a classic release definition from a release file, for the REST API and for the portal's import.

    A report names what a definition cannot say; a control among it stops the export with exit code 1.

    Example: azrelease export samples/insurance/release.yml --output insurance.json --accept-loss
    """
    from azrelease.application.converting import export
    from azrelease.application.input_text import STANDARD
    from azrelease.release import load
    from azrelease.report.losses import format_losses

    loaded = load(file)
    print_diagnostics(loaded.warnings, loaded.document.texts)
    converted = export(file, loaded, output, names=names, portal=portal, accept_loss=accept_loss, force=force)
    printed = output == STANDARD
    if printed and not converted.stopped:
        print_generated(converted.text, converted.warnings)
    write_text(format_losses([converted.report], form), error=printed)
    if converted.stopped:
        say(f"error: {file}: {converted.stopped}", error=True)
        raise typer.Exit(LOSS)
    if not printed and form is ReportFormat.TEXT:
        note(f"wrote {converted.report.output}")
