"""The files of a project: from the answers, or around a release that is there already."""

import posixpath
from collections.abc import Iterator

from azrelease import data_files
from azrelease.release import BatchTarget, KubernetesTarget, Release, dump
from azrelease.release.azure_ml.names import compute_reference
from azrelease.release.fields import is_rooted
from azrelease.release.reading import load_document
from azrelease.release.registration import PullRequestCheck, Registration
from azrelease.release.target import ServiceTarget
from azrelease.release.tasks.endpoint_test import EndpointTest
from azrelease.release.tasks.install_requirements import InstallRequirements
from azrelease.rendering import render
from azrelease.scaffold.answers import Answers, Place, endpoint_stem
from azrelease.scaffold.project_file import ProjectFile
from azrelease.source import Document
from azrelease.templating import Option, Templates
from azrelease.version import VERSION

RELEASE_FILE, PIPELINE_FILE = "release.yml", "azure-pipelines.yml"
CHECK_FILE, CI_FILE = "azure-pipelines.check.yml", "azure-pipelines.ci.yml"
SCHEMA_FILE = ".azrelease/release.schema.json"

_FOLDER = data_files.TEMPLATES / "project"
_PYTHON = "3.11"
"""What the model is trained, served and tested with; deployment/conda.yml says the same."""
_PYTEST = '"pytest>=8,<10"'
_USUAL_CLUSTER = "cpu-cluster"
_COMMON = {
    ".gitattributes": "gitattributes",
    ".gitignore": "gitignore",
    ".vscode/settings.json": "vscode-settings.json",
}


def project_of(answers: Answers, folder: str = "", templates: Templates | None = None) -> tuple[ProjectFile, ...]:
    """The files of a new project, by path.

    Args:
        answers: what it is made from.
        folder: the project's folder in its repository; empty at the top.
        templates: where templates are looked for. Default: the shipped ones.
    """
    templates = templates or Templates()
    text = release_text(answers, folder, templates)
    release = load_document(Document.parse(text, RELEASE_FILE)).release
    files = (
        ProjectFile(RELEASE_FILE, text.encode()),
        *_around(release, folder, templates, image=answers.image, tests=True),
        *_own(answers, folder, templates),
    )
    return tuple(sorted(files))


def project_around(release: Release, folder: str = "", templates: Templates | None = None) -> tuple[ProjectFile, ...]:
    """The files around a release that comes from elsewhere: a classic definition, or a release file.

    The release itself is among them, with the check of pull requests.
    """
    templates = templates or Templates()
    release = _checked(release, folder)
    header = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
    image = release.agent.completed().image or "ubuntu-24.04"
    artifact_files = dict(_artifact_files(release))
    files = (
        ProjectFile(RELEASE_FILE, f"{header}{dump(release, brief=True)}".encode()),
        *_around(release, folder, templates, image=image, tests=False),
        ProjectFile("README.md", _readme_around(release, artifact_files, templates).encode()),
        *(_static(path, source) for path, source in artifact_files.items()),
    )
    return tuple(sorted(files))


def release_text(answers: Answers, folder: str, templates: Templates) -> str:
    """The release file of a new project."""
    return templates.yaml(
        "project/release.yml.j2",
        **{field: getattr(answers, field) for field in Answers.model_fields},
        **_endpoints(answers),
        check_pipeline=posixpath.join(folder, CHECK_FILE),
        python=_PYTHON,
    )


def _around(release: Release, folder: str, templates: Templates, *, image: str, tests: bool) -> Iterator[ProjectFile]:
    """What every project has beside its release."""
    yield ProjectFile(PIPELINE_FILE, render(release, templates=templates).encode())
    old = any(isinstance(stage.target, ServiceTarget) or stage.service for stage in release.stages)
    check = templates.yaml(
        "project/check-pipeline.yml.j2",
        image=image,
        python=_PYTHON,
        version=VERSION,
        pytest=_PYTEST,
        folder=folder,
        tests=tests,
        fail_on="error" if old else "warning",
    )
    yield ProjectFile(CHECK_FILE, check.encode())
    hooks = templates.yaml("project/pre-commit-config.yaml.j2", version=VERSION)
    yield ProjectFile(".pre-commit-config.yaml", hooks.encode())
    yield ProjectFile(SCHEMA_FILE, (data_files.SCHEMAS / "release.schema.json").read_bytes().replace(b"\r\n", b"\n"))
    for path, source in _COMMON.items():
        yield _static(path, source)


def _own(answers: Answers, folder: str, templates: Templates) -> Iterator[ProjectFile]:
    """The model of a new project: what trains, deploys and tests it."""
    kinds = {answers.staging.type, answers.production.type}
    online, batch = kinds != {"batch"}, "batch" in kinds
    yield ProjectFile(CI_FILE, _ci_pipeline(answers, folder, templates).encode())
    yield ProjectFile("README.md", _readme(answers, folder, templates).encode())
    yield from map(_static, ("pyproject.toml", "training/train.py", "training/requirements.txt"))
    yield from map(_static, ("deployment/delivery.py", "tests/known-rows.json", "tests/unit/train_test.py"))
    for kind in sorted(kinds):
        yield from _deployment_files(answers, kind, templates)
    if online:
        yield from map(_static, ("package_requirement/install_requirements.sh", "package_requirement/requirements.txt"))
        yield from map(_static, ("deployment/score.py", "deployment/conda.yml", "tests/sample-request.json"))
        yield from map(_static, ("tests/integration/conftest.py", "tests/unit/score_test.py"))
    if batch:
        yield from map(_static, ("deployment/batch_score.py", "deployment/batch-conda.yml"))
        yield _static("tests/unit/batch_score_test.py")
        yield _static("tests/batch/deliveries.csv", "tests/deliveries.csv")
    for stage in ("staging", "production"):
        if getattr(answers, stage).type != "batch":
            yield _static(f"tests/integration/{stage}_test.py")


def _deployment_files(answers: Answers, kind: str, templates: Templates) -> Iterator[ProjectFile]:
    target = answers.staging if answers.staging.type == kind else answers.production
    prefix = "" if kind == "managed" else f"{kind}-"
    stem = endpoint_stem(answers.name)
    for name in (f"{prefix}endpoint.yml", f"{prefix}deployment.yml"):
        text = templates.yaml(
            f"project/deployment/{name}.j2",
            name=stem,
            model=stem,
            description=f"Release {answers.name}",
            compute=compute_reference(_compute(target) or _USUAL_CLUSTER),
        )
        yield ProjectFile(f"deployment/{name}", text.encode())


def _ci_pipeline(answers: Answers, folder: str, templates: Templates) -> str:
    register = templates.script(
        "scripts/register_model.sh.j2",
        resource_group=answers.resource_group,
        workspace=answers.workspace,
        model=endpoint_stem(answers.name),
        version=None,
        output="metadata/model.json",
        options=(Option("--path", "outputs/model"), Option("--type", "custom_model")),
        tags=(),
    )
    return templates.yaml(
        "project/ci-pipeline.yml.j2",
        image=answers.image,
        python=_PYTHON,
        pytest=_PYTEST,
        service_connection=answers.service_connection,
        artifact=answers.artifact,
        register=register,
        online={answers.staging.type, answers.production.type} != {"batch"},
        folder=folder,
        place=f"{folder}/" if folder else "",
    )


def _readme(answers: Answers, folder: str, templates: Templates) -> str:
    kinds = {answers.staging.type, answers.production.type}
    clusters = [_compute(target) for target in (answers.staging, answers.production)]
    if "batch" in kinds and None in clusters:
        clusters.append(_USUAL_CLUSTER)
    named = list(dict.fromkeys(cluster for cluster in clusters if cluster))
    return templates.markdown(
        "project/README.md.j2",
        **{field: getattr(answers, field) for field in Answers.model_fields if field not in ("staging", "production")},
        **_endpoints(answers),
        staging=answers.staging,
        production=answers.production,
        model=endpoint_stem(answers.name),
        ci_pipeline=posixpath.join(folder, CI_FILE),
        online=kinds != {"batch"},
        batch="batch" in kinds,
        clusters=named,
    )


def _readme_around(release: Release, files: dict[str, str], templates: Templates) -> str:
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
        version_1=any(isinstance(stage.target, ServiceTarget) or stage.service for stage in release.stages),
        known_rows=sorted(path for path, source in files.items() if source == "no-known-rows.json"),
    )


def _endpoints(answers: Answers) -> dict[str, str]:
    stem = endpoint_stem(answers.name)
    return {"staging_endpoint": f"{stem}-staging", "production_endpoint": stem}


def _compute(target: Place) -> str | None:
    return target.compute if isinstance(target, KubernetesTarget | BatchTarget) else None


def _checked(release: Release, folder: str) -> Release:
    """The release with a check of pull requests."""
    registration = release.registration or Registration()
    if registration.pull_request_check is not None:
        return release
    check = PullRequestCheck(yaml=posixpath.join(folder, CHECK_FILE))
    return release.model_copy(update={"registration": registration.model_copy(update={"pull_request_check": check})})


def _artifact_files(release: Release) -> Iterator[tuple[str, str]]:
    """Files of the artifact that the release names and that say nothing of its model, each with what it is made from."""
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


_WHAT = {
    "tests/integration/values_test.py": "tests the endpoint",
    "tests/integration/conftest.py": "the endpoint that is tested",
    "no-known-rows.json": "requests, and the answers that they should get",
    "package_requirement/install_requirements.sh": "installs what the tests need",
    "package_requirement/requirements.txt": "what the tests need",
}


def _static(path: str, source: str | None = None) -> ProjectFile:
    content = (_FOLDER / (source or path)).read_bytes().replace(b"\r\n", b"\n")
    return ProjectFile(path, content, path.endswith(".sh"))
