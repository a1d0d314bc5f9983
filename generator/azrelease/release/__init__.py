"""What the user says: the typed model of a release, and how its file is read."""

from azrelease.release.agent import Agent
from azrelease.release.approval import Approval
from azrelease.release.artifact import ArtifactSource
from azrelease.release.reading import LoadedRelease, load, load_alone, load_document
from azrelease.release.release import Release
from azrelease.release.rollout import Rollout
from azrelease.release.stage import Stage
from azrelease.release.target import AciTarget, AksTarget, BatchTarget, KubernetesTarget, ManagedTarget
from azrelease.release.trigger import BranchFilter, ContinuousDeploymentTrigger, Schedule, Trigger
from azrelease.release.workspace import Workspace
from azrelease.release.writing import dump

__all__ = [
    "AciTarget",
    "Agent",
    "AksTarget",
    "Approval",
    "ArtifactSource",
    "BatchTarget",
    "BranchFilter",
    "ContinuousDeploymentTrigger",
    "KubernetesTarget",
    "LoadedRelease",
    "ManagedTarget",
    "Release",
    "Rollout",
    "Schedule",
    "Stage",
    "Trigger",
    "Workspace",
    "dump",
    "load",
    "load_alone",
    "load_document",
]
