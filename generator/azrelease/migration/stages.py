"""A stage that uses CLI v1 as a stage of v2."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from azrelease.diagnostics import CHANGED, NO_COUNTERPART, Diagnostic
from azrelease.migration.tasks import StageSource, endpoint_name, migrate_task, script_findings, task_uses_v1
from azrelease.release import Stage
from azrelease.release.standard import standard_tasks
from azrelease.release.target import AksTarget, KubernetesTarget, ManagedTarget, ServiceTarget
from azrelease.release.tasks import BaseTask
from azrelease.release.tasks.create_aks_compute import CreateAksCompute


class MigratedStage(NamedTuple):
    """A stage of v2, the files that it needs by their path in the artifact, and findings."""

    stage: Stage
    files: Mapping[str, str]
    findings: tuple[Diagnostic, ...]


def uses_v1(stage: Stage) -> bool:
    """Whether a stage deploys or tests with CLI v1."""
    return (
        isinstance(stage.target, ServiceTarget)
        or stage.service is not None
        or any(map(task_uses_v1, stage.tasks or ()))
    )


def migrate_stage(source: StageSource) -> MigratedStage:
    """Migrate a stage; of one that does not use CLI v1, only find the commands of CLI v1 in its scripts.

    Raises:
        InvalidFileError: a file of the service is not valid YAML.
    """
    stage = source.stage
    given = stage.tasks
    if not uses_v1(stage):
        findings = (
            finding
            for index, task in enumerate(given or ())
            for finding in script_findings(task, source.location("tasks", index), source.folder)
        )
        return MigratedStage(stage, {}, tuple(findings))
    tasks = given if given is not None else standard_tasks(stage.target, stage.name) if stage.target else ()
    migrated = [
        migrate_task(task, source, source.location(*(() if given is None else ("tasks", index))), index)
        for index, task in enumerate(tasks)
    ]
    clusters = [cluster for part in migrated for cluster in part.clusters]
    new = stage.model_copy(
        update={
            "service": None,
            "endpoint": endpoint_name(stage.service) if stage.service else None,
            "target": _target(stage, clusters),
            "tasks": tuple(new for part in migrated for new in part.tasks),
        }
    )
    return MigratedStage(
        stage=new,
        files={path: text for part in migrated for path, text in part.files.items()},
        findings=(
            *_name_findings(source),
            *_cluster_findings(source, clusters, tasks),
            *(finding for part in migrated for finding in part.findings),
        ),
    )


def _target(stage: Stage, clusters: Sequence[str | None]) -> ManagedTarget | KubernetesTarget | None:
    """The target of the stage: that of its first deployment."""
    if isinstance(stage.target, AksTarget):
        return KubernetesTarget(compute=stage.target.cluster)
    if clusters:
        return KubernetesTarget(compute=clusters[0]) if clusters[0] else ManagedTarget()
    return ManagedTarget() if stage.target else None


def _cluster_findings(
    source: StageSource, clusters: Sequence[str | None], tasks: Sequence[BaseTask]
) -> Iterator[Diagnostic]:
    """Findings about clusters, which v2 needs attached; CreateAksCompute has its own finding."""
    attached = [cluster for cluster in dict.fromkeys(clusters) if cluster is not None]
    if attached and not any(isinstance(task, CreateAksCompute) for task in tasks):
        message = f"v2 needs the cluster {attached[0]} attached to the workspace"
        hint = "Run `az k8s-extension create` for Microsoft.AzureML.Kubernetes, then `az ml compute attach`."
        yield source.location().finding(CHANGED, message, hint)
    if len(set(clusters)) > 1:
        names = ", ".join(cluster or "a managed endpoint" for cluster in dict.fromkeys(clusters))
        message = f"the stage deploys to several targets: {names}"
        yield source.location().finding(NO_COUNTERPART, message, "Give each target a stage of its own.")


def _name_findings(source: StageSource) -> Iterator[Diagnostic]:
    service = source.stage.service
    if service and endpoint_name(service) != service:
        message = f"`{service}` cannot be the name of an endpoint; its name is {endpoint_name(service)} now"
        yield source.location("service").finding(CHANGED, message, "Give the new address to all callers.")
