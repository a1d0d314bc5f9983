"""What `plan`, `apply`, `drift` and `bootstrap` have in common: their options, the releases, and the plan for them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import print_diagnostics
from azrelease.cli.progress import waiting
from azrelease.errors import UserError

if TYPE_CHECKING:
    from azrelease.application.loading import LoadedReleases
    from azrelease.application.registering import PlanOptions
    from azrelease.application.service import ServiceOptions
    from azrelease.registration import Plan, Project, ReleaseToRegister

ReleaseFiles = Annotated[
    list[Path] | None,
    typer.Argument(help="Release files, or folders to look for them in. Default: this folder.", show_default=False),
]
Classic = Annotated[
    bool, typer.Option("--classic", help="Register a classic release definition instead of a pipeline.")
]
Prune = Annotated[
    bool, typer.Option("--prune", help="Remove what azrelease made for these releases and they no longer ask for.")
]
Adopt = Annotated[
    bool, typer.Option("--adopt", help="Take over a pipeline or variable group of that name that others made.")
]
SetSecrets = Annotated[
    bool, typer.Option("--set-secrets", help="Set secrets again that Azure DevOps has, from the environment.")
]
AllowWeaker = Annotated[
    bool, typer.Option("--allow-weaker", help="Go on though a control becomes weaker, such as fewer approvers.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def load_files(files: Sequence[Path] | None) -> "LoadedReleases":
    """The releases of files and folders; their warnings are printed.

    Raises:
        UserError: a release cannot be used.
    """
    from azrelease.application.loading import load_releases
    from azrelease.application.release_files import find_releases

    loaded = load_releases(find_releases(files or []))
    print_diagnostics(loaded.warnings, loaded.texts)
    return loaded


def plan_for(releases: "Sequence[ReleaseToRegister]", project: "Project", options: "PlanOptions") -> "Plan":
    """The plan for releases; a terminal shows that Azure DevOps is being asked.

    Raises:
        UserError: two releases ask for different resources of one name.
        ServiceError: the service does not answer, or refuses.
    """
    from azrelease.application.registering import plan_releases

    with waiting(f"reading {project.name} of {project.connection.address}"):
        return plan_releases(releases, project, options)


def plan_for_files(
    files: Sequence[Path] | None, service: "ServiceOptions", options: "PlanOptions"
) -> "tuple[Project, Plan]":
    """The project, and the plan for release files.

    Raises:
        UserError: a release cannot be used, options do not go together, or releases do not.
        ServiceError: the service does not answer, or refuses.
    """
    from azrelease.application.registering import releases_to_register

    if options.classic and options.set_secrets:
        raise UserError("--set-secrets sets variables of pipelines and groups: leave it out with --classic")
    loaded = load_files(files)
    target = service.target(files or ())
    project = service.connect(target)
    releases = releases_to_register(loaded, target, project, classic=options.classic)
    return project, plan_for(releases, project, options)
