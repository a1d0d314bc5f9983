"""Where a release, its YAML here and on its branch, and Azure DevOps differ."""

from collections.abc import Iterator
from pathlib import Path

from azrelease.application.registering import yaml_path
from azrelease.application.release_files import source_name
from azrelease.registration import Project, ProjectTarget, ReleaseToRegister
from azrelease.registration.repositories import text_on_branch
from azrelease.rendering import FileState, GeneratedFile, render_pipeline
from azrelease.report.drifts import Drift
from azrelease.templating import templates_for

_STATES = {
    FileState.MISSING: ("missing", "azrelease render"),
    FileState.OUTDATED: ("that of an earlier release file", "azrelease render"),
    FileState.EDITED: ("edited by hand", "move it into the release file, or azrelease render --force"),
    FileState.FOREIGN: ("not written by azrelease", "azrelease render --force"),
}


def yaml_drifts(file: Path, registered: ReleaseToRegister, project: Project, target: ProjectTarget) -> Iterator[Drift]:
    """Where the YAML differs from what the release renders to: in this folder, and on the branch that runs."""
    output = yaml_path(file, registered.release, target)
    text = render_pipeline(registered.pipeline, source=source_name(file, output), templates=templates_for(file))
    state = GeneratedFile(output, text).state()
    name = registered.release.name
    if state in _STATES:
        actual, hint = _STATES[state]
        yield Drift(name, "file", output.as_posix(), actual, "as rendered", hint)
    registration = registered.release.registration
    if registered.repository is None or registered.repository.type != "azure_repos":
        return
    branch = registration.default_branch if registration else "main"
    committed = text_on_branch(project, registered.repository.name, branch, registered.yaml)
    if committed is None or committed.replace("\r\n", "\n") != text:
        actual = "missing" if committed is None else "another text"
        yield Drift(name, "branch", f"{registered.yaml} on {branch}", actual, "as rendered", "commit and push it")
