"""The release as a pipeline."""

from collections.abc import Iterator, Sequence

from azrelease.lowering.jobs import lower_pool
from azrelease.lowering.notes import secrets_note, settable_note
from azrelease.lowering.resources import lower_resources
from azrelease.lowering.shared_values import SharedValues, shared_values
from azrelease.lowering.stages import lower_stage
from azrelease.pipeline import ExtendedTemplate, Pipeline, PipelineSchedule, PipelineStage, PipelineVariables
from azrelease.release import Release
from azrelease.release.template_reference import reference
from azrelease.templating import Templates, shipped_templates


def lower(release: Release, templates: Templates | None = None) -> Pipeline:
    """The pipeline that a release becomes.

    Args:
        release: the release; it is completed first.
        templates: where the templates of scripts are looked for. Default: the shipped ones.

    Raises:
        TemplateError: a template of a script cannot be rendered.
    """
    full = release.completed()
    templates = templates or shipped_templates()
    pool = lower_pool(full.agent)
    shared = [shared_values(full, stage) for stage in full.stages]
    stages = tuple(
        lower_stage(stage, full, values, templates) for stage, values in zip(full.stages, shared, strict=True)
    )
    extended = _extended_template(full)
    if extended is not None:
        # The template may have a pool of its own: then the service refuses another one beside `extends`.
        stages = tuple(stage._replace(pool=stage.pool or pool) for stage in stages)
    return Pipeline(
        run_name=full.run_name,
        resources=lower_resources(full),
        schedules=tuple(
            PipelineSchedule(schedule.cron, schedule.display_name, schedule.branches, schedule.always)
            for schedule in full.trigger.schedules
        ),
        variables=PipelineVariables(
            full.variable_groups, (*fixed_variables(full).items(), *_shared_variables(shared, stages))
        ),
        pool=pool if extended is None else None,
        stages=stages,
        notes=tuple(filter(None, (full.description, secrets_note(full.secrets), settable_note(full.settable)))),
        extends=extended,
    )


def _extended_template(release: Release) -> ExtendedTemplate | None:
    template = release.pipeline_template
    if template is None:
        return None
    name = reference(template.file, template.repository)
    return ExtendedTemplate(name, template.stages_parameter, tuple(template.parameters.items()))


def _shared_variables(shared: Sequence[SharedValues], stages: Sequence[PipelineStage]) -> Iterator[tuple[str, str]]:
    """The variables of the pipeline that its stages share: those that one of them reads and does not set itself."""
    used: set[str] = set()
    for values, stage in zip(shared, stages, strict=True):
        used |= values.used_by(stage.jobs) - {name for name, _ in stage.variables.values}
    yield from ((name, value) for name, value in shared[0].of_release.items() if name in used)


def fixed_variables(release: Release) -> dict[str, str]:
    """The variables in YAML: those that cannot be set when the release is started."""
    settable = {name.casefold() for name in release.settable}
    return {name: value for name, value in release.variables.items() if name.casefold() not in settable}
