"""The steps that templates put into the pipeline of a release, as far as the templates can be read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.errors import UserError
from azrelease.pipeline import Pipeline, TaskStep, TemplateStep


class TemplateContents(NamedTuple):
    """What the templates of a pipeline contain.

    Attributes:
        steps: their tasks with the inputs.
        out_of_reach: the templates that cannot be read here.
    """

    steps: tuple[TaskStep, ...] = ()
    out_of_reach: tuple[str, ...] = ()


def template_contents(pipeline: Pipeline, file: Path) -> TemplateContents:
    """What the templates that a pipeline calls or extends contain.

    Args:
        pipeline: the pipeline.
        file: where its YAML belongs.

    Raises:
        UserError: the settings cannot be used.
    """
    steps = (step for stage in pipeline.stages for job in stage.jobs for step in job.steps)
    if pipeline.extends is None and not any(isinstance(step, TemplateStep) for step in steps):
        return TemplateContents()
    contents = _read(pipeline, file)
    if pipeline.extends is None or pipeline.extends.template not in contents.out_of_reach:
        return contents
    # What it would get as a parameter can be read all the same.
    inner = _read(pipeline._replace(extends=None), file)
    return TemplateContents(inner.steps, (pipeline.extends.template, *inner.out_of_reach))


def _read(pipeline: Pipeline, file: Path) -> TemplateContents:
    # The reader of templates is imported only for a pipeline that has any.
    from azrelease.expansion import ExpansionRequest, expand_document, plain
    from azrelease.rendering import render_pipeline
    from azrelease.settings import find_settings_file, repository_folders
    from azrelease.yaml_document import YamlDocument

    settings = find_settings_file(file.parent)
    known = {} if settings is None else repository_folders(settings)
    request = ExpansionRequest(repositories={alias: folder for alias, folder in known.items() if folder.is_dir()})
    document = YamlDocument.parse(render_pipeline(pipeline), file.as_posix())
    try:
        data = plain(expand_document(document, file, request).pipeline)
    except UserError:
        return TemplateContents()  # a template that cannot be read is a finding of `check`
    found = list(_mappings(data))
    templates = (str(each["template"]) for each in found if isinstance(each.get("template"), str))
    return TemplateContents(tuple(filter(None, map(_task, found))), tuple(dict.fromkeys(templates)))


def _mappings(data: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  (any YAML)
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from _mappings(value)
    elif isinstance(data, list):
        for item in data:
            yield from _mappings(item)


def _task(data: dict[str, Any]) -> TaskStep | None:
    reference, inputs = data.get("task"), data.get("inputs")
    is_disabled = str(data.get("enabled")).casefold() == "false"
    if not isinstance(reference, str) or not isinstance(inputs, dict) or is_disabled:
        return None
    return TaskStep(reference, tuple((str(name), str(value)) for name, value in inputs.items()))
