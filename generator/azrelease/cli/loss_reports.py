"""Printing loss reports, for `import` and `export`."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from azrelease.catalog.tasks import Tasks
from azrelease.cli.output import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.report.losses import LossReport

LOSS = 1


class ReportFormat(StrEnum):
    """How a loss report is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def print_losses(reports: "Sequence[LossReport]", form: ReportFormat, *, error: bool) -> None:
    """Print loss reports; to standard error where standard output holds the result."""
    from azrelease.report.losses import losses_markdown, losses_object, losses_text

    match form:
        case ReportFormat.JSON:
            text = json.dumps(losses_object(reports), ensure_ascii=False, indent=2) + "\n"
        case ReportFormat.MARKDOWN:
            text = losses_markdown(reports)
        case ReportFormat.TEXT:
            text = losses_text(reports)
    write_text(text, error=error)


def known_tasks() -> Tasks:
    """The tasks of the organization where `catalog sync` has fetched them, and the built-in ones."""
    from azrelease.lint.organization import read_lock

    return Tasks(read_lock(Path.cwd()))
