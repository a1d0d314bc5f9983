"""Step templates that no release of a repository calls any more."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from azrelease.application.layouts import layout_of, rendered_files
from azrelease.application.release_files import find_releases, named_in_settings, pipeline_path
from azrelease.catalog.step_templates import is_step_template
from azrelease.errors import AzreleaseError, OverwriteError, UserError
from azrelease.lowering import lower
from azrelease.release import load
from azrelease.rendering import USUAL_FOLDER, FileState, GeneratedFile, RenderedFiles
from azrelease.rendering.header import is_generated
from azrelease.settings import LayoutName
from azrelease.templating import templates_for


def unused_templates(
    rendered: Mapping[Path, RenderedFiles], asked: LayoutName | None = None
) -> tuple[GeneratedFile, ...]:
    """The generated step templates in the folders of releases that no release calls, and no other pipeline beside.

    The other releases of the repository count, too. Where one of them cannot be read, nothing is said to be unused.

    Args:
        rendered: what releases are rendered to, by release file.
        asked: the layout that an option names.

    Raises:
        UserError: a folder cannot be read.
    """
    folders = {folder.resolve(): folder for path, files in rendered.items() for folder in _folders(path, files, asked)}
    found = [file for folder in folders.values() for file in _step_templates(folder)]
    found = _not_in(found, rendered.values())
    if not found:
        return ()
    try:
        known = {path.resolve() for path in rendered}
        found = _not_in(found, [_rendered(path) for path in _other_releases(rendered) if path.resolve() not in known])
    except AzreleaseError:
        return ()
    texts = [text for folder in folders.values() for text in _other_pipelines(folder)]
    return tuple(
        file for file in found if not any(f"{file.path.parent.name}/{file.path.name}" in text for text in texts)
    )


def prune(unused: Iterable[GeneratedFile], *, force: bool) -> tuple[Path, ...]:
    """Remove unused step templates; returns the files that were removed.

    Raises:
        OverwriteError: a person edited one of them, and `force` is off; nothing was removed.
        UserError: a file cannot be removed.
    """
    files = tuple(unused)
    edited = [file.path for file in files if file.state() is FileState.EDITED]
    if edited and not force:
        raise OverwriteError(
            "\n".join(f"{path}: was edited by hand, and no release calls it; remove it with --force" for path in edited)
        )
    for file in files:
        try:
            file.path.unlink()
        except OSError as error:
            raise UserError(f"{file.path}: cannot be removed: {error.strerror or error}") from error
    return tuple(file.path for file in files)


def _not_in(files: Iterable[GeneratedFile], rendered: Iterable[RenderedFiles]) -> list[GeneratedFile]:
    """The step templates that releases do not call."""
    called = {file.path.resolve() for each in rendered for file in each.templates}
    return [file for file in files if file.path.resolve() not in called]


def _folders(release: Path, files: RenderedFiles, asked: LayoutName | None) -> Iterable[Path]:
    """Where step templates of a release are, or were in another layout."""
    layout = layout_of(release, files.pipeline.path, asked)
    if isinstance(layout, Path):
        yield layout
    yield files.pipeline.path.parent / USUAL_FOLDER


def _other_releases(rendered: Mapping[Path, RenderedFiles]) -> Iterable[Path]:
    for folder in {path.parent for path in rendered}:
        yield from find_releases([*named_in_settings(folder), folder])


def _rendered(path: Path) -> RenderedFiles:
    templates = templates_for(path)
    return rendered_files(path, lower(load(path).release, templates), pipeline_path(path), templates)


def _other_pipelines(folder: Path) -> Iterable[str]:
    """The texts of YAML files beside the folder, other than pipelines of releases: they may call templates of it."""
    for path in sorted(folder.parent.glob("*.y*ml")):
        text = GeneratedFile(path, "").read() or ""
        if not is_generated(text):
            yield text


def _step_templates(folder: Path) -> Iterable[GeneratedFile]:
    """The generated step templates in a folder, whatever they are to be now."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.yml")):
        file = GeneratedFile(path, "")
        if is_step_template(file.read() or ""):
            yield file
