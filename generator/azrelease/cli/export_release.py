"""`azrelease export`."""

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.loss_reports import LOSS, STANDARD, ReportFormat, known_tasks, print_losses, read_text
from azrelease.cli.output import note, print_diagnostics, print_generated, say
from azrelease.errors import OverwriteError, UserError


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
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Make a classic release definition from a release file, for the REST API and for the portal's import.

    What a definition cannot say is told; a control among it stops the export with exit code 1.

    Example: azrelease export samples/insurance/release.yml --output insurance.json --accept-loss
    """
    from azrelease.classic import ResourceNames, export_release
    from azrelease.files import write_atomically
    from azrelease.release import load
    from azrelease.report.losses import LossReport
    from azrelease.templating import templates_for

    loaded = load(file)
    print_diagnostics(loaded.warnings, loaded.document.texts)
    made = export_release(
        loaded.release,
        names=ResourceNames.parse(read_text(names), str(names)) if names else ResourceNames(),
        portal=portal,
        tasks=known_tasks(),
        templates=templates_for(file),
    )
    stem = re.sub(r"[^\w.-]+", "-", loaded.release.name).strip("-.")
    target = output or file.with_name(f"{stem}.json")
    if target != STANDARD and target.resolve() == file.resolve():
        raise UserError(f"{target}: is the release itself; choose another --output")
    lost = made.report.lost_controls()
    stopped = bool(lost) and not accept_loss
    if not stopped and target != STANDARD and target.exists() and not force:
        raise OverwriteError(f"{target}: is there already; choose another --output, or replace it with --force")
    text = json.dumps(made.definition, ensure_ascii=False, indent=2) + "\n"
    written = None if stopped or target == STANDARD else target.as_posix()
    if target == STANDARD and not stopped:
        print_generated(text, loaded.warnings)
    elif not stopped:
        write_atomically(target, text)
    report = LossReport(str(file), loaded.release.name, made.report, written)
    print_losses([report], form, error=target == STANDARD)
    if stopped:
        count = f"{len(lost)} control{'s' if len(lost) != 1 else ''}"
        say(f"error: {file}: {count} of it cannot be exported; nothing was written. Say --accept-loss.", error=True)
        raise typer.Exit(LOSS)
    if written and form is ReportFormat.TEXT:
        note(f"wrote {written}")
