"""`azrelease expand`."""

from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.expansion_options import Parameters, Repositories
from azrelease.cli.output import note
from azrelease.errors import UserError
from azrelease.report.formats import ExpansionFormat

REFUSED = 1


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="File of a pipeline, or of a template; several with --diff. Default: azure-pipelines.yml, or the "
            "pipeline of the release here.",
            show_default=False,
        ),
    ] = None,
    parameter: Parameters = None,
    parameters: Annotated[
        Path | None, typer.Option("--parameters", help="YAML or JSON file with a mapping of parameters.")
    ] = None,
    variable: Annotated[
        list[str] | None,
        typer.Option("--variable", help="Variable that the file does not set.", metavar="NAME=VALUE"),
    ] = None,
    repository: Repositories = None,
    stage: Annotated[list[str] | None, typer.Option("--stage", help="Print this stage only.")] = None,
    job: Annotated[list[str] | None, typer.Option("--job", help="Print this job only.")] = None,
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Write file and line above each stage, job, step and variable.")
    ] = False,
    as_written: Annotated[
        bool, typer.Option("--as-written", help="Keep the shorthand of the files instead of the normal form.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write to instead of printing.")] = None,
    form: Annotated[ExpansionFormat, typer.Option("--format", help="What to print it as.")] = ExpansionFormat.YAML,
    why: Annotated[
        str | None,
        typer.Option(
            "--why",
            help="Print what made this part: the template calls, turns of loops and conditions around it.",
            metavar="PATH",
        ),
    ] = None,
    diff: Annotated[
        str | None,
        typer.Option(
            "--diff",
            help="Print what differs from a git revision: in these pipelines, or in all that use a changed template.",
            metavar="REV",
        ),
    ] = None,
    test: Annotated[
        Path | None, typer.Option("--test", help="Run the test cases of templates in this folder, or file.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="With --test: write what the templates give into the cases, as `equal`.")
    ] = False,
) -> None:
    """Print the final YAML of a pipeline: templates included, `${{ }}` worked out, with where each part comes from.

    Of a pipeline that the service would refuse, the errors are printed, with exit code 1. With --diff, 1 means that a
    pipeline changes, with --test that a case fails.

    Example: azrelease expand azure-pipelines.yml --parameter environment=staging --annotate
    """
    from azrelease.application.expansion_inputs import absent_repositories, expansion_request
    from azrelease.cli.expansion_output import ExpansionView, print_changes, print_expansion, print_tests

    view = ExpansionView(form, output, tuple(stage or ()), tuple(job or ()), as_written, annotate, why)
    view.refuse_unless_usable(is_diff=diff is not None, is_test=test is not None)
    if test is not None and (files or parameter or parameters or variable):
        raise UserError("--test takes pipelines, parameters and variables from the cases: leave out such options")
    if update and test is None:
        raise UserError("--update is for --test")
    request = expansion_request(parameter or (), parameters, variable or (), repository or ())
    for alias, folder in absent_repositories().items():
        if alias not in request.repositories:
            note(f"warning: repository `{alias}`: no folder {folder}; its templates are unknown", error=True)
    if test is not None:
        is_fine = print_tests(test, request, view, update=update)
    elif diff is not None:
        is_fine = print_changes(files or [], diff, request, view)
    else:
        is_fine = print_expansion(files or [], request, view)
    if not is_fine:
        raise typer.Exit(REFUSED)
