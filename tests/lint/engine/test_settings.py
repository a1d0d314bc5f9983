"""What is looked for where."""

from pathlib import Path

import pytest

from azrelease.diagnostics import Severity
from azrelease.errors import InvalidFileError
from azrelease.lint import LintSettings, find_settings, read_settings
from azrelease.lint.engine.settings import PathSettings
from azrelease.lint.rules import built_in_rules, by_id

RETIRED_IMAGE, UNKNOWN_FIELD, UNKNOWN_STAGE = (by_id()[name].code for name in ("AZR705", "AZR101", "AZR201"))


@pytest.mark.parametrize(
    ("select", "ignore", "wanted", "not_wanted"),
    [
        ((), (), ["AZR101", "AZR705"], []),
        (("AZR1",), (), ["AZR101"], ["AZR705"]),
        (("retired-image",), (), ["AZR705"], ["AZR101"]),
        ((), ("AZR7",), ["AZR101"], ["AZR705"]),
        (("AZR705",), ("AZR7",), ["AZR705"], ["AZR706"]),
        (("AZR7",), ("AZR705",), ["AZR706"], ["AZR705"]),
        (("AZR",), ("azr705",), ["AZR101"], ["AZR705"]),
    ],
)
def test_the_longest_name_of_a_rule_decides(
    select: tuple[str, ...], ignore: tuple[str, ...], wanted: list[str], not_wanted: list[str]
) -> None:
    selection = LintSettings(select=select, ignore=ignore).for_file("a.yml")
    selected = {rule.code.id for rule in built_in_rules() if selection.includes(rule.code)}
    assert set(wanted) <= selected
    assert not selected & set(not_wanted)


def test_settings_of_paths_go_before_general_ones(tmp_path: Path) -> None:
    settings = LintSettings(
        ignore=("AZR1",),
        per_path=(
            PathSettings(("legacy/**",), (), ("AZR7",), {}),
            PathSettings(("*.draft.yml",), ("AZR2",), (), {"AZR201": Severity.INFO}),
        ),
        folder=str(tmp_path),
    )
    legacy = settings.for_file(str(tmp_path / "legacy" / "deep" / "a.yml"))
    assert not legacy.includes(RETIRED_IMAGE)
    assert not legacy.includes(UNKNOWN_FIELD)
    draft = settings.for_file(str(tmp_path / "b" / "a.draft.yml"))
    assert draft.includes(UNKNOWN_STAGE)
    assert not draft.includes(RETIRED_IMAGE)
    assert draft.level(UNKNOWN_STAGE) is Severity.INFO
    assert settings.for_file(str(tmp_path / "a.yml")).includes(RETIRED_IMAGE)


def test_the_nearest_settings_hold_and_the_repository_ends_the_search(tmp_path: Path) -> None:
    (tmp_path / ".azrelease.toml").write_text('ignore = ["AZR1"]\n')
    inner = tmp_path / "repo" / "sub"
    inner.mkdir(parents=True)
    assert find_settings(inner).ignore == ("AZR1",)
    (tmp_path / "repo" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert find_settings(inner).ignore == ("AZR1",)
    (tmp_path / "repo" / "pyproject.toml").write_text('[tool.azrelease]\nselect = ["AZR2"]\nbaseline = "known.json"\n')
    found = find_settings(inner)
    assert (found.ignore, found.select, found.baseline) == ((), ("AZR2",), str(tmp_path / "repo" / "known.json"))
    (inner / ".git").mkdir()
    assert find_settings(inner) == LintSettings(folder=str(inner))


def test_everything_that_is_wrong_with_settings_is_said_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "azrelease.toml"
    path.write_text(
        'ignroe = ["AZR1"]\nselect = "AZR2"\nshellcheck = "yes"\nreleases = "models"\n'
        '[severity]\nAZR5 = "fatal"\n[[per-path]]\nignore = ["AZR1"]\n[defaults]\nname = "churn"\n'
    )
    with pytest.raises(InvalidFileError) as caught:
        read_settings(path)
    found = [(d.span.line, d.span.column, d.message) for d in caught.value.diagnostics]
    assert found == [
        (1, 1, "unknown setting `ignroe`"),
        (2, 10, "`select` must be a list of strings"),
        (3, 14, "`shellcheck` must be true or false"),
        (4, 1, "`releases` has to be a list of files and folders"),
        (6, 8, "the severity of `AZR5` must be one of: error, warning, info"),
        (8, 1, "`paths` is missing: list the files to set this for"),
        (10, 1, "`name` cannot have a default: it is a release's own"),
    ]
    assert caught.value.diagnostics[0].hint == "Did you mean `ignore`?"
    assert list(caught.value.texts) == [str(path)]


@pytest.mark.parametrize("name", [".azrelease.toml", "azrelease.toml"])
def test_settings_that_are_no_toml_are_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("# settings\nignore = [\n")
    with pytest.raises(InvalidFileError, match="not TOML"):
        find_settings(tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ignore = [1]", "`ignore` must be a list of strings"),
        ('ignore = ["AZR1", true]', "`ignore` must be a list of strings"),
        ("select = 'AZR1'", "`select` must be a list of strings"),
        ("per-path = [1]", "`per-path` "),
        ("per-path = {}", "`per-path` "),
        ("severity = []", "`severity` must be a table"),
    ],
)
def test_a_setting_of_a_wrong_type_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / ".azrelease.toml"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(InvalidFileError) as caught:
        read_settings(path)
    [problem] = caught.value.diagnostics
    assert problem.message.startswith(message)
    assert problem.span.line == 1
