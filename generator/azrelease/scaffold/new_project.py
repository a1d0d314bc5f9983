"""The files of a new project, from the answers."""

import posixpath
from collections.abc import Iterator
from pathlib import Path

from azrelease.lowering.functions import with_functions
from azrelease.pipeline import Step
from azrelease.release import BatchTarget, KubernetesTarget, Workspace
from azrelease.release.azure_ml.names import compute_reference
from azrelease.release.reading import load_alone
from azrelease.release.tasks import TaskContext
from azrelease.release.tasks.register_model import RegisterModel
from azrelease.rendering import USUAL_FOLDER, template_files
from azrelease.rendering.template_calls import step_calls
from azrelease.scaffold.answers import Answers, EndpointTarget, endpoint_stem
from azrelease.scaffold.install_source import install_source
from azrelease.scaffold.project_files import ProjectFile
from azrelease.scaffold.shared_files import CI_FILE, PYTEST, PYTHON, RELEASE_FILE, check_path, copied, shared_files
from azrelease.templating import Templates, shipped_templates
from azrelease.yaml_document import YamlDocument

_USUAL_CLUSTER = "cpu-cluster"
"""What a batch deployment's file names where no answer does."""

_OF_NO_TEXT = ("staging", "production", "install_from")
"""Answers that the README shows in another form."""


def project_of_answers(
    answers: Answers, folder: str = "", templates: Templates | None = None
) -> tuple[ProjectFile, ...]:
    """The files of a new project, by path.

    Args:
        answers: what it is made from.
        folder: the project's folder in its repository; empty at the top.
        templates: where templates are looked for. Default: the shipped ones.
    """
    templates = templates or shipped_templates()
    text = _release_text(answers, folder, templates)
    release = load_alone(YamlDocument.parse(text, RELEASE_FILE)).release
    files = (
        ProjectFile(RELEASE_FILE, text.encode()),
        *shared_files(release, folder, templates, install_source(answers.install_from), tests=True),
        *_own(answers, folder, templates),
    )
    return tuple(sorted(files))


def _release_text(answers: Answers, folder: str, templates: Templates) -> str:
    """The release file of a new project."""
    return templates.yaml(
        "project/release.yml.j2",
        **{field: getattr(answers, field) for field in Answers.model_fields if field != "install_from"},
        **_endpoints(answers),
        check_pipeline=check_path(folder),
        python=PYTHON,
    )


def _own(answers: Answers, folder: str, templates: Templates) -> Iterator[ProjectFile]:
    """The model of a new project: what trains, deploys and tests it."""
    kinds = {answers.staging.type, answers.production.type}
    online, batch = kinds != {"batch"}, "batch" in kinds
    yield from _ci_files(answers, folder, templates)
    yield ProjectFile("README.md", _readme(answers, folder, templates).encode())
    yield copied(".gitignore", "gitignore")
    yield from map(copied, ("pyproject.toml", "training/train.py", "training/requirements.txt"))
    yield from map(copied, ("deployment/delivery.py", "tests/known-rows.json", "tests/unit/train_test.py"))
    for kind in sorted(kinds):
        yield from _deployment_files(answers, kind, templates)
    yield from map(copied, ("package_requirement/install_requirements.sh", "package_requirement/requirements.txt"))
    yield copied("tests/integration/conftest.py")
    if online:
        yield from map(copied, ("deployment/score.py", "deployment/conda.yml", "tests/sample-request.json"))
        yield copied("tests/unit/score_test.py")
    if batch:
        yield from map(copied, ("deployment/batch_score.py", "deployment/batch-conda.yml"))
        yield copied("tests/unit/batch_score_test.py")
        yield copied("tests/batch/deliveries.csv", "tests/deliveries.csv")
    for stage in ("staging", "production"):
        name = "batch" if getattr(answers, stage).type == "batch" else stage
        yield copied(f"tests/integration/{stage}_test.py", f"tests/integration/{name}_test.py")


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


def _ci_files(answers: Answers, folder: str, templates: Templates) -> Iterator[ProjectFile]:
    """The pipeline that trains and registers the model, and the step templates that it calls."""
    calls, called = step_calls(_register_steps(answers, folder, templates), f"{USUAL_FOLDER}/")
    text = templates.yaml(
        "project/ci-pipeline.yml.j2",
        image=answers.image,
        python=PYTHON,
        pytest=PYTEST,
        service_connection=answers.service_connection,
        artifact=answers.artifact,
        register=calls,
        folder=folder,
        place=f"{folder}/" if folder else "",
    )
    yield ProjectFile(CI_FILE, text.encode())
    for file in template_files(called, Path(USUAL_FOLDER), templates):
        yield ProjectFile(file.path.as_posix(), file.text.encode())


def _register_steps(answers: Answers, folder: str, templates: Templates) -> tuple[Step, ...]:
    """The steps that register the model of the training: the functions that their script calls, and the script."""
    workspace = Workspace(
        resource_group=answers.resource_group,
        name=answers.workspace,
        service_connection=answers.service_connection,
    )
    task = RegisterModel(
        display_name="Register the model",
        model=endpoint_stem(answers.name),
        path="outputs/model",
        output="metadata/model.json",
        service_connection=answers.service_connection,
    )
    return with_functions(task.steps(TaskContext(folder or ".", workspace, templates)), templates)


def _readme(answers: Answers, folder: str, templates: Templates) -> str:
    kinds = {answers.staging.type, answers.production.type}
    source = install_source(answers.install_from)
    clusters = [_compute(target) for target in (answers.staging, answers.production)]
    if "batch" in kinds and None in clusters:
        clusters.append(_USUAL_CLUSTER)
    named = list(dict.fromkeys(cluster for cluster in clusters if cluster))
    return templates.markdown(
        "project/README.md.j2",
        **{field: getattr(answers, field) for field in Answers.model_fields if field not in _OF_NO_TEXT},
        **_endpoints(answers),
        staging=answers.staging,
        production=answers.production,
        install=source.pip_words(),
        source=source,
        model=endpoint_stem(answers.name),
        ci_pipeline=posixpath.join(folder, CI_FILE),
        online=kinds != {"batch"},
        batch="batch" in kinds,
        clusters=named,
    )


def _endpoints(answers: Answers) -> dict[str, str]:
    stem = endpoint_stem(answers.name)
    return {"staging_endpoint": f"{stem}-staging", "production_endpoint": stem}


def _compute(target: EndpointTarget) -> str | None:
    return target.compute if isinstance(target, KubernetesTarget | BatchTarget) else None
