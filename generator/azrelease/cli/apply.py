"""`azrelease apply`."""

from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.applying import confirm_and_apply
from azrelease.cli.planning import Adopt, AllowWeaker, Classic, Prune, SetSecrets, Yes, plan_for_files
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout
from azrelease.errors import UserError


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Release files, or folders to look for them in; or a saved plan. Default: this folder.",
            show_default=False,
        ),
    ] = None,
    organization: Organization = None,
    project: ProjectName = None,
    classic: Classic = False,
    prune: Prune = False,
    adopt: Adopt = False,
    set_secrets: SetSecrets = False,
    allow_weaker: AllowWeaker = False,
    yes: Yes = False,
    timeout: Timeout = USUAL_TIMEOUT,
) -> None:
    """Make Azure DevOps what a release asks for. Shows the plan, and asks first; applied twice it changes nothing.

    Example: azrelease apply samples/insurance/release.yml --yes
    """
    from azrelease.application.registering import PlanOptions
    from azrelease.application.saved_plans import remaining_plan, saved_plan
    from azrelease.application.service import ServiceOptions

    service = ServiceOptions(organization, project, timeout)
    saved = saved_plan(files or [])
    if saved is None:
        there, plan = plan_for_files(files, service, PlanOptions(classic, prune, adopt, set_secrets))
    elif classic or prune or adopt or set_secrets:
        raise UserError("a saved plan is applied as it is: leave out --classic, --prune, --adopt, --set-secrets")
    else:
        there, plan = remaining_plan(saved, service)
    confirm_and_apply(there, plan, yes=yes, allow_weaker=allow_weaker)
