"""Finding release files, and where what they render to belongs."""

import os
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from azrelease.diagnostics import INVALID_VALUE, Diagnostic
from azrelease.errors import UserError
from azrelease.files import from_here

_SUFFIXES = (".yml", ".yaml")
_PATTERN = frozenset("*?[")


def find_releases(paths: Sequence[Path]) -> list[Path]:
    """The release files among the arguments.

    A file is taken as it is. A folder means the releases that the settings name in it; without such settings, for
    its `release.yml` and `<name>.release.yml`, not for those in folders below it. Without arguments, the releases that
    the settings name; without such settings, those of the current folder.

    Raises:
        UserError: a path does not exist or cannot be read, or a folder contains no release.
        InvalidFileError: what the settings name does not exist.
    """
    files: dict[Path, Path] = {}
    for path in paths or named_in_settings() or (Path(),):
        try:
            found = _of_folder(path, named=path in paths) if path.is_dir() else [path] if path.exists() else None
        except OSError as error:
            raise UserError(f"{error.filename or path}: cannot be read: {error.strerror or error}") from error
        if found is None:
            raise UserError(f"{path}: no such file or folder")
        for file in found:
            files.setdefault(file.resolve(), file)
    return list(files.values())


def _of_folder(folder: Path, *, named: bool) -> list[Path]:
    """The releases that a folder means.

    Args:
        folder: the folder.
        named: whether it is an argument, not one that the settings name.
    """
    found = (_named_below(folder) if named else []) or _in_folder(folder)
    if not found:
        below = _folders_with_releases(folder)
        where = "this folder" if folder == Path() else str(folder)
        if not below:
            raise UserError(f"{where}: contains no release; a release is a file release.yml or <name>.release.yml")
        pattern = (folder / "*" / "release.yml").as_posix()
        raise UserError(
            f"{where}: contains no release, but folders below do, such as {below[0].as_posix()}; name the files, "
            f'or write `releases = ["{pattern}"]` into azrelease.toml'
        )
    return found


def _named_below(folder: Path) -> list[Path]:
    """The releases in a folder that the settings that hold there name."""
    inside = folder.resolve()
    named = [path for path in named_in_settings(folder) if path.resolve().is_relative_to(inside)]
    return [file for path in named for file in (_in_folder(path) if path.is_dir() else [path])]


def named_in_settings(folder: Path | None = None) -> list[Path]:
    """The files and folders that settings name as those of the releases, as seen from the current folder.

    Args:
        folder: where the settings hold; by default the current folder.

    Raises:
        UserError: the settings cannot be read.
        InvalidFileError: they cannot be used, or name what does not exist.
    """
    from azrelease.settings import RELEASES, find_settings_file, release_patterns

    settings = find_settings_file(folder or Path.cwd())
    if settings is None:
        return []
    found: list[Path] = []
    problems: list[Diagnostic] = []
    for index, pattern in enumerate(release_patterns(settings)):
        matching = sorted(glob(str(settings.folder / pattern), recursive=True))  # noqa: PTH207  (a path may be absolute)
        if not matching:
            problems.append(settings.problem(INVALID_VALUE, (RELEASES, index), f"`{pattern}` does not exist"))
        # A pattern means the releases among what it matches, not their pipelines; a file by its name is meant as it is.
        named = pattern in {os.path.relpath(path, settings.folder) for path in matching} or not _PATTERN & set(pattern)
        found += [from_here(Path(p)) for p in matching if named or Path(p).is_dir() or _is_release_name(Path(p))]
    settings.refuse(problems)
    return found


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


def inherited_fields(text: str, target: Path) -> str:
    """A warning about the fields that the defaults of a repository add to a new release file; empty for none.

    Args:
        text: the text of the release.
        target: where it is written.

    Raises:
        InvalidFileError: with them it is not a valid release.
    """
    from azrelease.release import load_alone, load_document
    from azrelease.yaml_document import YamlDocument

    document = YamlDocument.parse(text, target.as_posix())
    alone, inherited = load_alone(document), load_document(document)
    changed = [
        name
        for name in type(alone.release).model_fields
        if getattr(alone.release, name) != getattr(inherited.release, name)
    ]
    if not changed:
        return ""
    others = ", ".join(path for path in inherited.document.texts if path != document.path)
    return f"warning: {target.as_posix()}: {others} adds fields to it: {', '.join(changed)}"


def _in_folder(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _is_release_name(path) and not path.is_dir())


def _folders_with_releases(folder: Path) -> list[Path]:
    """Releases of the folders in a folder, for a hint."""
    below = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    return [file for each in below if os.access(each, os.R_OK) for file in _in_folder(each)]


def _is_release_name(path: Path) -> bool:
    return path.suffix in _SUFFIXES and (path.stem == "release" or path.stem.endswith(".release"))
