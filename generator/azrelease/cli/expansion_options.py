"""The options for what is known of a pipeline before its run, as `expand`, `graph` and `rehearse` have them."""

from typing import Annotated

import typer

Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", help="Parameter of the pipeline; a list or mapping as YAML.", metavar="NAME=VALUE"),
]

Repositories = Annotated[
    list[str] | None,
    typer.Option(
        "--repository",
        help="Folder of another repository, for its templates; others are in the settings.",
        metavar="ALIAS=FOLDER",
    ),
]
