"""Names that fields of a release take: of the file, of its folder, and of the project."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from azrelease.catalog.project_lock import ProjectNames, project_names
from azrelease.editor.completion.images import image_items
from azrelease.editor.completion.items import ItemKind, Suggestion, Written
from azrelease.editor.completion.tasks import input_values, task_items
from azrelease.editor.cursor import PLACEHOLDER
from azrelease.editor.release_schema import value_at
from azrelease.editor.tree_path import Route

_SUFFIXES = (".yml", ".yaml")
_OF_PROJECT = {
    "environment": ("environments", "an environment"),
    "service_connection": ("service_connections", "a service connection"),
    "variable_groups": ("variable_groups", "a variable group"),
    "pool": ("pools", "a pool"),
}
"""Fields that take a name of the project: the list of names, and what they are."""


def release_names(here: Written, route: Route) -> Iterator[Suggestion]:
    """The names that the field of a route takes."""
    data = here.view.document.data if here.view.document is not None else None
    fields = [part for part in route if isinstance(part, str)]
    field = fields[-1] if fields else ""
    names = project_names(Path(here.view.path).absolute().parent)
    if field in _OF_PROJECT:
        of_project, detail = _OF_PROJECT[field]
        yield from _texts(getattr(names, of_project), detail)
    elif field == "depends_on":
        yield from _texts(_other_stages(data, route), "a stage of this release")
    elif field == "image":
        yield from image_items(here.view.context.today)
    elif field == "task":
        yield from task_items(here.view.context.tasks)
    elif field == "extends" and len(route) == 1:
        yield from _texts(_files(here), "a file of this folder")
    elif len(fields) > 1 and fields[-2] == "inputs":
        yield from _input_values(here, data, route, names)


def _texts(names: Iterable[str], detail: str) -> Iterator[Suggestion]:
    return (Suggestion(name, ItemKind.VALUE, None, detail, order=2) for name in names)


def _other_stages(data: Any, route: Route) -> Iterator[str]:  # noqa: ANN401  (any YAML)
    stages = value_at(data, ("stages",))
    own = next((part for part in route if isinstance(part, int)), -1)
    for index, stage in enumerate(stages if isinstance(stages, list) else ()):
        name = value_at(stage, ("name",))
        if index != own and isinstance(name, str) and PLACEHOLDER not in name:
            yield name


def _files(here: Written) -> Iterator[str]:
    path = Path(here.view.path).absolute()
    names = sorted(other.name for other in path.parent.iterdir()) if path.parent.is_dir() else []
    return (name for name in names if name.endswith(_SUFFIXES) and name != path.name)


def _input_values(here: Written, data: Any, route: Route, names: ProjectNames) -> Iterator[Suggestion]:  # noqa: ANN401
    task = here.view.context.tasks.task(str(value_at(data, (*route[:-2], "task"))))
    definition = None if task is None else task.input(str(route[-1]))
    if definition is not None:
        yield from input_values(definition, names.service_connections)
