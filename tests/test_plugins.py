"""Plugins that other packages declare."""

import sys
from pathlib import Path

import pytest

from azrelease.errors import PluginError, UserError
from azrelease.plugins import NO_PLUGINS, plugins
from support.plugin_packages import install

GROUP = "azrelease.examples"


def test_the_plugins_of_a_group_are_found_and_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(
        tmp_path,
        "contoso-release",
        {GROUP: {"second": "contoso:TWO", "first": "contoso:ONE"}, "azrelease.others": {"third": "contoso:THREE"}},
        {"contoso.py": "ONE, TWO = 1, 2\n"},
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert [(plugin.name, plugin.package, plugin.load()) for plugin in plugins(GROUP)] == [
        ("first", "contoso-release", 1),
        ("second", "contoso-release", 2),
    ]


def test_without_plugins_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "contoso-release", {GROUP: {"first": "contoso_off:ONE"}}, {"contoso_off.py": "ONE = 1\n"})
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(NO_PLUGINS, "1")
    assert plugins(GROUP) == ()
    monkeypatch.setenv(NO_PLUGINS, "")
    assert [plugin.name for plugin in plugins(GROUP)] == ["first"]


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("import a_module_that_is_missing\n", "ModuleNotFoundError: No module named 'a_module_that_is_missing'"),
        ("def broken(:\n", "SyntaxError: "),
        ("", "AttributeError: "),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, reason: str
) -> None:
    install(tmp_path, "contoso-broken", {GROUP: {"first": "contoso_broken:ONE"}}, {"contoso_broken.py": module})
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "contoso_broken", raising=False)
    (plugin,) = plugins(GROUP)
    with pytest.raises(PluginError) as error:
        plugin.load()
    assert str(error.value).startswith(
        f"plugin `first` of package contoso-broken (contoso_broken:ONE) cannot be imported: {reason}"
    )
    assert str(error.value).endswith("Update or uninstall contoso-broken, or pass --no-plugins.")
    assert isinstance(error.value, UserError)


def test_two_packages_cannot_declare_the_same_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "contoso-release", {GROUP: {"first": "contoso:ONE"}}, {})
    install(tmp_path, "fabrikam-release", {GROUP: {"First": "fabrikam:ONE"}}, {})
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PluginError, match=r"has the same name as plugin `[Ff]irst` of package") as error:
        plugins(GROUP)
    assert "contoso-release" in str(error.value)
    assert "fabrikam-release" in str(error.value)
