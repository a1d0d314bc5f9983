"""Downloads of artifacts: `download`, DownloadPipelineArtifact and DownloadBuildArtifacts.

Sources: learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-download; the task definitions of
DownloadPipelineArtifactV2 and DownloadBuildArtifactsV0 in microsoft/azure-pipelines-tasks.
"""

from collections.abc import Mapping

from azrelease.rehearsal.artifacts import ArtifactDownload
from azrelease.rehearsal.outcome import Result
from azrelease.rehearsal.steps.step_run import StepResult, StepRun


def download(run: StepRun) -> StepResult:
    """Copy the files of an artifact."""
    requested = requested_download(run.step.task, run.step.inputs)
    if requested is not None:
        run.log(f"downloaded to {run.display_path(run.machine.fetch(requested))}")
    return StepResult(Result.SUCCEEDED)


def requested_download(task: str, inputs: Mapping[str, str]) -> ArtifactDownload | None:
    """The download of a step; None when it downloads nothing."""

    def value(*names: str) -> str | None:
        return next((inputs[name] for name in names if inputs.get(name)), None)

    kind = task.partition("@")[0].casefold()
    patterns = tuple((value("patterns", "itempattern") or "**").splitlines())
    if kind == "download":
        alias = inputs.get("buildtype", "")
        return None if alias == "none" else ArtifactDownload(alias, value("artifact"), value("path"), patterns)
    if kind not in ("downloadpipelineartifact", "downloadbuildartifacts"):
        return None
    specific = (value("source", "buildtype") or "current").casefold() == "specific"
    alias = (value("pipeline", "definition") or "specific") if specific else "current"
    artifact, target = value("artifact", "artifactname"), value("path", "targetpath", "downloadpath")
    if kind == "downloadbuildartifacts" and artifact and target:
        target = f"{target}/{artifact}"
    return ArtifactDownload(alias, artifact, target, patterns)
