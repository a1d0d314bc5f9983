"""From a release to the text of its pipeline, in one call."""

from azrelease.lowering import lower
from azrelease.release import Release
from azrelease.rendering.pipeline_yaml import render_pipeline
from azrelease.templating import Templates, shipped_templates


def render(release: Release, *, source: str = "release.yml", templates: Templates | None = None) -> str:
    """The YAML of a release's pipeline.

    Args:
        release: the release.
        source: what the header says it was made from: the release file, as seen from the file the text goes to.
        templates: where templates are looked for. Default: the shipped ones.

    Raises:
        TemplateError: a template cannot be rendered.
    """
    templates = templates or shipped_templates()
    return render_pipeline(lower(release, templates), source=source, templates=templates)
