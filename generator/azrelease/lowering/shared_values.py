"""What the steps of a release share, as variables of the pipeline and of its stages.

A call of a step template names only what is particular to it: connection, workspace, endpoint and the folder of the
artifact are named once, at the top of the pipeline or of the stage.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from azrelease.lowering.resources import artifact_root
from azrelease.pipeline import PipelineJob, TaskStep, steps_of
from azrelease.pipeline.step_templates import CONNECTION_VARIABLE
from azrelease.release import Release, Stage
from azrelease.release.tasks import TaskContext
from azrelease.release.tasks.step_template import ARTIFACT, ENDPOINT, RESOURCE_GROUP, WORKSPACE
from azrelease.release.workspace import Workspace
from azrelease.templating import Templates


class SharedValues(NamedTuple):
    """The values by the name of their variable: those of the release, and those of a stage."""

    of_release: Mapping[str, str]
    of_stage: Mapping[str, str]

    def used_by(self, jobs: Sequence[PipelineJob]) -> frozenset[str]:
        """The names of the values that the steps of jobs read."""
        steps = [step for job in jobs for step in steps_of(job) if isinstance(step, TaskStep)]
        text = "\n".join(str(value) for step in steps for _, value in (*step.inputs, *step.env))
        names = {**self.of_release, **self.of_stage}
        read = {name for name in names if f"$({name})" in text}
        if any(_means_usual_connection(step) for step in steps):
            read.add(CONNECTION_VARIABLE)
        return frozenset(read)

    def of_stage_alone(self, used: frozenset[str]) -> Iterator[tuple[str, str]]:
        """The variables that a stage needs besides those of the pipeline."""
        for name, value in self.of_stage.items():
            if name in used and self.of_release.get(name) != value:
                yield name, value


def shared_values(release: Release, stage: Stage) -> SharedValues:
    """What the steps of a stage of a completed release share."""
    artifact = {} if release.artifact is None else {_name(ARTIFACT): artifact_root(release.artifact)}
    of_release = {**artifact, **_workspace_values(release.workspace)}
    of_stage = {**of_release, **_workspace_values(stage.workspace)}
    if stage.endpoint is not None:
        of_stage[_name(str(ENDPOINT.default))] = stage.endpoint
    return SharedValues(of_release, of_stage)


def task_context(stage: Stage, release: Release, templates: Templates) -> TaskContext:
    """The context of the tasks of a stage, in which they name what they share by its variables."""
    workspace = stage.workspace
    return TaskContext(
        artifact_root(None) if release.artifact is None else ARTIFACT,
        None
        if workspace is None
        else Workspace(
            resource_group=str(RESOURCE_GROUP.default),
            name=str(WORKSPACE.default),
            service_connection=workspace.service_connection,
        ),
        templates,
        stage.target,
        stage.rollout,
        is_argument=release.pipeline_template is not None,
        connection=None if workspace is None else workspace.service_connection,
        endpoint=stage.endpoint,
    )


def _workspace_values(workspace: Workspace | None) -> dict[str, str]:
    if workspace is None:
        return {}
    return {
        CONNECTION_VARIABLE: workspace.service_connection,
        _name(str(RESOURCE_GROUP.default)): workspace.resource_group,
        _name(str(WORKSPACE.default)): workspace.name,
    }


def _name(macro: str) -> str:
    """The variable that a macro names."""
    return macro.removeprefix("$(").removesuffix(")")


def _means_usual_connection(step: TaskStep) -> bool:
    call = step.call
    if call is None or call.template.bodies[call.number].connection is None:
        return False
    return all(name != "connection" for name, _ in call.arguments)
