"""`azrelease graph`."""

from pathlib import Path
from typing import Annotated

import typer

from azrelease.cli.expansion_options import Parameters, Repositories
from azrelease.cli.output import has_colours, note, write_text
from azrelease.cli.progress import each
from azrelease.cli.today import Today, day_of
from azrelease.errors import UserError
from azrelease.report.formats import GraphFormat


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Release files, pipelines, or folders of releases. Default: the releases of the settings, or of this "
            "folder.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[GraphFormat, typer.Option("--format", help="What to draw it as.")] = GraphFormat.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write to; for several pictures the folder they belong in."),
    ] = None,
    parameter: Parameters = None,
    repository: Repositories = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is not a picture.")] = False,
    today: Today = None,
) -> None:
    """Draw a release or any pipeline: sources, stages in their order, who approves, tests, rollouts.

    Example: azrelease graph samples/insurance/release.yml --format html --output insurance.html
    """
    from azrelease.application.drawing import read_graphs, refuse_other_files, write_pictures
    from azrelease.application.expansion_inputs import expansion_request
    from azrelease.application.release_files import find_releases
    from azrelease.files import write_atomically

    found = find_releases(files or [])
    request = expansion_request(parameter or (), repositories=repository or ())
    graphs = read_graphs(found, request, track=lambda paths: each(paths, "pictures"))
    day = day_of(today)
    if output is not None and (len(found) > 1 or output.is_dir()):
        count = write_pictures(graphs, form, output, day, force=force, track=lambda items: each(items, "pictures"))
        note(f"wrote {count} files to {output.as_posix()}")
        return
    if len(graphs) > 1 and form in (GraphFormat.SVG, GraphFormat.HTML):
        raise UserError(f"{len(graphs)} pictures: pass the folder for them with --output")
    text = "\n".join(graph.draw(form, day, colour=output is None and has_colours()) for graph in graphs)
    if output is None:
        write_text(text)
    else:
        refuse_other_files([output], force=force)
        write_atomically(output, text)
        note(f"wrote {output.as_posix()}")
