import os
import stat
from pathlib import Path

import pytest

from azrelease.errors import OverwriteError, UserError
from azrelease.rendering import FileState, GeneratedFile, drift, write
from azrelease.rendering.header import with_header

OLD = with_header("trigger: none\n", "release.yml")
NEW = with_header("trigger: none\npr: none\n", "release.yml")


def there(tmp_path: Path, text: str) -> GeneratedFile:
    path = tmp_path / "azure-pipelines.yml"
    path.write_bytes(text.encode())
    return GeneratedFile(path, NEW)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (NEW, FileState.CURRENT),
        (NEW.replace("\n", "\r\n"), FileState.CURRENT),
        ("\ufeff" + NEW, FileState.CURRENT),
        (OLD, FileState.OUTDATED),
        (OLD.replace("\n", "\r\n"), FileState.OUTDATED),
        (OLD.replace("none", "main"), FileState.EDITED),
        (OLD + "# mine\n", FileState.EDITED),
        ("trigger: none\n", FileState.FOREIGN),
        ("", FileState.FOREIGN),
    ],
)
def test_what_stands_there(tmp_path: Path, text: str, state: FileState) -> None:
    assert there(tmp_path, text).state() is state


def test_a_missing_file_is_written(tmp_path: Path) -> None:
    file = GeneratedFile(tmp_path / "new.yml", NEW)
    assert file.state() is FileState.MISSING
    assert write([file]) == (file,)
    assert file.path.read_bytes() == NEW.encode()
    assert write([file]) == ()


def test_an_outdated_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    file = there(tmp_path, OLD)
    file.path.chmod(0o640)
    write([file])
    assert file.path.read_text() == NEW
    if os.name == "posix":
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["azure-pipelines.yml"]


@pytest.mark.parametrize("text", [OLD + "# mine\n", "trigger: none\n"])
def test_what_a_person_wrote_stays_unless_forced(tmp_path: Path, text: str) -> None:
    file = there(tmp_path, text)
    with pytest.raises(OverwriteError, match="--force"):
        write([file])
    assert file.path.read_text() == text
    write([file], force=True)
    assert file.path.read_text() == NEW


def test_nothing_is_written_when_one_of_several_may_not_be(tmp_path: Path) -> None:
    mine = there(tmp_path, "trigger: none\n")
    other = GeneratedFile(tmp_path / "other.yml", NEW)
    with pytest.raises(OverwriteError):
        write([other, mine])
    assert not other.path.exists()


def test_drift_is_a_diff(tmp_path: Path) -> None:
    assert drift(there(tmp_path, NEW)) == ""
    assert "+pr: none" in drift(there(tmp_path, OLD))
    assert "+pr: none" in drift(GeneratedFile(tmp_path / "gone.yml", NEW))
    assert "\\ No newline at end of file" in drift(there(tmp_path, OLD.rstrip("\n")))


def test_a_folder_that_is_not_there_is_a_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        write([GeneratedFile(tmp_path / "gone" / "x.yml", NEW)])


def test_a_folder_in_the_place_of_the_file_is_a_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        GeneratedFile(tmp_path, NEW).state()
