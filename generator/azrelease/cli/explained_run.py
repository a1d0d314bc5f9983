"""`azrelease check --explain-run`: prints what is known of a job."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from azrelease.cli.output import write_result
from azrelease.errors import UserError
from azrelease.report.formats import FindingsFormat

if TYPE_CHECKING:
    from azrelease.lint import LintOptions


def print_run_models(
    paths: Sequence[Path], job: str, options: "LintOptions", form: FindingsFormat, output: Path | None
) -> None:
    """Print the models of the jobs of a name, in the one file that is given.

    Raises:
        UserError: there is not exactly one file, or the format has no such models.
    """
    from azrelease.application.run_models import explained_run
    from azrelease.report.run_models import format_run_models, format_run_models_json

    if len(paths) != 1 or not paths[0].is_file():
        raise UserError("--explain-run is for one file of a pipeline or template: name it")
    if form not in (FindingsFormat.TEXT, FindingsFormat.JSON):
        raise UserError(f"--explain-run is for --format text and json, not {form}")
    models = explained_run(paths[0], job, options)
    write_result(format_run_models(models) if form is FindingsFormat.TEXT else format_run_models_json(models), output)
