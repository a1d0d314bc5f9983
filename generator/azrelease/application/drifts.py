"""Where a release, its YAML here and on its branch, and Azure DevOps differ."""

from collections.abc import Iterator
from pathlib import Path

from azrelease.application.registering import rendered_yaml
from azrelease.registration import Project, ProjectTarget, ReleaseToRegister
from azrelease.registration.repositories import text_on_branch
from azrelease.rendering import FileState
from azrelease.report.drifts import Drift

_STATES = {
    FileState.MISSING: ("missing", "azrelease render"),
    FileState.OUTDATED: ("that of an earlier release file", "azrelease render"),
    FileState.EDITED: ("edited by hand", "move it into the release file, or azrelease render --force"),
    FileState.FOREIGN: ("not written by azrelease", "azrelease render --force"),
}


def yaml_drifts(file: Path, registered: ReleaseToRegister, project: Project, target: ProjectTarget) -> Iterator[Drift]:
    """Where the YAML differs from what the release renders to: in this folder, and on the branch that runs."""
    rendered = rendered_yaml(file, registered, target)
    name = registered.release.name
    for each in rendered.all:
        state = each.state()
        if state in _STATES:
            actual, hint = _STATES[state]
            yield Drift(name, "file", each.path.as_posix(), actual, "as rendered", hint)
    registration = registered.release.registration
    if registered.repository is None or registered.repository.type != "azure_repos":
        return
    branch = registration.default_branch if registration else "main"
    paths = [*(target.path_in_repository(template.path) for template in rendered.templates), registered.yaml]
    for path, each in zip(paths, rendered.all, strict=True):
        committed = text_on_branch(project, registered.repository.name, branch, path)
        if committed is None or committed.replace("\r\n", "\n") != each.text:
            actual = "missing" if committed is None else "another text"
            yield Drift(name, "branch", f"{path} on {branch}", actual, "as rendered", "commit and push it")
