"""Planning releases: what Azure DevOps lacks of them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.application.layouts import layout_of, rendered_files
from azrelease.application.loading import LoadedReleases
from azrelease.application.release_files import pipeline_path
from azrelease.application.template_steps import template_contents
from azrelease.catalog.task_lock import known_tasks
from azrelease.catalog.tasks import Tasks
from azrelease.classic import ResourceNames, export_release
from azrelease.errors import UserError
from azrelease.lowering import lower
from azrelease.registration import (
    Plan,
    Project,
    ProjectTarget,
    ReleaseToRegister,
    approver_names,
    desired_state,
    make_plan,
    names_by_id,
    pipeline_names,
)
from azrelease.release import Release
from azrelease.rendering import RenderedFiles, with_template_repository
from azrelease.templating import templates_for


class PlanOptions(NamedTuple):
    """How a plan is made.

    Attributes:
        classic: for classic release definitions instead of pipelines.
        prune: remove what azrelease made for these releases and they no longer ask for.
        adopt: take over pipelines and variable groups that azrelease does not manage.
        set_secrets: set secrets again that Azure DevOps has already.
    """

    classic: bool = False
    prune: bool = False
    adopt: bool = False
    set_secrets: bool = False


def yaml_path(file: Path, release: Release, target: ProjectTarget) -> Path:
    """Where the YAML of a release is in the checkout: where its registration says, or beside it."""
    named = release.registration.yaml if release.registration else None
    if named is None:
        return pipeline_path(file)
    return Path(os.path.relpath(checkout_top(target) / named))


def checkout_top(target: ProjectTarget) -> Path:
    """The top folder of the checkout; the current folder outside of one."""
    return target.checkout.top if target.checkout else Path.cwd()


def release_to_register(
    file: Path, release: Release, target: ProjectTarget, definition: dict[str, Any] | None = None
) -> ReleaseToRegister:
    """A release with its repository, the path of its YAML there, and the pipeline that it is lowered to."""
    full = release.completed()
    registration = full.registration
    yaml = registration.yaml if registration else None
    place = yaml_path(file, full, target)
    pipeline = with_template_repository(lower(full, templates_for(file)), layout_of(file, place))
    contents = template_contents(pipeline, place)
    return ReleaseToRegister(
        file.as_posix(),
        full,
        pipeline,
        (registration.repository if registration else None) or target.repository,
        yaml or target.path_in_repository(pipeline_path(file)),
        definition,
        contents.steps,
        contents.out_of_reach,
    )


def rendered_yaml(file: Path, registered: ReleaseToRegister, target: ProjectTarget) -> RenderedFiles:
    """The YAML of a release that is registered, and where it belongs in the checkout."""
    path = yaml_path(file, registered.release, target)
    return rendered_files(file, registered.pipeline, path, templates_for(file))


def releases_to_register(
    loaded: LoadedReleases, target: ProjectTarget, project: Project, *, classic: bool
) -> tuple[ReleaseToRegister, ...]:
    """Releases with where their YAML is, and what they are lowered to.

    Raises:
        UserError: two of them have the same name, or a classic definition cannot have a control of one.
    """
    result: list[ReleaseToRegister] = []
    names: dict[str, Path] = {}
    tasks = known_tasks(Path.cwd())
    for file, release in zip(loaded.files, loaded.releases, strict=True):
        definition = _definition(release, file, project, tasks) if classic else None
        each = release_to_register(file, release, target, definition)
        first = names.setdefault(each.release.name.lower(), file)
        if first != file:
            raise UserError(
                f"{first} and {file} have the same name {each.release.name}: rename one; resources in Azure DevOps "
                "have the name of their release"
            )
        result.append(each)
    return tuple(result)


def plan_releases(releases: Sequence[ReleaseToRegister], project: Project, options: PlanOptions) -> Plan:
    """The plan for releases.

    Raises:
        UserError: two releases ask for different resources of one name.
        ServiceError: the service does not answer, or refuses.
    """
    tasks = known_tasks(Path.cwd())
    state = desired_state(project, releases, tasks=tasks, secrets_again=options.set_secrets)
    names = [each.release.name for each in releases]
    return make_plan(project, state, names, prune=options.prune, adopt=options.adopt)


def _definition(release: Release, file: Path, project: Project, tasks: Tasks) -> dict[str, Any]:
    """The classic definition of a release, with the ids of this project.

    Raises:
        UserError: a definition cannot have a control of the release.
    """
    if release.registration is not None and release.registration.pull_request_check is not None:
        raise UserError(
            f"{file}: a classic definition has no `registration.pull_request_check`; remove it, or leave out --classic"
        )
    names = ResourceNames(
        **names_by_id(project), identities=approver_names(project, release), pipelines=pipeline_names(project)
    )
    export = export_release(release, names=names, tasks=tasks, templates=templates_for(file))
    lost = export.report.lost_controls()
    if lost:
        listed = "".join(f"\n  {e.feature.title}: {e.feature.meaning}. {e.feature.advice}" for e in lost)
        raise UserError(f"{file}: a classic definition cannot have {len(lost)} of its controls:{listed}")
    return export.definition
