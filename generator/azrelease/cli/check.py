"""`azrelease check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import has_colours, note, write_result
from azrelease.cli.requested import requested
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout
from azrelease.cli.today import Today, day_of
from azrelease.diagnostics import Severity
from azrelease.errors import UserError
from azrelease.report.formats import FindingsFormat, format_findings

if TYPE_CHECKING:
    from azrelease.application.service import ServiceOptions

FINDINGS, UNREAD = 1, 2


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files, folders or patterns; `-` for standard input. Default: this folder.", show_default=False
        ),
    ] = None,
    form: Annotated[FindingsFormat, typer.Option("--format", help="How to print findings.")] = FindingsFormat.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write to instead of printing.")] = None,
    select: Annotated[
        list[str] | None, typer.Option("--select", help="Look for these only: codes, names, or beginnings (AZR2).")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option("--ignore", help="Do not look for these.")] = None,
    fail_on: Annotated[
        Severity, typer.Option("--fail-on", help="Exit code 1 for findings of this severity and worse.")
    ] = Severity.WARNING,
    fix: Annotated[bool, typer.Option("--fix", help="Fix what is safe to fix.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Fix also what may change what the pipeline does.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and write nothing.")] = False,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="File of known findings, which are left out.")
    ] = None,
    update_baseline: Annotated[
        bool,
        typer.Option(
            "--update-baseline",
            help="Write all findings to the baseline, as known, and drop entries that hide nothing.",
        ),
    ] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Print the number of findings of each rule instead of the findings.")
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="Settings. Default: azrelease.toml or pyproject.toml here or above."),
    ] = None,
    shellcheck: Annotated[
        bool | None, typer.Option("--shellcheck/--no-shellcheck", help="Hand bash scripts to shellcheck.")
    ] = None,
    today: Today = None,
    skip_others: Annotated[
        bool,
        typer.Option("--skip-others", help="Pass over named files that are neither pipelines nor releases, for hooks."),
    ] = False,
    explain_run: Annotated[
        str | None,
        typer.Option(
            "--explain-run",
            help="Print what is known of this job instead: its folders, variables and steps.",
            metavar="JOB",
        ),
    ] = None,
    online: Annotated[
        bool,
        typer.Option("--online", help="Ask Azure DevOps as well: about the YAML of releases, and what they name."),
    ] = False,
    organization: Organization = None,
    project: ProjectName = None,
    timeout: Timeout = USUAL_TIMEOUT,
    stdin_name: Annotated[
        str, typer.Option("--stdin-filename", help="What standard input is called in findings and settings.")
    ] = "azure-pipelines.yml",
) -> None:
    """Find what is wrong in release files, pipelines and templates.

    Example: azrelease check azure-pipelines.yml --format sarif --output findings.sarif
    """
    from azrelease.application import baselines, checking
    from azrelease.cli.checked_files import baseline_notes, check_files, check_standard_input, fails
    from azrelease.cli.explained_run import print_run_models

    if (organization or project) and not online:
        raise UserError("--organization and --project are for --online: pass it, or leave them out")
    if statistics and form not in (FindingsFormat.TEXT, FindingsFormat.JSON):
        raise UserError(f"--statistics is for --format text and json, not {form}")
    settings = checking.lint_settings(config, _codes(select, "--select"), _codes(ignore, "--ignore"))
    options = checking.lint_options(settings, day_of(today), shellcheck=shellcheck)
    if explain_run is not None:
        print_run_models(paths or [], explain_run, options, form, output)
        return
    known = baselines.baseline_file(baseline, settings, update=update_baseline)
    fixing = checking.Fixing(unsafe_fixes, write=not diff) if fix or unsafe_fixes or diff else None
    if [str(path) for path in paths or ()] == ["-"]:
        checked = check_standard_input(stdin_name, options, fixing)
        if checked is None:
            return
    else:
        checked = check_files(paths or [], options, fixing, skip_others=skip_others)
    service = _service(organization, project, timeout) if online else None
    reports = checking.final_reports(checked.reports, options, service)
    counts = None
    if known is not None:
        is_judged = baselines.judged_entries(paths or [], options, known, is_online=online)
        reports, counts = baselines.without_baseline(reports, known, is_judged, update=update_baseline)
        for line in baseline_notes(known, counts, updated=update_baseline):
            note(line, error=True)
    colour = output is None and has_colours()
    shown = format_findings(
        reports,
        form,
        baseline=counts,
        colour=colour,
        with_counts=not requested.quiet,
        only_statistics=statistics,
    )
    write_result(shown, output)
    if checked.unread or (checked.unchecked and paths):
        raise typer.Exit(UNREAD)
    if fails(reports, fail_on):
        raise typer.Exit(FINDINGS)


def _codes(words: list[str] | None, option: str) -> tuple[str, ...]:
    """The codes of an option that may be repeated, and may list several with commas."""
    codes = tuple(code.strip() for word in words or () for code in word.split(",") if code.strip())
    if words and not codes:
        raise UserError(f"{option} needs codes or names of rules")
    return codes


def _service(organization: str | None, project: str | None, timeout: float) -> "ServiceOptions":
    from azrelease.application.service import ServiceOptions

    return ServiceOptions(organization, project, timeout)
