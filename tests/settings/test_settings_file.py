"""Which files hold settings, and where in them a setting stands."""

from pathlib import Path

import pytest

from azrelease.settings import find_settings_file, is_settings_file
from azrelease.settings.settings_file import FILES

OURS = '[tool.azrelease]\nignore = ["AZR1"]\n'


@pytest.mark.parametrize("name", FILES)
def test_our_own_files_are_settings(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("", encoding="utf-8")
    assert is_settings_file(path)
    assert not is_settings_file(tmp_path / f"other-{name}")


@pytest.mark.parametrize(
    ("text", "ours"),
    [(OURS, True), ("[tool.ruff]\n", False), ("[tool.azrelease-other]\n", False), ("= no TOML", False)],
)
def test_a_pyproject_is_one_where_it_has_our_section(tmp_path: Path, text: str, ours: bool) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    assert is_settings_file(path) is ours
    (tmp_path / ".git").mkdir()
    assert (find_settings_file(tmp_path) is not None) is ours


def test_a_setting_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[project]\nname = 'x'\n{OURS}", encoding="utf-8")
    found = find_settings_file(tmp_path)
    assert found is not None
    assert found.folder == tmp_path
    assert found.data == {"ignore": ["AZR1"]}
    assert found.node("ignore", 0).start_mark.line == 3
