"""The settings `render.layout` and `render.folder`: how the pipelines of a repository are written."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from azrelease.diagnostics import INVALID_VALUE, MISSING_FIELD, UNKNOWN_FIELD, WRONG_TYPE, Diagnostic
from azrelease.settings.settings_file import SettingsFile
from azrelease.suggestions import suggestion
from azrelease.yaml_document import KEY

RENDER, _LAYOUT, _FOLDER = "render", "layout", "folder"

LayoutName = Literal["templates", "inline"]
"""Step templates in a folder that the pipelines call, or one self-contained file."""

LAYOUTS: tuple[LayoutName, ...] = ("templates", "inline")

TYPES = ("git", "github", "githubenterprise", "bitbucket")
"""Types of a repository resource: learn.microsoft.com/azure/devops/pipelines/yaml-schema, resources.repositories."""

_REPOSITORY_FIELDS = ("repository", "ref", "type", "service_connection", "folder")


class StepTemplateRepository(NamedTuple):
    """A repository with the step templates of an organization.

    Attributes:
        repository: its name: `project/repository` for one of Azure Repos.
        ref: the branch or tag that is used.
        type: what kind of repository it is.
        service_connection: the connection to one outside of Azure Repos.
        folder: the folder of the templates in it; empty for its top.
    """

    repository: str
    ref: str
    type: str = "git"
    service_connection: str | None = None
    folder: str = ""


class RenderSettings(NamedTuple):
    """How pipelines are written.

    Attributes:
        layout: the layout; None where nothing is said.
        folder: the folder of the step templates; None for one beside each pipeline.
    """

    layout: LayoutName | StepTemplateRepository | None = None
    folder: Path | None = None


def render_settings(file: SettingsFile | None) -> RenderSettings:
    """What the settings say.

    Raises:
        InvalidFileError: the settings cannot be used.
    """
    if file is None:
        return RenderSettings()
    file.refuse([*render_problems(file)])
    table = file.data.get(RENDER, {})
    layout = table.get(_LAYOUT)
    folder = table.get(_FOLDER)
    return RenderSettings(
        StepTemplateRepository(**{**layout, "folder": layout.get("folder", "").strip("/")})
        if isinstance(layout, dict)
        else layout,
        None if folder is None else file.folder / folder,
    )


def render_problems(file: SettingsFile) -> Iterator[Diagnostic]:
    """What is wrong with the settings."""
    table = file.data.get(RENDER, {})
    if not isinstance(table, dict):
        hint = 'Write `layout = "templates"` below `[render]`.'
        yield file.problem(WRONG_TYPE, (RENDER, KEY), f"`{RENDER}` has to be a table", hint)
        return
    for name in table:
        if name not in (_LAYOUT, _FOLDER):
            near = suggestion(name, (_LAYOUT, _FOLDER), f"It has `{_LAYOUT}` and `{_FOLDER}`.")
            yield file.problem(UNKNOWN_FIELD, (RENDER, name, KEY), f"unknown setting `{RENDER}.{name}`", near)
    yield from _layout_problems(file, table.get(_LAYOUT, "templates"))
    yield from _folder_problems(file, table)


def _layout_problems(file: SettingsFile, layout: object) -> Iterator[Diagnostic]:
    route = (RENDER, _LAYOUT)
    if not isinstance(layout, dict):
        if layout not in LAYOUTS:
            near = suggestion(layout, LAYOUTS) if isinstance(layout, str) else None
            known = near or 'One of "templates", "inline", or a table with `repository` and `ref`.'
            code = INVALID_VALUE if isinstance(layout, str) else WRONG_TYPE
            yield file.problem(code, route, f"unknown layout `{layout}`", known)
        return
    for name in layout:
        if name not in _REPOSITORY_FIELDS:
            listed = f"It has {', '.join(_REPOSITORY_FIELDS)}."
            message = f"unknown setting `{name}` of the layout"
            hint = suggestion(name, _REPOSITORY_FIELDS, listed)
            yield file.problem(UNKNOWN_FIELD, (*route, name, KEY), message, hint)
        elif not isinstance(layout[name], str) or (not layout[name] and name != "folder"):
            yield file.problem(WRONG_TYPE, (*route, name), f"`{name}` has to be text")
    for name, example in (("repository", "Platform/azrelease-templates"), ("ref", "refs/tags/v1")):
        if name not in layout:
            message = f"the layout needs the `{name}` of the templates"
            yield file.problem(MISSING_FIELD, (*route, KEY), message, f'Write `{name} = "{example}"`.')
    kind = layout.get("type", "git")
    if isinstance(kind, str) and kind not in TYPES:
        near_type = suggestion(kind, TYPES, f"One of {', '.join(TYPES)}.")
        yield file.problem(INVALID_VALUE, (*route, "type"), f"unknown type of repository `{kind}`", near_type)
    elif kind in TYPES[1:] and "service_connection" not in layout:
        message = f"a repository of type {kind} needs a `service_connection`"
        yield file.problem(MISSING_FIELD, (*route, KEY), message, 'Write `service_connection = "github"`.')


def _folder_problems(file: SettingsFile, table: Mapping[str, Any]) -> Iterator[Diagnostic]:
    if _FOLDER not in table:
        return
    folder, route = table[_FOLDER], (RENDER, _FOLDER)
    if not isinstance(folder, str) or not folder:
        yield file.problem(WRONG_TYPE, route, f"`{_FOLDER}` has to be the path of a folder")
    elif Path(folder).is_absolute() or ".." in Path(folder).parts:
        message = f"`{folder}` is not a folder below this file"
        yield file.problem(INVALID_VALUE, route, message, "Name one in the repository: `azrelease`.")
    elif (file.folder / folder).is_file():
        yield file.problem(INVALID_VALUE, route, f"`{folder}` is a file, not a folder")
    elif isinstance(table.get(_LAYOUT), dict) or table.get(_LAYOUT) == "inline":
        message = f"`{_FOLDER}` has no effect with this layout"
        yield file.problem(INVALID_VALUE, (*route, KEY), message, "Remove it.")
