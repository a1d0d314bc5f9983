"""The state of a workspace, and the descriptions of resources that commands get as files.

Source of the behaviour: the operations of the package azure-ai-ml, and learn.microsoft.com/azure/machine-learning/
how-to-safely-rollout-online-endpoints.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from azrelease.rehearsal.azure.command_call import CommandCall, Entity
from azrelease.rehearsal.azure.hosting import DeploymentSpec, Host, SimulatedRefusalError


@dataclass
class V2Workspace:
    """The resources of a workspace.

    Attributes:
        endpoints: online endpoints by name, each with its deployments.
        models: versions of models by name.
        registries: the same for each registry.
        files: the descriptions that commands got: kind, folder, and content with its `--set` values.
        folders: the folders of the descriptions of batch deployments, by endpoint and deployment.
        gaps: endpoints that had a serving deployment, and had none after some call.
        statuses: the successive states of a batch job, one for each query.
        creations: how often each endpoint was created.
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
    host: Host = field(default_factory=Host)


def assign(data: Entity, settings: Mapping[str, str]) -> Entity:
    """Set values at dotted paths."""
    for path, value in settings.items():
        *parents, last = path.split(".")
        target = data
        for parent in parents:
            target = target.setdefault(parent, {})
        target[last] = value
    return data


def read_description(state: V2Workspace, kind: str, call: CommandCall) -> Entity:
    """The content of `--file`, with the values of `--set`."""
    path = call.path("--file")
    data = call.read("--file")
    # The type of a file decides how it is read, before `--set` applies.
    if "type" in call.settings and "type" not in data:
        raise SimulatedRefusalError("type: a file without a type is read as that of a managed deployment")
    data = assign(data, call.settings)
    state.files.append((kind, path.parent, data))
    for file in referred_files(data):
        if not (path.parent / file).exists():
            raise SimulatedRefusalError(f"{file}: no such file or folder in {path.parent.name}")
    return data


def referred_files(data: Entity) -> list[str]:
    """The files that a description refers to: its scoring script and its conda file."""
    code, environment = data.get("code_configuration"), data.get("environment")
    if code is not None and not (isinstance(code, dict) and "scoring_script" in code):
        raise SimulatedRefusalError("code_configuration: needs `code` and `scoring_script`")
    files = [f"{code.get('code', '.')}/{code['scoring_script']}"] if code else []
    if isinstance(environment, dict) and "conda_file" in environment:
        files.append(environment["conda_file"])
    return files


def find_endpoint(endpoints: dict[str, Entity], name: str) -> Entity:
    """An endpoint by name.

    Raises:
        SimulatedRefusalError: it does not exist.
    """
    if name not in endpoints:
        raise SimulatedRefusalError(f"(ResourceNotFound) endpoint {name}")
    return endpoints[name]


def deployments_of(endpoints: dict[str, Entity], call: CommandCall) -> dict[str, Entity]:
    """The deployments of the endpoint that a command names."""
    deployments: dict[str, Entity] = find_endpoint(endpoints, call.values["--endpoint-name"])["deployments"]
    return deployments


def check_deployment_exists(deployments: Mapping[str, Entity], name: str, *, exists: bool) -> None:
    """Check that a deployment exists, for an update, or does not, for its creation.

    Raises:
        SimulatedRefusalError: it is the other way around.
    """
    if (name in deployments) is not exists:
        raise SimulatedRefusalError(f"deployment {name} {'does not exist' if exists else 'already exists'}")


def deployment_spec(endpoint: Entity, name: str, data: Entity, model: str | None, folder: Path) -> DeploymentSpec:
    """What the host needs to serve a deployment with this description, model id and folder of the description."""
    code, environment = data.get("code_configuration") or {}, data.get("environment")
    conda = environment.get("conda_file") if isinstance(environment, dict) else None
    variables = data.get("environment_variables") or {}
    milliseconds = (data.get("request_settings") or {}).get("request_timeout_ms", 5000)
    if not isinstance(milliseconds, int | float) or milliseconds <= 0:
        raise SimulatedRefusalError(f"request_timeout_ms: must be a positive number, not {milliseconds}")
    return DeploymentSpec(
        endpoint=endpoint["name"],
        name=name,
        folder=folder / str(code.get("code", ".")),
        script=str(code.get("scoring_script", "")),
        model=None if model is None else "{}:{}".format(*model.split("/")[-3::2]),
        environment={str(key): str(value) for key, value in variables.items()},
        conda_file=folder / str(conda) if isinstance(conda, str) else None,
        timeout=float(milliseconds) / 1000,
        wraps_errors=not endpoint["compute"],
    )
