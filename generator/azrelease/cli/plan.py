"""`azrelease plan`."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.output import say, write_text
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout, connected, folder_of

CHANGES = 1


class PlanFormat(StrEnum):
    """How a plan is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Release files, or folders to look for them in. Default: this folder.", show_default=False),
    ] = None,
    organization: Organization = None,
    project: ProjectName = None,
    classic: Annotated[
        bool, typer.Option("--classic", help="Register a classic release definition instead of a pipeline.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove what was made for these releases and is not asked for any more.")
    ] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Take over a pipeline or variable group of that name that others made.")
    ] = False,
    set_secrets: Annotated[
        bool, typer.Option("--set-secrets", help="Set secrets again that Azure DevOps has, from the environment.")
    ] = False,
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
    from azrelease.cli.registering import load_all, plan_for, refuse_together, wanted_releases
    from azrelease.files import write_atomically
    from azrelease.registration import dump_plan, find_target
    from azrelease.report.plans import plan_markdown, plan_object, plan_text

    refuse_together(classic, set_secrets)
    loaded = load_all(files or [])
    target = find_target(organization, project, folder_of(files))
    there = connected(target, timeout)
    releases = wanted_releases(loaded, target, there, classic=classic)
    plan = plan_for(releases, there, prune=prune, adopt=adopt, secrets_again=set_secrets)
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
        say(f"wrote {out.as_posix()}", error=form is not PlanFormat.TEXT)
    if exit_code and (plan.changes or plan.missing):
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
