"""EndpointTest: pytest against the deployed service."""

import posixpath
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field

from azrelease.diagnostics import INVALID_VALUE
from azrelease.pipeline import Step
from azrelease.release.fields import ArtifactPath, Text
from azrelease.release.problems import Problem
from azrelease.release.target import AksTarget
from azrelease.release.tasks.azure_cli_task import WorkspaceTask
from azrelease.release.tasks.base import Service, StageDefaults, TaskContext, folder_of, needs_service


class EndpointTest(WorkspaceTask):
    """Runs a pytest file of the artifact with the scoring URL of the service, and its key where it has one.

    The test gets them as `--scoreurl` and `--scorekey`; a `conftest.py` beside it declares these options.
    """

    task: Literal["EndpointTest"] = "EndpointTest"
    script: ArtifactPath | None = Field(
        default=None,
        description="Path of the test in the artifact. Default: `tests/integration/<stage>_test.py`.",
    )
    service: Service = None
    auth: Literal["none", "key"] | None = Field(
        default=None,
        description="`key`: fetch the service's primary key, mask it in the log and hand it to the test. Default: "
        "`key` where the stage's target is AKS, whose services ask for one unless told otherwise; else `none`.",
    )
    junit: Text = Field(
        default="junit/test-results.xml",
        description="Where the results are written, from the folder of the test; PublishTestResults looks for it.",
    )
    arguments: tuple[Text, ...] = Field(default=("--doctest-modules",), description="More arguments for pytest.")

    def completed(self, stage: StageDefaults) -> Self:
        """The task with its script, service and way to log in."""
        task = super().completed(stage)
        return task.model_copy(
            update={
                "script": task.script or f"tests/integration/{stage.stage}_test.py",
                "service": task.service or stage.service,
                "auth": task.auth or ("key" if isinstance(stage.target, AksTarget) else "none"),
            }
        )

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """There has to be a service to test."""
        yield from super().problems(stage)
        yield from needs_service(self.service, stage)
        if self.script is not None and not posixpath.basename(self.script):
            yield Problem(("script",), INVALID_VALUE, f"`{self.script}` is a folder", "Name the file of the test.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step, in the folder of the test."""
        workspace = self.workspace(context)
        path = self.script or ""
        script = context.templates.script(
            "scripts/endpoint_test.sh.j2",
            resource_group=workspace.resource_group,
            workspace=workspace.name,
            service=self.service,
            test=posixpath.basename(path),
            junit=self.junit,
            arguments=self.arguments,
            key=self.auth == "key",
        )
        return (self.script_step(script, "Endpoint test", context.path(folder_of(path))),)
