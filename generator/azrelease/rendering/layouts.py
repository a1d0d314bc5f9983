"""A pipeline as files: one that is self-contained, or one that calls step templates of a folder or of a repository."""

import os
from pathlib import Path
from typing import Literal, NamedTuple

from azrelease.errors import UserError
from azrelease.pipeline import Pipeline, RepositoryResource, StepTemplate
from azrelease.rendering.generated_file import GeneratedFile
from azrelease.rendering.pipeline_yaml import render_pipeline
from azrelease.rendering.step_template_yaml import render_step_template
from azrelease.rendering.template_calls import calling
from azrelease.settings import StepTemplateRepository
from azrelease.templating import Templates

TEMPLATE_ALIAS = "azrelease"
"""Alias of the repository with the step templates of an organization."""

USUAL_FOLDER = "azrelease"
"""Folder of the step templates, beside the pipeline."""

Layout = Path | StepTemplateRepository | Literal["inline"]
"""The folder of the step templates, the repository that has them, or `inline` for a self-contained pipeline."""


class RenderedFiles(NamedTuple):
    """What a release is rendered to: its pipeline, and the step templates that this repository gets for it."""

    pipeline: GeneratedFile
    templates: tuple[GeneratedFile, ...] = ()

    @property
    def all(self) -> tuple[GeneratedFile, ...]:
        """The files; the templates first, since the pipeline needs them."""
        return (*self.templates, self.pipeline)


def render_files(
    pipeline: Pipeline, target: Path, layout: Layout, *, source: str, templates: Templates
) -> RenderedFiles:
    """The files of a pipeline in a layout. What the service makes of them is the same in each.

    Args:
        pipeline: what to render.
        target: the file of the pipeline.
        layout: where its steps are.
        source: the release file, as seen from the target.
        templates: where templates are looked for.

    Raises:
        UserError: a source of the release has the alias of the step templates' repository.
        TemplateError: a template cannot be rendered.
    """
    if layout == "inline":
        return RenderedFiles(GeneratedFile(target, render_pipeline(pipeline, source=source, templates=templates)))
    if isinstance(layout, StepTemplateRepository):
        folder = f"{layout.folder}/" if layout.folder else ""
        called = calling(pipeline, folder, f"@{TEMPLATE_ALIAS}")
        whole = with_template_repository(called.pipeline, layout) if called.templates else called.pipeline
        where = f"{layout.repository}, {layout.ref}"
        text = render_pipeline(whole, source=source, templates=templates, steps_in=where)
        return RenderedFiles(GeneratedFile(target, text))
    prefix = _as_seen_from(target, layout)
    if pipeline.extends is None:
        called = calling(pipeline, f"{prefix}/")
    else:
        # The stages are an argument of a template: paths in them are looked for from the top of its repository.
        called = calling(pipeline, f"{_from_top(target, layout)}/", "@self")
    text = render_pipeline(called.pipeline, source=source, templates=templates, steps_in=f"{prefix}/")
    return RenderedFiles(GeneratedFile(target, text), template_files(called.templates, layout, templates))


def template_files(used: tuple[StepTemplate, ...], folder: Path, templates: Templates) -> tuple[GeneratedFile, ...]:
    """Step templates as files of a folder.

    Raises:
        TemplateError: a template cannot be rendered.
    """
    return tuple(GeneratedFile(folder / each.file, render_step_template(each, templates)) for each in used)


def _as_seen_from(target: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(folder, target.parent)).as_posix()
    except ValueError:  # another drive on Windows
        raise UserError(f"{target}: on another drive than the step templates in {folder}") from None


def _from_top(target: Path, folder: Path) -> str:
    """The path of a folder from the top of the repository, with a `/` before it."""
    # The reader of pipelines is imported only for one that extends a template.
    from azrelease.expansion import location_in, repository_root

    top = repository_root(target)
    if not (top / ".git").exists():
        message = "a pipeline that extends a template names its step templates from the top of a git repository"
        raise UserError(f"{target}: {message}; run in one, or set `layout` to `inline`")
    return f"/{location_in(top, folder)}"


def with_template_repository(pipeline: Pipeline, layout: Layout) -> Pipeline:
    """A pipeline with the repository of its step templates among its resources, where they are in one.

    Raises:
        UserError: a source of the release has the alias of that repository.
    """
    if not isinstance(layout, StepTemplateRepository):
        return pipeline
    resources = pipeline.resources
    if any(resource.alias.casefold() == TEMPLATE_ALIAS for resource in resources.repositories):
        raise UserError(f"a source has the alias {TEMPLATE_ALIAS}, which the repository of the step templates has")
    own = RepositoryResource(
        TEMPLATE_ALIAS, layout.type, layout.repository, endpoint=layout.service_connection, ref=layout.ref
    )
    return pipeline._replace(resources=resources._replace(repositories=(*resources.repositories, own)))
