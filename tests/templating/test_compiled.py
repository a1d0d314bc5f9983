from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from azrelease.templating.compiled import CompiledCache


def render(folder: Path, settings: str = "a") -> str:
    environment = Environment(
        loader=FileSystemLoader(folder), bytecode_cache=CompiledCache(folder, settings), autoescape=True
    )
    return environment.get_template("t.j2").render()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    (tmp_path / "t.j2").write_text("one", encoding="utf-8")
    return tmp_path


def compiled(folder: Path) -> list[Path]:
    return list(folder.rglob("*.pyc"))


def test_a_template_is_compiled_once_and_anew_when_it_changes(folder: Path) -> None:
    assert render(folder) == "one"
    (file,) = compiled(folder)
    first = file.read_bytes()
    assert render(folder) == "one"
    assert file.read_bytes() == first
    (folder / "t.j2").write_text("two", encoding="utf-8")
    assert render(folder) == "two"
    assert file.read_bytes() != first


def test_other_settings_make_it_stale(folder: Path) -> None:
    render(folder)
    (file,) = compiled(folder)
    first = file.read_bytes()
    render(folder, "b")
    assert file.read_bytes() != first


def test_rubbish_is_compiled_anew(folder: Path) -> None:
    render(folder)
    (file,) = compiled(folder)
    file.write_bytes(b"rubbish")
    assert render(folder) == "one"


def test_nothing_is_written_when_python_is_told_not_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert render(folder) == "one"
    assert compiled(folder) == []


def test_a_folder_that_cannot_be_written_to_is_no_error(folder: Path) -> None:
    (folder / "__pycache__").write_text("a file where the folder belongs", encoding="utf-8")
    assert render(folder) == "one"
