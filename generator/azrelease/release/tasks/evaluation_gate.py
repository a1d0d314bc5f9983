"""EvaluationGate: the new model goes on only if it is better than the one in service."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field

from azrelease.diagnostics import INVALID_VALUE
from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.fields import ArtifactPath, NumberText, matching
from azrelease.release.problems import Problem
from azrelease.release.target import BatchTarget
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_task import EndpointTask
from azrelease.release.tasks.model_reference import MODEL_PARAMETERS, ModelReference
from azrelease.release.tasks.step_template import ENDPOINT_PARAMETERS, FOLDER, KIND, ScriptTemplate

TEMPLATE = ScriptTemplate(
    name="evaluation-gate",
    task="EvaluationGate",
    title="Compare the new model with the one in service",
    parameters=(
        *ENDPOINT_PARAMETERS,
        KIND,
        TemplateParameter("metric", "Name of the metric.", None, optional=False),
        TemplateParameter("direction", "What is better.", "maximize", optional=False, values=("maximize", "minimize")),
        TemplateParameter("minimumGain", "How much better the new model has to be, at least.", "0", optional=False),
        TemplateParameter(
            "metricsFrom", "Where models carry metrics.", "tags", optional=False, values=("tags", "properties")
        ),
        TemplateParameter("metricsFile", "JSON file with the metrics of the new model. Default: the model's own."),
        *MODEL_PARAMETERS,
    ),
    folder=FOLDER,
    first=(("metric-functions", "Define functions for metrics"),),
)

DEFAULT_METADATA = "metadata/model.json"

MetricName = Annotated[
    str,
    *matching(
        r"[A-Za-z0-9_][A-Za-z0-9_ ./@%-]*", "{} cannot be the name of a metric", "Use letters, digits, `_`, `-`, `.`."
    ),
]


class EvaluationGate(ModelReference, EndpointTask):
    """Compares a metric of the new model with that of the model in service, and fails unless it is better.

    A first release, with no model in service, passes; so does the model that is in service already.
    """

    metric: MetricName = Field(description="Name of the metric: `accuracy`.")
    direction: Literal["maximize", "minimize"] = Field(
        default="maximize", description="Whether more or less of it is better."
    )
    minimum_gain: NumberText = Field(default="0", description="How much better the new model has to be, at least.")
    metrics_from: Literal["tags", "properties"] = Field(
        default="tags", description="Where registered models carry their metrics."
    )
    metrics_file: ArtifactPath | None = Field(
        default=None,
        description="JSON file of the artifact with the metrics of the new model. Default: the registered model's.",
    )

    def completed(self, stage: StageDefaults) -> Self:
        """The task with the model that it is about."""
        task = super().completed(stage)
        if task.model is not None:
            return task
        return task.model_copy(update={"model_metadata": task.model_metadata or DEFAULT_METADATA})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """The new model has to be known."""
        yield from super().problems(stage)
        yield from self.model_problems()
        if self.model is not None and self.model.startswith("azureml://"):
            message = "only models of the workspace are compared"
            yield Problem(("model",), INVALID_VALUE, message, "Write `name:version`, or `name@latest`.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """A step that defines functions, and one AzureCLI@2 step."""
        return self.endpoint_steps(
            context,
            TEMPLATE,
            f"Compare {self.metric} with the model in service",
            kind="batch" if isinstance(context.target, BatchTarget) else None,
            metric=self.metric,
            metricsFrom=self.metrics_from,
            metricsFile=None if self.metrics_file is None else context.path_from(".", self.metrics_file),
            direction=self.direction,
            minimumGain=self.minimum_gain,
            folder=context.path("."),
            **self.model_values(context),
        )
