"""The step templates of all tasks as the files of a repository."""

from pathlib import Path

from azrelease.application.rendering import templates_in
from azrelease.lowering.step_templates import step_templates
from azrelease.rendering import GeneratedFile, template_files
from azrelease.templating import templates_for


def template_repository(folder: Path, templates: Path | None = None) -> tuple[GeneratedFile, ...]:
    """The files of the step templates; nothing is written.

    Args:
        folder: where they belong.
        templates: a folder of Jinja templates that replace the shipped ones; None for what the settings say.

    Raises:
        UserError: a folder or the settings cannot be used.
        TemplateError: a template cannot be used.
    """
    chosen = templates_for(folder / "templates") if templates is None else templates_in(templates)
    return template_files(step_templates(chosen), folder, chosen)
