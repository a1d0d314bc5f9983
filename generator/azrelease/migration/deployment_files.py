"""The files of the endpoint and the deployment that a v1 service becomes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from azrelease.diagnostics import NO_COUNTERPART, Diagnostic
from azrelease.migration.deployment_parts import TLS_HINT, V1Service, authentication, deployment_parts
from azrelease.migration.environment import code, environment
from azrelease.migration.settings import Setting, Settings
from azrelease.templating.scripts import is_expanded

_SCHEMAS = "https://azuremlschemas.azureedge.net/latest"

_NETWORK = "Use `public_network_access` of the endpoint and the managed network of the workspace."
_LOST: Mapping[str, str] = {
    "base_image_registry": "Give the workspace's identity access to the registry; name it in `environment.image`.",
    "extra_docker_file_steps": "Build an image with these lines, and write it into `environment.image`.",
    "environment_directory": "Register the environment with `az ml environment create`.",
    "cuda_version": "Choose an image with that version in `environment.image`.",
    "schema_file": "Omit it: v2 takes the schema from the decorators of the scoring script.",
    "namespace": "Set the namespace of the attached cluster with `az ml compute attach --namespace`.",
    "location": "Omit it: an endpoint is in the region of its workspace.",
    "dns_name_label": "Omit it: the address of an endpoint comes from its name and region.",
    "vnet_name": _NETWORK,
    "subnet_name": _NETWORK,
    "vault_base_url": "Set customer-managed keys in the workspace.",
    "key_name": "Set customer-managed keys in the workspace.",
    "key_version": "Set customer-managed keys in the workspace.",
    "primary_key": "Get the keys of the endpoint with `az ml online-endpoint get-credentials`.",
    "secondary_key": "Get the keys of the endpoint with `az ml online-endpoint get-credentials`.",
    "version_name": "Use the `rollout` of the stage.",
    "traffic_percentile": "Use the `rollout` of the stage.",
    "profile_input": "Choose `instance_type` by a load test.",
    "port": "Omit it: a release has no local endpoints.",
    "path": "Omit it: paths start in the artifact.",
    "subscription_id": "Omit it: the service connection has the subscription.",
}


class DeploymentFiles(NamedTuple):
    """An endpoint and a deployment as data for their files, each with assignments for values with macros."""

    endpoint: Mapping[str, Any]
    deployment: Mapping[str, Any]
    endpoint_assignments: Mapping[str, str]
    assignments: Mapping[str, str]
    findings: tuple[Diagnostic, ...]


def deployment_files(settings: Settings, service: V1Service) -> DeploymentFiles:
    """Convert a service to an endpoint and a deployment; each setting is migrated, or has a finding."""
    auth = authentication(settings, service)
    parts = (*deployment_parts(settings, service), code(settings, service), environment(settings, service))
    values = {path: value for part in parts for path, value in part.values.items()}
    texts = {"tags": service.tags, "properties": service.properties}
    texts_by_path = {
        f"{key}.{name}": value for key, given in texts.items() for name, value in given.items() if _fits(name)
    }
    replaced = {"compute", "compute_target", *(name for part in (auth, *parts) for name in part.replaced)}
    description = {"description": settings["description"].value} if "description" in settings else {}
    kind = "managed" if service.is_managed else "kubernetes"
    return DeploymentFiles(
        endpoint={
            "$schema": f"{_SCHEMAS}/{kind}OnlineEndpoint.schema.json",
            "name": service.endpoint,
            **auth.values,
            **_known(description),
            **_known({} if service.is_managed else {"compute": f"azureml:{service.cluster}"}),
        },
        deployment={
            "$schema": f"{_SCHEMAS}/{kind}OnlineDeployment.schema.json",
            "name": "blue",
            "endpoint_name": service.endpoint,
            "type": kind,
            **_nested(_known(values)),
            **{key: _known(given) for key, given in texts.items() if _known(given)},
        },
        endpoint_assignments=_with_macros(description),
        assignments={**_with_macros(values), **_with_macros(texts_by_path)},
        findings=(
            *(finding for part in (auth, *parts) for finding in part.findings),
            *(_lost(name, setting, service) for name, setting in settings.items() if name not in replaced),
            *(finding for key, given in texts.items() for finding in _lost_texts(key, given, service)),
        ),
    )


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without macros, which a file can contain."""
    return {name: value for name, value in values.items() if not isinstance(value, str) or not is_expanded(value)}


def _with_macros(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in values.items() if isinstance(value, str) and is_expanded(value)}


def _fits(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", name) is not None


def _lost_texts(key: str, given: Mapping[str, str], service: V1Service) -> Iterator[Diagnostic]:
    for name in _with_macros(given):
        if not _fits(name):
            message = f"`{name}` of `{key}` has a macro, and a name that the command line does not accept"
            yield service.location.finding(NO_COUNTERPART, message, "Give it another name, or a fixed value.")


def _lost(name: str, setting: Setting, service: V1Service) -> Diagnostic:
    hint = _LOST.get(name)
    if name.startswith("ssl_"):
        managed = "Omit it: a managed endpoint always has TLS, with an address of its own."
        hint = managed if service.is_managed else TLS_HINT
    return setting.location.finding(NO_COUNTERPART, f"`{setting.label}` has no counterpart in v2", hint)


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by path as nested mappings, in the order of the paths."""
    nested: dict[str, Any] = {}
    for path, value in values.items():
        *parents, last = path.split(".")
        mapping = nested
        for parent in parents:
            mapping = mapping.setdefault(parent, {})
        mapping[last] = value
    return nested
