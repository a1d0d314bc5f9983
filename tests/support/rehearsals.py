"""A release that is rehearsed, and the artifact that it deploys."""

import contextlib
import json
from pathlib import Path
from typing import Any

import yaml

from azrelease.application.rehearsing import read_rehearsal
from azrelease.cli.rehearsal_output import SilentRehearsal
from azrelease.rehearsal import rehearse
from azrelease.rehearsal.pipeline import RehearsedStage, RehearsedStep
from azrelease.report.json_object import dumps
from azrelease.report.rehearsals import outcome_object
from support.process import CliHere

SAMPLE = Path(__file__).parent.parent.parent / "samples" / "insurance-managed" / "artifact"
RELEASE = """\
name: churn
artifact: {pipeline: churn-training, name: model}
workspace: {resource_group: rg, name: ws, service_connection: azure}
stages:
  - name: staging
    endpoint: churn-staging
    target: managed
    tasks:
      - task: InstallAzureCLIExtension
      - task: OnlineEndpoint
      - task: OnlineDeployment
        file: deployment/deployment.yml
        model_metadata: metadata/model.json
      - task: EndpointTest
        script: tests/integration/staging_test.py
      - task: PublishTestResults
"""
JOIN = "      - task: EndpointTest\n"


def rehearsed(cli: CliHere, pipeline: dict[str, Any], *arguments: str) -> dict[str, Any]:
    """What comes of the first stage of a pipeline, or of those that are named."""
    cli.write("azure-pipelines.yml", yaml.safe_dump(pipeline, sort_keys=False))
    return told_of(cli, *arguments)


def told_of(cli: CliHere, *arguments: str) -> dict[str, Any]:
    """What comes of the pipeline in a folder."""
    done = cli("rehearse", "--format", "json", *arguments)
    assert done.err == "", done.err
    told: dict[str, Any] = json.loads(done.out)
    assert done.code == (0 if told["succeeded"] else 1)
    return told


def rehearsed_in(minutes: float, cli: CliHere, pipeline: dict[str, Any]) -> dict[str, Any]:
    """What comes of a pipeline whose time limits, which are whole minutes in a file, are replaced by a part of one."""
    cli.write("azure-pipelines.yml", yaml.safe_dump(pipeline, sort_keys=False))
    with contextlib.chdir(cli.folder):
        request = read_rehearsal(None)
        stages = tuple(_with_limits(stage, minutes) for stage in request.pipeline.stages)
        request = request._replace(pipeline=request.pipeline._replace(stages=stages))
        told: dict[str, Any] = json.loads(dumps(outcome_object(rehearse(request, SilentRehearsal()))))
    return told


def _with_limits(stage: RehearsedStage, minutes: float) -> RehearsedStage:
    def hook(steps: tuple[RehearsedStep, ...]) -> tuple[RehearsedStep, ...]:
        return tuple(step._replace(timeout=step.timeout and minutes) for step in steps)

    jobs = (
        job._replace(timeout=job.timeout and minutes, hooks={name: hook(steps) for name, steps in job.hooks.items()})
        for job in stage.jobs
    )
    return stage._replace(jobs=tuple(jobs))


def steps_of(told: dict[str, Any]) -> list[dict[str, Any]]:
    """All steps of a rehearsal."""
    return [step for stage in told["stages"] for job in stage["jobs"] for step in job["steps"]]


def results(told: dict[str, Any]) -> list[str]:
    """How the steps ended."""
    return [step["result"] for step in steps_of(told)]


def log(told: dict[str, Any]) -> list[str]:
    """The lines that the steps printed."""
    return [line for step in steps_of(told) for line in step["log"]]


def remarks(told: dict[str, Any]) -> list[tuple[str, str]]:
    """What there is to know: how serious, and what."""
    return [(remark["severity"], remark["text"]) for remark in told["remarks"]]


def errors_of(told: dict[str, Any]) -> str:
    """The errors of a rehearsal, one on a line."""
    return "\n".join(text for severity, text in remarks(told) if severity == "error")
