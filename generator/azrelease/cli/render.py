"""`azrelease render`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import note, print_diagnostics, print_generated
from azrelease.cli.progress import each
from azrelease.cli.render_options import DRIFT, CheckOnly, OwnTemplates
from azrelease.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.rendering import GeneratedFile
    from azrelease.settings import LayoutName


class LayoutChoice(StrEnum):
    """How a pipeline is written."""

    TEMPLATES = "templates"
    INLINE = "inline"


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Release files, or folders to look for them in. Default: this folder.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write. Default: azure-pipelines.yml beside the release."),
    ] = None,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print the YAML instead of writing it.")] = False,
    check: CheckOnly = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that was edited by hand.")] = False,
    layout: Annotated[
        LayoutChoice | None,
        typer.Option(
            "--layout",
            help="`templates`: the pipeline calls step templates; `inline`: a self-contained file. Default: the "
            "setting `render.layout`.",
            show_default=False,
        ),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove generated step templates that no release calls any more.")
    ] = False,
    templates: OwnTemplates = None,
) -> None:
    """Write the azure-pipelines.yml of a release, and the step templates that it calls.

    Example: azrelease render samples/insurance/release.yml
    """
    from azrelease.application.loading import load_releases
    from azrelease.application.release_files import find_releases
    from azrelease.application.rendering import (
        files_of,
        layout_change,
        pipeline_paths,
        render_releases,
        template_counts,
    )
    from azrelease.application.unused_templates import prune as prune_templates
    from azrelease.application.unused_templates import unused_templates
    from azrelease.cli.rendered_drift import print_drift
    from azrelease.rendering import write

    _refuse_combinations(output, stdout=stdout, check=check, prune=prune)
    releases = find_releases(files or [])
    if (output or stdout) and len(releases) > 1:
        option = "--output" if output else "--stdout"
        raise UserError(f"{option} takes one release, but {len(releases)} were found")
    targets = pipeline_paths(releases, output)
    loaded = load_releases(
        releases, "nothing was written", track=lambda paths: each(paths, "releases"), pipelines=targets
    )
    print_diagnostics(loaded.warnings, loaded.texts)
    asked: LayoutName | None = None if layout is None else "inline" if layout is LayoutChoice.INLINE else "templates"
    rendered = render_releases(loaded, targets, templates, asked)
    files_to_write = files_of(rendered.values())
    if stdout:
        (only,) = rendered.values()
        print_generated(only.pipeline.text, loaded.warnings)
        return
    change = layout_change(rendered.values())
    unused = () if output else unused_templates(rendered, asked)
    if check:
        drifted = print_drift(files_to_write)
        _report_unused(unused)
        if drifted:
            raise typer.Exit(DRIFT)
        return
    changed = write(files_to_write, force=force)
    if change:
        note(change)
    for each_release in rendered.values():
        note(f"{'wrote' if each_release.pipeline in changed else 'unchanged'} {each_release.pipeline.path}")
    for line in template_counts(changed):
        note(line)
    for path in prune_templates(unused, force=force) if prune else ():
        note(f"removed {path}")
    if not prune:
        _report_unused(unused)


def _refuse_combinations(output: Path | None, *, stdout: bool, check: bool, prune: bool) -> None:
    if stdout and (output or check or prune):
        raise UserError("--stdout goes with neither --output, --check nor --prune")
    if check and prune:
        raise UserError("--check writes nothing, and --prune removes files: leave one of them out")
    if output == Path("-"):
        raise UserError("--output takes a file; --stdout prints the YAML")


def _report_unused(unused: "Sequence[GeneratedFile]") -> None:
    for folder in dict.fromkeys(file.path.parent for file in unused):
        names = ", ".join(file.path.name for file in unused if file.path.parent == folder)
        note(f"{folder}: no release calls these any more, --prune removes them: {names}", error=True)
