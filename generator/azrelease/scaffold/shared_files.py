"""What every project has beside its release, whatever the release is."""

import posixpath
from collections.abc import Iterator

from azrelease import data_files
from azrelease.release import Release
from azrelease.release.agent import DEFAULT_IMAGE
from azrelease.release.target import ServiceTarget
from azrelease.rendering import render
from azrelease.scaffold.install_source import InstallSource
from azrelease.scaffold.project_files import ProjectFile
from azrelease.templating import Templates

RELEASE_FILE, PIPELINE_FILE = "release.yml", "azure-pipelines.yml"
CHECK_FILE, CI_FILE = "azure-pipelines.check.yml", "azure-pipelines.ci.yml"
SCHEMA_FILE = ".azrelease/release.schema.json"

PYTHON = "3.11"
"""What the model is trained, served and tested with; deployment/conda.yml says the same."""

PYTEST = '"pytest>=8,<10"'
"""What pip is asked for, as package_requirement/requirements.txt says it."""

_REHEARSAL = """\
set -euo pipefail

python -m pip install --quiet {install} --requirement training/requirements.txt
python training/train.py --output outputs/model --metrics metadata/metrics.json
echo '{{"name": "rehearsed", "version": "1"}}' >metadata/model.json
mkdir -p "$ARTIFACT"
for folder in deployment metadata package_requirement tests; do
  [ ! -d "$folder" ] || cp -R "$folder" "$ARTIFACT"
done
"""
"""What a rehearsal in a pull request needs: the packages, the model, and what the CI pipeline would publish."""

_FOLDER = data_files.TEMPLATES / "project"
_COPIED = {
    ".gitattributes": "gitattributes",
    ".vscode/settings.json": "vscode-settings.json",
}


def shared_files(
    release: Release, folder: str, templates: Templates, source: InstallSource, *, tests: bool
) -> Iterator[ProjectFile]:
    """The rendered pipeline, the check of pull requests, hooks, settings of git and of the editor.

    Args:
        release: the release.
        folder: the project's folder in its repository; empty at the top.
        templates: where templates are looked for.
        source: where azrelease is installed from.
        tests: whether the project has tests that need no endpoint.
    """
    yield ProjectFile(PIPELINE_FILE, render(release, templates=templates).encode())
    check = templates.yaml(
        "project/check-pipeline.yml.j2",
        image=release.agent.completed().image or DEFAULT_IMAGE,
        python=PYTHON,
        install=f"python -m pip install --quiet {source.pip_words(in_pipeline=True)}",
        source=source,
        pytest=PYTEST if tests else None,
        rehearsal=_REHEARSAL.format(install=source.pip_words("rehearse", in_pipeline=True)),
        folder=folder,
        fail_on="error" if uses_version_1(release) else "warning",
    )
    yield ProjectFile(CHECK_FILE, check.encode())
    hooks = templates.yaml("project/pre-commit-config.yaml.j2", dependencies=source.hook_dependencies)
    yield ProjectFile(".pre-commit-config.yaml", hooks.encode())
    schema = (data_files.SCHEMAS / "release.schema.json").read_bytes()
    yield ProjectFile(SCHEMA_FILE, schema.replace(b"\r\n", b"\n"))
    yield from (copied(path, shipped) for path, shipped in _COPIED.items())


def copied(path: str, source: str | None = None) -> ProjectFile:
    """A file that is written as it is shipped.

    Args:
        path: where it belongs.
        source: what it is called among the templates of projects. Default: the same.
    """
    content = (_FOLDER / (source or path)).read_bytes().replace(b"\r\n", b"\n")
    return ProjectFile(path, content, path.endswith(".sh"))


def check_path(folder: str) -> str:
    """The YAML of the check of pull requests, from the top of the repository."""
    return posixpath.join(folder, CHECK_FILE)


def uses_version_1(release: Release) -> bool:
    """Whether a release deploys with the Azure ML CLI v1."""
    return any(isinstance(stage.target, ServiceTarget) or stage.service is not None for stage in release.stages)
