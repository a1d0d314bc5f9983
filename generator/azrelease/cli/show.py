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
        typer.Option("--origins", help="Show the place of each value, not only of those from another file."),
    ] = False,
) -> None:
    """Print a release in full: every default filled in, values of other files with their place, secrets redacted.

    Example: azrelease show samples/insurance/release.yml --origins
    """
    from azrelease.redaction import RedactedText, redacted_data
    from azrelease.release import dump, load
    from azrelease.report.origins import origins, with_origins

    loaded = load(file)
    print_diagnostics(loaded.warnings, loaded.document.texts)
    release = loaded.release.completed()
    text = dump(release)
    if form is Format.YAML:
        write_text(RedactedText(with_origins(text, loaded.document, every=every)).text)
        return
    data = json.loads(dump(release, form="json"))
    shown = {"release": data, "origins": origins(text, loaded.document)} if every else data
    write_text(json.dumps(redacted_data(shown), ensure_ascii=False, indent=2) + "\n")
