"""Finding release files, and where what they render to belongs."""

import os
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path

from azrelease.diagnostics import INVALID_VALUE, Diagnostic
from azrelease.errors import UserError

_SUFFIXES = (".yml", ".yaml")
_PATTERN = frozenset("*?[")
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
        # A pattern means the releases among what it matches, not their pipelines; a file by its name is meant as it is.
        named = pattern in {os.path.relpath(path, settings.folder) for path in matching} or not _PATTERN & set(pattern)
        found += [Path(_from_here(p)) for p in matching if named or Path(p).is_dir() or _is_release_name(Path(p))]
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


def further_fields(text: str, target: Path) -> str:
    """What a new release file would say beside its text, for the defaults of the repository it is written to.

    Args:
        text: the text of the release.
        target: where it is written.

    Raises:
        InvalidFileError: with them it is no release.
    """
    from azrelease.release import load_alone, load_document
    from azrelease.source import Document

    document = Document.parse(text, target.as_posix())
    alone, there = load_alone(document), load_document(document)
    changed = [
        name
        for name in type(alone.release).model_fields
        if getattr(alone.release, name) != getattr(there.release, name)
    ]
    if not changed:
        return ""
    others = ", ".join(path for path in there.document.texts if path != document.path)
    return f"warning: {target.as_posix()}: {others} gives it more than it says: {', '.join(changed)}"


def _fail(error: OSError) -> None:
    """A folder that cannot be read may hold a release: to pass it by would be to say that all is well."""
    raise error


def _in_folder(folder: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(folder, onerror=_fail):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(files):
            path = Path(top, name)
            if _is_release_name(path):
                yield path


def _is_release_name(path: Path) -> bool:
    return path.suffix in _SUFFIXES and (path.stem == "release" or path.stem.endswith(".release"))
