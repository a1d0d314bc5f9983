"""`azrelease drift`."""

from typing import Annotated

import typer

from azrelease.cli.output import write_text
from azrelease.cli.planning import ReleaseFiles, load_files, plan_for
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout
from azrelease.report.formats import ReportFormat

DRIFT = 1


def command(
    files: ReleaseFiles = None,
    organization: Organization = None,
    project: ProjectName = None,
    classic: Annotated[
        bool, typer.Option("--classic", help="Compare with classic release definitions instead of pipelines.")
    ] = False,
    form: Annotated[ReportFormat, typer.Option("--format", help="How the table is written.")] = ReportFormat.TEXT,
    timeout: Timeout = USUAL_TIMEOUT,
) -> None:
    """Show where a release, its YAML here and on its branch, and what Azure DevOps has are apart.

    Made for a nightly pipeline: exit code 1 when they are. Example: azrelease drift samples/insurance/release.yml
    """
    from azrelease.application.drifts import yaml_drifts
    from azrelease.application.registering import PlanOptions, releases_to_register
    from azrelease.application.service import ServiceOptions
    from azrelease.report.drifts import format_drifts, service_drifts

    loaded = load_files(files)
    service = ServiceOptions(organization, project, timeout)
    target = service.target(files or ())
    there = service.connect(target)
    releases = releases_to_register(loaded, target, there, classic=classic)
    plan = plan_for(releases, there, PlanOptions(classic))
    pairs = () if classic else zip(loaded.files, releases, strict=True)
    drifts = [drift for file, each in pairs for drift in yaml_drifts(file, each, there, target)]
    drifts += service_drifts(plan)
    write_text(format_drifts(drifts, len(releases), form))
    if drifts:
        raise typer.Exit(DRIFT)
