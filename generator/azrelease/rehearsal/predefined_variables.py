"""The predefined variables of a rehearsal (learn.microsoft.com/azure/devops/pipelines/build/variables)."""

import os
from collections.abc import Mapping
from pathlib import Path

from azrelease.rehearsal.pipeline import RehearsedJob, RehearsedPipeline, RehearsedStage
from azrelease.rehearsal.sandbox import Sandbox

_COLLECTION = "https://dev.azure.com/rehearsal/"
_FIXED = {
    "Agent.Id": "1",
    "Agent.MachineName": "rehearsal",
    "Agent.Name": "rehearsal",
    "Agent.OSArchitecture": "X64",
    "Build.DefinitionId": "1",
    "Build.DefinitionVersion": "1",
    "Build.QueuedBy": "rehearsal",
    "Build.Reason": "Manual",
    "Build.Repository.Name": "rehearsal",
    "Build.Repository.Provider": "TfsGit",
    "Build.Repository.Uri": f"{_COLLECTION}_git/rehearsal",
    "Build.RequestedFor": "rehearsal",
    "Build.RequestedForEmail": "rehearsal@example.com",
    "Build.SourceBranch": "refs/heads/main",
    "Build.SourceBranchName": "main",
    "Build.SourceVersion": "0" * 40,
    "Build.SourceVersionMessage": "rehearsal",
    "System.CollectionId": "00000000-0000-0000-0000-000000000005",
    "System.CollectionUri": _COLLECTION,
    "System.DefinitionId": "1",
    "System.HostType": "build",
    "System.JobId": "00000000-0000-0000-0000-000000000001",
    "System.PlanId": "00000000-0000-0000-0000-000000000002",
    "System.TeamFoundationCollectionUri": _COLLECTION,
    "System.TeamProject": "rehearsal",
    "System.TeamProjectId": "00000000-0000-0000-0000-000000000003",
    "System.TimelineId": "00000000-0000-0000-0000-000000000004",
    "TF_BUILD": "True",
}

_NOT_BEFORE_A_RUN = ("Agent.", "System.JobId", "System.PlanId", "System.TimelineId", "TF_BUILD")
"""Those of them that template expressions do not have."""

_OF_OTHER_REASONS = (
    "Build.CronSchedule.DisplayName",
    "Build.TriggeredBy.BuildId",
    "Build.TriggeredBy.BuildNumber",
    "Build.TriggeredBy.DefinitionId",
    "Build.TriggeredBy.DefinitionName",
    "Build.TriggeredBy.ProjectID",
    "System.PullRequest.PullRequestId",
    "System.PullRequest.PullRequestNumber",
    "System.PullRequest.SourceBranch",
    "System.PullRequest.SourceCommitId",
    "System.PullRequest.SourceRepositoryURI",
    "System.PullRequest.TargetBranch",
    "System.PullRequest.TargetBranchName",
)
"""Variables that only runs with another reason have: a schedule, another run, a pull request."""


def before_run(path: str, given: Mapping[str, str]) -> dict[str, str]:
    """The variables that template expressions read: those of a manual run, and given ones.

    Args:
        path: the file of the pipeline.
        given: variables that the user gave. With another `Build.Reason`, the variables of that reason are unknown, not
            empty.
    """
    predefined = {name: value for name, value in _FIXED.items() if not name.startswith(_NOT_BEFORE_A_RUN)}
    predefined["Build.DefinitionName"] = Path(path).stem
    reason = next((value for name, value in given.items() if name.casefold() == "build.reason"), _FIXED["Build.Reason"])
    if reason.casefold() == "manual":
        predefined |= {**dict.fromkeys(_OF_OTHER_REASONS, ""), "System.PullRequest.IsFork": "False"}
    return {**predefined, **given}


def of_pipeline(pipeline: RehearsedPipeline, sandbox: Sandbox, attempt: int) -> dict[str, str]:
    """The variables that all jobs of a pipeline have."""
    number = str(attempt)
    folders = (
        (sandbox.folder, ("Agent.HomeDirectory", "Agent.RootDirectory", "Agent.WorkFolder")),
        (sandbox.temporary, ("Agent.TempDirectory",)),
        (sandbox.tools, ("Agent.ToolsDirectory",)),
        (sandbox.workspace, ("Agent.BuildDirectory", "Pipeline.Workspace")),
        (
            sandbox.workspace / "a",
            ("Build.ArtifactStagingDirectory", "Build.StagingDirectory", "System.ArtifactsDirectory"),
        ),
        (sandbox.workspace / "b", ("Build.BinariesDirectory",)),
        (sandbox.workspace / "TestResults", ("Common.TestResultsDirectory",)),
        (
            sandbox.sources,
            ("Build.Repository.LocalPath", "Build.SourcesDirectory", "System.DefaultWorkingDirectory"),
        ),
    )
    variables = {
        **_FIXED,
        **{name: str(folder) for folder, names in folders for name in names},
        "Agent.OS": "Windows_NT" if os.name == "nt" else "Linux" if os.uname().sysname == "Linux" else "Darwin",
        "Build.BuildId": number,
        "Build.BuildNumber": f"rehearsal.{number}",
        "Build.DefinitionName": Path(pipeline.path).stem,
    }
    for alias, name in pipeline.sources:
        variables |= {
            f"resources.pipeline.{alias}.pipelineName": name,
            f"resources.pipeline.{alias}.runID": number,
            f"resources.pipeline.{alias}.runName": f"rehearsal.{number}",
            f"resources.pipeline.{alias}.sourceBranch": "refs/heads/main",
        }
    return variables


def of_stage_and_job(stage: RehearsedStage, job: RehearsedJob | None, attempt: int) -> dict[str, str]:
    """The variables of a stage, and of a job in it."""
    variables = {
        "System.StageName": stage.name,
        "System.StageDisplayName": stage.title,
        "System.StageAttempt": str(attempt),
    }
    if job is not None:
        variables |= {
            "System.JobName": job.name,
            "System.JobDisplayName": job.title,
            "System.JobAttempt": "1",
            "System.PhaseName": job.name,
            "Agent.JobName": job.title,
            **({"Environment.Name": job.environment} if job.environment else {}),
        }
    return variables
