"""`azrelease show`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.output import print_diagnostics, write_text


class Format(StrEnum):
    """How to print a release."""

    YAML = "yaml"
    JSON = "json"


def command(
    file: Annotated[Path, typer.Argument(help="Release file.")] = Path("release.yml"),
    form: Annotated[Format, typer.Option("--format", help="What to print it as.")] = Format.YAML,
) -> None:
    """Print a release in full, with every default filled in.

    Example: azrelease show samples/insurance/release.yml
    """
    from azrelease.release import dump, load

    loaded = load(file)
    print_diagnostics(loaded.warnings, loaded.document.text)
    write_text(dump(loaded.release.completed(), form=form.value))
