"""`azrelease show`."""

import json
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
    every: Annotated[
        bool,
        typer.Option("--origins", help="Say of each value where it stands, not only of those from another file."),
    ] = False,
) -> None:
    """Print a release in full, with every default filled in, and where values from other files stand.

    Example: azrelease show samples/insurance/release.yml --origins
    """
    from azrelease.release import dump, load
    from azrelease.report.origins import origins, with_origins

    loaded = load(file)
    print_diagnostics(loaded.warnings, loaded.document.texts)
    release = loaded.release.completed()
    text = dump(release)
    if form is Format.YAML:
        write_text(with_origins(text, loaded.document, every=every))
    elif every:
        release_and_origins = {
            "release": json.loads(dump(release, form="json")),
            "origins": origins(text, loaded.document),
        }
        write_text(json.dumps(release_and_origins, ensure_ascii=False, indent=2) + "\n")
    else:
        write_text(dump(release, form="json"))
