"""`azrelease drift`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import write_text
from azrelease.cli.plan import PlanFormat
from azrelease.cli.registration_options import ReleaseFiles
from azrelease.cli.release_files import source_name
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout, connected, folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azrelease.registration import Project, ProjectTarget, ReleaseToRegister
    from azrelease.report.drifts import Drift

DRIFT = 1


def command(
    files: ReleaseFiles = None,
    organization: Organization = None,
    project: ProjectName = None,
    classic: Annotated[
        bool, typer.Option("--classic", help="Compare with classic release definitions instead of pipelines.")
    ] = False,
    form: Annotated[PlanFormat, typer.Option("--format", help="How the table is written.")] = PlanFormat.TEXT,
    timeout: Timeout = USUAL_TIMEOUT,
) -> None:
    """Show where a release, its YAML here and on its branch, and what Azure DevOps has are apart.

    Made for a nightly pipeline: exit code 1 when they are. Example: azrelease drift samples/insurance/release.yml
    """
    from azrelease.cli.registering import load_all, plan_for, wanted_releases
    from azrelease.registration import find_target
    from azrelease.report.drifts import drift_markdown, drift_object, drift_text, service_drifts

    loaded = load_all(files or [])
    target = find_target(organization, project, folder_of(files))
    there = connected(target, timeout)
    releases = wanted_releases(loaded, target, there, classic=classic)
    plan = plan_for(releases, there)
    found: list[Drift] = []
    if not classic:
        for file, each in zip(loaded.files, releases, strict=True):
            found.extend(_yaml_drifts(file, each, there, target))
    found.extend(service_drifts(plan))
    match form:
        case PlanFormat.TEXT:
            write_text(drift_text(found, len(releases)))
        case PlanFormat.MARKDOWN:
            write_text(drift_markdown(found, len(releases)))
        case PlanFormat.JSON:
            write_text(json.dumps(drift_object(found, len(releases)), ensure_ascii=False, indent=2) + "\n")
    if found:
        raise typer.Exit(DRIFT)


def _yaml_drifts(
    file: Path, wanted: "ReleaseToRegister", project: "Project", target: "ProjectTarget"
) -> "Iterator[Drift]":
    """Where the YAML is other than what the release is rendered to: in this folder, and on the branch that is run."""
    from azrelease.cli.registering import yaml_place
    from azrelease.registration.repositories import text_on_branch
    from azrelease.rendering import GeneratedFile, State, render_pipeline
    from azrelease.report.drifts import Drift
    from azrelease.templating import templates_for

    output = yaml_place(file, wanted.release, target)
    text = render_pipeline(wanted.pipeline, source=source_name(file, output), templates=templates_for(file))
    states = {
        State.MISSING: ("missing", "azrelease render"),
        State.OUTDATED: ("that of an earlier release file", "azrelease render"),
        State.EDITED: ("edited by hand", "move it into the release file, or azrelease render --force"),
        State.FOREIGN: ("not written by azrelease", "azrelease render --force"),
    }
    state = GeneratedFile(output, text).state()
    name = wanted.release.name
    if state in states:
        there, hint = states[state]
        yield Drift(name, "file", output.as_posix(), there, "as rendered", hint)
    registration = wanted.release.registration
    if wanted.repository is None or wanted.repository.type != "azure_repos":
        return
    branch = registration.default_branch if registration else "main"
    committed = text_on_branch(project, wanted.repository.name, branch, wanted.yaml)
    if committed is None or committed.replace("\r\n", "\n") != text:
        there = "missing" if committed is None else "another text"
        yield Drift(name, "branch", f"{wanted.yaml} on {branch}", there, "as rendered", "commit and push it")
