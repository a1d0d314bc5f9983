"""What a rehearsal runs, from the options of `rehearse`."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from azrelease.application.expansion_inputs import expansion_request
from azrelease.errors import InvalidFileError, UserError
from azrelease.expansion import Expansion, ExpansionRequest, expand_document
from azrelease.lint.engine.file_recognition import is_release
from azrelease.lowering import lower
from azrelease.rehearsal import RehearsalRequest, RehearsedPipeline, before_run, read_pipeline
from azrelease.rehearsal.variables import environment_name
from azrelease.release import load_document
from azrelease.rendering import render_pipeline
from azrelease.templating import templates_for
from azrelease.yaml_document import YamlDocument


class RefusedPipelineError(InvalidFileError):
    """A pipeline that the service refuses before a run.

    Attributes:
        expansion: the pipeline with its problems.
        given: the parameters and variables that the user gave.
    """

    def __init__(self, expansion: Expansion, request: ExpansionRequest) -> None:
        texts = {file.path: file.document.text for file in expansion.files}
        super().__init__([problem.diagnostic for problem in expansion.problems], texts)
        self.expansion = expansion
        self.given = {**request.variables, **request.parameters}


def read_rehearsal(
    file: Path | None,
    *,
    stages: Sequence[str] = (),
    artifacts: Sequence[str] = (),
    model: Path | None = None,
    in_service: Path | None = None,
    in_service_model: Path | None = None,
    parameters: Sequence[str] = (),
    variables: Sequence[str] = (),
    repositories: Sequence[str] = (),
    secrets: Sequence[str] = (),
    az_answers: Path | None = None,
    python: str | None = None,
    patience: float = 60,
    keep: bool = False,
) -> RehearsalRequest:
    """What a rehearsal runs.

    Args:
        file: the pipeline or release file; None for azure-pipelines.yml or release.yml here.
        stages: the stages to run; none for the first one.
        artifacts: folders with what the artifact has, each `FOLDER` or `alias=FOLDER`.
        model: the folder or file of the model.
        in_service: the artifact of the model that is already deployed.
        in_service_model: the folder or file of that model.
        parameters: parameters of the pipeline, `NAME=VALUE`.
        variables: `NAME=VALUE`.
        repositories: repositories of templates that are checked out here, `ALIAS=FOLDER`.
        secrets: names of secrets whose values are in the environment.
        az_answers: a YAML file with answers to `az` commands that are not simulated.
        python: the Python with the inference server.
        patience: seconds that a server may take to start.
        keep: whether to keep the folder of the rehearsal.

    Raises:
        RefusedPipelineError: the service refuses the pipeline.
        InvalidFileError: a file is not YAML, or not a valid release.
        UserError: one of them cannot be used.
    """
    request = expansion_request(parameters, variables=variables, repositories=repositories)
    return RehearsalRequest(
        pipeline=_pipeline(file, request),
        stages=tuple(stages),
        artifacts=_artifacts(artifacts),
        model=_existing(model, "--model"),
        in_service=_existing(in_service, "--in-service"),
        in_service_model=_existing(in_service_model, "--in-service-model"),
        variables=request.variables,
        secrets=_secrets(secrets),
        answers=_answers(az_answers),
        python=_python(python),
        patience=patience,
        keep=keep,
    )


def _pipeline(file: Path | None, request: ExpansionRequest) -> RehearsedPipeline:
    """The expanded pipeline of a file; of a release file, what it renders to."""
    usual = next((path for path in (Path("azure-pipelines.yml"), Path("release.yml")) if path.is_file()), None)
    path = file or usual
    if path is None:
        raise UserError("no azure-pipelines.yml and no release.yml here: name the file")
    document = YamlDocument.read(path)
    if is_release(str(path), document):
        templates = templates_for(path)
        release = lower(load_document(document).release, templates)
        text = render_pipeline(release, source=path.name, templates=templates)
        document = YamlDocument.parse(text, path.as_posix())
    known = request._replace(variables=before_run(path.as_posix(), request.variables))
    expansion = expand_document(document, path, known)
    if expansion.problems:
        raise RefusedPipelineError(expansion, request)
    return read_pipeline(expansion)


def _artifacts(given: Sequence[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for text in given:
        alias, equals, folder = text.partition("=")
        if Path(text).is_dir():
            # A folder may have the sign in its name.
            alias, equals, folder = "", "", text
        path = Path(folder if equals else text)
        if not path.is_dir():
            raise UserError(f"--artifact {text}: no such folder")
        found[alias if equals else ""] = path
    return found


def _existing(path: Path | None, option: str) -> Path | None:
    if path is not None and not path.exists():
        raise UserError(f"{option} {path}: does not exist")
    return path


def _python(given: str | None) -> str:
    """The path of a Python: servers run in another folder, where a relative one would lead elsewhere."""
    if given is None:
        return sys.executable
    found = shutil.which(given)
    if found is None:
        raise UserError(f"--python {given}: no such program")
    return os.path.abspath(found)  # noqa: PTH100  (links stay: Python finds its environment through them)


def _secrets(names: Sequence[str]) -> dict[str, str]:
    missing = [name for name in names if environment_name(name) not in os.environ]
    if missing:
        places = ", ".join(f"{environment_name(name)} for `{name}`" for name in missing)
        raise UserError(f"the values of secrets come from the environment, but it has no {places}")
    return {name: os.environ[environment_name(name)] for name in names}


def _answers(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    data = YamlDocument.read(path).data
    if not isinstance(data, dict) or not all(isinstance(value, str | int | float | bool) for value in data.values()):
        raise UserError(f"{path}: must map commands to answers, `keyvault secret show: value`")
    return {str(name).removeprefix("az ").strip(): str(getattr(value, "text", value)) for name, value in data.items()}
