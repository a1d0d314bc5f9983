"""The step template that defines the functions of a job's scripts, and where it is needed."""

from collections.abc import Sequence
from functools import lru_cache

from azrelease.pipeline import Step, StepTemplate, TaskStep
from azrelease.release.tasks.step_template import bash_body, written_out
from azrelease.templating import Templates

_PARTS = (
    ("functions", "Define functions"),
    ("deployment-functions", "Define functions for deployments"),
    ("serving-functions", "Define functions for traffic"),
    ("model-functions", "Define functions for models"),
)


def with_functions(steps: Sequence[Step], templates: Templates) -> tuple[Step, ...]:
    """The steps of a job, after those that define the functions which its scripts call; as they are where none does.

    They come first: a step that runs after a failure has them too.

    Raises:
        TemplateError: a script cannot be rendered.
    """
    if not any(isinstance(step, TaskStep) and step.call and step.call.template.needs_functions for step in steps):
        return tuple(steps)
    return (*written_out(functions_template(templates), {}), *steps)


@lru_cache(maxsize=8)
def functions_template(templates: Templates) -> StepTemplate:
    """The template of the steps that define the functions."""
    bodies = tuple(bash_body(name, title, templates) for name, title in _PARTS)
    return StepTemplate("functions", "the scripts of the other templates", bodies)
