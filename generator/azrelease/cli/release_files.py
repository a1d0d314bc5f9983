"""Finding release files, and where what they render to belongs."""

import os
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path

from azrelease.diagnostics import INVALID_VALUE, Diagnostic
from azrelease.errors import UserError

_SUFFIXES = (".yml", ".yaml")
_SKIPPED = frozenset(("node_modules", "venv", "__pycache__"))


def find(paths: Sequence[Path]) -> list[Path]:
    """The release files among the arguments: a file is taken as it is, of a folder every release in it.

    Without arguments, the releases that the settings name; without such settings, those of the current folder. A
    release file is called `release.yml`, or `<name>.release.yml`. Hidden folders are not looked into.

    Raises:
        UserError: a path is not there or cannot be read, or a folder holds no release.
        InvalidFileError: what the settings name is not there.
    """
    files: dict[Path, Path] = {}
    for path in paths or named_in_settings() or (Path(),):
        try:
            found = list(_in_folder(path)) if path.is_dir() else [path] if path.exists() else None
        except OSError as error:
            raise UserError(f"{error.filename or path}: cannot be read: {error.strerror or error}") from error
        if found is None:
            raise UserError(f"{path}: no such file or folder")
        if not found:
            where = "this folder" if path == Path() else str(path)
            raise UserError(f"{where}: no release in it; a release is a file release.yml or <name>.release.yml")
        for file in found:
            files.setdefault(file.resolve(), file)
    return list(files.values())


def named_in_settings() -> list[Path]:
    """The files and folders that the settings of the current folder name as those of the releases, as seen from here.

    Raises:
        UserError: the settings cannot be read.
        InvalidFileError: they cannot be used, or name what is not there.
    """
    from azrelease.settings import RELEASES, find_settings_file, release_patterns

    settings = find_settings_file(Path.cwd())
    if settings is None:
        return []
    found: list[Path] = []
    problems: list[Diagnostic] = []
    for index, pattern in enumerate(release_patterns(settings)):
        matching = sorted(glob(str(settings.folder / pattern), recursive=True))  # noqa: PTH207  (a path may be absolute)
        if not matching:
            problems.append(settings.problem(INVALID_VALUE, (RELEASES, index), f"`{pattern}` is not there"))
        found += [Path(_from_here(path)) for path in matching]
    settings.refuse(problems)
    return found


def _from_here(path: str) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive on Windows
        return path


def pipeline_path(release: Path) -> Path:
    """Where the pipeline of a release belongs: `azure-pipelines.yml` beside it.

    `<name>.release.yml`, or a release file of any other name, gives `<name>.azure-pipelines.yml`.
    """
    name = release.name.removesuffix(release.suffix)
    name = "" if name == "release" else f"{name.removesuffix('.release')}."
    return release.with_name(f"{name}azure-pipelines.yml")


def source_name(release: Path, output: Path) -> str:
    """The release file as seen from the file it is rendered to; the same on every machine."""
    try:
        return Path(os.path.relpath(release, output.parent)).as_posix()
    except ValueError:  # another drive on Windows
        return release.name


def _fail(error: OSError) -> None:
    """A folder that cannot be read may hold a release: to pass it by would be to say that all is well."""
    raise error


def _in_folder(folder: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(folder, onerror=_fail):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(files):
            path = Path(top, name)
            if path.suffix in _SUFFIXES and (path.stem == "release" or path.stem.endswith(".release")):
                yield path
