"""A stand-in for `az`: knows the Azure ML commands, refuses arguments that the reference does not list, keeps state.

Run as a program. `AZ_STATE` is the file of the state, `AZ_LOG` that of the calls; `AZ_FAIL=before:3` (or `after:3`) lets the third
call fail before (after) it took effect, as a network or a service does.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jmespath
import yaml

from azrelease.catalog.azure_ml_cli import find_commands, parse

State = dict[str, Any]
Values = dict[str, str]


class Refused(Exception):  # noqa: N818  (the words of the service)
    """The service says no."""


def main(words: list[str]) -> int:
    state_file, log_file = Path(os.environ["AZ_STATE"]), Path(os.environ["AZ_LOG"])
    calls = log_file.read_text(encoding="utf-8").splitlines() if log_file.exists() else []
    log_file.write_text("".join(f"{call}\n" for call in [*calls, json.dumps(words)]), encoding="utf-8")
    when, _, number = os.environ.get("AZ_FAIL", "never:0").partition(":")
    fails = int(number) == len(calls) + 1
    state = (
        json.loads(state_file.read_text(encoding="utf-8"))
        if state_file.exists()
        else {"services": {}, "clusters": {}, "extensions": []}
    )
    if fails and when == "before":
        sys.stderr.write("ERROR: connection reset\n")
        return 1
    try:
        result, output = run(words, state)
    except Refused as refusal:
        sys.stderr.write(f"ERROR: {refusal}\n")
        return 2
    state_file.write_text(json.dumps(state), encoding="utf-8")
    if fails and when == "after":
        sys.stderr.write("ERROR: connection reset\n")
        return 1
    print_result(result, output)
    return 0


def run(words: list[str], state: State) -> tuple[Any, Values]:
    """The result of a command, and the arguments that say how to print it."""
    if words[:2] == ["extension", "add"]:
        state["extensions"] = sorted({*state["extensions"], words[words.index("--name") + 1]})
        return None, {}
    if words[:3] == ["ml", "computetarget", "list"]:
        # The reference lists no arguments of this command; these are the ones that all of its group take.
        given = dict(zip(words[3::2], words[4::2], strict=True))
        if set(given) - {"--resource-group", "--workspace-name", "--query", "--output"}:
            raise Refused(f"unrecognized arguments: {words}")
        return [{"name": name, **cluster} for name, cluster in state["clusters"].items()], given
    (command,) = find_commands(words) or (None,)
    if command is None:
        raise Refused(f"'{' '.join(words[:4])}' is not an az command")
    parsed = parse(command, words[len(command.name.split()) :])
    if parsed.problems:
        raise Refused("; ".join(parsed.problems))
    values = {name: " ".join(given) for name, given in parsed.values.items()}
    return COMMANDS[command.name](values, state), values


def print_result(result: Any, output: Values) -> None:
    if "--query" in output:
        result = jmespath.search(output["--query"], result)
    if output.get("--output") == "tsv":
        rows = result if isinstance(result, list) else [] if result is None else [result]
        sys.stdout.write("".join(f"{row}\n" for row in rows))
    elif result is not None:
        sys.stdout.write(f"{json.dumps(result)}\n")


def service(values: Values, state: State) -> dict[str, Any]:
    if values["--name"] not in state["services"]:
        raise Refused(f"WebserviceNotFound: {values['--name']}")
    found: dict[str, Any] = state["services"][values["--name"]]
    return found


def get_keys(values: Values, state: State) -> dict[str, str]:
    if not service(values, state)["authEnabled"]:
        raise Refused("authentication is not enabled for this service")
    return {"primaryKey": f"key-of-{values['--name']}", "secondaryKey": "other"}


def create_aks(values: Values, state: State) -> dict[str, str]:
    if values["--name"] in state["clusters"]:
        raise Refused(f"Compute target {values['--name']} already exists")
    state["clusters"][values["--name"]] = {"vmSize": values.get("--vm-size"), "agentCount": values.get("--agent-count")}
    return {"name": values["--name"], "provisioningState": "Succeeded"}


def deploy(values: Values, state: State) -> dict[str, Any]:
    config = read_file(values["--deploy-config-file"])
    inference = read_file(values["--inference-config-file"])
    read_file(values["--model-metadata-file"])
    for file in (inference["entryScript"], inference["condaFile"]):
        if not Path(file).is_file():
            raise Refused(f"{file}: no such file in {Path.cwd().name}")
    if config["computeType"] == "AKS" and values.get("--compute-target") not in state["clusters"]:
        raise Refused(f"ComputeTargetNotFound: {values.get('--compute-target')}")
    name = values["--name"]
    before = state["services"].get(name)
    if before and "--overwrite" not in values:
        raise Refused(f"Service {name} already exists")
    state["services"][name] = {
        "name": name,
        "scoringUri": f"http://127.0.0.1/{name}/score",
        "authEnabled": bool(config.get("authEnabled", False)),
        "deployments": (before or {"deployments": 0})["deployments"] + 1,
    }
    created: dict[str, Any] = state["services"][name]
    return created


def read_file(name: str) -> dict[str, Any]:
    try:
        data: dict[str, Any] = yaml.safe_load(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{name}: {error.strerror}") from error
    return data


COMMANDS: dict[str, Callable[[Values, State], Any]] = {
    "ml model deploy": deploy,
    "ml service show": service,
    "ml service get-keys": get_keys,
    "ml computetarget create aks": create_aks,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
