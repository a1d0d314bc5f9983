"""Options that the commands have in common which compare releases with Azure DevOps, or register them."""

from pathlib import Path
from typing import Annotated

import typer

ReleaseFiles = Annotated[
    list[Path] | None,
    typer.Argument(help="Release files, or folders to look for them in. Default: this folder.", show_default=False),
]

Classic = Annotated[
    bool, typer.Option("--classic", help="Register a classic release definition instead of a pipeline.")
]

Prune = Annotated[
    bool, typer.Option("--prune", help="Remove what was made for these releases and is not asked for any more.")
]

Adopt = Annotated[
    bool, typer.Option("--adopt", help="Take over a pipeline or variable group of that name that others made.")
]

SetSecrets = Annotated[
    bool, typer.Option("--set-secrets", help="Set secrets again that Azure DevOps has, from the environment.")
]

AllowWeaker = Annotated[
    bool, typer.Option("--allow-weaker", help="Go on though a control becomes weaker, such as fewer approvers.")
]

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
