"""The files around a release that comes from elsewhere: a classic definition, or a release file."""

import posixpath
from collections.abc import Iterator

from azrelease.release import Release, dump
from azrelease.release.fields import is_rooted
from azrelease.release.registration import PullRequestCheck, Registration
from azrelease.release.tasks.endpoint_test import EndpointTest
from azrelease.release.tasks.install_requirements import InstallRequirements
from azrelease.scaffold.common import RELEASE_FILE, SCHEMA_FILE, check_path, common_files, copied, uses_version_1
from azrelease.scaffold.project_file import ProjectFile
from azrelease.templating import Templates

_WHAT = {
    "tests/integration/values_test.py": "tests the endpoint",
    "tests/integration/conftest.py": "the endpoint that is tested",
    "no-known-rows.json": "requests, and the answers that they should get",
    "package_requirement/install_requirements.sh": "installs what the tests need",
    "package_requirement/requirements.txt": "what the tests need",
}
"""Files of an artifact that say nothing of its model, by what they are made from."""


def project_around(release: Release, folder: str = "", templates: Templates | None = None) -> tuple[ProjectFile, ...]:
    """The release, which gets a check of pull requests, and the files around it, by path.

    Args:
        release: the release.
        folder: the project's folder in its repository; empty at the top.
        templates: where templates are looked for. Default: the shipped ones.
    """
    templates = templates or Templates()
    release = _checked(release, folder)
    named = dict(_artifact_files(release))
    text = f"# yaml-language-server: $schema={SCHEMA_FILE}\n{dump(release, brief=True)}"
    files = (
        ProjectFile(RELEASE_FILE, text.encode()),
        *common_files(release, folder, templates, tests=False),
        ProjectFile("README.md", _readme(release, named, templates).encode()),
        *(copied(path, source) for path, source in named.items()),
    )
    return tuple(sorted(files))


def _checked(release: Release, folder: str) -> Release:
    """The release with a check of pull requests."""
    registration = release.registration or Registration()
    if registration.pull_request_check is not None:
        return release
    check = PullRequestCheck(yaml=check_path(folder))
    return release.model_copy(update={"registration": registration.model_copy(update={"pull_request_check": check})})


def _artifact_files(release: Release) -> Iterator[tuple[str, str]]:
    """Files of the artifact that the release names and that say nothing of its model, and what each is made from."""
    for stage in release.completed().stages:
        for _, task in stage.placed_tasks:
            path = task.script if isinstance(task, EndpointTest | InstallRequirements) else None
            if path is None or is_rooted(path) or "$" in path or posixpath.normpath(path).startswith("../"):
                continue
            path = posixpath.normpath(path)
            folder = posixpath.dirname(path)
            if isinstance(task, EndpointTest):
                yield path, "tests/integration/values_test.py"
                yield posixpath.join(folder, "conftest.py"), "tests/integration/conftest.py"
                yield posixpath.join(folder, "known-rows.json"), "no-known-rows.json"
            else:
                yield path, "package_requirement/install_requirements.sh"
                yield posixpath.join(folder, "requirements.txt"), "package_requirement/requirements.txt"


def _readme(release: Release, files: dict[str, str], templates: Templates) -> str:
    artifact = release.artifact
    return templates.markdown(
        "project/README-around.md.j2",
        name=release.name,
        stages=[
            {
                "name": stage.name,
                "place": stage.endpoint or stage.service,
                "approvers": stage.approval.approvers if stage.approval else (),
            }
            for stage in release.stages
        ],
        files=sorted((path, _WHAT[source]) for path, source in files.items()),
        pipeline=artifact.pipeline if artifact else None,
        artifact=artifact.name if artifact else None,
        version_1=uses_version_1(release),
        known_rows=sorted(path for path, source in files.items() if source == "no-known-rows.json"),
    )
