"""The answers that a release file gives which `init` has written before."""

from azrelease.release import BatchTarget, KubernetesTarget, ManagedTarget, Release
from azrelease.scaffold.answers import endpoint_stem

_STAGES = ("staging", "production")


def answers_in(release: Release) -> dict[str, object] | None:
    """The answers that a release was made from; None where `init` cannot have made it."""
    stages = {stage.name: stage for stage in release.stages}
    artifact, workspace = release.artifact, release.workspace
    if tuple(stages) != _STAGES or artifact is None or artifact.name is None or workspace is None:
        return None
    targets = {name: _answer(stage.target) for name, stage in stages.items()}
    stem = endpoint_stem(release.name)
    endpoints = tuple(stage.endpoint for stage in stages.values())
    if None in targets.values() or endpoints != (f"{stem}-staging", stem) or release.agent.pool:
        return None
    approval = stages["production"].approval
    return {
        "name": release.name,
        "resource_group": workspace.resource_group,
        "workspace": workspace.name,
        "service_connection": workspace.service_connection,
        "pipeline": artifact.pipeline,
        "artifact": artifact.name,
        "image": release.agent.completed().image,
        **targets,
        "approvers": approval.approvers if approval else (),
    }


def _answer(target: object) -> str | None:
    match target:
        case ManagedTarget():
            return "managed"
        case KubernetesTarget(compute=compute):
            return f"kubernetes:{compute}"
        case BatchTarget(compute=compute):
            return f"batch:{compute}" if compute else "batch"
    return None
