"""`azrelease plan`."""

from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.output import note, write_text
from azrelease.cli.planning import Adopt, Classic, Prune, ReleaseFiles, SetSecrets, plan_for_files
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout
from azrelease.report.formats import ReportFormat

CHANGES = 1


def command(
    files: ReleaseFiles = None,
    organization: Organization = None,
    project: ProjectName = None,
    classic: Classic = False,
    prune: Prune = False,
    adopt: Adopt = False,
    set_secrets: SetSecrets = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write the plan to a file, for `azrelease apply`.")] = None,
    form: Annotated[ReportFormat, typer.Option("--format", help="How the plan is written.")] = ReportFormat.TEXT,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit code 1 when there is anything to change.")
    ] = False,
    timeout: Timeout = USUAL_TIMEOUT,
) -> None:
    """Show what Azure DevOps lacks of a release: pipeline, environments, approvals, permissions. Changes nothing.

    Example: azrelease plan samples/insurance/release.yml --organization https://dev.azure.com/contoso --project MLOps
    """
    from azrelease.application.registering import PlanOptions
    from azrelease.application.saved_plans import write_plan
    from azrelease.application.service import ServiceOptions
    from azrelease.report.plans import format_plan

    service = ServiceOptions(organization, project, timeout)
    _, plan = plan_for_files(files, service, PlanOptions(classic, prune, adopt, set_secrets))
    write_text(format_plan(plan, form))
    if out is not None:
        write_plan(out, plan)
        note(f"wrote {out.as_posix()}", error=form is not ReportFormat.TEXT)
    if exit_code and (plan.changes or plan.prerequisites):
        raise typer.Exit(CHANGES)
