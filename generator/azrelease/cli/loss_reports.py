"""What `import` and `export` have in common: their input, and the report on what was carried."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from azrelease.catalog.tasks import Tasks
from azrelease.cli.output import write_text
from azrelease.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.report.losses import LossReport

LOSS = 1
STANDARD = Path("-")
"""Standard input, or output."""


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
    from azrelease.catalog.task_lock import read_lock

    return Tasks(read_lock(Path.cwd()))


def read_text(path: Path) -> str:
    """The text of a file, or of standard input, in the encodings that exports have.

    Raises:
        UserError: it cannot be read, or is no text.
    """
    from azrelease.yaml_document import LARGEST_FILE, read_file

    content = sys.stdin.buffer.read(LARGEST_FILE + 1) if path == STANDARD else read_file(str(path))
    if len(content) > LARGEST_FILE:
        raise UserError(f"{path}: is larger than {LARGEST_FILE:,} bytes")
    # PowerShell writes UTF-16 with a byte order mark.
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise UserError(f"{path}: is neither UTF-8 nor UTF-16 text") from None
