"""Azure Machine Learning v2: endpoints, deployments, models and batch jobs, with the refusals of the service.

Source of the behaviour: the operations of the package azure-ai-ml, and learn.microsoft.com/azure/machine-learning/
how-to-safely-rollout-online-endpoints.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from azrelease.rehearsal.azure.hosting import NO_HOST, Deployed, Host, second_key
from azrelease.rehearsal.azure.refusal import SimulatedRefusalError

ALL, MOST_MIRRORED = 100, 50
"""Percent of the traffic: all of it, and how much may be mirrored."""

Values = dict[str, str]
Entity = dict[str, Any]


@dataclass
class V2Workspace:
    """All there is in a workspace.

    Attributes:
        endpoints: online endpoints by name, each with its deployments.
        batch_endpoints: batch endpoints by name.
        models: versions of models by name.
        registries: the same for each registry.
        jobs: batch jobs.
        files: the descriptions that were handed over, with their `--set` values in place.
        folders: where the descriptions of batch deployments lie, by endpoint and deployment.
        gaps: endpoints that had a serving deployment and then, after some call, had none.
        statuses: the states that a batch job goes through, one for each look.
        creations: how often an endpoint was made.
        host: what serves deployments.
    """

    endpoints: dict[str, Entity] = field(default_factory=dict)
    batch_endpoints: dict[str, Entity] = field(default_factory=dict)
    models: dict[str, list[Entity]] = field(default_factory=dict)
    registries: dict[str, dict[str, list[Entity]]] = field(default_factory=dict)
    jobs: list[Entity] = field(default_factory=list)
    files: list[tuple[str, Path, Entity]] = field(default_factory=list)
    folders: dict[tuple[str, str], Path] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)
    statuses: tuple[str, ...] = ("Running", "Completed")
    creations: Counter[str] = field(default_factory=Counter)
    host: Host = NO_HOST


def assign(data: Entity, settings: Values) -> Entity:
    """Set values at dotted paths."""
    for path, value in settings.items():
        *parents, last = path.split(".")
        place = data
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return data


def description(state: V2Workspace, kind: str, values: Values, settings: Values, folder: Path) -> Entity:
    """The file that is handed over, with what `--set` says."""
    path = folder / values["--file"]
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise SimulatedRefusalError(f"{values['--file']}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SimulatedRefusalError(f"{values['--file']}: is no YAML: {error}") from error
    if not isinstance(data, dict):
        raise SimulatedRefusalError(f"{values['--file']}: has to describe one {kind}, by keys and values")
    # How a file is read is decided before `--set` is looked at.
    if "type" in settings and "type" not in data:
        raise SimulatedRefusalError("type: a file without a type is read as that of a managed deployment")
    data = assign(data, settings)
    state.files.append((kind, path.parent, data))
    for file in referred_files(data):
        if not (path.parent / file).exists():
            raise SimulatedRefusalError(f"{file}: no such file or folder in {path.parent.name}")
    return data


def referred_files(data: Entity) -> list[str]:
    """The files that a description names."""
    code, environment = data.get("code_configuration"), data.get("environment")
    if code is not None and not (isinstance(code, dict) and "scoring_script" in code):
        raise SimulatedRefusalError("code_configuration: needs `code` and `scoring_script`")
    found = [f"{code.get('code', '.')}/{code['scoring_script']}"] if code else []
    return (
        [*found, environment["conda_file"]] if isinstance(environment, dict) and "conda_file" in environment else found
    )


def serves(endpoint: Entity) -> bool:
    """Whether all requests of an endpoint are answered."""
    return bool(sum(endpoint["traffic"].values()) == ALL)


def guard(state: V2Workspace, change: Callable[[], Any]) -> Any:  # noqa: ANN401  (what the change returns)
    """Make a change, and note the endpoints that no deployment serves any more."""
    before = [name for name, endpoint in state.endpoints.items() if serves(endpoint)]
    result = change()
    state.gaps += [name for name in before if name not in state.endpoints or not serves(state.endpoints[name])]
    return result


def show(endpoint: Entity) -> Entity:
    """An endpoint as the service shows it: without its deployments, with a share for each."""
    idle = {
        name: 0
        for name in endpoint["deployments"]
        if name not in endpoint["traffic"] and name not in endpoint["mirror_traffic"]
    }
    shown = {key: value for key, value in endpoint.items() if key != "deployments"}
    return {**shown, "traffic": {**endpoint["traffic"], **idle}}


def find(endpoints: dict[str, Entity], name: str) -> Entity:
    """An endpoint by name.

    Raises:
        RefusedError: there is none.
    """
    if name not in endpoints:
        raise SimulatedRefusalError(f"(ResourceNotFound) endpoint {name}")
    return endpoints[name]


def create_endpoint(state: V2Workspace, values: Values, settings: Values, folder: Path) -> Entity:
    """`az ml online-endpoint create`."""
    name = values["--name"]
    if name in state.endpoints:
        raise SimulatedRefusalError("Endpoint already exists")
    data = description(state, "online-endpoint", values, settings, folder)
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
    return show(state.endpoints[name])


def update_endpoint(state: V2Workspace, values: Values, settings: Values, _folder: Path) -> Entity:
    """`az ml online-endpoint update`."""
    endpoint = find(state.endpoints, values["--name"])
    if "--file" in values:
        guard(state, endpoint["traffic"].clear)
    if "--traffic" in values:
        traffic = shares(values["--traffic"], endpoint)
        if sum(traffic.values()) not in (0, 100):
            raise SimulatedRefusalError("Traffic rule percentages must sum to 0 or 100")
        for name in traffic:
            if endpoint["mirror_traffic"].get(name) and traffic[name]:
                raise SimulatedRefusalError("a deployment gets live traffic or mirrored traffic, not both")
        guard(state, lambda: endpoint.update(traffic={name: share for name, share in traffic.items() if share}))
        routed(state, endpoint)
    if "--mirror-traffic" in values:
        mirror = shares(values["--mirror-traffic"], endpoint)
        if endpoint["compute"] or len(mirror) != 1 or max(mirror.values()) > MOST_MIRRORED:
            raise SimulatedRefusalError("mirror traffic is for one deployment of a managed endpoint, 50 % at most")
        if any(endpoint["traffic"].get(name) for name in mirror):
            raise SimulatedRefusalError("a deployment gets live traffic or mirrored traffic, not both")
        endpoint["mirror_traffic"] = {name: share for name, share in mirror.items() if share}
    assign(endpoint, settings)
    return show(endpoint)


def shares(text: str, endpoint: Entity) -> dict[str, int]:
    """Rules are kept in lower case; a deployment that is not there is refused."""
    pairs = [word.partition("=") for word in text.split()]
    wrong = [name for name, _, share in pairs if not share.isdecimal()]
    if wrong:
        raise SimulatedRefusalError(f"traffic is DEPLOYMENT=PERCENT, which `{wrong[0]}` is not")
    given = {name.lower(): int(share) for name, _, share in pairs}
    for name in given:
        if name not in map(str.lower, endpoint["deployments"]):
            raise SimulatedRefusalError(f"Deployment {name} not found")
    return given


def key_of(endpoint: Entity) -> str:
    """The key or token that an endpoint asks for."""
    return f"{'key' if endpoint['auth_mode'] == 'key' else 'token'}-of-{endpoint['name']}"


def routed(state: V2Workspace, endpoint: Entity) -> None:
    """Have the requests of an endpoint go where its traffic says."""
    names = {name.lower(): name for name in endpoint["deployments"]}
    shares = {names.get(name, name): share for name, share in endpoint["traffic"].items()}
    state.host.route(endpoint["name"], shares, key_of(endpoint))


def get_credentials(state: V2Workspace, values: Values, _settings: Values, _folder: Path) -> Entity:
    """`az ml online-endpoint get-credentials`."""
    endpoint = find(state.endpoints, values["--name"])
    if endpoint["auth_mode"] == "key":
        return {"primaryKey": key_of(endpoint), "secondaryKey": second_key(key_of(endpoint))}
    return {"accessToken": key_of(endpoint), "expiryTimeUtc": 0}


def invoke(state: V2Workspace, values: Values, _settings: Values, folder: Path) -> str:
    """`az ml online-endpoint invoke`."""
    endpoint = find(state.endpoints, values["--name"])
    try:
        body = (folder / values["--request-file"]).read_bytes()
        json.loads(body)
    except OSError as error:
        raise SimulatedRefusalError(f"{values['--request-file']}: {error.strerror}") from error
    except ValueError as error:
        raise SimulatedRefusalError(f"{values['--request-file']}: is no JSON: {error}") from error
    name = values.get("--deployment-name")
    if name is not None and name not in endpoint["deployments"]:
        raise SimulatedRefusalError(f"Deployment name {name} not found for this endpoint")
    if name is None and not serves(endpoint):
        raise SimulatedRefusalError("(404) no deployment has traffic")
    return state.host.ask(endpoint["name"], name, body, key_of(endpoint))


def deployments_of(state: V2Workspace, values: Values) -> dict[str, Entity]:
    """The deployments of an online endpoint."""
    found: dict[str, Entity] = find(state.endpoints, values["--endpoint-name"])["deployments"]
    return found


def list_deployments(state: V2Workspace, values: Values, _settings: Values, _folder: Path) -> list[Entity]:
    """`az ml online-deployment list`."""
    return list(deployments_of(state, values).values())


def show_deployment(state: V2Workspace, values: Values, _settings: Values, _folder: Path) -> Entity:
    """`az ml online-deployment show`."""
    found = deployments_of(state, values).get(values["--name"])
    if found is None:
        raise SimulatedRefusalError(f"(ResourceNotFound) deployment {values['--name']}")
    return found


def put_deployment(state: V2Workspace, values: Values, settings: Values, folder: Path, *, there: bool) -> Entity:
    """What `create` and `update` of an online deployment have in common."""
    deployments, name = deployments_of(state, values), values["--name"]
    if (name in deployments) is not there:
        raise SimulatedRefusalError(f"deployment {name} {'does not exist' if there else 'already exists'}")
    data = description(state, "online-deployment", values, settings, folder)
    managed = not state.endpoints[values["--endpoint-name"]]["compute"]
    if managed and not data.get("instance_type"):
        raise SimulatedRefusalError("instance_type: missing data for required field")
    if data.get("type", "managed") != ("managed" if managed else "kubernetes"):
        raise SimulatedRefusalError(f"a deployment of type {data.get('type')} does not belong to this endpoint")
    endpoint = state.endpoints[values["--endpoint-name"]]
    base = (folder / values["--file"]).parent
    model = model_of(state, data["model"], f"{values['--endpoint-name']}-{name}", base) if "model" in data else None
    made = {
        "name": name,
        "model": model,
        "tags": data.get("tags") or {},
        "provisioning_state": "Succeeded",
        "data": data,
    }
    try:
        state.host.start(deployed(endpoint, name, data, model, base))
    except SimulatedRefusalError:
        # The service keeps a deployment that did not come up, so that its log can be read.
        deployments[name] = {**made, "provisioning_state": "Failed"}
        raise
    deployments[name] = made
    if "--all-traffic" in values:
        guard(state, lambda: endpoint.update(traffic={name.lower(): ALL}))
    routed(state, endpoint)
    return deployments[name]


def deployed(endpoint: Entity, name: str, data: Entity, model: str | None, folder: Path) -> Deployed:
    """What has to be served for a deployment.

    Args:
        endpoint: its endpoint.
        name: its name.
        data: its description.
        model: the id of its model.
        folder: the folder of the description, which paths in it are relative to.
    """
    code, environment = data.get("code_configuration") or {}, data.get("environment")
    conda = environment.get("conda_file") if isinstance(environment, dict) else None
    version = None if model is None else "{}:{}".format(*model.split("/")[-3::2])
    variables = data.get("environment_variables") or {}
    milliseconds = (data.get("request_settings") or {}).get("request_timeout_ms", 5000)
    if not isinstance(milliseconds, int | float) or milliseconds <= 0:
        raise SimulatedRefusalError(f"request_timeout_ms: {milliseconds} is no number of milliseconds")
    return Deployed(
        endpoint=endpoint["name"],
        name=name,
        folder=folder / str(code.get("code", ".")),
        script=str(code.get("scoring_script", "")),
        model=version,
        environment={str(key): str(value) for key, value in variables.items()},
        conda_file=folder / str(conda) if isinstance(conda, str) else None,
        timeout=float(milliseconds) / 1000,
        wraps_errors=not endpoint["compute"],
    )


def create_deployment(state: V2Workspace, values: Values, settings: Values, folder: Path) -> Entity:
    """`az ml online-deployment create`."""
    return put_deployment(state, values, settings, folder, there=False)


def update_deployment(state: V2Workspace, values: Values, settings: Values, folder: Path) -> Entity:
    """`az ml online-deployment update`."""
    return put_deployment(state, values, settings, folder, there=True)


def delete_deployment(state: V2Workspace, values: Values, _settings: Values, _folder: Path) -> None:
    """`az ml online-deployment delete`."""
    endpoint, name = find(state.endpoints, values["--endpoint-name"]), values["--name"]
    if "--yes" not in values:
        raise SimulatedRefusalError("nobody is there to answer the question")
    there = {other.lower(): other for other in endpoint["deployments"]}
    if name.lower() not in there:
        raise SimulatedRefusalError(f"(ResourceNotFound) deployment {name}")
    if endpoint["traffic"].get(name.lower()):
        raise SimulatedRefusalError(f"Cannot delete deployment {name}, which has traffic")
    state.host.stop(endpoint["name"], there[name.lower()])
    del endpoint["deployments"][there[name.lower()]]


def get_logs(state: V2Workspace, values: Values, settings: Values, folder: Path) -> str:
    """`az ml online-deployment get-logs`."""
    found = show_deployment(state, values, settings, folder)["name"]
    return state.host.log(values["--endpoint-name"], found)


def model_of(state: V2Workspace, given: Any, usual_name: str, folder: Path) -> str:  # noqa: ANN401  (YAML)
    """The id of the model of a deployment: one that is referred to, or one that is described in its place.

    Raises:
        RefusedError: there is no such model, or no such file.
    """
    if not isinstance(given, dict):
        return model_id(state, str(given))
    name, version, path = str(given.get("name", usual_name)), str(given.get("version", 1)), str(given.get("path", ""))
    if not path or not (folder / path).exists():
        raise SimulatedRefusalError(f"model: {path or 'its path'}: no such file or folder in {folder.name}")
    known = state.models.setdefault(name, [])
    if version not in [model["version"] for model in known]:
        state.host.register(name, version, folder / path)
        known.append({"name": name, "version": version, "tags": {}, "properties": {}})
    return model_id(state, f"azureml:{name}:{version}")


_IN_REGISTRY = re.compile(r"azureml://registries/([^/]+)/models/([^/]+)/(?:versions|labels)/([^/]+)")


def model_id(state: V2Workspace, reference: str) -> str:
    """The id of a model that is referred to as `azureml:name:version`, `azureml:name@latest` or by its address.

    Raises:
        RefusedError: there is no such model.
    """
    address = _IN_REGISTRY.fullmatch(reference)
    if address:
        registry, name, version = address.groups()
        versions = models_of(state, {"--registry-name": registry}).get(name, [])
        return f"azureml://registries/{registry}/models/{name}/versions/{known_version(name, version, versions)}"
    if reference.startswith("azureml:") and "/" in reference:
        raise SimulatedRefusalError(f"{reference} refers to no model")
    name, _, version = reference.removeprefix("azureml:").replace("@", ":").partition(":")
    versions = state.models.setdefault(name, [])
    if version not in [model["version"] for model in versions] and state.host.knows_model(name, version):
        versions.append({"name": name, "version": version, "tags": {}, "properties": {}})
    if not versions:
        del state.models[name]
    version = known_version(name, version, versions)
    return f"azureml:/subscriptions/s/resourceGroups/g/providers/p/workspaces/w/models/{name}/versions/{version}"


def known_version(name: str, version: str, versions: list[Entity]) -> str:
    """A version of a model, or the newest for `latest`.

    Raises:
        RefusedError: there is no such version.
    """
    known = [model["version"] for model in versions]
    if not known:
        raise SimulatedRefusalError(f"(ResourceNotFound) model {name}")
    version = known[-1] if version == "latest" else version
    if version not in known:
        raise SimulatedRefusalError(f"(ResourceNotFound) model {name}:{version}")
    return str(version)


def models_of(state: V2Workspace, values: Values) -> dict[str, list[Entity]]:
    """The models of the registry that a command names, or of the workspace."""
    registry = values.get("--registry-name")
    if registry is None:
        return state.models
    if "--workspace-name" in values and "--share-with-name" not in values:
        raise SimulatedRefusalError("give a registry or a workspace, not both")
    return state.registries.setdefault(registry, {})


def create_model(state: V2Workspace, values: Values, _settings: Values, folder: Path) -> Entity:
    """`az ml model create`."""
    versions = models_of(state, values).setdefault(values["--name"], [])
    version = values.get("--version", str(len(versions) + 1))
    if version in [model["version"] for model in versions]:
        raise SimulatedRefusalError("a model of this name and version exists")
    if not (folder / values["--path"]).exists():
        raise SimulatedRefusalError(f"{values['--path']}: no such file")
    state.host.register(values["--name"], version, folder / values["--path"])
    tags = dict(word.split("=", 1) for word in values.get("--tags", "").split("\0") if "=" in word)
    versions.append({"name": values["--name"], "version": version, "tags": tags, "properties": {}})
    return versions[-1]


def list_models(state: V2Workspace, values: Values, _settings: Values, _folder: Path) -> list[Entity]:
    """`az ml model list`."""
    models = models_of(state, values)
    if "--name" not in values:
        return [{"name": name} for name in models]
    if values["--name"] not in models:
        raise SimulatedRefusalError(f"(ResourceNotFound) model {values['--name']}")
    return models[values["--name"]]


def show_model(state: V2Workspace, values: Values, _settings: Values, _folder: Path) -> Entity:
    """`az ml model show`."""
    version, name = values.get("--version") or values["--label"], values["--name"]
    models = models_of(state, values)
    if models is state.models:
        model_id(state, f"{name}:{version}")
    versions = models.get(name, [])
    number = known_version(name, version, versions)
    return next(model for model in versions if model["version"] == number)


def share_model(state: V2Workspace, values: Values, settings: Values, folder: Path) -> Entity:
    """`az ml model share`."""
    found = show_model(state, {"--name": values["--name"], "--version": values["--version"]}, settings, folder)
    name, version = values["--share-with-name"], values["--share-with-version"]
    versions = models_of(state, values).setdefault(name, [])
    if version in [model["version"] for model in versions]:
        raise SimulatedRefusalError("a model of this name and version exists")
    versions.append({**found, "name": name, "version": version})
    return versions[-1]


def create_batch_endpoint(state: V2Workspace, values: Values, settings: Values, folder: Path) -> Entity:
    """`az ml batch-endpoint create`."""
    name = values["--name"]
    if name in state.batch_endpoints:
        raise SimulatedRefusalError("Endpoint already exists")
    data = description(state, "batch-endpoint", values, settings, folder)
    state.creations[name] += 1
    state.batch_endpoints[name] = {
        "name": name,
        "auth_mode": "aad_token",
        "tags": data.get("tags", {}),
        "provisioning_state": "Succeeded",
        "defaults": {"deployment_name": None},
        "deployments": {},
    }
    return state.batch_endpoints[name]


def update_batch_endpoint(state: V2Workspace, values: Values, settings: Values, _folder: Path) -> Entity:
    """`az ml batch-endpoint update`."""
    endpoint = find(state.batch_endpoints, values["--name"])
    chosen = settings.get("defaults.deployment_name")
    if chosen is not None and chosen not in endpoint["deployments"]:
        raise SimulatedRefusalError(f"Deployment {chosen} not found")
    return assign(endpoint, settings)


def batch_deployments_of(state: V2Workspace, values: Values) -> dict[str, Entity]:
    """The deployments of a batch endpoint."""
    found: dict[str, Entity] = find(state.batch_endpoints, values["--endpoint-name"])["deployments"]
    return found


def put_batch_deployment(state: V2Workspace, values: Values, settings: Values, folder: Path, *, there: bool) -> Entity:
    """What `create` and `update` of a batch deployment have in common."""
    deployments, name = batch_deployments_of(state, values), values["--name"]
    if (name in deployments) is not there:
        raise SimulatedRefusalError(f"deployment {name} {'does not exist' if there else 'already exists'}")
    data = description(state, "batch-deployment", values, settings, folder)
    if not data.get("compute"):
        raise SimulatedRefusalError("compute: missing data for required field")
    base = (folder / values["--file"]).parent
    model = model_of(state, data["model"], f"{values['--endpoint-name']}-{name}", base) if "model" in data else None
    deployments[name] = {"name": name, "model": model, "tags": data.get("tags") or {}, "data": data}
    state.folders[values["--endpoint-name"], name] = base
    return deployments[name]


def delete_batch_deployment(state: V2Workspace, values: Values, _settings: Values, _folder: Path) -> None:
    """`az ml batch-deployment delete`."""
    endpoint, name = find(state.batch_endpoints, values["--endpoint-name"]), values["--name"]
    if "--yes" not in values:
        raise SimulatedRefusalError("nobody is there to answer the question")
    if name not in endpoint["deployments"] or endpoint["defaults"]["deployment_name"] == name:
        raise SimulatedRefusalError(f"deployment {name} is not there, or is the default")
    del endpoint["deployments"][name]


def invoke_batch(state: V2Workspace, values: Values, _settings: Values, folder: Path) -> Entity:
    """`az ml batch-endpoint invoke`."""
    endpoint = find(state.batch_endpoints, values["--name"])
    name = values.get("--deployment-name") or endpoint["defaults"]["deployment_name"]
    if name not in endpoint["deployments"]:
        raise SimulatedRefusalError("no deployment to run the job")
    if "--input" in values and ":" not in values["--input"] and not (folder / values["--input"]).exists():
        raise SimulatedRefusalError(f"{values['--input']}: no such folder")
    if values["--job-name"] in [job["name"] for job in state.jobs]:
        raise SimulatedRefusalError("a job of this name exists")
    job: Entity = {"name": values["--job-name"], "deployment": name, "looks": 0, "error": None, "lines": None}
    state.jobs.append(job)
    try:
        job["lines"] = scored(state, endpoint["deployments"][name], values, folder)
    except SimulatedRefusalError as error:
        job["error"] = str(error)
    return {"name": job["name"]}


def scored(state: V2Workspace, deployment: Entity, values: Values, folder: Path) -> list[str] | None:
    """The lines that a batch job writes; None where its input is not on this machine.

    Raises:
        RefusedError: the script fails.
    """
    place = folder / values.get("--input", "")
    if not values.get("--input") or ":" in values["--input"]:
        return None
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    endpoint = {"name": values["--name"], "compute": deployment["data"]["compute"]}
    base = state.folders[values["--name"], deployment["name"]]
    job = deployed(endpoint, deployment["name"], deployment["data"], deployment["model"], base)
    return state.host.score(job, files)


def download_job(state: V2Workspace, values: Values, folder: Path) -> None:
    """`az ml job download --output-name`: the results of a batch job in `named-outputs/`."""
    job = next((job for job in state.jobs if job["name"] == values.get("--name")), None)
    if job is None:
        raise SimulatedRefusalError(f"(UserError) there is no job {values.get('--name')}")
    if job["lines"] is None:
        raise SimulatedRefusalError(
            f"the job {job['name']} has no results in a rehearsal: {job['error'] or 'its input is in Azure'}"
        )
    output = values.get("--output-name", "score")
    place = folder / values.get("--download-path", ".") / "named-outputs" / output
    place.mkdir(parents=True, exist_ok=True)
    (place / "predictions.csv").write_text("".join(f"{line}\n" for line in job["lines"]), encoding="utf-8")


def list_jobs(state: V2Workspace, _values: Values, _settings: Values, _folder: Path) -> list[Entity]:
    """`az ml batch-endpoint list-jobs`."""
    found = []
    for job in state.jobs:
        status = state.statuses[min(job["looks"], len(state.statuses) - 1)]
        found.append({"name": job["name"], "status": "Failed" if job["error"] and status == "Completed" else status})
        job["looks"] += 1
    return found


COMMANDS: dict[str, Callable[[V2Workspace, Values, Values, Path], Any]] = {
    "ml online-endpoint create": create_endpoint,
    "ml online-endpoint update": update_endpoint,
    "ml online-endpoint show": lambda state, values, *_: show(find(state.endpoints, values["--name"])),
    "ml online-endpoint list": lambda state, *_: [show(endpoint) for endpoint in state.endpoints.values()],
    "ml online-endpoint get-credentials": get_credentials,
    "ml online-endpoint invoke": invoke,
    "ml online-deployment create": create_deployment,
    "ml online-deployment update": update_deployment,
    "ml online-deployment delete": delete_deployment,
    "ml online-deployment list": list_deployments,
    "ml online-deployment show": show_deployment,
    "ml online-deployment get-logs": get_logs,
    "ml model create": create_model,
    "ml model list": list_models,
    "ml model show": show_model,
    "ml model share": share_model,
    "ml batch-endpoint create": create_batch_endpoint,
    "ml batch-endpoint update": update_batch_endpoint,
    "ml batch-endpoint show": lambda state, values, *_: find(state.batch_endpoints, values["--name"]),
    "ml batch-endpoint list": lambda state, *_: list(state.batch_endpoints.values()),
    "ml batch-endpoint invoke": invoke_batch,
    "ml batch-endpoint list-jobs": list_jobs,
    "ml batch-deployment create": lambda *given: put_batch_deployment(*given, there=False),
    "ml batch-deployment update": lambda *given: put_batch_deployment(*given, there=True),
    "ml batch-deployment delete": delete_batch_deployment,
    "ml batch-deployment list": lambda state, values, *_: list(batch_deployments_of(state, values).values()),
    "ml batch-deployment show": lambda state, values, *_: batch_deployments_of(state, values)[values["--name"]],
}
