"""The settings of a v1 service: from its two files, and from the arguments of the command.

A setting has the name of the field of ModelDeploy, whichever of them it comes from.
"""

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.diagnostics import NO_COUNTERPART, Code, Diagnostic, Span
from azrelease.errors import UserError
from azrelease.release.fields import is_rooted
from azrelease.release.problems import Route
from azrelease.release.tasks.model_deploy import ModelDeploy
from azrelease.yaml_document import KEY, YamlDocument, YamlFloat, YamlInt


class SourceLocation(NamedTuple):
    """A place in a file."""

    file: str
    span: Span

    def finding(self, code: Code, message: str, hint: str | None = None) -> Diagnostic:
        """A finding there."""
        return Diagnostic(code, message, self.file, self.span, hint)


class Setting(NamedTuple):
    """A value as text, which may be a macro, and its place.

    `label` is what the user calls it; a path is seen from `base`, a folder of the artifact.
    """

    value: str
    label: str
    place: SourceLocation
    base: str = "."

    @property
    def path(self) -> str:
        """The value as a path of the artifact."""
        return self.value if is_rooted(self.value) else posixpath.normpath(posixpath.join(self.base, self.value))

    @property
    def is_on(self) -> bool:
        """Whether a switch is on."""
        return self.value.lower() == "true"


Settings = Mapping[str, Setting]

_DEPLOYMENT: Mapping[str, str] = {
    "computeType": "compute",
    "computeTargetName": "compute_target",
    "containerResourceRequirements.cpu": "cpu_cores",
    "containerResourceRequirements.cpuLimit": "cpu_cores_limit",
    "containerResourceRequirements.memoryInGB": "memory_gb",
    "containerResourceRequirements.memoryInGBLimit": "memory_gb_limit",
    "containerResourceRequirements.gpuCores": "gpu_cores",
    "gpuCores": "gpu_cores",
    "autoScaler.autoscaleEnabled": "autoscale_enabled",
    "autoScaler.minReplicas": "autoscale_min_replicas",
    "autoScaler.maxReplicas": "autoscale_max_replicas",
    "autoScaler.refreshPeriodInSeconds": "autoscale_refresh_seconds",
    "autoScaler.targetUtilization": "autoscale_target_utilization",
    "numReplicas": "num_replicas",
    "authEnabled": "auth_enabled",
    "tokenAuthEnabled": "token_auth_enabled",
    "dataCollection.storageEnabled": "collect_model_data",
    "appInsightsEnabled": "enable_app_insights",
    "scoringTimeoutMs": "scoring_timeout_ms",
    "maxConcurrentRequestsPerContainer": "replica_max_concurrent_requests",
    "maxQueueWaitMs": "max_request_wait_time",
    "livenessProbeRequirements.initialDelaySeconds": "initial_delay_seconds",
    "livenessProbeRequirements.periodSeconds": "period_seconds",
    "livenessProbeRequirements.timeoutSeconds": "timeout_seconds",
    "livenessProbeRequirements.failureThreshold": "failure_threshold",
    "livenessProbeRequirements.successThreshold": "success_threshold",
    "namespace": "namespace",
    "port": "port",
    "location": "location",
    "dnsNameLabel": "dns_name_label",
    "vnetName": "vnet_name",
    "subnetName": "subnet_name",
    "sslEnabled": "ssl_enabled",
    "cname": "ssl_cname",
    "sslCertificate": "ssl_cert_pem_file",
    "sslKey": "ssl_key_pem_file",
    "primaryKey": "primary_key",
    "secondaryKey": "secondary_key",
    "cmkVaultBaseUrl": "vault_base_url",
    "cmkKeyName": "key_name",
    "cmkKeyVersion": "key_version",
    "description": "description",
}
_INFERENCE: Mapping[str, str] = {
    "entryScript": "entry_script",
    "sourceDirectory": "source_directory",
    "condaFile": "conda_file",
    "runtime": "runtime",
    "baseImage": "base_image",
    "baseImageRegistry": "base_image_registry",
    "extraDockerfileSteps": "extra_docker_file_steps",
    "enableGpu": "enable_gpu",
    "cudaVersion": "cuda_version",
    "description": "description",
    "environment.name": "environment_name",
    "environment.version": "environment_version",
    "environment.docker.baseImage": "base_image",
    "environment.python.condaDependenciesFile": "conda_file",
    "schemaFile": "schema_file",
}
_SPELLINGS = {key.casefold(): key for key in (*_DEPLOYMENT, *_INFERENCE)}

NOT_SETTINGS_OF_SERVICE = frozenset(
    ("task", "name", "display_name", "condition", "continue_on_error", "timeout", "retries", "env", "enabled",
     "service_connection", "service", "working_directory", "deployment_config", "inference_config", "model",
     "model_metadata", "overwrite", "no_wait", "verbose", "tags", "properties")
)  # fmt: skip
"""Fields of ModelDeploy that say how to deploy, not what."""


class ServiceSettings(NamedTuple):
    """Settings, and findings about files that could not be read."""

    settings: Settings
    findings: tuple[Diagnostic, ...]


def read_settings(task: ModelDeploy, place: SourceLocation, folder: Path) -> ServiceSettings:
    """All settings of a service; the arguments of the command win over the files.

    Args:
        task: the completed task that deploys it.
        place: the place of the task in the release.
        folder: folder of this machine that has what the artifact has.

    Raises:
        InvalidFileError: a file of the service is not right.
    """
    found: dict[str, Setting] = {}
    findings: list[Diagnostic] = []
    for path, names in ((task.deployment_config, _DEPLOYMENT), (task.inference_config, _INFERENCE)):
        if path is None:
            continue
        document = _document(path, folder)
        if document is None:
            message = f"`{path}` does not exist here, so its settings are not carried over"
            hint = "Name the folder with the content of the artifact: --files FOLDER."
            findings.append(place.finding(NO_COUNTERPART, message, hint))
            continue
        if not isinstance(document.data, dict):
            at = SourceLocation(document.path, document.span(()))
            message = "the file is not a mapping, so nothing of it is carried over"
            findings.append(at.finding(NO_COUNTERPART, message, "Look it up, and add it to the new files."))
        for route, value in _leaves(document.data):
            label = ".".join(map(str, route))
            known = names.get(_SPELLINGS.get(label.casefold(), ""))
            at = SourceLocation(document.path, document.span((*route, KEY)))
            if known is None:
                message = f"`{label}` has no counterpart that is known"
                findings.append(at.finding(NO_COUNTERPART, message, "Look it up, and add it to the new files."))
            else:
                found[known] = Setting(_text(value), label, at, task.working_directory or ".")
    for name in type(task).model_fields:
        value = getattr(task, name)
        if name not in NOT_SETTINGS_OF_SERVICE and value is not None:
            found[name] = Setting(str(value), name, place)
    return ServiceSettings(found, tuple(findings))


def local_path(path: str, folder: Path) -> Path | None:
    """A path of the artifact on this machine, if there is such a file."""
    if is_rooted(path) or "$" in path:
        return None
    here = folder / posixpath.normpath(path)
    return here if here.is_file() else None


def _document(path: str, folder: Path) -> YamlDocument | None:
    here = local_path(path, folder)
    try:
        return None if here is None else YamlDocument.read(here)
    except OSError as error:
        raise UserError(f"{here}: cannot be read: {error.strerror or error}") from error


def _leaves(data: Any, route: Route = ()) -> Iterator[tuple[Route, Any]]:  # noqa: ANN401  (any YAML)
    """All values that are there, each with its route; a list is one value."""
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*route, key))
        elif value not in (None, ""):
            yield (*route, key), value


def _text(value: Any) -> str:  # noqa: ANN401  (any YAML)
    if isinstance(value, YamlInt | YamlFloat):
        return value.text
    return str(value).lower() if isinstance(value, bool) else str(value)
