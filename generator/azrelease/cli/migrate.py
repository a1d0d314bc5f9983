"""`azrelease migrate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import note, print_diagnostics, say
from azrelease.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.diagnostics import Diagnostic

LOSS = 1


def command(
    file: Annotated[Path, typer.Argument(help="Release file that deploys with CLI v1.")] = Path("release.yml"),
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Release file to write. Default: v2.release.yml beside the old one."),
    ] = None,
    files: Annotated[
        Path | None,
        typer.Option(
            "--files",
            help="Folder that has what the artifact's folder has: deployment/ and the rest. The new endpoint and "
            "deployment files are written below it. Default: the folder of the release.",
        ),
    ] = None,
) -> None:
    """Make a release for Azure ML v2 from one for CLI v1, with its endpoint and deployment files.

    Nothing is written over. Exit code 1 when something has no counterpart in v2; it is named.

    Example: azrelease migrate release.yml
    """
    from azrelease.cli.release_files import further_fields
    from azrelease.diagnostics import Severity
    from azrelease.migration import migrate
    from azrelease.release import load
    from azrelease.rendering import write_new

    folder = files or file.parent
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder; --files takes the folder that has what the artifact has")
    migration = migrate(load(file), folder)
    target = output or _beside(file)
    new = [(target, migration.text), *((folder / f.path, f.text) for f in migration.files)]
    more = further_fields(migration.text, target)
    write_new(new)
    if more:
        say(more, error=True)
    _print(migration.findings)
    for path, _ in new:
        note(f"wrote {path}")
    if any(finding.severity is not Severity.INFO for finding in migration.findings):
        raise typer.Exit(LOSS)


def _beside(file: Path) -> Path:
    stem = file.name.removesuffix(file.suffix)
    name = "v2" if stem == "release" else f"{stem.removesuffix('.release')}-v2"
    return file.with_name(f"{name}.release.yml")


def _print(findings: "Sequence[Diagnostic]") -> None:
    files = dict.fromkeys(finding.file for finding in findings)
    print_diagnostics(findings, {f: Path(f).read_text(encoding="utf-8-sig", errors="replace") for f in files})
