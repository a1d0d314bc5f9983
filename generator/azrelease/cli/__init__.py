"""The command line: one thin module for each command. The only room that prints."""

import gc
import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and leave the process.

    Exit codes: 0 fine; 1 findings or drift; 2 usage, or a file that cannot be used; 3 the service or a tool failed.
    """
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Answered before anything else is imported.
        from azrelease.version import VERSION

        print(f"azrelease {VERSION}")
        _leave(0)
    # A command makes many objects that live until it ends: looking for garbage among them is wasted time. So is
    # looking for plugins of pydantic in all installed packages; azrelease uses none.
    gc.set_threshold(1_000_000)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from azrelease.cli.app import run

    _leave(run())


def _leave(code: int) -> NoReturn:
    """End the process without taking the interpreter apart, which takes a quarter of the time of a short command."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 1
    os._exit(code)
