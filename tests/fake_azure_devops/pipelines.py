"""Pipelines: preview, run, and what became of a run."""

import copy
import json

from fake_azure_devops.builds import new_build, start
from fake_azure_devops.definitions import existing_folder, found_definition, new_definition, refuse_taken, yaml_of
from fake_azure_devops.errors import InvalidBodyError, ServiceError
from fake_azure_devops.lists import paged, same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Project, Record

_LIST = "/{project}/_apis/pipelines"
_ONE = _LIST + "/{pipeline}"
_KINDS = {"azurereposgit": "TfsGit", "github": "GitHub", "githubenterprise": "GitHubEnterprise"}


def _shown(project: Project, definition: Record) -> Record:
    base = f"{project.organization.url}/{project.id}"
    repository = definition.get("repository") or {}
    kinds = {value: key for key, value in {"azureReposGit": "TfsGit", "gitHub": "GitHub"}.items()}
    return {
        "id": definition["id"],
        "name": definition["name"],
        "folder": definition["path"],
        "revision": definition["revision"],
        "url": f"{base}/_apis/pipelines/{definition['id']}?revision={definition['revision']}",
        "configuration": {
            "type": "yaml",
            "path": definition["process"].get("yamlFilename"),
            "repository": {"id": repository.get("id"), "type": kinds.get(repository.get("type", ""), "unknown")},
        },
        "_links": {"web": {"href": f"{base}/_build/definition?definitionId={definition['id']}"}},
    }


@route("GET", _LIST, "pipelines")
def list_pipelines(context: Context) -> Answer:
    """All pipelines."""
    return paged(context, [_shown(context.project, each) for each in context.project.definitions.values()])


@route("POST", _LIST, "pipelines")
def create_pipeline(context: Context) -> Record:
    """Create a pipeline from a YAML file."""
    body = context.body
    configuration = body.get("configuration") or {}
    repository = configuration.get("repository") or {}
    if not body.get("name"):
        raise InvalidBodyError("name", "The name of the pipeline is required.")
    if not configuration.get("path") or str(repository.get("type")).casefold() not in _KINDS:
        raise InvalidBodyError("configuration", "The path and repository of the YAML file are required.")
    folder = existing_folder(context.project, body.get("folder"))
    refuse_taken(context.project, body["name"], folder)
    kind = _KINDS[repository["type"].casefold()]
    definition = {
        "name": body["name"],
        "path": folder,
        "process": {"type": 2, "yamlFilename": configuration["path"].lstrip("/")},
        "repository": {key: value for key, value in repository.items() if key in {"id", "name"}} | {"type": kind},
    }
    return _shown(context.project, new_definition(context.project, definition))


@route("GET", _ONE, "pipelines")
def get_pipeline(context: Context) -> Record:
    """One pipeline."""
    return _shown(context.project, found_definition(context, "pipeline"))


@route("POST", _ONE + "/preview", "pipelines")
def preview(context: Context) -> Record:
    """The YAML as it would run, or why it would not."""
    definition = found_definition(context, "pipeline")
    if context.project.preview_error is not None:
        raise ServiceError("PipelineValidationException", context.project.preview_error)
    return _preview(context, definition)


def _preview(context: Context, definition: Record) -> Record:
    return {"finalYaml": context.body.get("yamlOverride") or yaml_of(context.project, definition)}


@route("POST", _ONE + "/runs", "pipelines")
def run_pipeline(context: Context) -> Record:
    """Run a pipeline."""
    project, body = context.project, context.body
    definition = found_definition(context, "pipeline")
    if project.preview_error is not None:
        raise ServiceError("PipelineValidationException", project.preview_error)
    if body.get("previewRun"):
        return _preview(context, definition)
    variables = body.get("variables") or {}
    for name in variables:
        known: Record = next((value for key, value in definition["variables"].items() if same(key, name)), {})
        if not known.get("allowOverride"):
            message = f"The following variables are not settable at queue time: {name}."
            raise ServiceError("PipelineValidationException", message)
    build = new_build(project, definition["id"], {})
    reference = ((body.get("resources") or {}).get("repositories") or {}).get("self") or {}
    build |= {
        "sourceBranch": reference.get("refName") or build["sourceBranch"],
        "sourceVersion": reference.get("version") or build["sourceVersion"],
        "templateParameters": dict(body.get("templateParameters") or {}),
        "parameters": json.dumps({name: value.get("value") for name, value in variables.items()}),
        "run": copy.deepcopy({key: value for key, value in body.items() if key != "previewRun"}),
    }
    start(project, build)
    return _run(project, build)


def _run(project: Project, build: Record) -> Record:
    base = f"{project.organization.url}/{project.id}"
    ended = build["status"] == "completed"
    definition, asked = build["definition"], build.get("run") or {}
    url = f"{base}/_apis/pipelines/{definition['id']}/runs/{build['id']}"
    shown = {
        "id": build["id"],
        "name": build["buildNumber"],
        "state": "completed" if ended else "canceling" if build["status"] == "cancelling" else "inProgress",
        "createdDate": build["queueTime"],
        "url": url,
        "pipeline": {
            "id": definition["id"],
            "name": definition["name"],
            "folder": definition["path"],
            "revision": definition["revision"],
            "url": f"{base}/_apis/pipelines/{definition['id']}?revision={definition['revision']}",
        },
        "resources": {
            "repositories": {
                "self": {
                    "refName": build["sourceBranch"],
                    "version": build["sourceVersion"],
                    "repository": {"id": build["repository"].get("id"), "type": "azureReposGit"},
                }
            }
        },
        "variables": {
            name: {"isSecret": True} if value.get("isSecret") else value
            for name, value in (asked.get("variables") or {}).items()
        },
        "templateParameters": build["templateParameters"],
        "_links": {"self": {"href": url}, "web": build["_links"]["web"]},
    }
    if ended:
        shown |= {"result": build["result"], "finishedDate": build["finishTime"]}
    return shown


@route("GET", _ONE + "/runs", "pipelines")
def list_runs(context: Context) -> Answer:
    """The runs of a pipeline, newest first."""
    definition = found_definition(context, "pipeline")["id"]
    builds = [each for each in context.project.builds.values() if each["definition"]["id"] == definition]
    return listing([_run(context.project, each) for each in reversed(builds)])


@route("GET", _ONE + "/runs/{run}", "pipelines")
def get_run(context: Context) -> Record:
    """One run."""
    definition, identifier = found_definition(context, "pipeline")["id"], context.number("run")
    build = context.project.builds.get(identifier)
    if build is None or build["definition"]["id"] != definition:
        raise ServiceError("PipelineNotFoundException", f"Run {identifier} of pipeline {definition} was not found.")
    return _run(context.project, build)
