"""`azrelease render`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import note, print_diagnostics, print_generated, write_text
from azrelease.cli.progress import each
from azrelease.cli.release_files import find, pipeline_path, source_name
from azrelease.errors import InvalidFileError, UserError

if TYPE_CHECKING:
    from azrelease.release import LoadedRelease
    from azrelease.templating import Templates

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
    from azrelease.rendering import GeneratedFile, drift, write

    if stdout and (output or check):
        raise UserError("--stdout goes with neither --output nor --check")
    if output == Path("-"):
        raise UserError("--output takes a file; --stdout prints the YAML")
    releases = find(files or [])
    if (output or stdout) and len(releases) > 1:
        option = "--output" if output else "--stdout"
        raise UserError(f"{option} takes one release, but {len(releases)} were found")
    targets = _targets(releases, output)
    results = _render_all(targets, templates)
    rendered = [GeneratedFile(target, text) for (_, target), (_, text) in zip(targets, results, strict=True)]
    if stdout:
        ((loaded, text),) = results
        print_generated(text, loaded.warnings)
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


def _targets(releases: list[Path], output: Path | None) -> list[tuple[Path, Path]]:
    """Each release with where it is rendered to.

    Raises:
        UserError: two releases are rendered to the same file, or one to a release.
    """
    targets = [(path, output or pipeline_path(path)) for path in releases]
    inputs = {path.resolve() for path in releases}
    sources: dict[Path, Path] = {}
    for path, target in targets:
        if target.resolve() in inputs:
            raise UserError(f"{target}: is a release; its pipeline cannot be written over it")
        other = sources.setdefault(target.resolve(), path)
        if other != path:
            raise UserError(f"{other} and {path} would both be written to {target}; rename one to <name>.release.yml")
    return targets


def _render_all(jobs: list[tuple[Path, Path]], templates: Path | None) -> "list[tuple[LoadedRelease, str]]":
    """Each release with what it is rendered to. When any release is wrong, all that is wrong in all of them is printed.

    Raises:
        UserError: a release cannot be used; nothing is written then.
    """
    from azrelease.lowering import lower
    from azrelease.release import load
    from azrelease.rendering import render_pipeline
    from azrelease.templating import Templates, templates_for

    given = None if templates is None else _given(templates)
    finders: dict[Path, Templates] = {}
    rendered: list[tuple[LoadedRelease, str]] = []
    failed: list[Path] = []
    for path, target in each(jobs, "releases"):
        try:
            loaded = load(path)
        except InvalidFileError as error:
            print_diagnostics(error.diagnostics, error.texts)
            failed.append(path)
            continue
        print_diagnostics(loaded.warnings, loaded.document.texts)
        finder = given or finders.setdefault(path.parent, templates_for(path))
        pipeline = lower(loaded.release, finder)
        rendered.append((loaded, render_pipeline(pipeline, source=source_name(path, target), templates=finder)))
    if failed:
        raise UserError(f"{len(failed)} of {len(jobs)} releases cannot be used; nothing was written")
    return rendered


def _given(folder: Path) -> "Templates":
    """The templates that an option names.

    Raises:
        UserError: it is not a folder of templates that replace shipped ones.
    """
    from azrelease.settings import misnamed_templates
    from azrelease.templating import Templates

    found = Templates(folder)
    wrong = [f"{folder}: {misnamed.message}. {misnamed.hint}" for misnamed in misnamed_templates(folder)]
    if wrong:
        raise UserError("\n".join(wrong))
    return found
