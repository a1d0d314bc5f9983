"""Settings of a v1 service that become settings of an endpoint and a deployment of v2."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.diagnostics import CHANGED, NO_COUNTERPART, Code, Diagnostic
from azrelease.migration.settings import Setting, Settings, SourceLocation

TLS_HINT = "Set up TLS for the cluster, with the extension Microsoft.AzureML.Kubernetes."

_NUMBERS: Mapping[str, str] = {
    "scoring_timeout_ms": "request_settings.request_timeout_ms",
    "replica_max_concurrent_requests": "request_settings.max_concurrent_requests_per_instance",
    "max_request_wait_time": "request_settings.max_queue_wait_ms",
    "initial_delay_seconds": "liveness_probe.initial_delay",
    "period_seconds": "liveness_probe.period",
    "timeout_seconds": "liveness_probe.timeout",
    "failure_threshold": "liveness_probe.failure_threshold",
    "success_threshold": "liveness_probe.success_threshold",
}
_SCALING: Mapping[str, str] = {
    "autoscale_min_replicas": "scale_settings.min_instances",
    "autoscale_max_replicas": "scale_settings.max_instances",
    "autoscale_refresh_seconds": "scale_settings.polling_interval",
    "autoscale_target_utilization": "scale_settings.target_utilization_percentage",
}
_USUAL_SCALING: Mapping[str, int] = {
    "scale_settings.min_instances": 1,
    "scale_settings.max_instances": 10,
    "scale_settings.target_utilization_percentage": 70,
}
"""The defaults of a v1 service on AKS (azureml.core.webservice.AksWebservice)."""

_AMOUNTS: Mapping[str, tuple[str, str]] = {
    "cpu_cores": ("resources.requests.cpu", ""),
    "memory_gb": ("resources.requests.memory", "Gi"),
    "cpu_cores_limit": ("resources.limits.cpu", ""),
    "memory_gb_limit": ("resources.limits.memory", "Gi"),
    "gpu_cores": ("resources.limits.gpu", ""),
}


class MachineSize(NamedTuple):
    """A size with its cores and its memory in GiB."""

    name: str
    cores: int
    memory: int


_SIZES = (
    MachineSize("Standard_DS2_v2", 2, 7),
    MachineSize("Standard_DS3_v2", 4, 14),
    MachineSize("Standard_DS4_v2", 8, 28),
    MachineSize("Standard_DS5_v2", 16, 56),
)
_DEFAULT_SIZE, _LARGEST_SIZE = _SIZES[1], _SIZES[-1]
"""The smallest recommended size, and the largest one. Source: learn.microsoft.com/azure/machine-learning/
reference-managed-online-endpoints-vm-sku-list, general purpose."""


class V1Service(NamedTuple):
    """A service, besides its settings.

    Attributes:
        endpoint: the name of the endpoint in its file.
        cluster: the Kubernetes cluster; None for a managed endpoint.
        target: folder of the artifact for the new files.
        location: the task in the release.
        folder: folder of this machine with the files of the artifact.
        tags: tags of the service.
        properties: properties of the service.
    """

    endpoint: str
    cluster: str | None
    target: str
    location: SourceLocation
    folder: Path
    tags: Mapping[str, str]
    properties: Mapping[str, str]

    @property
    def is_managed(self) -> bool:
        """Whether it becomes a managed endpoint."""
        return self.cluster is None


class DeploymentPart(NamedTuple):
    """A part of a deployment: values by path, the settings that it replaces, findings."""

    values: Mapping[str, Any]
    replaced: Sequence[str]
    findings: Sequence[Diagnostic] = ()


def deployment_parts(settings: Settings, service: V1Service) -> tuple[DeploymentPart, ...]:
    """The parts of the deployment, without code and environment."""
    resources = _machines(settings, service) if service.is_managed else _kubernetes_resources(settings)
    return _requests(settings), resources, _scaling(settings, service), _monitoring(settings, service)


def authentication(settings: Settings, service: V1Service) -> DeploymentPart:
    """The authentication of the endpoint."""
    done = ("auth_enabled", "token_auth_enabled", "description", "ssl_enabled")
    enabled, token, tls = settings.get("auth_enabled"), settings.get("token_auth_enabled"), settings.get("ssl_enabled")
    findings = []
    # A v1 service on ACI requires no key by default.
    if (service.is_managed and enabled is None) or (enabled is not None and not enabled.is_on):
        location = enabled.location if enabled else service.location
        if token is None or not token.is_on:
            message = "the service requires no key, but an endpoint always requires its key or token"
            findings.append(
                location.finding(CHANGED, message, "Give the key to all callers: `Authorization: Bearer …`.")
            )
    if tls is not None and tls.is_on and not service.is_managed:
        findings.append(tls.location.finding(NO_COUNTERPART, f"`{tls.label}` has no counterpart in v2", TLS_HINT))
    return DeploymentPart({"auth_mode": "aml_token" if token and token.is_on else "key"}, done, findings)


def _requests(settings: Settings) -> DeploymentPart:
    values = {path: _number(settings[name]) for name, path in _NUMBERS.items() if name in settings}
    return DeploymentPart(values, tuple(_NUMBERS))


def _machines(settings: Settings, service: V1Service) -> DeploymentPart:
    """The size of the machines of a managed deployment, from the resources of the container."""
    done = ("cpu_cores", "cpu_cores_limit", "memory_gb", "memory_gb_limit", "gpu_cores")
    given = [settings[name] for name in done if name in settings]
    amounts = {name: _amount(settings[name]) for name in done if name in settings}
    gpu = amounts.get("gpu_cores") or (1.0 if "enable_gpu" in settings and settings["enable_gpu"].is_on else 0.0)
    cores = max((amounts.get(name) or 0 for name in ("cpu_cores", "cpu_cores_limit")), default=0)
    memory = max((amounts.get(name) or 0 for name in ("memory_gb", "memory_gb_limit")), default=0)
    known = cores > 0 and memory > 0 and all(amount is not None for amount in amounts.values())
    fits = (size for size in _SIZES if size.cores >= cores and size.memory >= memory)
    fitting = next(fits, None) if known else _DEFAULT_SIZE
    size = "Standard_NC6s_v3" if gpu else (fitting or _LARGEST_SIZE).name
    why = f"for {cores:g} CPU and {memory:g} GB" if known else "since the service has no resource settings"
    message = f"the machines are of size {size}, chosen {'for their GPU' if gpu else why}"
    location = given[0].location if given else service.location
    finding = location.finding(CHANGED, message, "Change `instance_type` of the deployment if you need another size.")
    if fitting is None and not gpu:
        message = f"no general-purpose size has {cores:g} CPU and {memory:g} GB; the machines are of size {size}"
        finding = location.finding(NO_COUNTERPART, message, "Choose an `instance_type` of the deployment.")
    replicas = {} if "num_replicas" in settings else {"instance_count": 1}
    return DeploymentPart({"instance_type": size, **replicas}, done, (finding,))


def _kubernetes_resources(settings: Settings) -> DeploymentPart:
    values = {path: f"{settings[name].value}{unit}" for name, (path, unit) in _AMOUNTS.items() if name in settings}
    return DeploymentPart(values, tuple(_AMOUNTS))


def _scaling(settings: Settings, service: V1Service) -> DeploymentPart:
    """The number of instances, or the rules that scale it."""
    replicas = {"instance_count": _number(settings["num_replicas"])} if "num_replicas" in settings else {}
    enabled = settings.get("autoscale_enabled")
    rules = [settings[name] for name in _SCALING if name in settings]
    # The default of a service on AKS without a number of replicas is to scale.
    scales = enabled.is_on if enabled else bool(rules) or (not service.is_managed and not replicas)
    done = ("num_replicas", "autoscale_enabled", *_SCALING)
    if not scales:
        return DeploymentPart(replicas, done)
    if service.is_managed:
        at = enabled or rules[0]
        message = "a managed deployment has no settings for scaling"
        hint = "Create a rule for the deployment with `az monitor autoscale create`."
        return DeploymentPart(replicas, done, (at.location.finding(NO_COUNTERPART, message, hint),))
    given = {path: _number(settings[name]) for name, path in _SCALING.items() if name in settings}
    return DeploymentPart({"scale_settings.type": "target_utilization", **_USUAL_SCALING, **given}, done)


def _monitoring(settings: Settings, service: V1Service) -> DeploymentPart:
    insights, collect = settings.get("enable_app_insights"), settings.get("collect_model_data")
    values: dict[str, Any] = {} if insights is None else {"app_insights_enabled": _flag(insights)}
    findings = []
    if collect is not None and collect.is_on:
        if service.is_managed:
            values |= {f"data_collector.collections.{kind}.enabled": "true" for kind in ("request", "response")}
        message = "`data_collector` collects data, not the scoring script"
        code: Code = CHANGED if service.is_managed else NO_COUNTERPART
        findings.append(collect.location.finding(code, message, "Check what it stores, and where."))
    return DeploymentPart(values, ("enable_app_insights", "collect_model_data"), findings)


def _amount(setting: Setting) -> float | None:
    try:
        return float(setting.value)
    except ValueError:
        return None


def _number(setting: Setting) -> int | str:
    return int(setting.value) if setting.value.isdigit() else setting.value


def _flag(setting: Setting) -> bool | str:
    return setting.is_on if setting.value.lower() in ("true", "false") else setting.value
