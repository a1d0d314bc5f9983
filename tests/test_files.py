"""Files are written in one step, with the permissions that a file made there has."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from azrelease.files import write_atomically
from azrelease.scaffold.project_files import ProjectFile, compare, write_missing

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no masks of permissions")


@pytest.fixture
def masked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mask for the process, and none who changes it: while it is off, other threads would make files for everybody."""
    before = os.umask(0o027)

    def changed(mask: int) -> int:
        raise AssertionError(f"the mask of the process is changed to {mask:o}")

    with monkeypatch.context() as patched:
        patched.setattr(os, "umask", changed)
        yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


@pytest.mark.usefixtures("masked")
def test_a_new_file_has_the_permissions_of_new_files(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.yml", "a\n")
    assert mode(tmp_path / "a.yml") == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.yml"]


@pytest.mark.usefixtures("masked")
def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text("old\n", encoding="utf-8")
    path.chmod(0o604)
    write_atomically(path, "new\n")
    assert (mode(path), path.read_text(encoding="utf-8")) == (0o604, "new\n")


@pytest.mark.usefixtures("masked")
def test_the_files_of_a_project(tmp_path: Path) -> None:
    files = [ProjectFile("a.yml", b"a\n"), ProjectFile("b.sh", b"b\n", executable=True)]
    write_missing(compare(files, tmp_path))
    assert (mode(tmp_path / "a.yml"), mode(tmp_path / "b.sh")) == (0o640, 0o750)
