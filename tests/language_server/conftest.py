"""One server for the tests of a module: each opens files of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.editor import Editor, editor


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("repository")
    (folder / ".git").mkdir()
    with editor(folder) as found:
        yield found


@pytest.fixture
def folder(here: Editor, request: pytest.FixtureRequest) -> Path:
    """An empty folder of the repository, for one test."""
    number = sum(1 for _ in here.folder.iterdir())
    found = here.folder / f"{number}-{''.join(c if c.isalnum() else '-' for c in request.node.name)[:40]}"
    found.mkdir()
    return found
