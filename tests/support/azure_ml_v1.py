"""Azure Machine Learning CLI v1, as far as releases use it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from support.azure_refusal import Refused

Values = dict[str, str]


@dataclass
class State:
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    clusters: dict[str, dict[str, Any]] = field(default_factory=dict)


def service(state: State, values: Values, _settings: Values, _folder: Path) -> dict[str, Any]:
    if values["--name"] not in state.services:
        raise Refused(f"WebserviceNotFound: {values['--name']}")
    return state.services[values["--name"]]


def get_keys(state: State, values: Values, settings: Values, folder: Path) -> dict[str, str]:
    if not service(state, values, settings, folder)["authEnabled"]:
        raise Refused("authentication is not enabled for this service")
    return {"primaryKey": f"key-of-{values['--name']}", "secondaryKey": "other"}


def create_aks(state: State, values: Values, _settings: Values, _folder: Path) -> dict[str, str]:
    if values["--name"] in state.clusters:
        raise Refused(f"Compute target {values['--name']} already exists")
    state.clusters[values["--name"]] = {"vmSize": values.get("--vm-size"), "agentCount": values.get("--agent-count")}
    return {"name": values["--name"], "provisioningState": "Succeeded"}


def deploy(state: State, values: Values, _settings: Values, folder: Path) -> dict[str, Any]:
    file = values.get("--deploy-config-file")
    # Without a file the arguments say it.
    config = read_file(folder / file) if file else {"computeType": values["--compute-type"], "authEnabled": True}
    inference = read_file(folder / values["--inference-config-file"])
    if "--model" not in values:
        read_file(folder / values["--model-metadata-file"])
    for file in (inference["entryScript"], inference["condaFile"]):
        if not (folder / file).is_file():
            raise Refused(f"{file}: no such file in {folder.name}")
    if config["computeType"] == "AKS" and values.get("--compute-target") not in state.clusters:
        raise Refused(f"ComputeTargetNotFound: {values.get('--compute-target')}")
    name = values["--name"]
    before = state.services.get(name)
    if before and "--overwrite" not in values:
        raise Refused(f"Service {name} already exists")
    state.services[name] = {
        "name": name,
        "scoringUri": f"http://127.0.0.1/{name}/score",
        "authEnabled": bool(config.get("authEnabled", False)),
        "deployments": (before or {"deployments": 0})["deployments"] + 1,
    }
    return state.services[name]


def read_file(path: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{path.name}: {error.strerror}") from error
    return data


COMMANDS = {
    "ml model deploy": deploy,
    "ml service show": service,
    "ml service get-keys": get_keys,
    "ml computetarget create aks": create_aks,
}
