"""Plugins: tasks and rules of other installed packages, which these packages declare as entry points.

    [project.entry-points."azrelease.tasks"]
    SmokeTest = "contoso_release.smoke_test:SmokeTest"

The room that a group belongs to asks for its plugins, loads them and checks what it gets:

    for plugin in plugins(RULE_GROUP):
        rule = plugin.load()
        if not isinstance(rule, Rule):
            raise plugin.error("is not a Rule")

`--no-plugins`, or the environment variable AZRELEASE_NO_PLUGINS, turns them off, in processes that this one starts too.
"""

import os
import sys
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from traceback import walk_tb
from typing import NamedTuple

from azrelease.errors import PluginError

TASK_GROUP, RULE_GROUP = "azrelease.tasks", "azrelease.rules"
"""The groups: subclasses of `azrelease.BaseTask`, and rules of `azrelease check`."""

NO_PLUGINS = "AZRELEASE_NO_PLUGINS"
"""Environment variable that turns plugins off, whatever its value, unless it is empty."""


class Plugin(NamedTuple):
    """A plugin that an installed package declares.

    Attributes:
        name: its name in the entry point: the name of a task, the code of a rule.
        package: the package that declares it, as pip names it.
        entry_point: where its object is found.
    """

    name: str
    package: str
    entry_point: EntryPoint

    def load(self) -> object:
        """Import the object that the entry point names.

        Raises:
            PluginError: it cannot be imported.
        """
        try:
            return self.entry_point.load()
        except Exception as error:
            raise self.error(f"cannot be imported: {type(error).__name__}: {error}") from error

    def error(self, problem: str) -> PluginError:
        """An error that names the plugin and its package; `problem` follows as the predicate of the sentence."""
        return PluginError(
            f"plugin `{self.name}` of package {self.package} ({self.entry_point.value}) {problem}. "
            f"Update or uninstall {self.package}, or pass --no-plugins."
        )


def plugins(group: str) -> tuple[Plugin, ...]:
    """The plugins of a group, by name; none when plugins are off.

    Raises:
        PluginError: two packages declare a plugin of the same name.
    """
    return () if os.environ.get(NO_PLUGINS) else _declared(group, tuple(sys.path))


def turn_off() -> None:
    """Turn plugins off, in this process and in those that it starts."""
    os.environ[NO_PLUGINS] = "1"


def plugin_at_fault(error: BaseException) -> Plugin | None:
    """The plugin whose package an error passed through; None where it is not one of theirs."""
    modules = {str(frame.f_globals.get("__name__")) for frame, _ in walk_tb(error.__traceback__)}
    packages = {module.partition(".")[0] for module in modules}
    declared = (*plugins(TASK_GROUP), *plugins(RULE_GROUP))
    return next((plugin for plugin in declared if plugin.entry_point.module.partition(".")[0] in packages), None)


@lru_cache(maxsize=16)
def _declared(group: str, _path: tuple[str, ...]) -> tuple[Plugin, ...]:
    """The plugins of a group in the folders that Python imports from."""
    declared: dict[str, Plugin] = {}
    for entry_point in entry_points(group=group):
        package = entry_point.dist.name if entry_point.dist is not None else entry_point.module
        plugin = Plugin(entry_point.name, package, entry_point)
        first = declared.setdefault(plugin.name.casefold(), plugin)
        if first is not plugin:
            raise plugin.error(f"has the same name as plugin `{first.name}` of package {first.package}")
    return tuple(declared[name] for name in sorted(declared))
