"""`azrelease migrate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import note, print_diagnostics, say
from azrelease.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.diagnostics import Diagnostic
    from azrelease.release import Release

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
            help="Folder that has what the artifact has; in it, `artifact.path` of the release is the folder with "
            "deployment/ and the rest, if it is there. The new endpoint and deployment files are written to it. "
            "Default: the folder of the release.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
) -> None:
    """Make a release for Azure ML v2 from one for CLI v1, with its endpoint and deployment files.

    Nothing is written over without --force. Exit code 1 when something has no counterpart in v2; it is named.

    Example: azrelease migrate release.yml
    """
    from azrelease.application.release_files import inherited_fields
    from azrelease.diagnostics import Severity
    from azrelease.files import write_atomically
    from azrelease.migration import migrate
    from azrelease.release import load
    from azrelease.rendering import write_new

    top = files or file.parent
    if not top.is_dir():
        raise UserError(f"{top}: no such folder; --files takes the folder that has what the artifact has")
    loaded = load(file)
    folder = _folder(top, loaded.release)
    migration = migrate(loaded, folder)
    target = output or _beside(file)
    new = [(target, migration.text), *((folder / f.path, f.text) for f in migration.files)]
    inherited = inherited_fields(migration.text, target)
    if force:
        for path, text in new:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)
    else:
        write_new(new)
    if inherited:
        say(inherited, error=True)
    _print(migration.findings)
    for path, _ in new:
        note(f"wrote {path}")
    if any(finding.severity is not Severity.INFO for finding in migration.findings):
        raise typer.Exit(LOSS)


def _folder(top: Path, release: "Release") -> Path:
    """Where the paths of a release begin: `artifact.path` in the folder, unless that is the folder itself."""
    inside = top / release.artifact.path if release.artifact is not None else top
    return inside if inside.is_dir() else top


def _beside(file: Path) -> Path:
    stem = file.name.removesuffix(file.suffix)
    name = "v2" if stem == "release" else f"{stem.removesuffix('.release')}-v2"
    return file.with_name(f"{name}.release.yml")


def _print(findings: "Sequence[Diagnostic]") -> None:
    files = dict.fromkeys(finding.file for finding in findings)
    print_diagnostics(findings, {f: Path(f).read_text(encoding="utf-8-sig", errors="replace") for f in files})
