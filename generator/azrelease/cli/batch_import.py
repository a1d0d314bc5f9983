"""`azrelease import --all`."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from azrelease.cli.output import say, write_text
from azrelease.cli.progress import each, waiting
from azrelease.errors import UserError
from azrelease.report.formats import ReportFormat


class ProjectOptions(NamedTuple):
    """The options that name a project, and one of its definitions."""

    organization: str | None
    project: str | None
    definition: str | None


def import_and_report(
    paths: Sequence[Path],
    service: ProjectOptions,
    output: Path | None,
    names: Path | None,
    task_groups: Sequence[Path],
    *,
    accept_loss: bool,
    force: bool,
    form: ReportFormat,
) -> bool:
    """Import many definitions and print the summary; whether all of them are written.

    Raises:
        UserError: options do not go together, or there is no definition.
        ServiceError: the service does not answer, or refuses.
    """
    from azrelease.application.batch_import import import_batch
    from azrelease.application.batch_sources import sources_in_folders, sources_in_project
    from azrelease.application.input_text import STANDARD
    from azrelease.report.batch_imports import BatchOutcome, format_batch

    if STANDARD in paths or output == STANDARD:
        raise UserError("--all reads and writes folders: leave `-` out")
    folder = output or Path()
    if any(service):
        if paths:
            raise UserError("--organization, --project and --definition replace a folder: leave one of them out")
        with waiting("reading the release definitions"):
            sources = sources_in_project(*service, names, task_groups)
    else:
        sources = sources_in_folders(paths or [Path()], folder, names, task_groups)
    result = import_batch(
        sources, folder, accept_loss=accept_loss, force=force, track=lambda all_: each(all_, "definitions")
    )
    for warning in result.warnings:
        say(warning, error=True)
    write_text(format_batch(result.report, form))
    return result.report.count(BatchOutcome.STOPPED) == 0
