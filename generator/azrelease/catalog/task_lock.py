"""The lock file with the tasks of the organization, which the repository contains."""

import json
from pathlib import Path
from typing import Any

from azrelease.catalog.tasks import Tasks
from azrelease.errors import UserError

LOCK = "azrelease-tasks.lock.json"
_VERSION = 1


def read_lock(folder: Path) -> dict[str, dict[str, Any]] | None:
    """Read the lock file in a folder or its parents, up to the top of the repository; None where there is none.

    Raises:
        UserError: the file is not readable, or not a valid lock file.
    """
    for parent in (folder, *folder.parents):
        if (parent / LOCK).is_file():
            return _read(parent / LOCK)
        if (parent / ".git").exists():
            break
    return None


def known_tasks(folder: Path) -> Tasks:
    """The built-in tasks, and those of the organization where a lock file for a folder exists.

    Raises:
        UserError: the lock file cannot be used.
    """
    return Tasks(read_lock(folder))


def lock_text(tasks: dict[str, dict[str, Any]], organization: str) -> str:
    """The text of a lock file: one task on a line, so that changes read well.

    Args:
        tasks: the tasks by `name@major`, in the form of `schemas/tasks.json`.
        organization: the URL of the organization they come from.
    """
    lines = [
        f"{json.dumps(name)}: {json.dumps(tasks[name], separators=(',', ':'), sort_keys=True)}"
        for name in sorted(tasks)
    ]
    head = f'{{"version": {_VERSION}, "organization": {json.dumps(organization)}, "tasks": {{\n'
    return head + ",\n".join(lines) + "\n}}\n"


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        tasks = raw["tasks"]
        known = raw["version"] == _VERSION
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError):
        raise UserError(
            f"{path}: not a valid lock file of tasks; write it again with `azrelease catalog sync`"
        ) from None
    if not known or not isinstance(tasks, dict):
        raise UserError(f"{path}: a lock file of another version; write it again with `azrelease catalog sync`")
    return {str(name): entry for name, entry in tasks.items() if isinstance(entry, dict)}
