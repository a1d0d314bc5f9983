"""BatchInvoke: a batch job, waited for."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.azure_ml.names import DeploymentName
from azrelease.release.fields import ArtifactPath, NumberText, Text, VariableValue, matching
from azrelease.release.problems import Problem
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_task import BatchEndpointTask
from azrelease.release.tasks.step_template import ENDPOINT_PARAMETERS, ScriptTemplate, text_lines

TEMPLATE = ScriptTemplate(
    name="batch-invoke",
    task="BatchInvoke",
    title="Run a batch job",
    parameters=(
        *ENDPOINT_PARAMETERS,
        TemplateParameter("options", "Options of the command, `--option value` one on a line."),
        TemplateParameter("inputs", "Inputs by name, `name=value` one on a line."),
    ),
    kind="batch",
)

InputName = Annotated[str, *matching(r"[A-Za-z_][A-Za-z0-9_.-]*", "{} cannot be the name of an input")]

DEFAULT_INPUT = "tests/batch"


class BatchInvoke(BatchEndpointTask):
    """Starts a job of a batch endpoint and waits for it; fails when the job does.

    The job is named after the run, so that a step that is tried again goes on waiting instead of starting another.
    """

    deployment: DeploymentName | None = Field(
        default=None,
        description="Deployment that runs the job. Default: the default of the endpoint; in a stage with a `rollout` "
        "the new one.",
    )
    input: ArtifactPath | None = Field(
        default=None,
        description="What is scored: a folder or file of the artifact, `azureml:name:version`, or an address. "
        f"Default: the folder {DEFAULT_INPUT}.",
    )
    input_type: Literal["uri_folder", "uri_file"] = Field(default="uri_folder", description="What the input is.")
    inputs: dict[InputName, VariableValue] = Field(
        default_factory=dict,
        description="Inputs by name, instead of `input`: `heart: azureml:heart@latest`, `heart.type: uri_file`.",
    )
    output_path: Text | None = Field(default=None, description="Folder of a datastore for the results.")
    experiment_name: Text | None = Field(default=None, description="Experiment that the job is shown under.")
    mini_batch_size: NumberText | None = Field(default=None, description="Files in one call of run().")
    instance_count: NumberText | None = Field(default=None, description="Number of nodes.")

    def completed(self, stage: StageDefaults) -> Self:
        """The task with its input."""
        task = super().completed(stage)
        return task.model_copy(update={"input": task.input or (None if task.inputs else DEFAULT_INPUT)})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """Inputs in two forms."""
        yield from super().problems(stage)
        if self.input is not None and self.inputs:
            message = "both `input` and `inputs` are given"
            yield Problem(("inputs",), CONFLICTING_FIELDS, message, "Remove one of them.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        options = text_lines(f"{flag} {value}" for flag, value in self._options(context))
        inputs = text_lines(f"{name}={value}" for name, value in self.inputs.items())
        return self.endpoint_steps(context, TEMPLATE, options=options, inputs=inputs)

    def _options(self, context: TaskContext) -> Iterator[tuple[str, str]]:
        deployment = self.deployment or context.tested
        if deployment is not None:
            yield ("--deployment-name", deployment)
        if self.input is not None:
            there = re.match(r"azureml:|[a-z][a-z0-9+]*://", self.input) is not None
            yield ("--input", self.input if there else context.path(self.input))
            yield ("--input-type", self.input_type)
        given = {
            "--output-path": self.output_path,
            "--experiment-name": self.experiment_name,
            "--mini-batch-size": self.mini_batch_size,
            "--instance-count": self.instance_count,
        }
        yield from ((flag, value) for flag, value in given.items() if value is not None)
