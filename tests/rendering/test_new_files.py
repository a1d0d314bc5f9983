"""Files that are not there yet are written all, or none."""

from pathlib import Path

import pytest

from azrelease.errors import OverwriteError, UserError
from azrelease.rendering.generated_file import write_new


def test_new_files_are_written_with_their_folders(tmp_path: Path) -> None:
    write_new([(tmp_path / "a.yml", "a: é\n"), (tmp_path / "deep" / "er" / "b.yml", "b\r\n")])
    assert (tmp_path / "a.yml").read_bytes() == "a: é\n".encode()
    assert (tmp_path / "deep" / "er" / "b.yml").read_bytes() == b"b\r\n"


def test_where_one_is_there_none_is_written_and_all_that_are_there_are_named(tmp_path: Path) -> None:
    for name in ("a", "c"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(OverwriteError) as caught:
        write_new([(tmp_path / name, "new") for name in ("a", "b", "c")])
    assert str(caught.value).splitlines() == [
        f"{tmp_path / name}: already exists; nothing was written. Replace it with --force." for name in ("a", "c")
    ]
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"a": "mine", "c": "mine"}


def test_where_one_cannot_be_written_none_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match=r"cannot be written: .*; nothing was written"):
        write_new([(tmp_path / "a", "new"), (tmp_path / "b", "new"), (tmp_path / "file" / "c", "new")])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
