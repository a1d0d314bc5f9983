"""`azrelease templates`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.output import note, write_text
from azrelease.cli.render_options import DRIFT, CheckOnly, OwnTemplates


class TemplatesAction(StrEnum):
    """What to do with step templates."""

    WRITE = "write"


def command(
    action: Annotated[TemplatesAction, typer.Argument(help="write: write all step templates to a folder.")],
    folder: Annotated[Path, typer.Argument(help="The folder: that of a repository for all releases.")],
    check: CheckOnly = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a template that was edited by hand.")] = False,
    templates: OwnTemplates = None,
) -> None:
    """Write all step templates, as a repository that many releases refer to.

    Commit and tag them; the releases name the tag: `layout = {repository = "Platform/azrelease-templates",
    ref = "refs/tags/v1"}` below `[render]` in azrelease.toml.

    Example: azrelease templates write azrelease-templates
    """
    assert action is TemplatesAction.WRITE
    from azrelease.application.template_repository import template_repository
    from azrelease.cli.rendered_drift import print_drift
    from azrelease.rendering import write

    files = template_repository(folder, templates)
    if check:
        if print_drift(files):
            raise typer.Exit(DRIFT)
        return
    changed = write(files, force=force)
    for file in changed:
        note(f"wrote {file.path}")
    write_text(f"{len(files)} step templates in {folder}, {len(changed)} of them changed\n")
