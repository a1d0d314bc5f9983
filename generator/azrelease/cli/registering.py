"""What `plan`, `apply`, `drift` and `bootstrap` have in common: releases, and the plan for them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from azrelease.cli.loss_reports import known_tasks
from azrelease.cli.output import print_diagnostics, say
from azrelease.cli.progress import waiting
from azrelease.cli.release_files import find, pipeline_path
from azrelease.cli.service_options import Asked, connected, folder_of
from azrelease.errors import InvalidFileError, UserError

if TYPE_CHECKING:
    from azrelease.registration import Plan, Project, ProjectTarget, ReleaseToRegister
    from azrelease.release import Release


class Registration(NamedTuple):
    """The releases that are registered, by file; `below` are the files that they are on top of."""

    files: tuple[Path, ...]
    releases: "tuple[Release, ...]"
    below: tuple[Path, ...] = ()


def load_all(files: Sequence[Path]) -> Registration:
    """Read release files. When any is wrong, all that is wrong in all of them is printed.

    Raises:
        UserError: a release cannot be used.
    """
    from azrelease.release import load

    found = find(files)
    releases: list[Release] = []
    below: dict[Path, None] = {}
    failed = 0
    for path in found:
        try:
            loaded = load(path)
        except InvalidFileError as error:
            print_diagnostics(error.diagnostics, error.texts)
            failed += 1
            continue
        print_diagnostics(loaded.warnings, loaded.document.texts)
        releases.append(loaded.release)
        below.update(dict.fromkeys(Path(p) for p in loaded.document.texts if p != loaded.document.path))
    if failed:
        raise UserError(f"{failed} of {len(found)} releases cannot be used")
    return Registration(tuple(found), tuple(releases), tuple(below))


def yaml_place(file: Path, release: "Release", target: "ProjectTarget") -> Path:
    """Where the YAML of a release is in the checkout: where its registration says, or beside it."""
    named = release.registration.yaml if release.registration else None
    if named is None:
        return pipeline_path(file)
    top = target.checkout.top if target.checkout else Path.cwd()
    return Path(os.path.relpath(top / named))


def wanted_releases(
    loaded: Registration, target: "ProjectTarget", project: "Project", *, classic: bool
) -> "tuple[ReleaseToRegister, ...]":
    """Releases with where their YAML is, and what they are lowered to.

    Raises:
        UserError: two of them would be the same pipeline, or a control cannot be said in a classic definition.
    """
    from azrelease.lowering import lower
    from azrelease.registration import ReleaseToRegister
    from azrelease.templating import templates_for

    found: list[ReleaseToRegister] = []
    names: dict[str, Path] = {}
    for file, release in zip(loaded.files, loaded.releases, strict=True):
        full = release.completed()
        registration = full.registration
        yaml = registration.yaml if registration else None
        each = ReleaseToRegister(
            file.as_posix(),
            full,
            lower(full, templates_for(file)),
            (registration.repository if registration else None) or target.repository,
            yaml or target.path_in_repository(pipeline_path(file)),
            _definition(release, file, project) if classic else None,
        )
        other = names.setdefault(full.name.lower(), file)
        if other != file:
            raise UserError(
                f"{other} and {file} are both called {full.name}: rename one, since things in Azure DevOps are told by "
                "the name of their release"
            )
        found.append(each)
    return tuple(found)


def plan_for(
    releases: "Sequence[ReleaseToRegister]",
    project: "Project",
    *,
    prune: bool = False,
    adopt: bool = False,
    secrets_again: bool = False,
) -> "Plan":
    """The plan for releases.

    Raises:
        UserError: two releases want different things of one name.
        ServiceError: the service does not answer, or refuses.
    """
    from azrelease.registration import desired_state, make_plan

    with waiting(f"reading {project.name} of {project.connection.address}"):
        found = desired_state(project, releases, tasks=known_tasks(), secrets_again=secrets_again)
        return make_plan(project, found, [each.release.name for each in releases], prune=prune, adopt=adopt)


def plan_of_files(
    files: list[Path] | None, asked: Asked, *, classic: bool, prune: bool, adopt: bool, set_secrets: bool
) -> "tuple[Project, Plan]":
    """The project that is meant, and the plan for release files.

    Raises:
        UserError: a release cannot be used, options do not go together, or releases do not.
        ServiceError: the service does not answer, or refuses.
    """
    from azrelease.registration import find_target

    if classic and set_secrets:
        raise UserError("--set-secrets sets variables of pipelines and groups: leave it out with --classic")
    loaded = load_all(files or [])
    target = find_target(asked.organization, asked.project, folder_of(files))
    there = connected(target, asked.timeout)
    releases = wanted_releases(loaded, target, there, classic=classic)
    return there, plan_for(releases, there, prune=prune, adopt=adopt, secrets_again=set_secrets)


def _definition(release: "Release", file: Path, project: "Project") -> dict[str, Any]:
    """The classic definition of a release, with the ids of this project.

    Raises:
        UserError: a control of the release cannot be said in a definition.
    """
    from azrelease.classic import ResourceNames, export_release
    from azrelease.registration import approver_names, names_by_id, pipeline_names
    from azrelease.templating import templates_for

    if release.registration is not None and release.registration.pull_request_check is not None:
        raise UserError(
            f"{file}: `registration.pull_request_check` is no part of a classic definition; leave it out with --classic"
        )
    names = ResourceNames(
        **names_by_id(project), identities=approver_names(project, release), pipelines=pipeline_names(project)
    )
    made = export_release(release, names=names, tasks=known_tasks(), templates=templates_for(file))
    lost = made.report.lost_controls()
    if lost:
        for row in lost:
            say(f"{file}: {row.feature.title}: {row.feature.meaning}. {row.feature.advice}", error=True)
        raise UserError(f"{file}: a classic definition cannot have {len(lost)} of its controls; see `azrelease export`")
    return made.definition
