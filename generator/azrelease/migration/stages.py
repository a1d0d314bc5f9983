"""A stage that deploys with CLI v1 as one that deploys with v2."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.catalog.azure_ml_v1 import v1_commands
from azrelease.diagnostics import CHANGED, CLI_V1, NO_COUNTERPART, Diagnostic
from azrelease.migration.deployment_files import Service, deployment_files, scoring_script
from azrelease.migration.scoring_script import v1_uses
from azrelease.migration.settings import Place, Settings, local_path, read_settings
from azrelease.release import Stage
from azrelease.release.azure_ml.names import ENDPOINT_NAME
from azrelease.release.fields import MACRO, path_below
from azrelease.release.standard import standard_tasks
from azrelease.release.target import AksTarget, KubernetesTarget, ManagedTarget, ServiceTarget
from azrelease.release.tasks import BaseTask, StageDefaults, make_task
from azrelease.release.tasks.base import folder_of
from azrelease.release.tasks.create_aks_compute import CreateAksCompute
from azrelease.release.tasks.endpoint_test import EndpointTest
from azrelease.release.tasks.install_azure_cli_extension import InstallAzureCLIExtension
from azrelease.release.tasks.model_deploy import ModelDeploy
from azrelease.templating import yaml_text
from azrelease.templating.scripts import is_expanded
from azrelease.yaml_document import YamlDocument

_ALL_TASKS = ("condition", "continue_on_error", "retries", "env", "enabled", "service_connection")
_ONE_TASK = (*_ALL_TASKS, "name", "display_name", "timeout")


class MigratedStage(NamedTuple):
    """A stage of v2, the files that it needs by their path in the artifact, and what has to be known about it."""

    stage: Stage
    files: Mapping[str, str]
    findings: tuple[Diagnostic, ...]


class _Tasks(NamedTuple):
    """What a task became; `clusters` is where it deployed to, None standing for a managed endpoint."""

    tasks: tuple[BaseTask, ...]
    files: Mapping[str, str] = {}
    findings: tuple[Diagnostic, ...] = ()
    clusters: tuple[str | None, ...] = ()


class StageSource(NamedTuple):
    """A stage as it was read.

    Attributes:
        stage: the stage.
        route: where it stands in the document.
        document: the release file.
        variables: the variables of the release.
        folder: folder of this machine that has what the artifact has.
    """

    stage: Stage
    route: tuple[str | int, ...]
    document: YamlDocument
    variables: Mapping[str, str]
    folder: Path

    def place(self, *route: str | int) -> Place:
        """A place below the stage."""
        there = (*self.route, *route)
        return Place(self.document.document_at(there).path, self.document.span(there))


def uses_v1(stage: Stage) -> bool:
    """Whether a stage deploys or tests with CLI v1."""
    return isinstance(stage.target, ServiceTarget) or stage.service is not None or any(map(_is_v1, stage.tasks or ()))


def _is_v1(task: BaseTask) -> bool:
    if isinstance(task, InstallAzureCLIExtension):
        return task.extension == "azure-cli-ml"
    return isinstance(task, ModelDeploy | CreateAksCompute) or (
        isinstance(task, EndpointTest) and task.service is not None
    )


def migrate_stage(source: StageSource) -> MigratedStage:
    """A stage of CLI v1 as a stage of v2; of any other one, what its scripts do with CLI v1.

    Raises:
        InvalidFileError: a file of the service is not right.
    """
    stage = source.stage
    given = stage.tasks
    if not uses_v1(stage):
        places = (source.place("tasks", index) for index in range(len(given or ())))
        found = (_script_findings(task, place, source.folder) for task, place in zip(given or (), places, strict=True))
        return MigratedStage(stage, {}, tuple(finding for findings in found for finding in findings))
    tasks = given if given is not None else standard_tasks(stage.target, stage.name) if stage.target else ()
    done = [
        _migrate(task, source, source.place(*(() if given is None else ("tasks", index))), index)
        for index, task in enumerate(tasks)
    ]
    clusters = [cluster for part in done for cluster in part.clusters]
    new = stage.model_copy(
        update={
            "service": None,
            "endpoint": endpoint_name(stage.service) if stage.service else None,
            "target": _target(stage, clusters),
            "tasks": tuple(new for part in done for new in part.tasks),
        }
    )
    return MigratedStage(
        stage=new,
        files={path: text for part in done for path, text in part.files.items()},
        findings=(
            *_name_findings(source),
            *_cluster_findings(source, clusters, tasks),
            *(finding for part in done for finding in part.findings),
        ),
    )


def _target(stage: Stage, clusters: Sequence[str | None]) -> ManagedTarget | KubernetesTarget | None:
    """Where the stage deploys to now: where its first task does."""
    if isinstance(stage.target, AksTarget):
        return KubernetesTarget(compute=stage.target.cluster)
    if clusters:
        return KubernetesTarget(compute=clusters[0]) if clusters[0] else ManagedTarget()
    return ManagedTarget() if stage.target else None


def endpoint_name(service: str) -> str:
    """The name of a service as that of an endpoint; a macro stays as it is."""
    if is_expanded(service) or re.fullmatch(ENDPOINT_NAME, service):
        return service
    name = re.sub(r"[^A-Za-z0-9]+", "-", service).strip("-")[:32].strip("-")
    return name if re.fullmatch(ENDPOINT_NAME, name) else f"endpoint-{name}"[:32].strip("-")


def _cluster_findings(
    source: StageSource, clusters: Sequence[str | None], tasks: Sequence[BaseTask]
) -> Iterator[Diagnostic]:
    """A cluster of v1 is not one of v2 by itself. CreateAksCompute has a finding of its own."""
    attached = [cluster for cluster in dict.fromkeys(clusters) if cluster is not None]
    if attached and not any(isinstance(task, CreateAksCompute) for task in tasks):
        message = f"the cluster {attached[0]} has to be attached to the workspace for v2"
        hint = "az k8s-extension create --extension-type Microsoft.AzureML.Kubernetes, then az ml compute attach."
        yield source.place().finding(CHANGED, message, hint)
    if len(set(clusters)) > 1:
        names = ", ".join(cluster or "a managed endpoint" for cluster in dict.fromkeys(clusters))
        message = f"the stage deploys to several places: {names}"
        yield source.place().finding(NO_COUNTERPART, message, "Give each a stage of its own, with its `target`.")


def _name_findings(source: StageSource) -> Iterator[Diagnostic]:
    service = source.stage.service
    if service and endpoint_name(service) != service:
        message = f"`{service}` cannot be the name of an endpoint; it is {endpoint_name(service)} now"
        yield source.place("service").finding(CHANGED, message, "Callers get a new address anyway.")


def _cluster(task: ModelDeploy, settings: Settings) -> str | None:
    """The cluster of a completed task. Its own file says where it deploys to, then its arguments."""
    compute = settings["compute"].value.lower() if "compute" in settings else "aks" if task.compute_target else "aci"
    target = settings.get("compute_target")
    return (task.compute_target or (target.value if target else "aks-cluster")) if compute == "aks" else None


def _migrate(task: BaseTask, source: StageSource, place: Place, index: int) -> _Tasks:
    defaults = source.stage.defaults(None)
    if isinstance(task, ModelDeploy):
        return _model_deploy(task, source, place, index)
    if isinstance(task, CreateAksCompute):
        name = task.completed(defaults).cluster
        message = f"v2 does not create clusters: {name} has to be attached to the workspace"
        hint = "az aks create, then az ml compute attach --type Kubernetes."
        return _Tasks((), findings=(place.finding(NO_COUNTERPART, message, hint),))
    if isinstance(task, InstallAzureCLIExtension):
        return _extension(task, defaults, place)
    if isinstance(task, EndpointTest):
        return _endpoint_test(task, defaults, place)
    return _Tasks((task,), findings=tuple(_script_findings(task, place, source.folder)))


def _extension(task: InstallAzureCLIExtension, defaults: StageDefaults, place: Place) -> _Tasks:
    if task.completed(defaults).extension != "azure-cli-ml":
        return _Tasks((task,))
    findings: tuple[Diagnostic, ...] = ()
    if task.version is not None:
        message = f"version {task.version} is one of azure-cli-ml"
        findings = (place.finding(CHANGED, message, "Pin a `version` of the extension ml, if you want to."),)
    return _Tasks((task.model_copy(update={"extension": "ml", "version": None}),), findings=findings)


def _endpoint_test(task: EndpointTest, defaults: StageDefaults, place: Place) -> _Tasks:
    findings: tuple[Diagnostic, ...] = ()
    if task.completed(defaults).auth == "none":
        message = "the test gets the key or token of the endpoint as `--scorekey`"
        findings = (place.finding(CHANGED, message, "Let its conftest.py declare the option, and send the key."),)
    new = {"service": None, "endpoint": endpoint_name(task.service) if task.service else None, "auth": None}
    return _Tasks((task.model_copy(update=new),), findings=findings)


def _model_deploy(task: ModelDeploy, source: StageSource, place: Place, index: int) -> _Tasks:
    """An endpoint and a deployment, and their files."""
    given, task = task, task.completed(source.stage.defaults(None))
    found = read_settings(task, place, source.folder)
    settings: Settings = found.settings
    cluster = _cluster(task, settings)
    if "compute" in settings and settings["compute"].value.lower() == "local":
        message = "a local service is not part of a release in v2"
        hint = "az ml online-deployment create --local, on your machine."
        return _Tasks((), findings=(place.finding(NO_COUNTERPART, message, hint),), clusters=(cluster,))
    folder = _folder(task)
    service = task.service or source.stage.service or source.stage.name
    first = next(i for i, other in enumerate(source.stage.tasks or (task,)) if isinstance(other, ModelDeploy))
    stem = source.stage.name if source.stage.tasks is None or index == first else f"{source.stage.name}-{index}"
    files = deployment_files(
        settings,
        Service(
            endpoint=_known_name(service, source),
            cluster=cluster,
            target=folder,
            place=place,
            folder=source.folder,
            tags=task.tags,
            properties=task.properties,
        ),
    )
    paths = (path_below(folder, f"{stem}-endpoint.yml"), path_below(folder, f"{stem}-deployment.yml"))
    model, model_findings = _model(task, place)
    tasks = (
        _task("OnlineEndpoint", _carried(given, _ALL_TASKS), endpoint=_own_service(task, source), file=paths[0],
              set=files.endpoint_assignments),
        _task("OnlineDeployment", _carried(given, _ONE_TASK), endpoint=_own_service(task, source), file=paths[1],
              set=files.assignments, **model),
    )  # fmt: skip
    return _Tasks(
        tasks,
        files=dict(zip(paths, (yaml_text(files.endpoint), yaml_text(files.deployment)), strict=True)),
        clusters=(cluster,),
        findings=(
            *found.findings,
            *files.findings,
            *model_findings,
            *_command_findings(task, place),
            *_scoring_findings(settings, source.folder),
        ),
    )


def _own_service(task: ModelDeploy, source: StageSource) -> str | None:
    return endpoint_name(task.service) if task.service and task.service != source.stage.service else None


def _carried(task: ModelDeploy, fields: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(task, name) for name in fields if name in task.model_fields_set}


def _task(kind: str, carried: Mapping[str, Any], **fields: Any) -> BaseTask:  # noqa: ANN401  (any field)
    given = {name: value for name, value in fields.items() if value not in (None, {}, ())}
    return make_task(kind, **carried, **given)


def _model(task: ModelDeploy, place: Place) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """The model of the deployment: v2 has one."""
    names = (*task.model_metadata, *task.model)
    fields = {"model_metadata": task.model_metadata[0]} if task.model_metadata else {"model": task.model[0]}
    findings = []
    if len(names) > 1:
        message = f"a deployment has one model, the service had {len(names)}: {', '.join(names)}"
        findings.append(
            place.finding(NO_COUNTERPART, message, "Register them as one model, a folder with all of them.")
        )
    if "model" in fields and not is_expanded(fields["model"]) and not re.search(r"[:@]", fields["model"]):
        fields["model"] = f"{fields['model']}@latest"
    return fields, tuple(findings)


def _known_name(service: str, source: StageSource) -> str:
    """The name of the endpoint for its file, where macros are not replaced; the command line gives the real one."""
    values = {**source.variables, **source.stage.variables}
    name = re.sub(MACRO, lambda found: values.get(found[0][2:-1], found[0]), service)
    if is_expanded(name):
        name = re.sub(r"[^a-z0-9]+", "-", source.stage.name.lower()).strip("-")
    return endpoint_name(name or "endpoint")


def _command_findings(task: ModelDeploy, place: Place) -> Iterator[Diagnostic]:
    if not task.overwrite:
        message = "`overwrite: false` has no counterpart: a deployment that is there is updated"
        yield place.finding(NO_COUNTERPART, message, "Use the `rollout` of the stage, which leaves the old one alone.")
    if task.no_wait:
        yield place.finding(NO_COUNTERPART, "`no_wait` has no counterpart: the deployment is waited for")
    if task.verbose:
        yield place.finding(CHANGED, "`verbose` is left out", "`System.Debug: true` shows more of every step.")


def _scoring_findings(settings: Settings, folder: Path) -> Iterator[Diagnostic]:
    path = scoring_script(settings)
    if path is None:
        return
    here = local_path(path, folder)
    if here is None:
        message = f"the scoring script `{path}` is not here, so it is not looked into"
        hint = "v2 gives the folder of the model as AZUREML_MODEL_DIR."
        yield settings["entry_script"].place.finding(CHANGED, message, hint)
    else:
        yield from v1_uses(here)


def _folder(task: ModelDeploy) -> str:
    """The folder of the artifact that the new files go to: that of the old ones, unless it is outside."""
    folder = posixpath.normpath(folder_of(task.deployment_config or task.inference_config or "deployment/x"))
    return "deployment" if "$" in folder else folder


def _script_findings(task: BaseTask, place: Place, folder: Path) -> Iterator[Diagnostic]:
    """Commands of CLI v1 in a script of the user's."""
    texts = [str(getattr(task, "script", None) or ""), *map(str, (getattr(task, "inputs", None) or {}).values())]
    file = getattr(task, "file", None)
    here = local_path(file, folder) if isinstance(file, str) else None
    texts += [here.read_text(encoding="utf-8", errors="replace")] if here else []
    found = {used.name: used.counterpart for used in v1_commands("\n".join(texts))}
    for command, counterpart in found.items():
        hint = f"In v2: {counterpart}." if counterpart else "v2 has no such command."
        yield place.finding(CLI_V1, f"the script runs `{command}` of CLI v1", hint)
