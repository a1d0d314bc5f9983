"""Deployments written in release.yml."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.release.azure_ml.names import KeyName
from azrelease.release.azure_ml.settings import (
    CodeConfiguration,
    EnvironmentSource,
    Flag,
    ModelSource,
    Number,
    Tags,
)
from azrelease.release.fields import BooleanText, NumberText, Text, VariableValue, whole_number
from azrelease.release.model import Model
from azrelease.release.problems import Problem


class RequestSettings(Model):
    """How requests are accepted."""

    request_timeout_ms: Number | None = Field(default=None, description="Milliseconds a request may take.")
    max_concurrent_requests_per_instance: Number | None = Field(
        default=None, description="Requests an instance takes at once."
    )
    max_queue_wait_ms: Number | None = Field(default=None, description="Milliseconds a request may wait.")


class Probe(Model):
    """How it is found out whether a container is well."""

    initial_delay: Number | None = Field(default=None, description="Seconds before the first probe.")
    period: Number | None = Field(default=None, description="Seconds between two probes.")
    timeout: Number | None = Field(default=None, description="Seconds a probe may take.")
    success_threshold: Number | None = Field(default=None, description="Successful probes until it counts as healthy.")
    failure_threshold: Number | None = Field(default=None, description="Failed probes until it counts as unhealthy.")


class ScaleSettings(Model):
    """How many instances there are."""

    type: Literal["default", "target_utilization"] = Field(
        default="default",
        description="`default`: a fixed number; `target_utilization`: with the load, on Kubernetes only.",
    )
    min_instances: Number | None = Field(default=None, description="Fewest instances.")
    max_instances: Number | None = Field(default=None, description="Most instances.")
    polling_interval: Number | None = Field(default=None, description="Seconds between two decisions to scale.")
    target_utilization_percentage: Number | None = Field(default=None, description="Load to aim at, in percent.")

    def _problems(self) -> Iterator[Problem]:
        rules = [name for name in type(self).model_fields if name != "type" and getattr(self, name) is not None]
        if self.type == "default" and rules:
            message = f"a fixed number of instances has no `{rules[0]}`"
            hint = "Use `type: target_utilization`, or `instance_count` of the deployment."
            yield Problem((rules[0],), CONFLICTING_FIELDS, message, hint)


class ResourceAmounts(Model):
    """CPU, memory and GPUs in the notation of Kubernetes."""

    cpu: VariableValue | None = Field(default=None, description='CPU cores: `"0.5"`.')
    memory: VariableValue | None = Field(default=None, description="Memory: `2Gi`.")
    gpu: VariableValue | None = Field(default=None, description="GPUs.")


class Resources(Model):
    """What a container is given on Kubernetes."""

    requests: ResourceAmounts | None = Field(default=None, description="The amounts that are reserved.")
    limits: ResourceAmounts | None = Field(default=None, description="The limits.")


class DataCollection(Model):
    """One kind of data that is collected."""

    enabled: BooleanText = Field(default="true", description="Whether it is collected.")


class DataCollector(Model):
    """What is kept of requests and answers."""

    collections: dict[KeyName, DataCollection] = Field(
        description="Kinds of data: `model_inputs`, `model_outputs`, `request`, `response`, or your own."
    )
    sampling_rate: NumberText | None = Field(default=None, description="Part of the requests, up to 1.")


class OnlineDeploymentDefinition(Model):
    """An online deployment. Paths are inside the artifact."""

    type: Literal["managed", "kubernetes"] | None = Field(
        default=None, description="Kind of endpoint it belongs to. Default: the stage's target."
    )
    description: Text | None = Field(default=None, description="What the deployment is.")
    model: ModelSource | None = Field(default=None, description="The model that serves.")
    code_configuration: CodeConfiguration | None = Field(
        default=None, description="The scoring script. MLflow models need none."
    )
    environment: EnvironmentSource | None = Field(default=None, description="MLflow models need none.")
    environment_variables: dict[KeyName, VariableValue] = Field(
        default_factory=dict, description="Environment variables of the container."
    )
    instance_type: Text | None = Field(
        default=None,
        description="Size of the machines: `Standard_DS3_v2`. On Kubernetes an instance type of the cluster.",
    )
    instance_count: Number | None = Field(default=None, description="Number of instances.")
    app_insights_enabled: Flag | None = Field(default=None, description="Send metrics to Application Insights.")
    request_settings: RequestSettings | None = Field(default=None, description="How requests are accepted.")
    liveness_probe: Probe | None = Field(default=None, description="When a container is restarted.")
    readiness_probe: Probe | None = Field(default=None, description="When a container gets requests.")
    scale_settings: ScaleSettings | None = Field(default=None, description="How many instances there are.")
    resources: Resources | None = Field(default=None, description="CPU and memory of a container, on Kubernetes.")
    egress_public_network_access: Literal["enabled", "disabled"] | None = Field(
        default=None, description="Whether the container reaches the internet; on managed endpoints."
    )
    model_mount_path: Text | None = Field(default=None, description="Folder of the model in a custom container.")
    data_collector: DataCollector | None = Field(default=None, description="What is kept of requests and answers.")
    tags: Tags = Field(default_factory=dict, description="Tags of the deployment.")
    properties: Tags = Field(default_factory=dict, description="Properties of the deployment.")


class BatchResources(Model):
    """The machines of a batch job."""

    instance_count: Number | None = Field(default=None, description="Number of nodes.")


class RetrySettings(Model):
    """What is done about a mini-batch that fails."""

    max_retries: Number | None = Field(default=None, description="How often it is retried.")
    timeout: Number | None = Field(default=None, description="Seconds a mini-batch may take.")


class BatchSettings(Model):
    """How a batch job works through its input."""

    max_concurrency_per_instance: Number | None = Field(default=None, description="Processes on a node.")
    mini_batch_size: Number | None = Field(default=None, description="Files in one call of run().")
    output_action: Literal["append_row", "summary_only"] | None = Field(
        default=None, description="`append_row`: gather the results in one file; `summary_only`: run() writes its own."
    )
    output_file_name: Text | None = Field(default=None, description="Name of that file.")
    retry_settings: RetrySettings | None = Field(default=None, description="What is done about failures.")
    error_threshold: Annotated[int, *whole_number(-1)] | None = Field(
        default=None, description="Failed files after which the job is stopped; -1: never."
    )
    logging_level: Literal["debug", "info", "warning"] | None = Field(default=None, description="How much is logged.")
    environment_variables: dict[KeyName, VariableValue] = Field(
        default_factory=dict, description="Environment variables of the scoring script."
    )


class BatchDeploymentDefinition(Model):
    """A batch deployment of a model. Paths are inside the artifact."""

    description: Text | None = Field(default=None, description="What the deployment is.")
    model: ModelSource | None = Field(default=None, description="The model that scores.")
    code_configuration: CodeConfiguration | None = Field(
        default=None, description="The scoring script. MLflow models need none."
    )
    environment: EnvironmentSource | None = Field(default=None, description="MLflow models need none.")
    compute: Text | None = Field(
        default=None, description="Compute cluster that runs the jobs. Default: that of the stage's target."
    )
    resources: BatchResources | None = Field(default=None, description="The machines of a job.")
    settings: BatchSettings | None = Field(default=None, description="How a job works through its input.")
    tags: Tags = Field(default_factory=dict, description="Tags of the deployment.")
    properties: Tags = Field(default_factory=dict, description="Properties of the deployment.")
