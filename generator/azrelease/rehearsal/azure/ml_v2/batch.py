"""Batch endpoints, their deployments and jobs."""

from collections.abc import Callable

from azrelease.rehearsal.azure.command_call import CommandCall, Entity
from azrelease.rehearsal.azure.hosting import SimulatedRefusalError
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


def _create_endpoint(state: V2Workspace, call: CommandCall) -> Entity:
    name = call.values["--name"]
    if name in state.batch_endpoints:
        raise SimulatedRefusalError("Endpoint already exists")
    data = read_description(state, "batch-endpoint", call)
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


def _update_endpoint(state: V2Workspace, call: CommandCall) -> Entity:
    endpoint = find_endpoint(state.batch_endpoints, call.values["--name"])
    default = call.settings.get("defaults.deployment_name")
    if default is not None and default not in endpoint["deployments"]:
        raise SimulatedRefusalError(f"Deployment {default} not found")
    return assign(endpoint, call.settings)


def _put_deployment(state: V2Workspace, call: CommandCall, *, exists: bool) -> Entity:
    deployments, name = deployments_of(state.batch_endpoints, call), call.values["--name"]
    check_deployment_exists(deployments, name, exists=exists)
    data = read_description(state, "batch-deployment", call)
    if not data.get("compute"):
        raise SimulatedRefusalError("compute: missing data for required field")
    model = described_model(state, data, call)
    deployments[name] = {"name": name, "model": model, "tags": data.get("tags") or {}, "data": data}
    state.folders[call.values["--endpoint-name"], name] = call.path("--file").parent
    return deployments[name]


def _delete_deployment(state: V2Workspace, call: CommandCall) -> None:
    endpoint, name = find_endpoint(state.batch_endpoints, call.values["--endpoint-name"]), call.values["--name"]
    call.confirm()
    check_deployment_exists(endpoint["deployments"], name, exists=True)
    if endpoint["defaults"]["deployment_name"] == name:
        raise SimulatedRefusalError(f"deployment {name} is the default of its endpoint")
    del endpoint["deployments"][name]


def _invoke(state: V2Workspace, call: CommandCall) -> Entity:
    endpoint = find_endpoint(state.batch_endpoints, call.values["--name"])
    name = call.values.get("--deployment-name") or endpoint["defaults"]["deployment_name"]
    if name not in endpoint["deployments"]:
        raise SimulatedRefusalError("no deployment to run the job")
    source = call.values.get("--input", "")
    if source and ":" not in source and not (call.folder / source).exists():
        raise SimulatedRefusalError(f"{source}: no such folder")
    if call.values["--job-name"] in [job["name"] for job in state.jobs]:
        raise SimulatedRefusalError("a job of this name exists")
    job: Entity = {"name": call.values["--job-name"], "deployment": name, "looks": 0, "error": None, "lines": None}
    state.jobs.append(job)
    try:
        job["lines"] = _scored_lines(state, endpoint["deployments"][name], call)
    except SimulatedRefusalError as error:
        job["error"] = str(error)
    return {"name": job["name"]}


def _scored_lines(state: V2Workspace, deployment: Entity, call: CommandCall) -> list[str] | None:
    """The lines that a batch job writes; None when its input is in Azure."""
    source = call.values.get("--input", "")
    if not source or ":" in source:
        return None
    path = call.folder / source
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    endpoint = {"name": call.values["--name"], "compute": deployment["data"]["compute"]}
    folder = state.folders[call.values["--name"], deployment["name"]]
    spec = deployment_spec(endpoint, deployment["name"], deployment["data"], deployment["model"], folder)
    return state.host.score(spec, files)


def download_job(state: V2Workspace, call: CommandCall) -> None:
    """`az ml job download --output-name`: the results of a batch job in `named-outputs/`."""
    job = next((job for job in state.jobs if job["name"] == call.values.get("--name")), None)
    if job is None:
        raise SimulatedRefusalError(f"(UserError) there is no job {call.values.get('--name')}")
    if job["lines"] is None:
        raise SimulatedRefusalError(
            f"the job {job['name']} has no results in a rehearsal: {job['error'] or 'its input is in Azure'}"
        )
    output = call.values.get("--output-name", "score")
    folder = call.folder / call.values.get("--download-path", ".") / "named-outputs" / output
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "predictions.csv").write_text("".join(f"{line}\n" for line in job["lines"]), encoding="utf-8")


def _list_jobs(state: V2Workspace, _call: CommandCall) -> list[Entity]:
    jobs = []
    for job in state.jobs:
        status = state.statuses[min(job["looks"], len(state.statuses) - 1)]
        jobs.append({"name": job["name"], "status": "Failed" if job["error"] and status == "Completed" else status})
        job["looks"] += 1
    return jobs


COMMANDS: dict[str, Callable[[V2Workspace, CommandCall], object]] = {
    "ml batch-endpoint create": _create_endpoint,
    "ml batch-endpoint update": _update_endpoint,
    "ml batch-endpoint show": lambda state, call: find_endpoint(state.batch_endpoints, call.values["--name"]),
    "ml batch-endpoint list": lambda state, _: list(state.batch_endpoints.values()),
    "ml batch-endpoint invoke": _invoke,
    "ml batch-endpoint list-jobs": _list_jobs,
    "ml batch-deployment create": lambda state, call: _put_deployment(state, call, exists=False),
    "ml batch-deployment update": lambda state, call: _put_deployment(state, call, exists=True),
    "ml batch-deployment delete": _delete_deployment,
    "ml batch-deployment list": lambda state, call: list(deployments_of(state.batch_endpoints, call).values()),
    "ml batch-deployment show": lambda state, call: deployments_of(state.batch_endpoints, call)[call.values["--name"]],
}
