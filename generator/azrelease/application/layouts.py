"""In which layout the pipeline of a release is written, and the files that it becomes."""

from pathlib import Path

from azrelease.application.release_files import source_name
from azrelease.errors import UserError
from azrelease.files import from_here
from azrelease.pipeline import Pipeline
from azrelease.rendering import USUAL_FOLDER, Layout, RenderedFiles, render_files, stands_alone
from azrelease.settings import LayoutName, find_settings_file, render_settings
from azrelease.templating import Templates


def layout_of(release: Path, target: Path, asked: LayoutName | None = None) -> Layout:
    """The layout of the pipeline of a release.

    That which is asked for, or which the settings name; without either, a pipeline that was generated in one file
    stays so, and others call step templates.

    Args:
        release: the release file.
        target: the file of the pipeline.
        asked: the layout that an option names.

    Raises:
        UserError: the settings cannot be read.
        InvalidFileError: they cannot be used.
    """
    settings = render_settings(find_settings_file(release.parent))
    layout = asked or settings.layout
    if layout == "inline" or (layout is None and _was_inline(target)):
        return "inline"
    if isinstance(layout, str) or layout is None:
        return target.parent / USUAL_FOLDER if settings.folder is None else from_here(settings.folder)
    return layout


def rendered_files(
    release: Path, pipeline: Pipeline, target: Path, templates: Templates, asked: LayoutName | None = None
) -> RenderedFiles:
    """The files that the pipeline of a release is rendered to; nothing is written.

    Raises:
        UserError: the settings cannot be read, or the layout does not fit the release.
        InvalidFileError: the settings cannot be used.
        TemplateError: a template cannot be used.
    """
    layout = layout_of(release, target, asked)
    return render_files(pipeline, target, layout, source=source_name(release, target), templates=templates)


def _was_inline(target: Path) -> bool:
    try:
        return stands_alone(target.read_text(encoding="utf-8-sig", errors="replace"))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UserError(f"{target}: cannot be read: {error.strerror or error}") from error
