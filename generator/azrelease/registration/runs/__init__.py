"""Runs of a release: started once, followed until they end, approved or rejected, with their test results."""

from azrelease.registration.project import Project
from azrelease.registration.runs.approvals import APPROVED, REJECTED
from azrelease.registration.runs.classic_runs import ClassicRuns
from azrelease.registration.runs.following import FOLLOW_ATTEMPTS, Pace, follow
from azrelease.registration.runs.pipeline_runs import PipelineRuns
from azrelease.registration.runs.protocol import Run, RunApprovals, RunDefinition, Runs
from azrelease.registration.runs.run_request import (
    RunRequest,
    RunVariable,
    run_request,
    unknown_stage,
    without_secrets,
)
from azrelease.registration.runs.status import (
    COMPLETED,
    IN_PROGRESS,
    PENDING,
    ApprovalStatus,
    Approver,
    Decision,
    Failure,
    JobStatus,
    RunStatus,
    StageStatus,
    Wait,
)
from azrelease.registration.runs.test_results import FailedTest, PublishedTestRun
from azrelease.release import Release


def runs_of(project: Project, release: Release, *, classic: bool) -> Runs:
    """The runs of a release.

    Args:
        project: the project in which the release is registered.
        release: the release, completed.
        classic: whether it is registered as a classic release definition instead of a pipeline.
    """
    return ClassicRuns(project, release) if classic else PipelineRuns(project, release)


__all__ = [
    "APPROVED",
    "COMPLETED",
    "FOLLOW_ATTEMPTS",
    "IN_PROGRESS",
    "PENDING",
    "REJECTED",
    "ApprovalStatus",
    "Approver",
    "ClassicRuns",
    "Decision",
    "FailedTest",
    "Failure",
    "JobStatus",
    "Pace",
    "PipelineRuns",
    "PublishedTestRun",
    "Run",
    "RunApprovals",
    "RunDefinition",
    "RunRequest",
    "RunStatus",
    "RunVariable",
    "Runs",
    "StageStatus",
    "Wait",
    "follow",
    "run_request",
    "runs_of",
    "unknown_stage",
    "without_secrets",
]
