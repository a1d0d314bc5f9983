"""What would change in generated files."""

from collections.abc import Sequence

from azrelease.cli.output import write_text
from azrelease.rendering import GeneratedFile, changes_since, drift


def print_drift(rendered: Sequence[GeneratedFile]) -> bool:
    """Print what would change and, of step templates, why; returns whether anything would.

    Raises:
        UserError: a file cannot be read.
    """
    from azrelease.report.log_sanitizer import sanitized_lines

    differences = [(file, difference) for file in rendered if (difference := drift(file))]
    for _, difference in differences:
        write_text(sanitized_lines(difference))
    for file, _ in differences:
        for revision in changes_since(file.read() or "", file.path.stem):
            write_text(f"{file.path.as_posix()}: revision {revision.number}: {revision.change}\n")
    return bool(differences)
