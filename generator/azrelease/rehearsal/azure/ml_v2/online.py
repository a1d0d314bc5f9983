"""Online endpoints and their deployments: traffic, keys, requests, logs."""

import json
from collections.abc import Callable

from azrelease.rehearsal.azure.command_call import CommandCall, Entity
from azrelease.rehearsal.azure.hosting import SimulatedRefusalError, second_key
from azrelease.rehearsal.azure.ml_v2.models import described_model
from azrelease.rehearsal.azure.ml_v2.workspace import (
    V2Workspace,
    assign,
    check_deployment_exists,
    deployment_spec,
    deployments_of,
    find_endpoint,
    read_description,
)

_ALL, _MAX_MIRRORED = 100, 50
"""Percent of the traffic: all of it, and the maximum that may be mirrored."""


def _create_endpoint(state: V2Workspace, call: CommandCall) -> Entity:
    name = call.values["--name"]
    if name in state.endpoints:
        raise SimulatedRefusalError("Endpoint already exists")
    data = read_description(state, "online-endpoint", call)
    state.creations[name] += 1
    state.endpoints[name] = {
        "name": name,
        "auth_mode": data.get("auth_mode", "key"),
        "compute": data.get("compute"),
        "tags": data.get("tags", {}),
        "description": data.get("description"),
        "scoring_uri": state.host.address(name),
        "provisioning_state": "Succeeded",
        "traffic": {},
        "mirror_traffic": {},
        "deployments": {},
    }
    return _public(state.endpoints[name])


def _update_endpoint(state: V2Workspace, call: CommandCall) -> Entity:
    endpoint = find_endpoint(state.endpoints, call.values["--name"])
    if "--file" in call.values:
        _change_traffic(state, endpoint["traffic"].clear)
    if "--traffic" in call.values:
        traffic = _shares(call.values["--traffic"], endpoint)
        if sum(traffic.values()) not in (0, _ALL):
            raise SimulatedRefusalError("Traffic rule percentages must sum to 0 or 100")
        _check_live_or_mirrored(traffic, endpoint["mirror_traffic"])
        _change_traffic(
            state, lambda: endpoint.update(traffic={name: share for name, share in traffic.items() if share})
        )
        _route(state, endpoint)
    if "--mirror-traffic" in call.values:
        mirror = _shares(call.values["--mirror-traffic"], endpoint)
        if endpoint["compute"] or len(mirror) != 1 or max(mirror.values()) > _MAX_MIRRORED:
            raise SimulatedRefusalError("mirror traffic is for one deployment of a managed endpoint, 50 % at most")
        _check_live_or_mirrored(dict.fromkeys(mirror, _ALL), endpoint["traffic"])
        endpoint["mirror_traffic"] = {name: share for name, share in mirror.items() if share}
    assign(endpoint, call.settings)
    return _public(endpoint)


def _get_credentials(state: V2Workspace, call: CommandCall) -> Entity:
    endpoint = find_endpoint(state.endpoints, call.values["--name"])
    if endpoint["auth_mode"] == "key":
        return {"primaryKey": _key(endpoint), "secondaryKey": second_key(_key(endpoint))}
    return {"accessToken": _key(endpoint), "expiryTimeUtc": 0}


def _invoke(state: V2Workspace, call: CommandCall) -> str:
    endpoint = find_endpoint(state.endpoints, call.values["--name"])
    file = call.values["--request-file"]
    try:
        body = call.path("--request-file").read_bytes()
        json.loads(body)
    except OSError as error:
        raise SimulatedRefusalError(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise SimulatedRefusalError(f"{file}: invalid JSON: {error}") from error
    name = call.values.get("--deployment-name")
    if name is not None and name not in endpoint["deployments"]:
        raise SimulatedRefusalError(f"Deployment name {name} not found for this endpoint")
    if name is None and not _serves_all(endpoint):
        raise SimulatedRefusalError("(404) no deployment has traffic")
    return state.host.ask(endpoint["name"], name, body, _key(endpoint))


def _delete_deployment(state: V2Workspace, call: CommandCall) -> None:
    endpoint, name = find_endpoint(state.endpoints, call.values["--endpoint-name"]), call.values["--name"]
    call.confirm()
    actual_name = next((known for known in endpoint["deployments"] if known.lower() == name.lower()), None)
    if actual_name is None:
        raise SimulatedRefusalError(f"(ResourceNotFound) deployment {name}")
    if endpoint["traffic"].get(name.lower()):
        raise SimulatedRefusalError(f"Cannot delete deployment {name}, which has traffic")
    state.host.stop(endpoint["name"], actual_name)
    del endpoint["deployments"][actual_name]


def _show_deployment(state: V2Workspace, call: CommandCall) -> Entity:
    deployment = deployments_of(state.endpoints, call).get(call.values["--name"])
    if deployment is None:
        raise SimulatedRefusalError(f"(ResourceNotFound) deployment {call.values['--name']}")
    return deployment


def _get_logs(state: V2Workspace, call: CommandCall) -> str:
    return state.host.log(call.values["--endpoint-name"], _show_deployment(state, call)["name"])


def _put_deployment(state: V2Workspace, call: CommandCall, *, exists: bool) -> Entity:
    deployments, name = deployments_of(state.endpoints, call), call.values["--name"]
    check_deployment_exists(deployments, name, exists=exists)
    data = read_description(state, "online-deployment", call)
    endpoint = state.endpoints[call.values["--endpoint-name"]]
    managed = not endpoint["compute"]
    if managed and not data.get("instance_type"):
        raise SimulatedRefusalError("instance_type: missing data for required field")
    if data.get("type", "managed") != ("managed" if managed else "kubernetes"):
        raise SimulatedRefusalError(f"a deployment of type {data.get('type')} does not belong to this endpoint")
    model = described_model(state, data, call)
    deployment = {"name": name, "model": model, "tags": data.get("tags") or {}, "data": data}
    try:
        state.host.start(deployment_spec(endpoint, name, data, model, call.path("--file").parent))
    except SimulatedRefusalError:
        # The service keeps a deployment that fails to start, so that its log can be read.
        deployments[name] = {**deployment, "provisioning_state": "Failed"}
        raise
    deployments[name] = {**deployment, "provisioning_state": "Succeeded"}
    if "--all-traffic" in call.values:
        _change_traffic(state, lambda: endpoint.update(traffic={name.lower(): _ALL}))
    _route(state, endpoint)
    return deployments[name]


def _serves_all(endpoint: Entity) -> bool:
    return bool(sum(endpoint["traffic"].values()) == _ALL)


def _change_traffic(state: V2Workspace, change: Callable[[], object]) -> None:
    """Make a change, and record the endpoints that no deployment serves any more."""
    serving = [name for name, endpoint in state.endpoints.items() if _serves_all(endpoint)]
    change()
    state.gaps += [name for name in serving if not _serves_all(state.endpoints[name])]


def _public(endpoint: Entity) -> Entity:
    """An endpoint as the service returns it: without its deployments, with a share for each."""
    idle = {
        name: 0
        for name in endpoint["deployments"]
        if name not in endpoint["traffic"] and name not in endpoint["mirror_traffic"]
    }
    fields = {key: value for key, value in endpoint.items() if key != "deployments"}
    return {**fields, "traffic": {**endpoint["traffic"], **idle}}


def _shares(text: str, endpoint: Entity) -> dict[str, int]:
    """The shares of `name=percent name=percent`; the service keeps names in lower case."""
    pairs = [word.partition("=") for word in text.split()]
    wrong = [name for name, _, share in pairs if not share.isdecimal()]
    if wrong:
        raise SimulatedRefusalError(f"`{wrong[0]}`: traffic must be DEPLOYMENT=PERCENT")
    shares = {name.lower(): int(share) for name, _, share in pairs}
    for name in shares:
        if name not in map(str.lower, endpoint["deployments"]):
            raise SimulatedRefusalError(f"Deployment {name} not found")
    return shares


def _check_live_or_mirrored(shares: dict[str, int], others: dict[str, int]) -> None:
    if any(share and others.get(name) for name, share in shares.items()):
        raise SimulatedRefusalError("a deployment gets live traffic or mirrored traffic, not both")


def _key(endpoint: Entity) -> str:
    """The key or token of an endpoint."""
    return f"{'key' if endpoint['auth_mode'] == 'key' else 'token'}-of-{endpoint['name']}"


def _route(state: V2Workspace, endpoint: Entity) -> None:
    """Route the requests of an endpoint by its traffic."""
    names = {name.lower(): name for name in endpoint["deployments"]}
    shares = {names.get(name, name): share for name, share in endpoint["traffic"].items()}
    state.host.route(endpoint["name"], shares, _key(endpoint))


COMMANDS: dict[str, Callable[[V2Workspace, CommandCall], object]] = {
    "ml online-endpoint create": _create_endpoint,
    "ml online-endpoint update": _update_endpoint,
    "ml online-endpoint show": lambda state, call: _public(find_endpoint(state.endpoints, call.values["--name"])),
    "ml online-endpoint list": lambda state, _: list(map(_public, state.endpoints.values())),
    "ml online-endpoint get-credentials": _get_credentials,
    "ml online-endpoint invoke": _invoke,
    "ml online-deployment create": lambda state, call: _put_deployment(state, call, exists=False),
    "ml online-deployment update": lambda state, call: _put_deployment(state, call, exists=True),
    "ml online-deployment delete": _delete_deployment,
    "ml online-deployment list": lambda state, call: list(deployments_of(state.endpoints, call).values()),
    "ml online-deployment show": _show_deployment,
    "ml online-deployment get-logs": _get_logs,
}
