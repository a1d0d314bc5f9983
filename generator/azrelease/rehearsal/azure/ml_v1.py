"""The commands of Azure Machine Learning CLI v1 that releases use."""

from dataclasses import dataclass, field
from pathlib import Path

from azrelease.rehearsal.azure.command_call import CommandCall, Entity
from azrelease.rehearsal.azure.hosting import DeploymentSpec, Host, SimulatedRefusalError


@dataclass
class V1Workspace:
    """Services and clusters of a workspace, by name, and the host that serves the models."""

    services: dict[str, Entity] = field(default_factory=dict)
    clusters: dict[str, Entity] = field(default_factory=dict)
    host: Host = field(default_factory=Host)


def _show_service(state: V1Workspace, call: CommandCall) -> Entity:
    name = call.values["--name"]
    if name not in state.services:
        raise SimulatedRefusalError(f"WebserviceNotFound: {name}")
    return state.services[name]


def _get_keys(state: V1Workspace, call: CommandCall) -> Entity:
    if not _show_service(state, call)["authEnabled"]:
        raise SimulatedRefusalError("authentication is not enabled for this service")
    return {"primaryKey": f"key-of-{call.values['--name']}", "secondaryKey": "other"}


def _create_aks(state: V1Workspace, call: CommandCall) -> Entity:
    name = call.values["--name"]
    if name in state.clusters:
        raise SimulatedRefusalError(f"Compute target {name} already exists")
    state.clusters[name] = {
        "vmSize": call.values.get("--vm-size"),
        "agentCount": call.values.get("--agent-count"),
        "provisioningState": "Succeeded",
    }
    return {"name": name, "provisioningState": "Succeeded"}


def _deploy(state: V1Workspace, call: CommandCall) -> Entity:
    values, name = call.values, call.values["--name"]
    if "--deploy-config-file" in values:
        config = _read(call, "--deploy-config-file", "computeType")
    else:
        config = {"computeType": values["--compute-type"], "authEnabled": True}
    inference = _read(call, "--inference-config-file", "entryScript", "condaFile")
    model = _model(call)
    folder = call.folder / str(inference.get("sourceDirectory") or ".")
    for needed in (inference["entryScript"], inference["condaFile"]):
        if not (folder / needed).is_file():
            raise SimulatedRefusalError(f"{needed}: no such file in {call.folder.name}")
    on_cluster = config["computeType"] == "AKS"
    if on_cluster:
        _check_cluster(state, values.get("--compute-target"))
    before = state.services.get(name)
    if before and "--overwrite" not in values:
        raise SimulatedRefusalError(f"Service {name} already exists")
    state.host.start(_deployment_spec(name, inference, folder, model))
    keyed = bool(config.get("authEnabled", on_cluster))
    state.host.route(name, {name: 100}, f"key-of-{name}" if keyed else None)
    state.services[name] = {
        "name": name,
        "scoringUri": state.host.address(name),
        "authEnabled": keyed,
        "deployments": (before or {"deployments": 0})["deployments"] + 1,
    }
    return state.services[name]


def _read(call: CommandCall, option: str, *required: str, hint: str = "") -> Entity:
    data = call.read(option)
    for key in required:
        if not data.get(key):
            raise SimulatedRefusalError(f"{call.values[option]}: `{key}` is missing{hint}")
    return data


def _check_cluster(state: V1Workspace, name: str | None) -> None:
    if name not in state.clusters:
        raise SimulatedRefusalError(f"ComputeTargetNotFound: {name}")
    condition = state.clusters[name].get("provisioningState")
    if condition != "Succeeded":
        raise SimulatedRefusalError(f"the compute target {name} is in state {condition}")


def _deployment_spec(name: str, inference: Entity, folder: Path, model: str | None) -> DeploymentSpec:
    return DeploymentSpec(
        endpoint=name,
        name=name,
        folder=folder,
        script=str(inference["entryScript"]),
        model=model,
        conda_file=folder / str(inference["condaFile"]),
        timeout=60.0,
        wraps_errors=False,
    )


def _model(call: CommandCall) -> str | None:
    """The model, `name:version`, of the arguments or of the metadata file.

    `az ml model register --output-metadata-file` writes that file. Source of its keys: azureml-core,
    `_model_management/_constants.py` and the `collect_input_models` of azure-cli-ml.
    """
    if "--model" in call.values:
        return call.values["--model"].split(" ")[0]
    keys = ("workspaceName", "resourceGroupName", "modelId")
    hint = f": `az ml model register --output-metadata-file` writes {', '.join(keys)}"
    data = _read(call, "--model-metadata-file", *keys, hint=hint)
    workspace = (call.values.get("--workspace-name"), call.values.get("--resource-group"))
    if (data["workspaceName"], data["resourceGroupName"]) != workspace:
        file = call.values["--model-metadata-file"]
        raise SimulatedRefusalError(
            f"{file}: the model is in the workspace {data['workspaceName']}, not in {workspace[0]}"
        )
    return str(data["modelId"])


COMMANDS = {
    "ml model deploy": _deploy,
    "ml service show": _show_service,
    "ml service get-keys": _get_keys,
    "ml computetarget create aks": _create_aks,
}
