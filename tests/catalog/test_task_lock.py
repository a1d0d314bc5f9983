"""The lock file with the tasks of an organization."""

from pathlib import Path

import pytest

from azrelease.catalog.task_lock import LOCK, known_tasks, lock_text, read_lock
from azrelease.errors import UserError

TASKS = {"Ship@1": {"id": "a", "inputs": {}}, "Load@2": {"id": "b"}}


def test_a_lock_file_holds_for_the_folders_below_it_in_its_repository(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text(lock_text(TASKS, "https://dev.azure.com/contoso"))
    inner = tmp_path / "releases" / "web"
    inner.mkdir(parents=True)
    assert read_lock(inner) == TASKS
    assert known_tasks(inner).is_of_organization("ship@1")
    (inner / ".git").mkdir()
    assert read_lock(inner) is None
    assert not known_tasks(inner).knows_organization


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not a valid lock file of tasks"),
        ("[]", "not a valid lock file of tasks"),
        ('{"version": 1}', "not a valid lock file of tasks"),
        ('{"version": 2, "tasks": {}}', "a lock file of another version"),
        ('{"version": 1, "tasks": []}', "a lock file of another version"),
    ],
)
def test_another_file_of_that_name_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / LOCK).write_text(text)
    with pytest.raises(UserError, match=message):
        read_lock(tmp_path)
