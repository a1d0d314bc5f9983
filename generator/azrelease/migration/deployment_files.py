"""Settings of a v1 service as the endpoint and the deployment of v2."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.diagnostics import CHANGED, NO_COUNTERPART, Code, Diagnostic
from azrelease.migration.machine_sizes import LARGEST, USUAL, smallest
from azrelease.migration.settings import Setting, Settings, SourceLocation, local_path
from azrelease.release.fields import is_rooted
from azrelease.templating.scripts import is_expanded

IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest"
GPU_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04:latest"

_SCHEMAS = "https://azuremlschemas.azureedge.net/latest"

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
"""What a v1 service on AKS does where nothing is said (azureml.core.webservice.AksWebservice)."""

_AMOUNTS: Mapping[str, tuple[str, str]] = {
    "cpu_cores": ("resources.requests.cpu", ""),
    "memory_gb": ("resources.requests.memory", "Gi"),
    "cpu_cores_limit": ("resources.limits.cpu", ""),
    "memory_gb_limit": ("resources.limits.memory", "Gi"),
    "gpu_cores": ("resources.limits.gpu", ""),
}

_TLS = "TLS belongs to the cluster: it is set up with the extension Microsoft.AzureML.Kubernetes."
_NETWORK = "Use `public_network_access` of the endpoint and the managed network of the workspace."
_LOST: Mapping[str, str] = {
    "base_image_registry": "Give the workspace's identity access to the registry; name it in `environment.image`.",
    "extra_docker_file_steps": "Build an image with these lines, and write it into `environment.image`.",
    "environment_directory": "Register the environment with `az ml environment create`.",
    "cuda_version": "Choose an image with that version in `environment.image`.",
    "schema_file": "v2 takes the schema from the decorators of the scoring script.",
    "namespace": "The namespace belongs to the attached cluster: `az ml compute attach --namespace`.",
    "location": "An endpoint is in the region of its workspace.",
    "dns_name_label": "The address of an endpoint comes from its name and region.",
    "vnet_name": _NETWORK,
    "subnet_name": _NETWORK,
    "vault_base_url": "Customer-managed keys belong to the workspace.",
    "key_name": "Customer-managed keys belong to the workspace.",
    "key_version": "Customer-managed keys belong to the workspace.",
    "primary_key": "The endpoint makes its own keys: `az ml online-endpoint get-credentials`.",
    "secondary_key": "The endpoint makes its own keys: `az ml online-endpoint get-credentials`.",
    "version_name": "Use the `rollout` of the stage.",
    "traffic_percentile": "Use the `rollout` of the stage.",
    "profile_input": "Choose `instance_type` by a load test.",
    "port": "Local endpoints are not part of a release.",
    "path": "Paths are those of the artifact.",
    "subscription_id": "The subscription is that of the service connection.",
}


class DeploymentFiles(NamedTuple):
    """An endpoint and a deployment as data for their files, each with what macros have to set when the release runs."""

    endpoint: Mapping[str, Any]
    deployment: Mapping[str, Any]
    endpoint_assignments: Mapping[str, str]
    assignments: Mapping[str, str]
    findings: tuple[Diagnostic, ...]


class V1Service(NamedTuple):
    """What is known of a service besides its settings.

    Attributes:
        endpoint: name for the endpoint's file.
        cluster: the Kubernetes cluster; None for a managed endpoint.
        target: folder of the artifact that the new files are written to.
        place: the place of its task in the release.
        folder: folder of this machine that has what the artifact has.
        tags: tags of the service.
        properties: properties of the service.
    """

    endpoint: str
    cluster: str | None
    target: str
    place: SourceLocation
    folder: Path
    tags: Mapping[str, str]
    properties: Mapping[str, str]


class _DeploymentPart(NamedTuple):
    """A part of the deployment: values by path, the settings that are dealt with, findings."""

    values: Mapping[str, Any]
    done: Sequence[str]
    findings: Sequence[Diagnostic] = ()


def deployment_files(settings: Settings, service: V1Service) -> DeploymentFiles:
    """The endpoint and the deployment that a service becomes; every setting is carried over or named."""
    kubernetes = service.cluster is not None
    auth = _authentication(settings, service)
    parts = [
        auth,
        _requests(settings),
        _kubernetes_resources(settings) if kubernetes else _machines(settings, service),
        _scaling(settings, kubernetes=kubernetes),
        _code(settings, service),
        _environment(settings, service),
        _monitoring(settings, kubernetes=kubernetes),
    ]
    values = {path: value for part in parts[1:] for path, value in part.values.items()}
    texts = {"tags": service.tags, "properties": service.properties}
    done = {"compute", "compute_target", *(name for part in parts for name in part.done)}
    texts_by_path = {
        f"{key}.{name}": value for key, given in texts.items() for name, value in given.items() if _fits(name)
    }
    description = {"description": settings["description"].value} if "description" in settings else {}
    return DeploymentFiles(
        endpoint=_endpoint(service, {**auth.values, **_known(description)}),
        deployment={
            "$schema": f"{_SCHEMAS}/{_kind(service)}OnlineDeployment.schema.json",
            "name": "blue",
            "endpoint_name": service.endpoint,
            "type": _kind(service),
            **_nested(_known(values)),
            **{key: _known(given) for key, given in texts.items() if _known(given)},
        },
        endpoint_assignments=_late(description),
        assignments={**_late(values), **_late(texts_by_path)},
        findings=(
            *(finding for part in parts for finding in part.findings),
            *(_lost(name, setting, kubernetes=kubernetes) for name, setting in settings.items() if name not in done),
            *(finding for key, given in texts.items() for finding in _lost_texts(key, given, service)),
        ),
    )


def _kind(service: V1Service) -> str:
    return "managed" if service.cluster is None else "kubernetes"


def _endpoint(service: V1Service, values: Mapping[str, Any]) -> dict[str, Any]:
    cluster = service.cluster
    compute = {} if cluster is None or is_expanded(cluster) else {"compute": f"azureml:{cluster}"}
    schema = f"{_SCHEMAS}/{_kind(service)}OnlineEndpoint.schema.json"
    return {"$schema": schema, "name": service.endpoint, **values, **compute}


def _authentication(settings: Settings, service: V1Service) -> _DeploymentPart:
    done = ("auth_enabled", "token_auth_enabled", "description", "ssl_enabled")
    enabled, token, tls = settings.get("auth_enabled"), settings.get("token_auth_enabled"), settings.get("ssl_enabled")
    findings = []
    # A v1 service on ACI asks for a key only with `authEnabled`.
    if (service.cluster is None and enabled is None) or (enabled is not None and not enabled.is_on):
        place = enabled.place if enabled else service.place
        if token is None or not token.is_on:
            message = "the service asked for no key; an endpoint always asks for its key or token"
            findings.append(place.finding(CHANGED, message, "Hand the key to all callers: `Authorization: Bearer …`."))
    if tls is not None and tls.is_on and service.cluster is not None:
        findings.append(tls.place.finding(NO_COUNTERPART, f"`{tls.label}` has no counterpart in v2", _TLS))
    return _DeploymentPart({"auth_mode": "aml_token" if token and token.is_on else "key"}, done, findings)


def _requests(settings: Settings) -> _DeploymentPart:
    values = {path: _number(settings[name]) for name, path in _NUMBERS.items() if name in settings}
    return _DeploymentPart(values, tuple(_NUMBERS))


def _machines(settings: Settings, service: V1Service) -> _DeploymentPart:
    """The size of the machines of a managed deployment, from what the container was given."""
    done = ("cpu_cores", "cpu_cores_limit", "memory_gb", "memory_gb_limit", "gpu_cores")
    found = [settings[name] for name in done if name in settings]
    amounts = {name: _amount(settings[name]) for name in done if name in settings}
    gpu = amounts.get("gpu_cores") or (1.0 if "enable_gpu" in settings and settings["enable_gpu"].is_on else 0.0)
    cores = max((amounts.get(name) or 0 for name in ("cpu_cores", "cpu_cores_limit")), default=0)
    memory = max((amounts.get(name) or 0 for name in ("memory_gb", "memory_gb_limit")), default=0)
    known = cores > 0 and memory > 0 and all(amount is not None for amount in amounts.values())
    fitting = smallest(cores, memory) if known else USUAL
    size = "Standard_NC6s_v3" if gpu else (fitting or LARGEST).name
    why = f"for {cores:g} CPU and {memory:g} GB" if known else "since no setting says what it needs"
    message = f"the machines are of size {size}, chosen {'for their GPU' if gpu else why}"
    place = found[0].place if found else service.place
    finding = place.finding(CHANGED, message, "Change `instance_type` of the deployment as you need it.")
    if fitting is None and not gpu:
        message = f"no general-purpose size has {cores:g} CPU and {memory:g} GB; the machines are of size {size}"
        finding = place.finding(NO_COUNTERPART, message, "Choose an `instance_type` of the deployment.")
    replicas = {} if "num_replicas" in settings else {"instance_count": 1}
    return _DeploymentPart({"instance_type": size, **replicas}, done, (finding,))


def _kubernetes_resources(settings: Settings) -> _DeploymentPart:
    values = {path: f"{settings[name].value}{unit}" for name, (path, unit) in _AMOUNTS.items() if name in settings}
    return _DeploymentPart(values, tuple(_AMOUNTS))


def _scaling(settings: Settings, *, kubernetes: bool) -> _DeploymentPart:
    """A number of instances, or the rules by which it changes."""
    replicas = {"instance_count": _number(settings["num_replicas"])} if "num_replicas" in settings else {}
    enabled = settings.get("autoscale_enabled")
    rules = [settings[name] for name in _SCALING if name in settings]
    # On AKS a service scales, unless autoscaling is off or the number of containers is set.
    scales = enabled.is_on if enabled else bool(rules) or (kubernetes and not replicas)
    done = ("num_replicas", "autoscale_enabled", *_SCALING)
    if not scales:
        return _DeploymentPart(replicas, done)
    if not kubernetes:
        at = enabled or rules[0]
        message = "a managed deployment does not scale by its own settings"
        hint = "Make a rule with `az monitor autoscale create` for the deployment."
        return _DeploymentPart(replicas, done, (at.place.finding(NO_COUNTERPART, message, hint),))
    given = {path: _number(settings[name]) for name, path in _SCALING.items() if name in settings}
    return _DeploymentPart({"scale_settings.type": "target_utilization", **_USUAL_SCALING, **given}, done)


def _code(settings: Settings, service: V1Service) -> _DeploymentPart:
    done = ("entry_script", "source_directory")
    script = scoring_script(settings)
    if script is None:
        message = "no setting names the scoring script"
        hint = "Write `code_configuration` into the deployment, unless the model is an MLflow model."
        return _DeploymentPart({}, done, (service.place.finding(NO_COUNTERPART, message, hint),))
    source = settings.get("source_directory")
    folder = source.path if source else posixpath.dirname(script) or "."
    name = script if is_rooted(script) or is_rooted(folder) else posixpath.relpath(script, folder)
    return _DeploymentPart(
        {"code_configuration.code": _from_target(folder, service), "code_configuration.scoring_script": name}, done
    )


def scoring_script(settings: Settings) -> str | None:
    """The scoring script as a path of the artifact; None where nothing names one."""
    script, source = settings.get("entry_script"), settings.get("source_directory")
    if script is None:
        return None
    # In a file the script is seen from the source directory; as an argument it is a path of the artifact.
    if source is not None and script.label == "entryScript" and not is_rooted(script.value):
        return posixpath.normpath(posixpath.join(source.path, script.value))
    return script.path


def _environment(settings: Settings, service: V1Service) -> _DeploymentPart:
    done = ("conda_file", "base_image", "enable_gpu", "runtime", "environment_name", "environment_version")
    named, version = settings.get("environment_name"), settings.get("environment_version")
    image, conda = settings.get("base_image"), settings.get("conda_file")
    findings = []
    runtime = settings.get("runtime")
    if runtime is not None and runtime.value.lower() not in ("python", "python-slim"):
        hint = "Choose an image that has it, in `environment.image`."
        findings.append(runtime.place.finding(NO_COUNTERPART, f"v2 does not have the runtime `{runtime.value}`", hint))
    # In a file a name describes the environment beside it; as an argument it names a registered one.
    defined = named is not None and named.label.startswith("environment.") and (conda or image)
    if named is not None and not defined:
        reference = f"azureml:{named.value}:{version.value}" if version else f"azureml:{named.value}@latest"
        unused = [settings[name] for name in ("conda_file", "base_image") if name in settings]
        message = "the registered environment has packages and image of its own"
        findings += [setting.place.finding(CHANGED, f"`{setting.label}` is left out: {message}") for setting in unused]
        return _DeploymentPart({"environment": reference}, done, findings)
    if named is None and version is not None:
        findings.append(_lost("environment_version", version, kubernetes=service.cluster is not None))
    if not {"conda_file", "base_image", "entry_script"} & set(settings):
        return _DeploymentPart({}, done, findings)
    gpu = "enable_gpu" in settings and settings["enable_gpu"].is_on
    chosen = image.value if image else GPU_IMAGE if gpu else IMAGE
    if image is None:
        message = f"the image is {chosen}; v1 chose one by itself"
        hint = "Change `environment.image` as you need it."
        findings.append((runtime.place if runtime else service.place).finding(CHANGED, message, hint))
    values = {"environment.name": named.value} if named else {}
    if named and version:
        values["environment.version"] = version.value
    values["environment.image"] = chosen
    if conda is not None:
        values["environment.conda_file"] = _from_target(conda.path, service)
        findings += _conda_findings(conda, service)
    return _DeploymentPart(values, done, findings)


def _conda_findings(conda: Setting, service: V1Service) -> Iterator[Diagnostic]:
    """The packages have to bring the server that v1 put into the image by itself."""
    here = local_path(conda.path, service.folder)
    if here is None:
        message = f"the conda file `{conda.value}` does not exist here, so it is not checked"
        yield conda.place.finding(CHANGED, message, "Add azureml-inference-server-http to it, unless it is there.")
        return
    text = here.read_text(encoding="utf-8", errors="replace")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    if not any(name in line for line in lines for name in ("azureml-defaults", "azureml-inference-server-http")):
        message = f"the conda file `{conda.value}` does not name azureml-inference-server-http"
        hint = "Add it below `pip:`: without it nothing answers in the container."
        yield conda.place.finding(NO_COUNTERPART, message, hint)


def _monitoring(settings: Settings, *, kubernetes: bool) -> _DeploymentPart:
    insights, collect = settings.get("enable_app_insights"), settings.get("collect_model_data")
    values: dict[str, Any] = {} if insights is None else {"app_insights_enabled": _flag(insights)}
    findings = []
    if collect is not None and collect.is_on:
        if not kubernetes:
            values |= {f"data_collector.collections.{kind}.enabled": "true" for kind in ("request", "response")}
        message = "data is collected by `data_collector`, not by the scoring script"
        code: Code = NO_COUNTERPART if kubernetes else CHANGED
        findings.append(collect.place.finding(code, message, "Check what is kept, and where."))
    return _DeploymentPart(values, ("enable_app_insights", "collect_model_data"), findings)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is known before the release runs."""
    return {name: value for name, value in values.items() if not _is_late(value)}


def _late(values: Mapping[str, Any]) -> dict[str, str]:
    """Values with macros, which are known when the release runs."""
    return {name: value for name, value in values.items() if _is_late(value)}


def _fits(name: str) -> bool:
    """Whether a name can be part of a path of `--set`."""
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", name) is not None


def _lost_texts(key: str, given: Mapping[str, str], service: V1Service) -> Iterator[Diagnostic]:
    for name in _late(given):
        if not _fits(name):
            message = f"`{name}` of `{key}` has a macro, and a name that `--set` cannot take"
            yield service.place.finding(NO_COUNTERPART, message, "Give it another name, or a fixed value.")


def _lost(name: str, setting: Setting, *, kubernetes: bool) -> Diagnostic:
    hint = _LOST.get(name)
    if name.startswith("ssl_"):
        hint = _TLS if kubernetes else "A managed endpoint always has TLS, with an address of its own."
    return setting.place.finding(NO_COUNTERPART, f"`{setting.label}` has no counterpart in v2", hint)


def _from_target(path: str, service: V1Service) -> str:
    """A path of the artifact from the folder of the new files."""
    if is_rooted(path) or "$" in path:
        return path
    return posixpath.relpath(path, service.target)


def _amount(setting: Setting) -> float | None:
    try:
        return float(setting.value)
    except ValueError:
        return None


def _number(setting: Setting) -> int | str:
    return int(setting.value) if setting.value.isdigit() else setting.value


def _flag(setting: Setting) -> bool | str:
    return setting.is_on if setting.value.lower() in ("true", "false") else setting.value


def _is_late(value: object) -> bool:
    return isinstance(value, str) and is_expanded(value)


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by path as nested mappings, in the order of the paths."""
    nested: dict[str, Any] = {}
    for path, value in values.items():
        *parents, last = path.split(".")
        place = nested
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return nested
