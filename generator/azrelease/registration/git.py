"""git, as the user has it installed."""

import subprocess
from pathlib import Path


def run_git(folder: Path, *arguments: str, asked: bytes = b"") -> bytes | None:
    """What git says about a folder; None where it fails, or is not there.

    Args:
        folder: the folder.
        arguments: the command and its arguments.
        asked: what it reads from its standard input.
    """
    try:
        done = subprocess.run(  # noqa: S603  (no shell)
            ["git", "-C", str(folder), *arguments],  # noqa: S607  (the user's git, wherever it is)
            input=asked,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
