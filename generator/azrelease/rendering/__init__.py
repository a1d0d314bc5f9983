"""Release → Pipeline → YAML text, and that text into a file that a person may have touched."""

from azrelease.rendering.generated_file import FileState, GeneratedFile, drift, write, write_new
from azrelease.rendering.header import stands_alone
from azrelease.rendering.layouts import (
    USUAL_FOLDER,
    Layout,
    RenderedFiles,
    render_files,
    template_files,
    with_template_repository,
)
from azrelease.rendering.pipeline_yaml import render_pipeline
from azrelease.rendering.release_yaml import render
from azrelease.rendering.step_template_yaml import changes_since

__all__ = [
    "USUAL_FOLDER",
    "FileState",
    "GeneratedFile",
    "Layout",
    "RenderedFiles",
    "changes_since",
    "drift",
    "render",
    "render_files",
    "render_pipeline",
    "stands_alone",
    "template_files",
    "with_template_repository",
    "write",
    "write_new",
]
