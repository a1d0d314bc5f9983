"""What the tasks that make endpoints and deployments have in common, online and batch."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Self

from pydantic import Field

from azrelease.pipeline import Scalar, TaskStep, TemplateParameter
from azrelease.release.azure_ml.names import DeploymentName
from azrelease.release.fields import Boolean
from azrelease.release.model import Model
from azrelease.release.problems import Problem
from azrelease.release.tasks.asset_source import AssetArguments, AssetSource
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_task import EndpointTask, decided_by_rollout
from azrelease.release.tasks.model_reference import MODEL_PARAMETERS, ModelReference
from azrelease.release.tasks.step_template import ENDPOINT_PARAMETERS, FOLDER, KIND, ScriptTemplate, text_lines

SET = TemplateParameter("set", "Values that win over those of the file, `path=value` one on a line.")

ENDPOINT_TEMPLATE = ScriptTemplate(
    name="endpoint",
    task="OnlineEndpoint, BatchEndpoint",
    title="Create the endpoint if it is not there",
    parameters=(
        *ENDPOINT_PARAMETERS,
        KIND,
        TemplateParameter("file", "File that describes a new endpoint, from `folder`. Default: `definition`."),
        TemplateParameter("definition", "What a new endpoint is, as the text of such a file.", "{}\n", optional=False),
        SET,
        TemplateParameter("updates", "Values for an endpoint that is there, `path=value` one on a line."),
        TemplateParameter("authMode", "What callers are to show; another one on the endpoint is a warning."),
    ),
    folder=FOLDER,
)

DEPLOYMENT = TemplateParameter("deployment", "Name of the deployment.", "blue", optional=False)


def deployment_parameters(usual_file: str) -> tuple[TemplateParameter, ...]:
    """The parameters of the templates that make a deployment."""
    return (
        *ENDPOINT_PARAMETERS,
        TemplateParameter("file", "File that describes the deployment, from `folder`.", usual_file, optional=False),
        TemplateParameter("definition", "What the deployment is, as the text of such a file; it wins over `file`."),
        SET,
        *MODEL_PARAMETERS,
        TemplateParameter("skipScriptValidation", "Do not look for init() and run() in the scoring script.", False),
    )


BESIDE_TEMPLATE = ScriptTemplate(
    name="deploy-beside",
    task="OnlineDeployment, BatchDeployment",
    title="Deploy beside the deployment in service",
    parameters=(KIND, *deployment_parameters("deployment/deployment.yml")),
    folder=FOLDER,
)


class EndpointAsset(AssetSource, EndpointTask):
    """A task that creates an endpoint, or changes the existing one to what the release sets."""

    usual_definition: ClassVar[type[Model]]

    def completed(self, stage: StageDefaults) -> Self:
        """The task with a definition, unless there is a file."""
        task = super().completed(stage)
        if task.file is not None:
            return task
        return task.model_copy(update={"definition": task.definition or self.usual_definition()})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A description in two places."""
        yield from super().problems(stage)
        yield from self.source_problems()

    def creation_steps(
        self,
        context: TaskContext,
        source: AssetArguments,
        changes: Mapping[str, str | None],
        auth_mode: str | None = None,
    ) -> tuple[TaskStep, ...]:
        """The steps that create the endpoint, or change the existing one.

        Args:
            context: where the steps belong.
            source: what the endpoint is made from.
            changes: what can change on an endpoint that is there, by path; None where nothing is said.
            auth_mode: what callers are to show; None where nothing is said.
        """
        updates = {**{path: value for path, value in changes.items() if value is not None}, **self.set}
        batch = self.kind == "batch"
        return self.endpoint_steps(
            context,
            ENDPOINT_TEMPLATE,
            "Create the batch endpoint if it is not there" if batch else None,
            kind="batch" if batch else None,
            file=source.file,
            definition=source.definition,
            set=source.assignments,
            updates=text_lines(f"{path}={value}" for path, value in updates.items()),
            authMode=auth_mode,
            folder=context.path("."),
        )


class DeploymentAsset(AssetSource, ModelReference, EndpointTask):
    """A task that creates a deployment, or updates the existing one; with a rollout, creates one beside it."""

    usual_file: ClassVar[str]

    deployment: DeploymentName | None = Field(
        default=None, description="Name of the deployment. Default: `blue`; a rollout chooses `blue` or `green`."
    )
    skip_script_validation: Boolean = Field(
        default=False, description="Do not look for init() and run() in the scoring script first."
    )

    def completed(self, stage: StageDefaults) -> Self:
        """The task with the name of the deployment and where it is described."""
        task = super().completed(stage)
        return task.model_copy(
            update={
                "deployment": task.deployment or ("blue" if stage.rollout is None else None),
                "file": task.file or (self.usual_file if task.definition is None else None),
            }
        )

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """What is said in two places, or decided by the rollout."""
        yield from super().problems(stage)
        yield from self.source_problems()
        yield from self.model_problems()
        yield from self.model_source_problems(self.definition, self.set)
        yield from decided_by_rollout(self, "deployment", stage)

    def deployment_steps(
        self, context: TaskContext, template: ScriptTemplate, source: AssetArguments, **switch: bool
    ) -> tuple[TaskStep, ...]:
        """The steps that make the deployment.

        Args:
            context: where the steps belong.
            template: the template where no rollout makes it beside another one.
            source: what the deployment is made from.
            switch: whether it is put into service.
        """
        beside = context.rollout is not None
        values: dict[str, Scalar | None] = {"kind": self.kind} if beside else {"deployment": self.deployment, **switch}
        return self.endpoint_steps(
            context,
            BESIDE_TEMPLATE if beside else template,
            file=source.file,
            definition=source.definition,
            set=source.assignments,
            skipScriptValidation=self.skip_script_validation,
            folder=context.path("."),
            **values,
            **self.model_values(context),
        )
