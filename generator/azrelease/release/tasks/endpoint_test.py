"""EndpointTest: pytest against the deployed model."""

import posixpath
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE
from azrelease.pipeline import Scalar, Step, TemplateParameter
from azrelease.release.azure_ml.names import DeploymentName, EndpointName
from azrelease.release.fields import ArtifactPath, ListOf, Text
from azrelease.release.problems import Problem
from azrelease.release.target import AksTarget, BatchTarget, ServiceTarget
from azrelease.release.tasks.azure_cli_task import WorkspaceTask
from azrelease.release.tasks.base import (
    ServiceName,
    StageDefaults,
    TaskContext,
    file_name,
    folder_of,
    needs_endpoint,
    needs_service,
)
from azrelease.release.tasks.step_template import (
    ARGUMENTS,
    ARTIFACT,
    ENDPOINT_PARAMETERS,
    JUNIT,
    RESOURCE_GROUP,
    WORKSPACE,
    ScriptTemplate,
    text_lines,
)

TEST_PARAMETERS = (
    TemplateParameter("test", "File of the test, from `folder`.", None, optional=False),
    ARGUMENTS,
    JUNIT,
)
TEST_FOLDER = TemplateParameter("folder", "Folder of the test.", f"{ARTIFACT}/tests/integration", optional=False)

ENDPOINT_TEST_TEMPLATE = ScriptTemplate(
    name="endpoint-test",
    task="EndpointTest of an endpoint",
    title="Endpoint test",
    parameters=(
        *ENDPOINT_PARAMETERS,
        *TEST_PARAMETERS,
        TemplateParameter("deployment", "Deployment that has to answer. Default: whichever gets the request."),
    ),
    folder=TEST_FOLDER,
)

SERVICE_TEMPLATE = ScriptTemplate(
    name="service-test",
    task="EndpointTest of a service (CLI v1)",
    title="Endpoint test",
    parameters=(
        TemplateParameter("service", "Name of the service.", None, optional=False),
        RESOURCE_GROUP,
        WORKSPACE,
        *TEST_PARAMETERS,
        TemplateParameter("auth", "Whether the test gets the key of the service.", "none", values=("none", "key")),
    ),
    folder=TEST_FOLDER,
    needs_functions=False,
)


class EndpointTest(WorkspaceTask):
    """Runs a pytest file of the artifact with the scoring URL of the endpoint or service, and its key or token.

    The test gets them as `--scoreurl` and `--scorekey`; a `conftest.py` beside it declares these options. To test one
    deployment of an endpoint it gets `--scoredeployment` too, for the header `azureml-model-deployment`. A rollout
    tests the new deployment so, until all traffic goes there.
    """

    script: ArtifactPath | None = Field(
        default=None,
        description="Path of the test in the artifact. Default: `tests/integration/<stage>_test.py`.",
    )
    endpoint: EndpointName | None = Field(
        default=None, description="Name of the endpoint (CLI v2). Default: the `endpoint` of the stage."
    )
    deployment: DeploymentName | None = Field(
        default=None, description="Deployment of the endpoint that has to answer. Default: whichever gets the request."
    )
    service: ServiceName = None
    auth: Literal["none", "key"] | None = Field(
        default=None,
        description="Of a v1 service: `key`: fetch its primary key, mask it in the log and hand it to the test. "
        "Default: `key` where the stage's target is AKS, whose services ask for one by default; else "
        "`none`. An endpoint always asks for its key or token.",
    )
    junit: Text = Field(
        default="junit/test-results.xml",
        description="Where the results are written, from the folder of the test; PublishTestResults looks for it.",
    )
    arguments: ListOf[Text] = Field(default=("--doctest-modules",), description="More arguments for pytest.")

    def completed(self, stage: StageDefaults) -> Self:
        """The task with its script, and the endpoint or service that it tests."""
        task = super().completed(stage)
        script = task.script or f"tests/integration/{stage.stage}_test.py"
        if self._of_endpoint(stage):
            return task.model_copy(update={"script": script, "endpoint": task.endpoint or stage.endpoint})
        auth = task.auth or ("key" if isinstance(stage.target, AksTarget) else "none")
        return task.model_copy(update={"script": script, "service": task.service or stage.service, "auth": auth})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """There has to be an endpoint or a service to test."""
        yield from super().problems(stage)
        yield from self._subject_problems(stage)
        if self.script is not None and not posixpath.basename(self.script):
            yield Problem(("script",), INVALID_VALUE, f"`{self.script}` is a folder", "Name the file of the test.")

    def _of_endpoint(self, stage: StageDefaults) -> bool:
        """Whether an endpoint is tested, and not a v1 service."""
        if self.endpoint is not None or self.service is not None:
            return self.endpoint is not None
        if stage.target is not None:
            return not isinstance(stage.target, ServiceTarget)
        return stage.endpoint is not None or stage.service is None

    def _subject_problems(self, stage: StageDefaults) -> Iterator[Problem]:
        if self.endpoint is not None and self.service is not None:
            message = "an endpoint and a v1 service cannot be tested at once"
            yield Problem(("service",), CONFLICTING_FIELDS, message, "Remove one of the two.")
        elif not self._of_endpoint(stage):
            if self.deployment is not None:
                message = "a v1 service has no deployments"
                yield Problem(("deployment",), CONFLICTING_FIELDS, message, "Remove it, or test an `endpoint`.")
            yield from needs_service(self.service, stage)
        elif isinstance(stage.target, BatchTarget):
            message = "a batch endpoint answers no requests"
            yield Problem(("task",), CONFLICTING_FIELDS, message, "Use BatchInvoke.")
        else:
            if self.auth is not None:
                message = "an endpoint always asks for its key or token"
                yield Problem(("auth",), CONFLICTING_FIELDS, message, "Remove `auth`: it is for v1 services.")
            yield from needs_endpoint(self.endpoint, stage)

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step, in the folder of the test."""
        path = self.script or ""
        values: dict[str, Scalar | None] = {
            "folder": context.path(folder_of(path)),
            "test": file_name(path),
            "junit": _junit(self.junit, context.share),
            "arguments": text_lines(self.arguments) or "",
        }
        if self.endpoint is None:
            return self.workspace_steps(context, SERVICE_TEMPLATE, service=self.service, auth=self.auth, **values)
        values |= {
            "endpoint": context.endpoint_argument(self.endpoint),
            "deployment": self.deployment or context.tested,
        }
        return self.workspace_steps(context, ENDPOINT_TEST_TEMPLATE, **values)


def _junit(path: str, share: int | str) -> str:
    """The results of a repeated test have a file of their own."""
    stem, suffix = posixpath.splitext(path)
    return f"{stem}-{share}{suffix}" if share else path
