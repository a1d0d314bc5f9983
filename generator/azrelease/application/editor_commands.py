"""What an editor can have done with an open file: its final YAML, its picture, its pipeline."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from azrelease.application.drawing import read_graphs
from azrelease.application.expanding import expand_pipeline
from azrelease.application.expansion_inputs import expansion_request
from azrelease.application.loading import load_releases
from azrelease.application.rendering import files_of, pipeline_paths, render_releases
from azrelease.errors import InvalidFileError, UserError
from azrelease.expansion import yaml_text
from azrelease.lint.engine.file_recognition import is_release
from azrelease.redaction import redacted
from azrelease.rendering import write
from azrelease.report.expansion_redaction import ExpansionRedaction
from azrelease.report.expansions import problems_text
from azrelease.report.formats import GraphFormat
from azrelease.report.text import format_text
from azrelease.yaml_document import YamlDocument


class Rendered(NamedTuple):
    """What a release was rendered to.

    Attributes:
        files: the files that were written.
        message: what happened, in a sentence.
    """

    files: tuple[Path, ...]
    message: str


def final_yaml(path: Path) -> str:
    """What the service makes of a pipeline, or of that which a release is rendered to; errors as comments above it.

    Secrets are masked.
    """
    try:
        document = YamlDocument.read(path)
        if is_release(str(path), document):
            return _rendered_text(path)
        checked = expand_pipeline(path, expansion_request())
    except InvalidFileError as error:
        found = redacted(error.diagnostics, error.texts)
        return _comments("\n".join(format_text(each, line) for each, line in found))
    except UserError as error:
        return _comments(str(error))
    redaction = ExpansionRedaction(checked.expansion.files)
    problems = problems_text(checked.problems, redaction)
    return _comments(problems) + redaction.text(yaml_text(checked.normal))


def graph_page(path: Path, today: date) -> str:
    """The page with the picture of a release or pipeline.

    Raises:
        UserError: it cannot be drawn.
    """
    [found] = read_graphs([path], expansion_request())
    return found.draw(GraphFormat.HTML, today)


def render_release(path: Path) -> Rendered:
    """Write the pipeline of a release, and the step templates that it calls.

    Raises:
        UserError: the release is invalid, or a file was edited since it was generated.
    """
    loaded = load_releases([path])
    files = files_of(render_releases(loaded, pipeline_paths([path])).values())
    written = tuple(file.path for file in write(files))
    count = f"{len(written)} file{'' if len(written) == 1 else 's'}"
    return Rendered(written, f"wrote {count}" if written else "nothing to write: all is current")


def _rendered_text(path: Path) -> str:
    rendered = render_releases(load_releases([path]), pipeline_paths([path]), layout="inline")
    return "".join(files.pipeline.text for files in rendered.values())


def _comments(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())
