"""Azure Machine Learning CLI v1, as far as releases use it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from azrelease.rehearsal.azure.hosting import NO_HOST, Deployed, Host
from azrelease.rehearsal.azure.refusal import SimulatedRefusalError

Values = dict[str, str]


@dataclass
class V1Workspace:
    """Services and clusters of a workspace, and what serves them."""

    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    clusters: dict[str, dict[str, Any]] = field(default_factory=dict)
    host: Host = NO_HOST


def service(state: V1Workspace, values: Values, _settings: Values, _folder: Path) -> dict[str, Any]:
    """`az ml service show`."""
    if values["--name"] not in state.services:
        raise SimulatedRefusalError(f"WebserviceNotFound: {values['--name']}")
    return state.services[values["--name"]]


def get_keys(state: V1Workspace, values: Values, settings: Values, folder: Path) -> dict[str, str]:
    """`az ml service get-keys`."""
    if not service(state, values, settings, folder)["authEnabled"]:
        raise SimulatedRefusalError("authentication is not enabled for this service")
    return {"primaryKey": f"key-of-{values['--name']}", "secondaryKey": "other"}


def create_aks(state: V1Workspace, values: Values, _settings: Values, _folder: Path) -> dict[str, str]:
    """`az ml computetarget create aks`."""
    if values["--name"] in state.clusters:
        raise SimulatedRefusalError(f"Compute target {values['--name']} already exists")
    made = {
        "vmSize": values.get("--vm-size"),
        "agentCount": values.get("--agent-count"),
        "provisioningState": "Succeeded",
    }
    state.clusters[values["--name"]] = made
    return {"name": values["--name"], "provisioningState": "Succeeded"}


def deploy(state: V1Workspace, values: Values, _settings: Values, folder: Path) -> dict[str, Any]:
    """`az ml model deploy`."""
    file = values.get("--deploy-config-file")
    # Without a file the arguments say it.
    config = read_file(folder / file) if file else {"computeType": values["--compute-type"], "authEnabled": True}
    inference = read_file(folder / values["--inference-config-file"])
    model = _model(values, folder)
    for key in ("entryScript", "condaFile"):
        if not inference.get(key):
            raise SimulatedRefusalError(f"{values['--inference-config-file']}: `{key}` is missing")
    source = folder / str(inference.get("sourceDirectory") or ".")
    for file in (inference["entryScript"], inference["condaFile"]):
        if not (source / file).is_file():
            raise SimulatedRefusalError(f"{file}: no such file in {folder.name}")
    if config["computeType"] == "AKS" and values.get("--compute-target") not in state.clusters:
        raise SimulatedRefusalError(f"ComputeTargetNotFound: {values.get('--compute-target')}")
    if config["computeType"] == "AKS":
        condition = state.clusters[values["--compute-target"]].get("provisioningState")
        if condition != "Succeeded":
            raise SimulatedRefusalError(f"the compute target {values['--compute-target']} is in state {condition}")
    name = values["--name"]
    before = state.services.get(name)
    if before and "--overwrite" not in values:
        raise SimulatedRefusalError(f"Service {name} already exists")
    state.host.start(_deployed(name, inference, folder, model))
    keyed = bool(config.get("authEnabled", config["computeType"] == "AKS"))
    state.host.route(name, {name: 100}, f"key-of-{name}" if keyed else None)
    state.services[name] = {
        "name": name,
        "scoringUri": state.host.address(name),
        "authEnabled": keyed,
        "deployments": (before or {"deployments": 0})["deployments"] + 1,
    }
    return state.services[name]


def _deployed(name: str, inference: dict[str, Any], folder: Path, model: str | None) -> Deployed:
    """What has to be served: `sourceDirectory` is where the entry script stands, else the folder of the command."""
    source = folder / str(inference.get("sourceDirectory") or ".")
    return Deployed(
        endpoint=name,
        name=name,
        folder=source,
        script=str(inference["entryScript"]),
        model=model,
        conda_file=source / str(inference["condaFile"]),
        timeout=60.0,
        wraps_errors=False,
    )


def _model(values: Values, folder: Path) -> str | None:
    """The model, `name:version`, that the arguments or the metadata file say.

    The file is what `az ml model register --output-metadata-file` writes. Source of its keys: azureml-core,
    `_model_management/_constants.py` and the `collect_input_models` of azure-cli-ml.

    Raises:
        RefusedError: a key is missing, or the model is in another workspace.
    """
    if "--model" in values:
        return values["--model"].split(" ")[0]
    file = values["--model-metadata-file"]
    data = read_file(folder / file)
    for key in ("workspaceName", "resourceGroupName", "modelId"):
        if not data.get(key):
            raise SimulatedRefusalError(
                f"{file}: `{key}` is missing: `az ml model register --output-metadata-file` writes modelId, "
                "workspaceName and resourceGroupName"
            )
    given = (values.get("--workspace-name"), values.get("--resource-group"))
    if (data["workspaceName"], data["resourceGroupName"]) != given:
        raise SimulatedRefusalError(f"{file}: the model is in the workspace {data['workspaceName']}, not in {given[0]}")
    return str(data["modelId"])


def read_file(path: Path) -> dict[str, Any]:
    """The content of a YAML or JSON file.

    Raises:
        RefusedError: it is missing, or has no keys and values.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SimulatedRefusalError(f"{path.name}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SimulatedRefusalError(f"{path.name}: neither YAML nor JSON: {error}") from error
    if not isinstance(data, dict):
        raise SimulatedRefusalError(f"{path.name}: needs keys and values")
    return data


COMMANDS = {
    "ml model deploy": deploy,
    "ml service show": service,
    "ml service get-keys": get_keys,
    "ml computetarget create aks": create_aks,
}
