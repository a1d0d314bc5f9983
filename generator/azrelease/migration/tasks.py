"""A task that uses CLI v1 as tasks of v2."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.catalog.azure_ml_v1 import v1_commands
from azrelease.diagnostics import CHANGED, CLI_V1, NO_COUNTERPART, Diagnostic
from azrelease.migration.deployment_files import deployment_files
from azrelease.migration.deployment_parts import V1Service
from azrelease.migration.environment import scoring_script
from azrelease.migration.scoring_script import v1_uses
from azrelease.migration.settings import Settings, SourceLocation, local_path, read_settings
from azrelease.release import Stage
from azrelease.release.azure_ml.names import ENDPOINT_NAME
from azrelease.release.fields import MACRO, path_below
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


class StageSource(NamedTuple):
    """A stage of a release file.

    Attributes:
        stage: the stage.
        route: its place in the document.
        document: the release file.
        variables: the variables of the release.
        folder: folder of this machine with the files of the artifact.
    """

    stage: Stage
    route: tuple[str | int, ...]
    document: YamlDocument
    variables: Mapping[str, str]
    folder: Path

    def location(self, *route: str | int) -> SourceLocation:
        """The location of a part of the stage."""
        full = (*self.route, *route)
        return SourceLocation(self.document.document_at(full).path, self.document.span(full))


class MigratedTasks(NamedTuple):
    """What a task becomes; `clusters` are those that it deploys to, None for a managed endpoint."""

    tasks: tuple[BaseTask, ...]
    files: Mapping[str, str] = {}
    findings: tuple[Diagnostic, ...] = ()
    clusters: tuple[str | None, ...] = ()


def task_uses_v1(task: BaseTask) -> bool:
    """Whether a task deploys or tests with CLI v1."""
    if isinstance(task, InstallAzureCLIExtension):
        return task.extension == "azure-cli-ml"
    return isinstance(task, ModelDeploy | CreateAksCompute) or (
        isinstance(task, EndpointTest) and task.service is not None
    )


def endpoint_name(service: str) -> str:
    """The name of a service as the name of an endpoint; a macro stays as it is."""
    if is_expanded(service) or re.fullmatch(ENDPOINT_NAME, service):
        return service
    name = re.sub(r"[^A-Za-z0-9]+", "-", service).strip("-")[:32].strip("-")
    return name if re.fullmatch(ENDPOINT_NAME, name) else f"endpoint-{name}"[:32].strip("-")


def _cluster(task: ModelDeploy, settings: Settings) -> str | None:
    """The cluster of a completed task, from its file, then from its arguments."""
    compute = settings["compute"].value.lower() if "compute" in settings else "aks" if task.compute_target else "aci"
    target = settings.get("compute_target")
    return (task.compute_target or (target.value if target else "aks-cluster")) if compute == "aks" else None


def migrate_task(task: BaseTask, source: StageSource, location: SourceLocation, index: int) -> MigratedTasks:
    """The tasks of v2 that a task becomes; `index` is its position in the stage."""
    defaults = source.stage.defaults(None)
    if isinstance(task, ModelDeploy):
        return _model_deploy(task, source, location, index)
    if isinstance(task, CreateAksCompute):
        name = task.completed(defaults).cluster
        message = f"v2 does not create clusters; attach {name} to the workspace"
        hint = "Run `az aks create`, then `az ml compute attach --type Kubernetes`."
        return MigratedTasks((), findings=(location.finding(NO_COUNTERPART, message, hint),))
    if isinstance(task, InstallAzureCLIExtension):
        return _extension(task, defaults, location)
    if isinstance(task, EndpointTest):
        return _endpoint_test(task, defaults, location)
    return MigratedTasks((task,), findings=tuple(script_findings(task, location, source.folder)))


def _extension(task: InstallAzureCLIExtension, defaults: StageDefaults, location: SourceLocation) -> MigratedTasks:
    if task.completed(defaults).extension != "azure-cli-ml":
        return MigratedTasks((task,))
    findings: tuple[Diagnostic, ...] = ()
    if task.version is not None:
        message = f"version {task.version} belongs to azure-cli-ml"
        findings = (location.finding(CHANGED, message, "Pin a `version` of the extension ml if you need one."),)
    return MigratedTasks((task.model_copy(update={"extension": "ml", "version": None}),), findings=findings)


def _endpoint_test(task: EndpointTest, defaults: StageDefaults, location: SourceLocation) -> MigratedTasks:
    findings: tuple[Diagnostic, ...] = ()
    if task.completed(defaults).auth == "none":
        message = "the test gets the key or token of the endpoint as `--scorekey`"
        findings = (location.finding(CHANGED, message, "Declare the option in its conftest.py, and send the key."),)
    new = {"service": None, "endpoint": endpoint_name(task.service) if task.service else None, "auth": None}
    return MigratedTasks((task.model_copy(update=new),), findings=findings)


def _model_deploy(task: ModelDeploy, source: StageSource, location: SourceLocation, index: int) -> MigratedTasks:
    given, task = task, task.completed(source.stage.defaults(None))
    settings, setting_findings = read_settings(task, location, source.folder)
    cluster = _cluster(task, settings)
    if "compute" in settings and settings["compute"].value.lower() == "local":
        message = "a local service is not part of a release in v2"
        hint = "Run `az ml online-deployment create --local` on your machine."
        return MigratedTasks((), findings=(location.finding(NO_COUNTERPART, message, hint),), clusters=(cluster,))
    folder = _folder(task)
    service = task.service or source.stage.service or source.stage.name
    first = next(i for i, other in enumerate(source.stage.tasks or (task,)) if isinstance(other, ModelDeploy))
    stem = source.stage.name if source.stage.tasks is None or index == first else f"{source.stage.name}-{index}"
    files = deployment_files(
        settings,
        V1Service(
            endpoint=_known_name(service, source),
            cluster=cluster,
            target=folder,
            location=location,
            folder=source.folder,
            tags=task.tags,
            properties=task.properties,
        ),
    )
    paths = (path_below(folder, f"{stem}-endpoint.yml"), path_below(folder, f"{stem}-deployment.yml"))
    model, model_findings = _model(task, location)
    tasks = (
        _task("OnlineEndpoint", _carried(given, _ALL_TASKS), endpoint=_own_service(task, source), file=paths[0],
              set=files.endpoint_assignments),
        _task("OnlineDeployment", _carried(given, _ONE_TASK), endpoint=_own_service(task, source), file=paths[1],
              set=files.assignments, **model),
    )  # fmt: skip
    return MigratedTasks(
        tasks,
        files=dict(zip(paths, (yaml_text(files.endpoint), yaml_text(files.deployment)), strict=True)),
        clusters=(cluster,),
        findings=(
            *setting_findings,
            *files.findings,
            *model_findings,
            *_command_findings(task, location),
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


def _model(task: ModelDeploy, location: SourceLocation) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    names = (*task.model_metadata, *task.model)
    fields = {"model_metadata": task.model_metadata[0]} if task.model_metadata else {"model": task.model[0]}
    findings = []
    if len(names) > 1:
        message = f"a deployment has one model, the service has {len(names)}: {', '.join(names)}"
        findings.append(location.finding(NO_COUNTERPART, message, "Register a folder with all of them as one model."))
    if "model" in fields and not is_expanded(fields["model"]) and not re.search(r"[:@]", fields["model"]):
        fields["model"] = f"{fields['model']}@latest"
    return fields, tuple(findings)


def _known_name(service: str, source: StageSource) -> str:
    """The name of the endpoint in its file, without macros; the command line overrides it."""
    values = {**source.variables, **source.stage.variables}
    name = re.sub(MACRO, lambda match: values.get(match[0][2:-1], match[0]), service)
    if is_expanded(name):
        name = re.sub(r"[^a-z0-9]+", "-", source.stage.name.lower()).strip("-")
    return endpoint_name(name or "endpoint")


def _command_findings(task: ModelDeploy, location: SourceLocation) -> Iterator[Diagnostic]:
    if not task.overwrite:
        message = "`overwrite: false` has no counterpart: v2 updates an existing deployment"
        yield location.finding(NO_COUNTERPART, message, "Use the `rollout` of the stage, which keeps the old one.")
    if task.no_wait:
        yield location.finding(NO_COUNTERPART, "`no_wait` has no counterpart: the task waits for the deployment")
    if task.verbose:
        yield location.finding(
            CHANGED, "`verbose` is omitted", "Set the variable `System.Debug` to `true` to log more of every step."
        )


def _scoring_findings(settings: Settings, folder: Path) -> Iterator[Diagnostic]:
    path = scoring_script(settings)
    if path is None:
        return
    here = local_path(path, folder)
    if here is None:
        message = f"the scoring script `{path}` does not exist here, so azrelease cannot check it"
        hint = "Read the folder of the model from AZUREML_MODEL_DIR."
        yield settings["entry_script"].location.finding(CHANGED, message, hint)
    else:
        yield from v1_uses(here)


def _folder(task: ModelDeploy) -> str:
    """The folder of the artifact for the new files: that of the old ones, unless it is outside."""
    folder = posixpath.normpath(folder_of(task.deployment_config or task.inference_config or "deployment/x"))
    return "deployment" if "$" in folder else folder


def script_findings(task: BaseTask, location: SourceLocation, folder: Path) -> Iterator[Diagnostic]:
    """Commands of CLI v1 in a script of the user."""
    texts = [str(getattr(task, "script", None) or ""), *map(str, (getattr(task, "inputs", None) or {}).values())]
    file = getattr(task, "file", None)
    here = local_path(file, folder) if isinstance(file, str) else None
    texts += [here.read_text(encoding="utf-8", errors="replace")] if here else []
    commands = {used.name: used.counterpart for used in v1_commands("\n".join(texts))}
    for command, counterpart in commands.items():
        hint = f"In v2: {counterpart}." if counterpart else "v2 has no such command."
        yield location.finding(CLI_V1, f"the script runs `{command}` of CLI v1", hint)
