"""`azrelease plan`."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.output import note, write_text
from azrelease.cli.registration_options import Adopt, Classic, Prune, ReleaseFiles, SetSecrets
from azrelease.cli.service_options import USUAL_TIMEOUT, Asked, Organization, ProjectName, Timeout

CHANGES = 1


class PlanFormat(StrEnum):
    """How a plan is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def command(
    files: ReleaseFiles = None,
    organization: Organization = None,
    project: ProjectName = None,
    classic: Classic = False,
    prune: Prune = False,
    adopt: Adopt = False,
    set_secrets: SetSecrets = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write the plan to a file, for `azrelease apply`.")] = None,
    form: Annotated[PlanFormat, typer.Option("--format", help="How the plan is written.")] = PlanFormat.TEXT,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit code 1 when there is anything to change.")
    ] = False,
    timeout: Timeout = USUAL_TIMEOUT,
) -> None:
    """Show what Azure DevOps lacks of a release: pipeline, environments, approvals, permissions. Changes nothing.

    Example: azrelease plan samples/insurance/release.yml --organization https://dev.azure.com/contoso --project MLOps
    """
    from azrelease.cli.registering import plan_of_files
    from azrelease.files import write_atomically
    from azrelease.registration import dump_plan
    from azrelease.report.plans import plan_markdown, plan_object, plan_text

    _, plan = plan_of_files(
        files,
        Asked(organization, project, timeout),
        classic=classic,
        prune=prune,
        adopt=adopt,
        set_secrets=set_secrets,
    )
    match form:
        case PlanFormat.TEXT:
            write_text(plan_text(plan))
        case PlanFormat.JSON:
            write_text(json.dumps(plan_object(plan), ensure_ascii=False, indent=2) + "\n")
        case PlanFormat.MARKDOWN:
            write_text(plan_markdown(plan))
    if out is not None:
        _must_be_ours(out)
        write_atomically(out, dump_plan(plan))
        note(f"wrote {out.as_posix()}", error=form is not PlanFormat.TEXT)
    if exit_code and (plan.changes or plan.prerequisites):
        raise typer.Exit(CHANGES)


def _must_be_ours(out: Path) -> None:
    """See that no other file is written over.

    Raises:
        OverwriteError: there is one.
    """
    from azrelease.cli.loss_reports import read_text
    from azrelease.errors import OverwriteError
    from azrelease.registration import is_plan

    if out.exists() and not is_plan(read_text(out)):
        raise OverwriteError(f"{out.as_posix()}: is there, and is no plan; name another file with --out")
