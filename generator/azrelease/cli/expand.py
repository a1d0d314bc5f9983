"""`azrelease expand`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import note, write_result, write_text
from azrelease.errors import UserError
from azrelease.report.formats import ExpansionFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.application.expanding import CheckedExpansion
    from azrelease.expansion import ExpandedMapping
    from azrelease.report.expansion_redaction import ExpansionRedaction

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
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", help="Parameter of the pipeline; a list or mapping as YAML.", metavar="NAME=VALUE"),
    ] = None,
    parameters: Annotated[
        Path | None, typer.Option("--parameters", help="YAML or JSON file with a mapping of parameters.")
    ] = None,
    variable: Annotated[
        list[str] | None,
        typer.Option("--variable", help="Variable that the file does not set.", metavar="NAME=VALUE"),
    ] = None,
    repository: Annotated[
        list[str] | None,
        typer.Option(
            "--repository",
            help="Folder of another repository, for its templates; others are in the settings.",
            metavar="ALIAS=FOLDER",
        ),
    ] = None,
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
) -> None:
    """Print the final YAML of a pipeline: templates included, `${{ }}` worked out, with where each part comes from.

    Nothing is printed of a pipeline that the service would refuse: its errors are, with exit code 1.

    Example: azrelease expand azure-pipelines.yml --parameter environment=staging --annotate
    """
    from azrelease.application.expanding import expand_pipeline
    from azrelease.application.expansion_inputs import absent_repositories, expansion_request, pipeline_file
    from azrelease.expansion import node_at
    from azrelease.report.expansion_redaction import ExpansionRedaction
    from azrelease.report.expansions import expansion_json, problems_text, why_text

    if form is ExpansionFormat.JUNIT:
        raise UserError("--format junit is for the results of --test")
    if as_written and (stage or job):
        raise UserError("--stage and --job are parts of the normal form: leave out --as-written")
    request = expansion_request(parameter or (), parameters, variable or (), repository or ())
    for alias, folder in absent_repositories().items():
        if alias not in request.repositories:
            note(f"warning: repository `{alias}`: no folder {folder}; its templates are unknown", error=True)
    expanded = expand_pipeline(pipeline_file(files or []), request)
    redaction = ExpansionRedaction(expanded.expansion.files, {**request.variables, **request.parameters})
    shown = _shown(expanded, stage or (), job or (), as_written=as_written)
    if form is ExpansionFormat.JSON and why is None:
        write_result(expansion_json(shown, expanded.problems, expanded.expansion.files, redaction), output)
    elif expanded.problems:
        write_text(problems_text(expanded.problems, redaction), error=True)
    elif why is not None:
        write_text(why_text(node_at(shown, why), redaction))
    else:
        _write_yaml(shown, output, redaction, annotate=annotate)
    if expanded.problems:
        raise typer.Exit(REFUSED)


def _shown(
    expanded: "CheckedExpansion", stages: "Sequence[str]", jobs: "Sequence[str]", *, as_written: bool
) -> "ExpandedMapping":
    from azrelease.application.expanded_parts import part

    return expanded.written if as_written else part(expanded.normal, stages, jobs)


def _write_yaml(
    pipeline: "ExpandedMapping", output: Path | None, redaction: "ExpansionRedaction", *, annotate: bool
) -> None:
    """Print the pipeline, redacted; what is written to a file is complete."""
    from azrelease.expansion import yaml_text
    from azrelease.report.expansion_comments import origin_comments
    from azrelease.report.log_sanitizer import sanitized_lines

    text = yaml_text(pipeline, origin_comments(pipeline) if annotate else None)
    if output is None:
        shown = redaction.text(text)
        # An agent acts on commands in what it logs; elsewhere the text is exact
        # (learn.microsoft.com/azure/devops/pipelines/build/variables: TF_BUILD).
        write_text(sanitized_lines(shown) if os.environ.get("TF_BUILD") else shown)
    else:
        write_result(text, output)
        note(f"wrote {output.as_posix()}")
