"""`azrelease render`."""

from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.output import note, print_diagnostics, print_generated, write_text
from azrelease.cli.progress import each
from azrelease.errors import UserError

DRIFT = 1


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
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; print what would change. Exit code 1 when anything would."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that was edited by hand.")] = False,
    templates: Annotated[
        Path | None, typer.Option("--templates", help="Folder of templates that replace the shipped ones.")
    ] = None,
) -> None:
    """Write the azure-pipelines.yml of a release.

    Example: azrelease render samples/insurance/release.yml
    """
    from azrelease.application.loading import load_releases
    from azrelease.application.release_files import find_releases
    from azrelease.application.rendering import pipeline_paths, render_releases
    from azrelease.rendering import drift, write

    if stdout and (output or check):
        raise UserError("--stdout goes with neither --output nor --check")
    if output == Path("-"):
        raise UserError("--output takes a file; --stdout prints the YAML")
    releases = find_releases(files or [])
    if (output or stdout) and len(releases) > 1:
        option = "--output" if output else "--stdout"
        raise UserError(f"{option} takes one release, but {len(releases)} were found")
    targets = pipeline_paths(releases, output)
    loaded = load_releases(
        releases, "nothing was written", track=lambda paths: each(paths, "releases"), pipelines=targets
    )
    print_diagnostics(loaded.warnings, loaded.texts)
    rendered = render_releases(loaded, targets, templates)
    if stdout:
        print_generated(rendered[0].text, loaded.warnings)
    elif check:
        from azrelease.report.log_sanitizer import sanitized_lines

        differences = [difference for difference in map(drift, rendered) if difference]
        for difference in differences:
            write_text(sanitized_lines(difference))
        if differences:
            raise typer.Exit(DRIFT)
    else:
        changed = write(rendered, force=force)
        for file in rendered:
            note(f"{'wrote' if file in changed else 'unchanged'} {file.path}")
