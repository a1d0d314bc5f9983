"""OnlineDeployment: a model on an online endpoint."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, MISSING_FIELD
from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.azure_ml.deployments import OnlineDeploymentDefinition
from azrelease.release.fields import Boolean
from azrelease.release.problems import Problem
from azrelease.release.target import KubernetesTarget
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_asset import DEPLOYMENT, DeploymentAsset, deployment_parameters
from azrelease.release.tasks.endpoint_task import OnlineEndpointTask, decided_by_rollout
from azrelease.release.tasks.step_template import FOLDER, ScriptTemplate

DEFAULT_FILE = "deployment/deployment.yml"

TEMPLATE = ScriptTemplate(
    name="online-deployment",
    task="OnlineDeployment",
    title="Deploy the model",
    parameters=(
        DEPLOYMENT,
        *deployment_parameters(DEFAULT_FILE),
        TemplateParameter("allTraffic", "Send all traffic of the endpoint to it.", True),
    ),
    folder=FOLDER,
    kind="online",
)


class OnlineDeployment(DeploymentAsset, OnlineEndpointTask):
    """Creates a deployment of an online endpoint, or updates the existing one.

    In a stage with a `rollout` it is created beside the one in service and gets no traffic yet. A `file` for Kubernetes
    says `type: kubernetes` itself: the CLI chooses how to read a file before it looks at `--set`.
    """

    usual_file = DEFAULT_FILE

    definition: OnlineDeploymentDefinition | None = Field(
        default=None, description=f"The deployment itself, instead of a `file`. Default: the file {DEFAULT_FILE}."
    )
    all_traffic: Boolean | None = Field(
        default=None,
        description="Send all traffic of the endpoint to it. Default: yes; a rollout does it step by step.",
    )

    def completed(self, stage: StageDefaults) -> Self:
        """The task with whether it gets the traffic."""
        task = super().completed(stage)
        if stage.rollout is not None or task.all_traffic is not None:
            return task
        return task.model_copy(update={"all_traffic": True})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """What the kind of endpoint needs, and what a rollout decides itself."""
        yield from super().problems(stage)
        yield from decided_by_rollout(self, "all_traffic", stage)
        if self.definition is not None:
            yield from (problem.at("definition") for problem in self._definition_problems(self.definition, stage))

    def _definition_problems(self, definition: OnlineDeploymentDefinition, stage: StageDefaults) -> Iterator[Problem]:
        kind = _kind(definition, stage.target)
        if definition.type and stage.target and definition.type != stage.target.type:
            message = f"the stage deploys to {stage.target.type}, this deployment is for {definition.type}"
            yield Problem(("type",), CONFLICTING_FIELDS, message, "Remove `type`, or change the stage's `target`.")
        if kind == "kubernetes":
            if definition.egress_public_network_access:
                message = "the cluster decides what its containers reach"
                yield Problem(("egress_public_network_access",), CONFLICTING_FIELDS, message, "Remove it.")
            return
        if definition.instance_type is None and "instance_type" not in self.set:
            message = "a managed deployment needs an `instance_type`"
            yield Problem((), MISSING_FIELD, message, "Name the size of its machines: `Standard_DS3_v2`.")
        if definition.scale_settings and definition.scale_settings.type != "default":
            message = "a managed deployment scales by rules of Azure Monitor, not by its own settings"
            yield Problem(("scale_settings", "type"), CONFLICTING_FIELDS, message, "Use `type: default`.")
        if definition.resources:
            message = "a managed deployment has the resources of its `instance_type`"
            yield Problem(
                ("resources",), CONFLICTING_FIELDS, message, "Remove it, and choose the size of the machines."
            )

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        keys = {} if self.definition is None else {"type": _kind(self.definition, context.target)}
        return self.deployment_steps(context, TEMPLATE, self.source(keys, {}), allTraffic=bool(self.all_traffic))


def _kind(definition: OnlineDeploymentDefinition, target: object) -> Literal["managed", "kubernetes"]:
    if definition.type is not None:
        return definition.type
    return "kubernetes" if isinstance(target, KubernetesTarget) else "managed"
