"""The answers that a release file gives which `init` has written before."""

from azrelease.release import BatchTarget, KubernetesTarget, ManagedTarget, Release, Stage
from azrelease.scaffold.answers import Answers, endpoint_stem, problems

_STAGES = ("staging", "production")


def answers_in(release: Release) -> Answers | None:
    """The answers that a release was made from; None where `init` cannot have made it."""
    stages = {stage.name: stage for stage in release.stages if stage.name in _STAGES}
    artifact, workspace = release.artifact, release.workspace
    if tuple(stages) != _STAGES or artifact is None or artifact.name is None or workspace is None:
        return None
    targets = {name: _answer(stage.target) for name, stage in stages.items()}
    stem = endpoint_stem(release.name)
    endpoints = tuple(stage.endpoint for stage in stages.values())
    deploys = all(_deploys_as_written(stage) for stage in stages.values())
    if not deploys or None in targets.values() or endpoints != (f"{stem}-staging", stem) or release.agent.pool:
        return None
    approval = stages["production"].approval
    answers = {
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
    return None if problems(answers) else Answers.model_validate(answers)


def _deploys_as_written(stage: Stage) -> bool:
    """Whether a stage deploys with the file that `init` writes for its target."""
    kind = stage.target.type if stage.target else "managed"
    file = f"deployment/{'' if kind == 'managed' else f'{kind}-'}deployment.yml"
    return file in {getattr(task, "file", None) for task in stage.tasks or ()}


def _answer(target: object) -> str | None:
    match target:
        case ManagedTarget():
            return "managed"
        case KubernetesTarget(compute=compute):
            return f"kubernetes:{compute}"
        case BatchTarget(compute=compute):
            return f"batch:{compute}" if compute else "batch"
    return None
