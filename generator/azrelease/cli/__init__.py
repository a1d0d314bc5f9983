"""The command line: one thin module for each command. The only room that prints."""

import gc
import os
import sys
from types import ModuleType
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and leave the process.

    Exit codes: 0 fine; 1 findings or drift; 2 usage, or a file that cannot be used; 3 the service or a tool failed.
    """
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Answered before anything else is imported.
        from azrelease.version import VERSION

        try:
            print(f"azrelease {VERSION}")
        except OSError:
            _leave(3)
        _leave(0)
    # A command makes many objects that live until it ends: looking for garbage among them is wasted time.
    gc.set_threshold(1_000_000)
    sys.modules.setdefault(_NoPlugins.REPLACES, _NoPlugins(_NoPlugins.REPLACES))
    from azrelease.cli.app import run

    _leave(run())


class _NoPlugins(ModuleType):
    """Stands in for the module of pydantic that looks for plugins of pydantic, which azrelease does not use.

    Even when plugins are disabled, importing that module imports importlib.metadata and with it the e-mail package:
    a twentieth of the time of a short command. Whatever else is asked of it comes from the real module.
    """

    REPLACES = "pydantic.plugin._loader"

    @staticmethod
    def get_plugins() -> tuple[()]:
        """No plugins."""
        return ()

    def __getattr__(self, name: str) -> object:
        from importlib import import_module

        if name.startswith("__"):
            raise AttributeError(name)
        sys.modules.pop(self.REPLACES, None)
        return getattr(import_module(self.REPLACES), name)


def _leave(code: int) -> NoReturn:
    """End the process without taking the interpreter apart, which takes a quarter of the time of a short command."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            code = code or 3
    os._exit(code)
