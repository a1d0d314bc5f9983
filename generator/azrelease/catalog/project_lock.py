"""The lock file with names of the project: environments, service connections, variable groups and pools."""

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

PROJECT_LOCK = "azrelease-project.lock.json"
_VERSION = 1


class ProjectNames(NamedTuple):
    """Names of a project, which an editor offers.

    Attributes:
        environments: its environments.
        service_connections: its service connections.
        variable_groups: its variable groups.
        pools: the pools that it can use.
    """

    environments: tuple[str, ...] = ()
    service_connections: tuple[str, ...] = ()
    variable_groups: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()


def project_names(folder: Path) -> ProjectNames:
    """The names in the lock file of a folder or its parents, up to the top of the repository; none without one.

    A lock file that cannot be read has no names: it is written by a program, and nothing depends on it.
    """
    for parent in (folder, *folder.parents):
        lock = parent / PROJECT_LOCK
        if lock.is_file():
            return _read(lock, lock.stat().st_mtime_ns)
        if (parent / ".git").exists():
            break
    return ProjectNames()


def project_lock_text(names: ProjectNames, project: str) -> str:
    """The text of a lock file: one name on a line, so that changes read well.

    Args:
        names: the names.
        project: the URL of the project they come from.
    """
    lists = {field: sorted(set(values), key=str.casefold) for field, values in names._asdict().items()}
    return json.dumps({"version": _VERSION, "project": project, **lists}, indent=2, ensure_ascii=False) + "\n"


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> ProjectNames:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ProjectNames()
    if not isinstance(raw, dict) or raw.get("version") != _VERSION:
        return ProjectNames()
    return ProjectNames(*(_texts(raw.get(field)) for field in ProjectNames._fields))


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(each for each in raw if isinstance(each, str)) if isinstance(raw, list) else ()
