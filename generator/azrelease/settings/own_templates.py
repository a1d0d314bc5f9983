"""The setting `templates`: a folder of Jinja templates that replace shipped ones, for all releases of a repository.

A folder or a template that is misspelt would replace nothing, and the pipeline would go without what it is for: that is
an error, at the setting.
"""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from azrelease import data_files
from azrelease.diagnostics import INVALID_VALUE, WRONG_TYPE, Diagnostic
from azrelease.settings.settings_file import SettingsFile
from azrelease.suggestions import suggestion

TEMPLATES = "templates"
SUFFIX = ".j2"


class Misnamed(NamedTuple):
    """A template that replaces nothing: what is wrong with it, and what to do."""

    message: str
    hint: str


def templates_folder(file: SettingsFile) -> Path | None:
    """The folder that the setting names, relative to the settings; None where there is no setting.

    Raises:
        InvalidFileError: it is not a folder of templates that replace shipped ones.
    """
    file.refuse([*template_problems(file)])
    named = file.data.get(TEMPLATES)
    return None if named is None else file.folder / named


def template_problems(file: SettingsFile) -> Iterator[Diagnostic]:
    """What is wrong with the setting, and with the names in its folder."""
    if TEMPLATES not in file.data:
        return
    named = file.data[TEMPLATES]
    if not isinstance(named, str) or not named:
        hint = 'Write `templates = "pipeline-templates"`, a folder beside this file.'
        yield file.problem(WRONG_TYPE, (TEMPLATES,), f"`{TEMPLATES}` has to be the path of a folder", hint)
        return
    folder = file.folder / named
    if not folder.is_dir():
        message = f"`{named}` is not a folder" if folder.exists() else f"there is no folder `{named}`"
        near = suggestion(named, _folders_beside(folder, file.folder))
        yield file.problem(
            INVALID_VALUE, (TEMPLATES,), message, near or "It is looked for from the folder of this file."
        )
        return
    for misnamed in misnamed_templates(folder):
        yield file.problem(INVALID_VALUE, (TEMPLATES,), f"{named}: {misnamed.message}", misnamed.hint)


def misnamed_templates(folder: Path) -> Iterator[Misnamed]:
    """The templates in a folder that replace no shipped one, and that no other template there includes."""
    own = sorted(path.relative_to(folder).as_posix() for path in folder.rglob(f"*{SUFFIX}") if path.is_file())
    shipped = _shipped()
    others = [name for name in own if name not in shipped]
    if not others:
        return
    texts = {name: (folder / name).read_text(encoding="utf-8", errors="replace") for name in own}
    for name in others:
        quoted = (f'"{name}"', f"'{name}'")
        if any(mark in text for other, text in texts.items() if other != name for mark in quoted):
            continue
        hint = suggestion(name, shipped) or _where(name)
        yield Misnamed(f"`{name}` replaces no template, and none here includes it", hint)


def _where(name: str) -> str:
    """Where a template of that name belongs, if one is shipped under another folder; else what there is."""
    alike = [other for other in _shipped() if other.rpartition("/")[2] == name.rpartition("/")[2]]
    if alike:
        return f"Did you mean `{alike[0]}`?"
    folders = sorted({other.partition("/")[0] for other in _shipped()})
    return "Templates are in " + ", ".join(f"`{folder}/`" for folder in folders) + "."


def _folders_beside(folder: Path, base: Path) -> list[str]:
    parent = folder.parent
    if not parent.is_dir():
        return []
    return [Path(os.path.relpath(path, base)).as_posix() for path in sorted(parent.iterdir()) if path.is_dir()]


@lru_cache(maxsize=1)
def _shipped() -> tuple[str, ...]:
    top = data_files.TEMPLATES
    return tuple(sorted(path.relative_to(top).as_posix() for path in top.rglob(f"*{SUFFIX}")))
