"""The definitions of an import of many: those in a folder of exports, or in a project."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.application.converting import project_name, read_names, read_task_group_files
from azrelease.application.input_text import read_text
from azrelease.classic import ResourceNames, read_exported_file
from azrelease.errors import UserError
from azrelease.registration import ClassicProject, connect, organization_url


class BatchSource(NamedTuple):
    """A definition to import.

    Attributes:
        key: what distinguishes it from all others, in each run.
        name: how it is called in the summary.
        title: its name.
        read: reads it.
    """

    key: str
    name: str
    title: str
    read: Callable[[], Mapping[str, Any]]


class BatchSources(NamedTuple):
    """All that is imported together.

    Attributes:
        definitions: the definitions.
        task_groups: the task groups that they may call.
        names: names for their ids.
        broken: files that were most likely meant to be definitions, each with what is wrong with it.
        others: files of other kinds, each with what it is.
    """

    definitions: tuple[BatchSource, ...]
    task_groups: tuple[Mapping[str, Any], ...]
    names: ResourceNames
    broken: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()


def sources_in_folders(
    paths: Sequence[Path], output: Path, names: Path | None, task_groups: Sequence[Path]
) -> BatchSources:
    """The definitions and task groups in exported files.

    Args:
        paths: folders, which are searched with the folders below them for `*.json`, or files.
        output: the folder that the releases are written to.
        names: a JSON file with names for ids.
        task_groups: further exported task groups.

    Raises:
        UserError: a path does not exist or cannot be read, or there is no definition.
    """
    named = {path.resolve() for path in (names, *task_groups) if path is not None}
    definitions: list[BatchSource] = []
    groups = [*read_task_group_files(task_groups)]
    broken: list[tuple[str, str]] = []
    others: list[str] = []
    for path in (file for file in _json_files(paths) if file.resolve() not in named):
        shown = path.as_posix()
        try:
            found = read_exported_file(read_text(path), shown)
        except UserError as error:
            broken.append((shown, str(error)))
            continue
        groups += found.task_groups
        for index, definition in enumerate(found.definitions):
            part = f"#{index + 1}" if len(found.definitions) > 1 else ""
            title = str(definition.get("name") or "")
            key = f"{_from(output, path)}{part}"
            definitions.append(BatchSource(key, f"{shown}{part}", title, partial(_same, definition)))
        if found.is_broken:
            broken.append((shown, found.mistake))
        elif found.mistake:
            others.append(found.mistake)
    if not definitions and not broken:
        where = ", ".join(path.as_posix() for path in paths)
        raise UserError(f"{where}: no release definition in any *.json; export them in the portal: Releases, …, Export")
    return BatchSources(tuple(definitions), tuple(groups), read_names(names), tuple(broken), tuple(others))


def sources_in_project(
    organization: str | None,
    project: str | None,
    definition: str | None,
    names: Path | None,
    task_groups: Sequence[Path],
) -> BatchSources:
    """The definitions of a project, each of which is read when it is imported.

    Args:
        organization: the address of the organization; None for that of the environment.
        project: the project; None for that of the environment.
        definition: the id or name of the only one to import; None for all.
        names: a JSON file with names for ids.
        task_groups: exported task groups.

    Raises:
        UserError: organization or project are not known, or there is no definition.
        ServiceError: the service does not answer, or refuses.
    """
    known, groups = read_names(names), read_task_group_files(task_groups)
    address, project = organization_url(organization), project_name(project)
    found = ClassicProject(connect(address), project)
    chosen = [
        (identifier, title)
        for identifier, title in found.definitions
        if definition is None or definition == identifier or definition.casefold() == title.casefold()
    ]
    if not chosen:
        which = "no release definition" if definition is None else f"no release definition `{definition}`"
        raise UserError(f"project {project} of {address} has {which}")
    definitions = (
        BatchSource(
            f"{address} {project} {identifier}", f"{project} {identifier}", title, partial(found.definition, identifier)
        )
        for identifier, title in chosen
    )
    names_by_id = ResourceNames(*({**old, **new} for old, new in zip(ResourceNames(**found.names), known, strict=True)))
    return BatchSources(tuple(definitions), (*groups, *found.task_groups), names_by_id)


def _same(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    return definition


def _json_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files, and the JSON files in the folders; hidden folders are passed over.

    Raises:
        UserError: a path does not exist, or a folder cannot be read.
    """
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise UserError(f"{path.as_posix()}: no such file or folder")
        for file in _below(path) if path.is_dir() else [path]:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _below(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise UserError(f"{error.filename}: cannot be read: {error.strerror}") from error

    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        yield from (Path(place) / name for name in sorted(files) if name.casefold().endswith(".json"))


def _from(output: Path, path: Path) -> str:
    """A file as seen from the folder of the releases; the same from wherever the import is started."""
    try:
        return Path(os.path.relpath(path, output)).as_posix()
    except ValueError:  # another drive on Windows
        return path.name
