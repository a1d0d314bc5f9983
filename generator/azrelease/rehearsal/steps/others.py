"""Steps that a rehearsal does in its own way: downloads, people who agree, and what it cannot do at all."""

from collections.abc import Mapping

from azrelease.rehearsal.outcome import Remark, Result
from azrelease.rehearsal.steps.step_run import Performed, StepDownload, StepRun


def download(run: StepRun) -> Performed:
    """A download: lays the artifact out."""
    wanted = wanted_download(run.step.task, run.step.inputs)
    if wanted is not None:
        run.say(f"laid out: {run.shown(run.fetch(wanted))}")
    return Performed(Result.SUCCEEDED)


def wanted_download(task: str, inputs: Mapping[str, str]) -> StepDownload | None:
    """What a step downloads; None when it downloads nothing, or is none that does.

    Sources: learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-download; the task definitions of
    DownloadPipelineArtifactV2 and DownloadBuildArtifactsV0 in microsoft/azure-pipelines-tasks.
    """

    def given(*names: str) -> str | None:
        return next((inputs[name] for name in names if inputs.get(name)), None)

    kind = task.partition("@")[0].casefold()
    patterns = tuple((given("patterns", "itempattern") or "**").splitlines())
    if kind == "download":
        alias = inputs.get("download", "")
        return None if alias == "none" else StepDownload(alias, given("artifact"), given("path"), patterns)
    if kind not in ("downloadpipelineartifact", "downloadbuildartifacts"):
        return None
    specific = (given("source", "buildtype") or "current").casefold() == "specific"
    alias = (given("pipeline", "definition") or "specific") if specific else "current"
    artifact, target = given("artifact", "artifactname"), given("path", "targetpath", "downloadpath")
    if kind == "downloadbuildartifacts" and artifact and target:
        target = f"{target}/{artifact}"
    return StepDownload(alias, artifact, target, patterns)


def checkout(run: StepRun) -> Performed:
    """A checkout: releases have none; `none` says so."""
    if run.input("checkout").casefold() != "none":
        text = "the repository is not checked out in a rehearsal"
        return Performed(Result.LEFT_OUT, (Remark("warning", text, run.step.title),))
    return Performed(Result.SUCCEEDED)


def manual_validation(run: StepRun) -> Performed:
    """ManualValidation: somebody has to agree."""
    people = ", ".join(run.input("approvers", "notifyusers").split("\n")).strip(", ") or "somebody"
    if run.confirm(f"{people} has to agree", run.input("instructions")):
        run.say("agreed to")
        return Performed(Result.SUCCEEDED)
    return run.wrong("nobody agreed; `--approve` agrees to everything")


def left_out(run: StepRun) -> Performed:
    """A task that cannot run here."""
    text = f"`{run.step.task}` is not rehearsed: it was left out"
    run.say(text)
    return Performed(Result.LEFT_OUT, (Remark("warning", text, run.step.title),))
