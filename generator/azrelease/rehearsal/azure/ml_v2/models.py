"""Models of a workspace and of registries."""

import re
from collections.abc import Callable
from typing import Any

from azrelease.rehearsal.azure.command_call import CommandCall, Entity
from azrelease.rehearsal.azure.hosting import SimulatedRefusalError
from azrelease.rehearsal.azure.ml_v2.workspace import V2Workspace

_IN_REGISTRY = re.compile(r"azureml://registries/([^/]+)/models/([^/]+)/(?:versions|labels)/([^/]+)")


def described_model(state: V2Workspace, data: Entity, call: CommandCall) -> str | None:
    """The id of the model of a deployment: a reference, or a description in its place; None without one.

    Raises:
        SimulatedRefusalError: the model or its file does not exist.
    """
    given: Any = data.get("model")
    if "model" not in data:
        return None
    if not isinstance(given, dict):
        return _model_id(state, str(given))
    folder, default_name = call.path("--file").parent, f"{call.values['--endpoint-name']}-{call.values['--name']}"
    name, version, path = str(given.get("name", default_name)), str(given.get("version", 1)), str(given.get("path", ""))
    if not path or not (folder / path).exists():
        raise SimulatedRefusalError(f"model: {path or 'its path'}: no such file or folder in {folder.name}")
    known = state.models.setdefault(name, [])
    if version not in _numbers(known):
        state.host.register(name, version, folder / path)
        known.append({"name": name, "version": version, "tags": {}, "properties": {}})
    return _model_id(state, f"azureml:{name}:{version}")


def _create_model(state: V2Workspace, call: CommandCall) -> Entity:
    name = call.values["--name"]
    versions = _models(state, call).setdefault(name, [])
    version = call.values.get("--version", str(len(versions) + 1))
    _check_new(version, versions)
    if not call.path("--path").exists():
        raise SimulatedRefusalError(f"{call.values['--path']}: no such file")
    state.host.register(name, version, call.path("--path"))
    tags = dict(word.split("=", 1) for word in call.values.get("--tags", "").split("\0") if "=" in word)
    versions.append({"name": name, "version": version, "tags": tags, "properties": {}})
    return versions[-1]


def _list_models(state: V2Workspace, call: CommandCall) -> list[Entity]:
    models = _models(state, call)
    if "--name" not in call.values:
        return [{"name": name} for name in models]
    if call.values["--name"] not in models:
        raise SimulatedRefusalError(f"(ResourceNotFound) model {call.values['--name']}")
    return models[call.values["--name"]]


def _show_model(state: V2Workspace, call: CommandCall) -> Entity:
    name, version = call.values["--name"], call.values.get("--version") or call.values["--label"]
    models = _models(state, call)
    if models is state.models:
        _model_id(state, f"{name}:{version}")
    versions = models.get(name, [])
    number = _known_version(name, version, versions)
    return next(model for model in versions if model["version"] == number)


def _share_model(state: V2Workspace, call: CommandCall) -> Entity:
    own = {"--name": call.values["--name"], "--version": call.values["--version"]}
    model = _show_model(state, call._replace(values=own))
    name, version = call.values["--share-with-name"], call.values["--share-with-version"]
    versions = _models(state, call).setdefault(name, [])
    _check_new(version, versions)
    versions.append({**model, "name": name, "version": version})
    return versions[-1]


def _models(state: V2Workspace, call: CommandCall) -> dict[str, list[Entity]]:
    """The models of the registry that a command names, or of the workspace."""
    registry = call.values.get("--registry-name")
    if registry is None:
        return state.models
    if "--workspace-name" in call.values and "--share-with-name" not in call.values:
        raise SimulatedRefusalError("give a registry or a workspace, not both")
    return state.registries.setdefault(registry, {})


def _model_id(state: V2Workspace, reference: str) -> str:
    """The id of a model that `azureml:name:version`, `azureml:name@latest` or a registry URL refers to."""
    address = _IN_REGISTRY.fullmatch(reference)
    if address:
        registry, name, version = address.groups()
        versions = state.registries.get(registry, {}).get(name, [])
        return f"azureml://registries/{registry}/models/{name}/versions/{_known_version(name, version, versions)}"
    if reference.startswith("azureml:") and "/" in reference:
        raise SimulatedRefusalError(f"{reference}: not a reference to a model")
    name, _, version = reference.removeprefix("azureml:").replace("@", ":").partition(":")
    versions = state.models.get(name, [])
    if version not in _numbers(versions) and state.host.knows_model(name, version):
        versions = state.models.setdefault(name, [])
        versions.append({"name": name, "version": version, "tags": {}, "properties": {}})
    version = _known_version(name, version, versions)
    return f"azureml:/subscriptions/s/resourceGroups/g/providers/p/workspaces/w/models/{name}/versions/{version}"


def _known_version(name: str, version: str, versions: list[Entity]) -> str:
    """A version of a model, or the newest for `latest`."""
    known = _numbers(versions)
    if not known:
        raise SimulatedRefusalError(f"(ResourceNotFound) model {name}")
    version = known[-1] if version == "latest" else version
    if version not in known:
        raise SimulatedRefusalError(f"(ResourceNotFound) model {name}:{version}")
    return version


def _check_new(version: str, versions: list[Entity]) -> None:
    if version in _numbers(versions):
        raise SimulatedRefusalError("a model of this name and version exists")


def _numbers(versions: list[Entity]) -> list[str]:
    return [str(model["version"]) for model in versions]


COMMANDS: dict[str, Callable[[V2Workspace, CommandCall], object]] = {
    "ml model create": _create_model,
    "ml model list": _list_models,
    "ml model show": _show_model,
    "ml model share": _share_model,
}
