"""Values: what the language, a task, the file and the project allow in a place."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from azrelease.catalog.descriptions import value_description
from azrelease.catalog.project_lock import ProjectNames, project_names
from azrelease.editor.completion.images import image_items
from azrelease.editor.completion.items import ItemKind, Suggestion, Written
from azrelease.editor.completion.tasks import TRUTH, input_values, task_items
from azrelease.editor.cursor import PLACEHOLDER
from azrelease.editor.task_inputs import task_of
from azrelease.editor.template_calls import called_template, is_call
from azrelease.editor.tree_path import route_to, surrounds
from azrelease.lint.facts.job_folders import publications
from azrelease.open_texts import open_names
from azrelease.syntax import PipelineFile
from azrelease.syntax.language import ValueKind

_SUFFIXES = (".yml", ".yaml")
_CONNECTION_KEYS = frozenset(("endpoint", "connection", "azureSubscription"))


def value_items(here: Written) -> Iterator[Suggestion]:
    """What can be a value, or an item of a list of texts."""
    step = here.path.last
    if here.path.is_key:
        step = here.path.steps[-2]
    key, owner = step.key, step.owner
    if owner == "steps.task" and key == "inputs":
        yield from _input_values(here)
        return
    if is_call(step):
        yield from _argument_values(here)
        return
    yield from _of_language(step.kind.items or step.kind if here.path.is_key else step.kind, owner, key)
    yield from _named(here, owner, key)


def _of_language(of: ValueKind, owner: str, key: str) -> Iterator[Suggestion]:
    for value in of.values or (TRUTH if of.scalar == "bool" else ()):
        yield Suggestion(value, ItemKind.VALUE, documentation=value_description(owner, key, value) or "", order=2)
    if of.items is not None and of.items.values:
        yield from _of_language(of.items, owner, key)


def _named(here: Written, owner: str, key: str) -> Iterator[Suggestion]:
    """The names that a key takes: of the file, of its repository, or of the project."""
    file = here.view.pipeline
    if file is None:
        return
    if key in _LISTED:
        yield from _LISTED[key](here)
    elif key == "dependsOn":
        yield from _texts(_neighbours(here, owner), "of this file")
    elif key in _OF_FILE:
        before, kind, detail = _OF_FILE[key]
        yield from _texts((*before, *_aliases(file, kind)), detail)
    elif key == "environment" or (owner, key) == ("jobs.deployment.environment", "name"):
        names = [job.environment for job in file.outline.jobs if job.environment]
        yield from _texts((*names, *_project(here).environments), "an environment")
    elif key == "pool" or (owner, key) == ("pool", "name"):
        yield from _texts((*_project(here).pools, *(("server",) if key == "pool" else ())), "a pool")
    elif key == "group":
        yield from _texts(_project(here).variable_groups, "a variable group of the project")
    elif key in _CONNECTION_KEYS:
        yield from _texts(_project(here).service_connections, "a service connection of the project")


def _texts(names: Iterable[str], detail: str) -> Iterator[Suggestion]:
    return (
        Suggestion(name, ItemKind.VALUE, detail=detail, order=2) for name in names if name and PLACEHOLDER not in name
    )


def _tasks(here: Written) -> Iterator[Suggestion]:
    return task_items(here.view.context.tasks)


def _images(here: Written) -> Iterator[Suggestion]:
    return image_items(here.view.context.today)


def _neighbours(here: Written, owner: str) -> Iterator[str]:
    """The names that `dependsOn` takes: other stages, or other jobs of the stage."""
    file, stage, job = here.view.pipeline, here.around.stage, here.around.job
    if file is None:
        return
    if owner.startswith("stages."):
        yield from (each.name for each in file.outline.stages if each.name and each is not stage)
    elif stage is not None:
        yield from (each.name for each in stage.jobs if each.name and each is not job)


def _aliases(file: PipelineFile, of: str) -> Iterator[str]:
    return (resource.alias for resource in file.resources(of).values())


def _project(here: Written) -> ProjectNames:
    return project_names(Path(here.view.path).absolute().parent)


def _paths(here: Written) -> Iterator[Suggestion]:
    """The folders and YAML files in the folder that a path leads to so far, and the repositories behind an `@`."""
    before = here.cursor.before
    file = here.view.pipeline
    if "@" in before and file is not None:
        path = before.partition("@")[0]
        aliases = ("self", *_aliases(file, "repositories"))
        yield from (Suggestion(f"{path}@{alias}", ItemKind.FILE, detail="a repository") for alias in aliases)
        return
    top = here.view.context.templates.repository(Path(here.view.path).absolute().parent)
    written = before.rpartition("/")[0]
    base = Path(here.view.path).absolute().parent
    if before.startswith("/"):
        if top is None:
            return
        base = top
    folder = Path(os.path.normpath(base / written.lstrip("/")))
    if top is not None and not folder.is_relative_to(top):
        return
    lead = f"{written}/" if before.rpartition("/")[1] else ""
    yield from _in_folder(folder, lead, Path(here.view.path).absolute())


def _in_folder(folder: Path, lead: str, own: Path) -> Iterator[Suggestion]:
    try:
        found = [(entry.name, entry.is_dir()) for entry in os.scandir(folder)]
    except OSError:
        found = []
    for name, is_folder in sorted({*found, *((name, False) for name in open_names(folder))}):
        if is_folder and not name.startswith(".git") and name != "node_modules":
            yield Suggestion(f"{lead}{name}/", ItemKind.FOLDER, detail="a folder", order=6)
        elif not is_folder and name.endswith(_SUFFIXES) and folder / name != own:
            yield Suggestion(f"{lead}{name}", ItemKind.FILE, detail="a file", order=4)


def _input_values(here: Written) -> Iterator[Suggestion]:
    """The options of an input, booleans, and the connections of the project."""
    step = here.around.step
    task = None if step is None else task_of(here.view, step)
    definition = None if task is None else task.input(_key_of_value(here))
    if definition is None:
        return
    yield from input_values(definition, _project(here).service_connections)


def _argument_values(here: Written) -> Iterator[Suggestion]:
    """The values that the parameter of a template allows."""
    template = called_template(here.view, here.cursor.at)
    parameter = None if template is None else template.parameters.get(_key_of_value(here).casefold())
    if parameter is None:
        return
    for value in parameter.values or (TRUTH if parameter.type == "boolean" else ()):
        is_default = value == parameter.default
        yield Suggestion(value, ItemKind.VALUE, None, "the default" if is_default else "", "", 2 if is_default else 3)
    if parameter.type == "serviceconnection":
        yield from _texts(_project(here).service_connections, "a service connection of the project")
    if parameter.type == "environment":
        yield from _texts(_project(here).environments, "an environment")


def _key_of_value(here: Written) -> str:
    """The key whose value is being written; empty in a list."""
    route = route_to(here.path)
    return str(route[-1]) if route and isinstance(route[-1], str) else ""


def _defaults(here: Written) -> Iterator[Suggestion]:
    """The values of a parameter of this file, for its default."""
    file = here.view.pipeline
    for block, _ in file.root.blocks("parameters") if file is not None else ():
        if block.kind != "parameters.parameter" or not surrounds(block.node, here.cursor.at):
            continue
        allowed = list(block.texts("values"))
        yield from _texts((str(node.value) for node in allowed), "one of its values")
        if (block.text("type") or "").casefold() == "boolean":
            yield from _texts(TRUTH, "")


def _artifacts(here: Written) -> Iterator[Suggestion]:
    file = here.view.pipeline
    found = publications(file.outline.steps) if file is not None else ()
    return _texts((each.artifact for each in found if each.artifact), "published by this pipeline")


_LISTED: Mapping[str, Callable[[Written], Iterable[Suggestion]]] = {
    "task": _tasks,
    "vmImage": _images,
    "template": _paths,
    "default": _defaults,
    "artifact": _artifacts,
    "publish": _artifacts,
}

_OF_FILE = {
    "checkout": (("self", "none"), "repositories", "a repository"),
    "download": (("current", "none"), "pipelines", "a run"),
    "container": ((), "containers", "a container of this pipeline"),
}
"""Keys that take an alias of a resource: further values, the list of resources, and what they are."""
