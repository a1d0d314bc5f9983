"""Options of the commands that write generated files."""

from pathlib import Path
from typing import Annotated

import typer

CheckOnly = Annotated[
    bool, typer.Option("--check", help="Write nothing; print what would change. Exit code 1 when anything would.")
]

OwnTemplates = Annotated[
    Path | None, typer.Option("--templates", help="Folder of templates that replace the shipped ones.")
]

DRIFT = 1
"""The exit code where a file is not what it would be rendered to."""
