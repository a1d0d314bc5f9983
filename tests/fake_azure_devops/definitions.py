"""Build definitions and their folders."""

import copy
from typing import Any

from fake_azure_devops.clock import now
from fake_azure_devops.errors import InvalidBodyError, ServiceError
from fake_azure_devops.lists import matches, paged, same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Project, Record

_LIST = "/{project}/_apis/build/definitions"
_ONE = _LIST + "/{definition}"
_FOLDERS = "/{project}/_apis/build/folders"
_SHALLOW = [
    "id", "name", "path", "type", "queueStatus", "revision", "uri", "url", "project", "createdDate", "quality",
    "authoredBy", "queue", "drafts", "_links",
]  # fmt: skip
_FIXED = ("id", "revision", "uri", "url", "project", "createdDate", "authoredBy", "_links", "drafts")


def new_definition(project: Project, body: Record) -> Record:
    """Put a new definition into the project."""
    organization = project.organization
    identifier = organization.definition_ids.next()
    definition = {
        "id": identifier,
        "revision": 1,
        "uri": f"vstfs:///Build/Definition/{identifier}",
        "url": f"{organization.url}/{project.id}/_apis/build/Definitions/{identifier}?revision=1",
        "project": project.reference(),
        "createdDate": now(),
        "authoredBy": organization.reference(),
        "_links": {
            "self": {"href": f"{organization.url}/{project.id}/_apis/build/Definitions/{identifier}"},
            "web": {"href": f"{organization.url}/{project.id}/_build/definition?definitionId={identifier}"},
        },
        "drafts": [],
    }
    _write(project, definition, body)
    project.definitions[identifier] = definition
    return definition


def _write(project: Project, definition: Record, body: Record) -> None:
    before = definition.get("variables", {})
    for key in [key for key in definition if key not in _FIXED]:
        del definition[key]
    definition |= {
        "type": "build",
        "quality": "definition",
        "queueStatus": "enabled",
        "jobAuthorizationScope": "project",
        "jobTimeoutInMinutes": 60,
        "jobCancelTimeoutInMinutes": 5,
        "triggers": [],
        "variables": {},
        "properties": {},
        "tags": [],
    }
    definition |= copy.deepcopy({key: value for key, value in body.items() if key not in _FIXED and value is not None})
    definition["path"] = _folder(body.get("path"))
    for name, value in definition["variables"].items():
        if value.get("isSecret") and value.get("value") is None:
            value["value"] = before.get(name, {}).get("value")
    queue = definition.get("queue")
    if queue is not None:
        definition["queue"] = _queue(project, queue)


def _queue(project: Project, queue: Record) -> Record:
    for each in project.queues.values():
        if each["id"] == queue.get("id") or (queue.get("id") is None and same(each["name"], queue.get("name"))):
            pool = {key: each["pool"][key] for key in ("id", "name", "isHosted")}
            return {"id": each["id"], "name": each["name"], "pool": pool}
    raise ServiceError("TaskAgentQueueNotFoundException", f"No queue found with identifier {queue}.", 400)


def _folder(path: str | None) -> str:
    parts = [part for part in (path or "").replace("/", "\\").split("\\") if part]
    return "\\" + "\\".join(parts)


def existing_folder(project: Project, path: str | None) -> str:
    """The folder as it is written in the project; it is refused when it is not there."""
    folder = _folder(path)
    for each in project.folders:
        if same(each, folder):
            return each
    raise ServiceError("FolderNotFoundException", f"Folder {folder} was not found.")


def refuse_taken(project: Project, name: str, path: str, current: Record | None = None) -> None:
    """Refuse a name that another definition in the folder has."""
    for each in project.definitions.values():
        if each is not current and same(each["name"], name) and same(each["path"], path):
            message = f"Build pipeline {name} already exists for project {project.name}"
            raise ServiceError("DefinitionExistsException", message)


def _checked(project: Project, body: Record, current: Record | None = None) -> Record:
    if not body.get("name"):
        raise InvalidBodyError("definition.Name", "The name of the definition is required.")
    process = body.get("process") or {}
    if not process:
        raise ServiceError("InvalidDefinitionException", "The definition does not have a process.")
    if process.get("type") == 2 and not process.get("yamlFilename"):
        raise ServiceError("InvalidDefinitionException", "The definition does not have a YAML file.")
    repository = body.get("repository") or {}
    if not repository.get("type"):
        raise ServiceError("InvalidDefinitionException", "The definition does not have a repository.")
    if same(repository["type"], "TfsGit"):
        known = [text.casefold() for each in project.repositories.values() for text in (each.id, each.name)]
        if str(repository.get("id") or repository.get("name")).casefold() not in known:
            message = f"TF401019: The Git repository with name or identifier {repository.get('id')} does not exist."
            raise ServiceError("GitRepositoryNotFoundException", message)
    path = existing_folder(project, body.get("path"))
    refuse_taken(project, body["name"], path, current)
    return body | {"path": path}


def shown(definition: Record) -> Record:
    """A definition with its secrets hidden."""
    copied = copy.deepcopy(definition)
    for value in copied.get("variables", {}).values():
        if value.get("isSecret"):
            value["value"] = None
    return copied


def found_definition(context: Context, name: str = "definition") -> Record:
    """The definition whose id is in the path."""
    identifier = context.number(name)
    if identifier not in context.project.definitions:
        raise _missing(identifier)
    return context.project.definitions[identifier]


def _missing(identifier: int) -> ServiceError:
    return ServiceError("DefinitionNotFoundException", f"Build pipeline {identifier} was not found.")


def _fits(context: Context, definition: Record) -> bool:
    path, kind = context.asked("path"), context.asked("processType")
    ids = context.asked_list("definitionIds")
    repository: Any = definition.get("repository") or {}
    yaml = context.asked("yamlFilename")
    return (
        matches(context.asked("name"), definition["name"])
        and (path is None or same(definition["path"], _folder(path)))
        and (not ids or str(definition["id"]) in ids)
        and (kind is None or str(definition["process"].get("type")) == kind)
        and (context.asked("repositoryId") is None or same(repository.get("id"), context.asked("repositoryId")))
        and (context.asked("repositoryType") is None or same(repository.get("type"), context.asked("repositoryType")))
        and (yaml is None or same(definition["process"].get("yamlFilename", "").lstrip("/"), yaml.lstrip("/")))
    )


@route("GET", _LIST, "build")
def list_definitions(context: Context) -> Answer:
    """Definitions by filters, shallow unless all properties are asked for."""
    full = context.asked_flag("includeAllProperties")
    if context.asked("repositoryId") is not None and context.asked("repositoryType") is None:
        message = "Cannot filter by repository id without a repository type."
        raise ServiceError("InvalidDefinitionQueryException", message)
    if context.asked("yamlFilename") is not None and not full:
        message = "yamlFilename needs includeAllProperties."
        raise ServiceError("InvalidDefinitionQueryException", message)
    found = [each for each in context.project.definitions.values() if _fits(context, each)]
    order = (context.asked("queryOrder") or "").casefold()
    if order.startswith("definitionname"):
        found.sort(key=lambda each: each["name"].casefold())
    if order.endswith("descending"):
        found.reverse()
    views = [
        shown(each) if full else copy.deepcopy({key: each[key] for key in _SHALLOW if key in each}) for each in found
    ]
    return paged(context, views)


@route("POST", _LIST, "build")
def create_definition(context: Context) -> Record:
    """Create a definition."""
    return shown(new_definition(context.project, _checked(context.project, context.body)))


@route("GET", _ONE, "build")
def get_definition(context: Context) -> Record:
    """One definition."""
    return shown(found_definition(context))


@route("PUT", _ONE, "build")
def update_definition(context: Context) -> Record:
    """Write a definition anew; with another revision than the present one the service finds none."""
    definition, body = found_definition(context), context.body
    if body.get("id") != definition["id"]:
        message = f"The request specifies pipeline ID {definition['id']} but the supplied pipeline has ID {body.get('id') or 0}."
        raise ServiceError("DefinitionNotMatchedException", message)
    if body.get("revision") != definition["revision"]:
        raise _missing(definition["id"])
    checked = _checked(context.project, body, definition)
    _write(context.project, definition, checked)
    definition["revision"] += 1
    definition["authoredBy"] = context.organization.reference()
    definition["url"] = definition["url"].rpartition("=")[0] + f"={definition['revision']}"
    return shown(definition)


@route("DELETE", _ONE, "build")
def delete_definition(context: Context) -> Answer:
    """Delete a definition; it can be restored."""
    definition = found_definition(context)
    context.project.deleted_definitions[definition["id"]] = context.project.definitions.pop(definition["id"])
    return Answer(204)


@route("GET", _ONE + "/yaml", "build")
def get_definition_yaml(context: Context) -> Record:
    """The YAML file of a definition, from its repository in the project."""
    return {"yaml": yaml_of(context.project, found_definition(context))}


def yaml_of(project: Project, definition: Record) -> str:
    """The YAML file of a definition; none for a repository outside the project."""
    repository = project.repositories.get(str((definition.get("repository") or {}).get("id")))
    if repository is None:
        return ""
    branch = definition["repository"].get("defaultBranch") or repository.default_branch
    return repository.files(branch).get("/" + definition["process"]["yamlFilename"].lstrip("/"), "")


def _folder_record(project: Project, path: str) -> Record:
    user = project.organization.reference()
    return {"path": path, "createdOn": now(), "createdBy": user, "project": project.reference()}


@route("GET", _FOLDERS + "/[{*path}]", "build")
def list_folders(context: Context) -> Answer:
    """Folders, all or those at and below a path."""
    start = _folder(context.values.get("path")).casefold().rstrip("\\")
    found = [
        each
        for each in sorted(context.project.folders, key=str.casefold)
        if same(each, start) or each.casefold().startswith(start + "\\")
    ]
    return listing([_folder_record(context.project, each) for each in found])


@route("PUT", _FOLDERS, "build")
def create_folder(context: Context) -> Record:
    """Create a folder below one that is there."""
    folder = _folder(context.asked("path"))
    if folder == "\\":
        raise ServiceError("InvalidFolderException", "The path of the folder is not valid.")
    if any(same(each, folder) for each in context.project.folders):
        raise ServiceError("FolderExistsException", f"Folder {folder} already exists.")
    parent, _, name = folder.rpartition("\\")
    path = existing_folder(context.project, parent).rstrip("\\") + "\\" + name
    context.project.folders.append(path)
    return _folder_record(context.project, path)


@route("DELETE", _FOLDERS, "build")
def delete_folder(context: Context) -> Answer:
    """Delete a folder with all that is in it."""
    path = existing_folder(context.project, context.asked("path"))
    below = path.casefold() + "\\"
    context.project.folders[:] = [
        each for each in context.project.folders if not (same(each, path) or each.casefold().startswith(below))
    ]
    for number, each in list(context.project.definitions.items()):
        if (each["path"].casefold() + "\\").startswith(below):
            del context.project.definitions[number]
    return Answer(204)
