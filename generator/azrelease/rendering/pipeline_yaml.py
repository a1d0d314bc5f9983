"""The text of azure-pipelines.yml."""

import textwrap

from markupsafe import Markup

from azrelease.pipeline import Pipeline
from azrelease.rendering.header import INSTEAD, STEPS_IN, with_header
from azrelease.templating import Templates, shipped_templates
from azrelease.templating.yaml_scalars import comment

_COMMENT_WIDTH = 100


def render_pipeline(
    pipeline: Pipeline,
    *,
    source: str = "release.yml",
    templates: Templates | None = None,
    steps_in: str | None = None,
) -> str:
    """The YAML of a pipeline, with a header that says what made it and from what.

    The same arguments give the same text, on every machine.

    Args:
        pipeline: what to render.
        source: the release file, as seen from the file that the text is written to; `/` between folders.
        templates: where templates are looked for. Default: the shipped ones.
        steps_in: where the step templates are that it calls; None for a self-contained pipeline.

    Raises:
        TemplateError: a template cannot be rendered.
    """
    body = (templates or shipped_templates()).yaml("pipeline/pipeline.yml.j2", pipeline=pipeline, wrap=_wrap)
    instead = INSTEAD if steps_in is None else f"{INSTEAD} {STEPS_IN} {comment(steps_in)}."
    return with_header(body, source, instead)


def _wrap(text: str) -> list[Markup]:
    """Text as the lines of a comment; line breaks and whatever is unprintable in it are escaped first."""
    lines = textwrap.wrap(comment(text), _COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
    return [Markup(line) for line in lines]  # noqa: S704  (`comment` has escaped it)
