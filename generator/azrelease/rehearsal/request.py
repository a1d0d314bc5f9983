"""The request for a rehearsal, and its checks."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.rehearsal.artifacts import ArtifactDownload, check_artifact
from azrelease.rehearsal.pipeline import RehearsedPipeline, RehearsedStage, in_order
from azrelease.rehearsal.serving import USUAL_PLACES, usual_model
from azrelease.rehearsal.stages import automatic_downloads
from azrelease.rehearsal.steps import requested_download
from azrelease.rehearsal.unknown_parts import not_given, refuse

USUAL_PATIENCE = 60.0
"""Default maximum time for a server to start, in seconds."""


class RehearsalRequest(NamedTuple):
    """What to rehearse.

    Attributes:
        stages: names of its stages; empty for the first.
        artifacts: folders by the alias of their source; under an empty alias, that of the only source.
        model: the folder or file of the model; None for a usual folder of the artifact.
        in_service: the artifact of the version in service: the stages run with it first.
        in_service_model: the folder or file of the model of that version; None for a usual folder of that artifact.
        variables: values that override those of the pipeline.
        answers: the answers of `az` to commands that are not of Azure Machine Learning.
        python: the Python that has the inference server and the packages of the model.
        patience: maximum time for a server to start, in seconds.
    """

    pipeline: RehearsedPipeline
    stages: tuple[str, ...] = ()
    artifacts: Mapping[str, Path] = {}
    model: Path | None = None
    in_service: Path | None = None
    in_service_model: Path | None = None
    variables: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    answers: Mapping[str, str] = {}
    python: str = "python3"
    patience: float = USUAL_PATIENCE
    keep: bool = False


def checked_stages(request: RehearsalRequest) -> tuple[RehearsedStage, ...]:
    """The requested stages in their order, after checking that the artifacts and models fit.

    Raises:
        UserError: a stage does not exist, or a part of it is unknown; an artifact is missing, superfluous or cannot be
            copied; a model is missing.
    """
    pipeline = request.pipeline
    given = frozenset(name.casefold() for name in (*request.variables, *request.secrets))
    refuse(pipeline.path, "the pipeline", not_given(pipeline.unknown, given))
    if not request.stages:
        refuse(pipeline.path, "its first stage", pipeline.before_first)
    names = {pipeline.stage(name).name for name in request.stages or (pipeline.stages[0].name,)}
    stages = in_order([stage for stage in pipeline.stages if stage.name in names])
    for stage in stages:
        refuse(pipeline.path, f"the stage `{stage.name}`", not_given(stage.unknown, given))
    for folder in (*request.artifacts.values(), *([request.in_service] if request.in_service else [])):
        check_artifact(folder)
    _check_models(request)
    aliases = list(dict.fromkeys(download.alias for download in _downloads(stages, pipeline)))
    superfluous = [alias for alias in request.artifacts if alias and alias not in aliases]
    if superfluous:
        known = f"; they download: {', '.join(aliases)}" if aliases else ""
        raise UserError(f"--artifact: the stages download nothing from {', '.join(superfluous)}{known}")
    missing = [alias for alias in aliases if alias not in request.artifacts]
    if "" in request.artifacts and len(aliases) == 1:
        missing = []
    if (missing and not request.in_service) or len(missing) > 1:
        options = " ".join(f"--artifact {alias}=FOLDER" for alias in missing)
        raise UserError(f"the stages download artifacts: pass {options}")
    return stages


def _check_models(request: RehearsalRequest) -> None:
    """Check that the version in service has a model of its own: the new model must not serve in its place."""
    if request.in_service is None:
        if request.in_service_model is not None:
            raise UserError("--in-service-model requires --in-service with the artifact of that version")
        return
    if request.model is not None and request.in_service_model is None and usual_model(request.in_service) is None:
        raise UserError(
            f"{request.in_service} has no model in {' or '.join(USUAL_PLACES)}, and --model is for the new version: "
            "name the model of the version in service with --in-service-model"
        )


def _downloads(stages: Sequence[RehearsedStage], pipeline: RehearsedPipeline) -> Iterator[ArtifactDownload]:
    for stage in stages:
        for job in stage.jobs:
            for hook, steps in job.hooks.items():
                yield from automatic_downloads(pipeline, hook, steps)
                yield from filter(None, (requested_download(step.task, step.inputs) for step in steps if step.enabled))
