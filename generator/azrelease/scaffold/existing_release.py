"""The files around a release that comes from elsewhere: a classic definition, or a release file."""

import posixpath
from collections.abc import Iterable, Iterator, Sequence

from azrelease.release import Release, dump
from azrelease.release.fields import is_rooted
from azrelease.release.registration import PullRequestCheck, Registration
from azrelease.release.tasks.endpoint_test import EndpointTest
from azrelease.release.tasks.install_requirements import InstallRequirements
from azrelease.scaffold.install_source import DEFAULT_SOURCE, InstallSource
from azrelease.scaffold.project_files import ProjectFile
from azrelease.scaffold.shared_files import RELEASE_FILE, SCHEMA_FILE, check_path, copied, shared_files, uses_version_1
from azrelease.templating import Templates, shipped_templates

_TEST, _INSTALL = "tests/integration/values_test.py", "package_requirement/install_requirements.sh"
_ROWS = "known-rows.json"
_USED = {
    _TEST: {"conftest.py": "tests/integration/conftest.py", _ROWS: "no-known-rows.json"},
    _INSTALL: {"requirements.txt": "package_requirement/requirements.txt"},
}
"""What is written for a release that comes from elsewhere, and what each file uses beside it."""


def project_of_release(
    release: Release,
    folder: str = "",
    templates: Templates | None = None,
    source: InstallSource = DEFAULT_SOURCE,
) -> tuple[ProjectFile, ...]:
    """The release, which gets a check of pull requests, and the files around it, by path.

    Args:
        release: the release.
        folder: the project's folder in its repository; empty at the top.
        templates: where templates are looked for. Default: the shipped ones.
        source: where azrelease is installed from.
    """
    templates = templates or shipped_templates()
    release = _checked(release, folder)
    named = tuple(_together(_artifact_files(release)))
    text = f"# yaml-language-server: $schema={SCHEMA_FILE}\n{dump(release, brief=True)}"
    files = (
        ProjectFile(RELEASE_FILE, text.encode()),
        *shared_files(release, folder, templates, source, tests=False),
        ProjectFile("README.md", _readme(release, named, source, templates).encode()),
        *named,
    )
    return tuple(sorted(files))


def _checked(release: Release, folder: str) -> Release:
    """The release with a check of pull requests."""
    registration = release.registration or Registration()
    if registration.pull_request_check is not None:
        return release
    check = PullRequestCheck(yaml=check_path(folder))
    return release.model_copy(update={"registration": registration.model_copy(update={"pull_request_check": check})})


def _artifact_files(release: Release) -> Iterator[ProjectFile]:
    """Files of the artifact that the release names and that say nothing of its model, and what these use."""
    for path, source in _named(release):
        folder = posixpath.dirname(path)
        yield copied(path, source)
        for name, used in _USED[source].items():
            yield copied(posixpath.join(folder, name), used)._replace(used_by=(path,))


def _named(release: Release) -> Iterator[tuple[str, str]]:
    """Paths that the release names in the artifact, each with what is written there."""
    for stage in release.completed().stages:
        for _, task in stage.placed_tasks:
            path = task.script if isinstance(task, EndpointTest | InstallRequirements) else None
            if path is None or is_rooted(path) or "$" in path or posixpath.normpath(path).startswith("../"):
                continue
            yield posixpath.normpath(path), _TEST if isinstance(task, EndpointTest) else _INSTALL


def _together(files: Iterable[ProjectFile]) -> Iterator[ProjectFile]:
    """The files, each once, used by all that use it."""
    found: dict[str, ProjectFile] = {}
    for file in files:
        other = found.setdefault(file.path, file)
        found[file.path] = file._replace(used_by=tuple(sorted({*other.used_by, *file.used_by})))
    yield from found.values()


def _readme(release: Release, files: Sequence[ProjectFile], source: InstallSource, templates: Templates) -> str:
    artifact = release.artifact
    return templates.markdown(
        "project/README-existing.md.j2",
        name=release.name,
        install=source.pip_words(),
        source=source,
        stages=[
            {
                "name": stage.name,
                "place": stage.endpoint or stage.service,
                "approvers": stage.approval.approvers if stage.approval else (),
            }
            for stage in release.stages
        ],
        files=sorted(file.path for file in files),
        pipeline=artifact.pipeline if artifact else None,
        artifact=artifact.name if artifact else None,
        version_1=uses_version_1(release),
        known_rows=sorted(file.path for file in files if posixpath.basename(file.path) == _ROWS),
    )
