"""The options for what is known of a pipeline before its run."""

from typing import Annotated

import typer

Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        help="Parameter of the pipeline, `NAME=VALUE`; can be repeated. Lists and mappings as YAML or JSON.",
        metavar="NAME=VALUE",
    ),
]

Repositories = Annotated[
    list[str] | None,
    typer.Option(
        "--repository",
        help="Folder with another repository that has templates, `ALIAS=FOLDER`; can be repeated.",
        metavar="ALIAS=FOLDER",
    ),
]
