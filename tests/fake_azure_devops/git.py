"""Git repositories: refs, pushes, files, commits, pull requests."""

import base64
import copy
import hashlib

from fake_azure_devops.clock import now
from fake_azure_devops.errors import InvalidBodyError, ServiceError
from fake_azure_devops.lists import paged, same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.repository import ZEROS, Commit, Repository
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Project, Record

_LIST = "/{project}/_apis/git/repositories"
_ONE = _LIST + "/{repository}"


def _shown(project: Project, repository: Repository) -> Record:
    base = project.organization.url
    web = f"{base}/{project.name}/_git/{repository.name}"
    shown = {
        "id": repository.id,
        "name": repository.name,
        "url": f"{base}/{project.id}/_apis/git/repositories/{repository.id}",
        "project": project.reference(),
        "size": len(repository.commits),
        "remoteUrl": web,
        "webUrl": web,
        "isDisabled": repository.is_disabled,
        "isInMaintenance": False,
    }
    # An empty repository has no default branch.
    return shown | ({"defaultBranch": repository.default_branch} if repository.refs else {})


def _found(context: Context) -> Repository:
    requested = context.values["repository"]
    for each in context.project.repositories.values():
        if same(each.id, requested) or same(each.name, requested):
            return each
    message = (
        f"TF401019: The Git repository with name or identifier {requested} does not exist or you do not have permissions "
        "for the operation you are attempting."
    )
    raise ServiceError("GitRepositoryNotFoundException", message)


@route("GET", _LIST, "git")
def list_repositories(context: Context) -> Answer:
    """All repositories of the project."""
    return listing([_shown(context.project, each) for each in context.project.repositories.values()])


@route("GET", _ONE, "git")
def get_repository(context: Context) -> Record:
    """One repository by id or name."""
    return _shown(context.project, _found(context))


@route("GET", _ONE + "/refs", "git")
def list_refs(context: Context) -> Answer:
    """Refs; the filter is a prefix after `refs/`."""
    start = "refs/" + (context.asked("filter") or "")
    part = (context.asked("filterContains") or "").casefold()
    creator = context.organization.reference()
    refs = [
        {"name": name, "objectId": commit, "creator": creator, "url": f"{context.organization.url}/refs?filter={name}"}
        for name, commit in sorted(_found(context).refs.items())
        if name.startswith(start) and part in name.casefold()
    ]
    return paged(context, refs)


@route("POST", _ONE + "/refs", "git")
def update_refs(context: Context) -> Answer:
    """Make, move or delete refs; one that is stale is said in its result."""
    repository = _found(context)
    if not isinstance(context.body, list):
        raise ServiceError("ArgumentException", "A list of ref updates is required.")
    return listing([_update_ref(repository, each) for each in context.body])


def _update_ref(repository: Repository, update: Record) -> Record:
    name, old, new = update["name"], update.get("oldObjectId") or ZEROS, update.get("newObjectId") or ZEROS
    present = repository.refs.get(name, ZEROS)
    if not name.startswith("refs/"):
        status = "invalidRefName"
    elif present != old:
        status = "staleOldObjectId"
    elif new == ZEROS:
        repository.refs.pop(name, None)
        status = "succeeded"
    elif new not in repository.commits:
        status = "unresolvableToCommit"
    else:
        repository.refs[name] = new
        status = "succeeded"
    return {
        "repositoryId": repository.id,
        "name": name,
        "oldObjectId": old,
        "newObjectId": new,
        "updateStatus": status,
        "success": status == "succeeded",
    }


@route("POST", _ONE + "/pushes", "git")
def push(context: Context) -> Answer:
    """Put commits on a branch that is where the caller thinks it is."""
    repository, body = _found(context), context.body
    updates, commits = body.get("refUpdates") or [], body.get("commits") or []
    if len(updates) != 1 or not commits:
        raise InvalidBodyError("refUpdates", "One ref update and at least one commit are required.")
    name, old = updates[0].get("name") or "", updates[0].get("oldObjectId")
    if not name.startswith("refs/heads/"):
        raise InvalidBodyError("refUpdates", f"The ref name '{name}' is not valid.")
    present = repository.refs.get(name, ZEROS)
    if old != present:
        message = (
            f"TF401028: The reference '{name}' has already been updated by another client, so you cannot update it. "
            "Please try again."
        )
        raise ServiceError("GitReferenceStaleException", message)
    tree = dict(repository.commits[present].tree) if present in repository.commits else {}
    prepared = []
    for commit in commits:
        tree = dict(tree)
        kinds = {}
        for change in commit.get("changes") or []:
            path = "/" + change["item"]["path"].lstrip("/")
            kinds[path] = _apply(tree, path, change)
        prepared.append((tree, kinds, commit.get("comment") or ""))
    made = [repository.record(name, *each) for each in prepared]
    return Answer(
        201,
        {
            "pushId": context.organization.push_ids.next(),
            "date": now(),
            "pushedBy": context.organization.reference(),
            "repository": _shown(context.project, repository),
            "commits": [_commit(context, repository, each) for each in made],
            "refUpdates": [
                {"repositoryId": repository.id, "name": name, "oldObjectId": old, "newObjectId": made[-1].id}
            ],
            "url": f"{context.organization.url}/{context.project.id}/_apis/git/repositories/{repository.id}/pushes",
        },
    )


def _apply(tree: dict[str, bytes], path: str, change: Record) -> str:
    kind = str(change.get("changeType")).casefold()
    there = path in tree
    if kind == "add" and there:
        message = (
            f"TF401035: The path '{path}' specified in the add operation already exists. Please specify a new path."
        )
        raise ServiceError("ArgumentException", message)
    if kind in {"edit", "delete"} and not there:
        message = f"TF401035: The object '{path}' does not exist."
        raise ServiceError("ArgumentException", message)
    if kind == "delete":
        del tree[path]
    elif kind in {"add", "edit"}:
        content = change.get("newContent") or {}
        text = content.get("content") or ""
        encoded = same(content.get("contentType") or "rawtext", "base64encoded")
        tree[path] = base64.b64decode(text) if encoded else text.encode()
    else:
        raise ServiceError("ArgumentException", f"The change type '{change.get('changeType')}' is not supported.")
    return kind


def _commit(context: Context, repository: Repository, commit: Commit) -> Record:
    user = context.organization.reference()
    who = {"name": user["displayName"], "email": user["uniqueName"], "date": commit.date}
    url = f"{context.organization.url}/{context.project.id}/_apis/git/repositories/{repository.id}/commits/{commit.id}"
    return {
        "commitId": commit.id,
        "author": who,
        "committer": who,
        "comment": commit.comment,
        "parents": commit.parents,
        "url": url,
    }


def _version(context: Context, repository: Repository, prefix: str = "versionDescriptor") -> Commit:
    kind = context.asked(f"{prefix}.versionType") or "branch"
    name = context.asked(f"{prefix}.version") or repository.default_branch.removeprefix("refs/heads/")
    commit = repository.commits.get(name) if same(kind, "commit") else None
    if same(kind, "branch"):
        commit = repository.tip(f"refs/heads/{name}")
    if same(kind, "tag"):
        commit = repository.tip(f"refs/tags/{name}")
    if commit is None:
        message = f"TF401175: The version descriptor <{kind}: {name}> could not be resolved to a version in the repository {repository.name}"
        raise ServiceError("GitUnresolvableToCommitException", message)
    return commit


@route("GET", _ONE + "/items/[{*path}]", "git")
def get_items(context: Context) -> Answer:
    """A file, or the files below a path."""
    repository = _found(context)
    commit = _version(context, repository)
    base = f"{context.organization.url}/{context.project.id}/_apis/git/repositories/{repository.id}/items"
    path = context.asked("path") or context.values.get("path")
    if path is None or context.asked("recursionLevel") not in {None, "none"}:
        start = (context.asked("scopePath") or path or "/").rstrip("/") + "/"
        return listing([_item(commit, base, each) for each in sorted(commit.tree) if each.startswith(start)])
    path = "/" + path.lstrip("/")
    if path not in commit.tree:
        message = f"TF401174: The item '{path}' could not be found in the repository '{repository.name}' at the version specified by '<Branch: {context.asked('versionDescriptor.version')}>' (resolved to commit '{commit.id}')"
        raise ServiceError("GitItemNotFoundException", message)
    data = commit.tree[path]
    accepts = next((value for name, value in context.request.headers.items() if name.casefold() == "accept"), "")
    if accepts.startswith(("application/octet-stream", "text/plain")):
        return Answer(body=data, content_type=accepts.partition(";")[0])
    item = _item(commit, base, path)
    if context.asked_flag("includeContent"):
        item["content"] = data.decode(errors="replace")
    if context.asked_flag("includeContentMetadata"):
        item["contentMetadata"] = {"encoding": 65001, "contentType": "text/plain", "fileName": path.rpartition("/")[2]}
    return Answer(body=item)


def _item(commit: Commit, base: str, path: str) -> Record:
    data = commit.tree[path]
    return {
        "objectId": hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest(),
        "gitObjectType": "blob",
        "commitId": commit.id,
        "path": path,
        "url": f"{base}{path}",
    }


@route("GET", _ONE + "/commits", "git")
def list_commits(context: Context) -> Answer:
    """The commits of a branch, newest first."""
    repository = _found(context)
    if not repository.refs:
        return listing([])
    commits = repository.history(_version(context, repository, "searchCriteria.itemVersion").id)
    path = context.asked("searchCriteria.itemPath")
    if path:
        commits = [each for each in commits if any(name.startswith(path) for name in each.changes)]
    skip = context.asked_number("searchCriteria.$skip") or context.asked_number("$skip") or 0
    top = context.asked_number("searchCriteria.$top") or context.asked_number("$top") or 100
    return listing([_commit(context, repository, each) for each in commits[skip : skip + top]])


@route("GET", _ONE + "/commits/{commit}", "git")
def get_commit(context: Context) -> Record:
    """One commit."""
    repository, requested = _found(context), context.values["commit"]
    if requested not in repository.commits:
        raise ServiceError(
            "GitUnresolvableToCommitException", f"TF401175: The commit {requested} could not be resolved."
        )
    return _commit(context, repository, repository.commits[requested])


@route("GET", _ONE + "/pullrequests", "git")
def list_pull_requests(context: Context) -> Answer:
    """Pull requests by branches and status; active ones unless asked otherwise."""
    source, target = context.asked("searchCriteria.sourceRefName"), context.asked("searchCriteria.targetRefName")
    status = context.asked("searchCriteria.status") or "active"
    found = [
        copy.deepcopy(each)
        for each in reversed(_found(context).pull_requests.values())
        if (source is None or each["sourceRefName"] == source)
        and (target is None or each["targetRefName"] == target)
        and (same(status, "all") or same(each["status"], status))
    ]
    skip, top = context.asked_number("$skip") or 0, context.asked_number("$top") or 100
    return listing(found[skip : skip + top])


@route("POST", _ONE + "/pullrequests", "git")
def create_pull_request(context: Context) -> Answer:
    """Create a pull request; a pair of branches has only one that is active."""
    repository, body = _found(context), context.body
    source, target = body.get("sourceRefName") or "", body.get("targetRefName") or ""
    for name in (source, target):
        if name not in repository.refs:
            message = (
                "TF401398: The pull request cannot be activated because the source and/or the target branch no longer "
                "exists, or the requested refs are not branches"
            )
            raise ServiceError("ArgumentException", message)
    for each in repository.pull_requests.values():
        if (each["sourceRefName"], each["targetRefName"], each["status"]) == (source, target, "active"):
            message = "TF401179: An active pull request for the source and target branch already exists."
            raise ServiceError("GitPullRequestExistsException", message)
    identifier = context.organization.pull_request_ids.next()
    base = f"{context.organization.url}/{context.project.id}/_apis/git/repositories/{repository.id}"
    repository.pull_requests[identifier] = {
        "pullRequestId": identifier,
        "codeReviewId": identifier,
        "status": "active",
        "title": body.get("title") or "",
        "description": body.get("description") or "",
        "sourceRefName": source,
        "targetRefName": target,
        "isDraft": bool(body.get("isDraft")),
        "mergeStatus": "queued",
        "createdBy": context.organization.reference(),
        "creationDate": now(),
        "reviewers": [],
        "repository": _shown(context.project, repository),
        "url": f"{base}/pullRequests/{identifier}",
        "supportsIterations": True,
    }
    return Answer(201, copy.deepcopy(repository.pull_requests[identifier]))


@route("GET", _ONE + "/pullrequests/{request}", "git")
def get_pull_request(context: Context) -> Record:
    """One pull request."""
    found = _found(context).pull_requests.get(context.number("request"))
    if found is None:
        message = f"TF401180: The requested pull request was not found: {context.values['request']}."
        raise ServiceError("GitPullRequestNotFoundException", message)
    return copy.deepcopy(found)
