"""The setting `expand.repositories`: the folders of other repositories whose templates a pipeline includes."""

from collections.abc import Iterator
from pathlib import Path

from azrelease.diagnostics import INVALID_VALUE, UNKNOWN_FIELD, WRONG_TYPE, Diagnostic
from azrelease.settings.settings_file import SettingsFile
from azrelease.suggestions import suggestion
from azrelease.yaml_document import KEY

EXPAND, _REPOSITORIES = "expand", "repositories"


def repository_folders(file: SettingsFile) -> dict[str, Path]:
    """The folder of each repository by the alias that pipelines give it, relative to the settings.

    Raises:
        InvalidFileError: the setting cannot be used.
    """
    file.refuse([*repository_problems(file)])
    folders = file.data.get(EXPAND, {}).get(_REPOSITORIES, {})
    return {alias: file.folder / folder for alias, folder in folders.items()}


def repository_problems(file: SettingsFile) -> Iterator[Diagnostic]:
    """What is wrong with the setting. A folder need not exist: not every machine has every repository."""
    table = file.data.get(EXPAND, {})
    if not isinstance(table, dict):
        hint = 'Write `repositories = {templates = "../templates"}` below `[expand]`.'
        yield file.problem(WRONG_TYPE, (EXPAND, KEY), f"`{EXPAND}` has to be a table", hint)
        return
    for name in table:
        if name != _REPOSITORIES:
            near = suggestion(name, (_REPOSITORIES,), f"It has `{_REPOSITORIES}`.")
            yield file.problem(UNKNOWN_FIELD, (EXPAND, name, KEY), f"unknown setting `{EXPAND}.{name}`", near)
    folders = table.get(_REPOSITORIES, {})
    if not isinstance(folders, dict):
        hint = 'Write `repositories = {templates = "../templates"}`.'
        message = f"`{_REPOSITORIES}` has to be a table of folders by alias"
        yield file.problem(WRONG_TYPE, (EXPAND, _REPOSITORIES, KEY), message, hint)
        return
    for alias, folder in folders.items():
        route = (EXPAND, _REPOSITORIES, alias)
        if not isinstance(folder, str) or not folder:
            yield file.problem(WRONG_TYPE, route, f"`{alias}` has to be the path of a folder")
        elif (file.folder / folder).is_file():
            yield file.problem(INVALID_VALUE, route, f"`{folder}` is a file, not a folder")
