"""Release → Pipeline → YAML text, and that text into a file that a person may have touched."""

from azrelease.rendering.generated_file import FileState, GeneratedFile, drift, write, write_new
from azrelease.rendering.pipeline_yaml import render_pipeline
from azrelease.rendering.release_yaml import render

__all__ = ["FileState", "GeneratedFile", "drift", "render", "render_pipeline", "write", "write_new"]
