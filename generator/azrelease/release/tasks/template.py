"""Template: the steps of a template of the organization."""

from collections.abc import Iterator
from typing import Any

from pydantic import ConfigDict, Field

from azrelease.diagnostics import CONFLICTING_FIELDS, WRONG_AGENT
from azrelease.pipeline import Step, TemplateStep
from azrelease.release.fields import FixedText
from azrelease.release.problems import Problem
from azrelease.release.tasks.base import BaseTask, RunsOn, StageDefaults, TaskContext
from azrelease.release.template_reference import AnyParameter, ParameterName, TemplateFile, reference
from azrelease.yaml_document import KEY

_OF_STEPS = tuple(name for name in BaseTask.model_fields if name != "task")
"""Fields of a step. A call of a template has its file and parameters only
(learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-template)."""


def _without_fields_of_steps(schema: dict[str, Any]) -> None:
    for name in _OF_STEPS:
        schema["properties"].pop(name, None)


class Template(BaseTask):
    """The steps of a template: a YAML file with `steps` and the `parameters` that they take.

    Parameters are checked against the template where its file can be read: in the repository of the release, or in a
    checkout that the settings name (`repositories` of `expand`). Conditions, time limits and retries belong to the
    steps of the template; `retries` of a stage does not reach them.
    """

    model_config = ConfigDict(json_schema_extra=_without_fields_of_steps)

    file: TemplateFile = Field(
        description="File of the template: relative to the pipeline, or from the top of its repository with a `/`."
    )
    repository: FixedText | None = Field(
        default=None,
        description="Alias of its repository, one of `template_repositories` or `sources`. Default: the repository of "
        "the pipeline.",
    )
    parameters: dict[ParameterName, AnyParameter] = Field(
        default_factory=dict, description="What it is given: text, numbers, booleans, lists or mappings by name."
    )

    def _problems(self) -> Iterator[Problem]:
        for name in _OF_STEPS:
            if name in self.model_fields_set and getattr(self, name) != type(self).model_fields[name].get_default(
                call_default_factory=True
            ):
                message = f"`{name}` has no place in the call of a template"
                hint = f"Set it in the steps of {self.file}, or let the template take a parameter for it."
                yield Problem((name, KEY), CONFLICTING_FIELDS, message, hint)

    def completed(self, stage: StageDefaults) -> "Template":  # noqa: ARG002  (the steps of the template have their own)
        """The task as it is."""
        return self

    def runs_on_problems(self, runs_on: RunsOn) -> Iterator[Problem]:
        """An agentless job of a release has tasks, which are known to need no agent."""
        if runs_on == "server":
            message = "a template cannot be used here, where tasks run without an agent"
            yield Problem(("task",), WRONG_AGENT, message, "Write its tasks here, or move it to a job with an agent.")

    @property
    def called_template(self) -> tuple[str, str | None]:
        """The file of its template, and the alias of the repository."""
        return self.file, self.repository

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """The call of the template."""
        repository = self.repository or ("self" if context.is_argument else None)
        return (TemplateStep(reference(self.file, repository), tuple(self.parameters.items())),)
