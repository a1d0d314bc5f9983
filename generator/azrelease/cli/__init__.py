"""The command line: one thin module for each command. The only room that prints."""

import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit.

    Exit codes: 0 fine; 1 findings or drift; 2 usage, or a file that cannot be used; 3 the service or a tool failed.
    """
    if sys.argv[1:] in (["--version"], ["-V"]):
        from azrelease.version import VERSION

        print(f"azrelease {VERSION}")
        code = 0
    else:
        from azrelease.cli.app import run

        code = run()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            code = code or 3
            # Python flushes again at exit. As its documentation advises, send the rest to the null device
            # (docs.python.org/3/library/signal.html#note-on-sigpipe).
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)
