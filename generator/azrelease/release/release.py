"""The release: what the user says."""

import re
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.release.agent import Agent
from azrelease.release.artifact import KEYWORDS, ArtifactSource
from azrelease.release.fields import Text, VariableName, VariableValue, matching
from azrelease.release.model import Model
from azrelease.release.problems import Problem, raise_problems
from azrelease.release.stage import Stage
from azrelease.release.stage_graph import StageOutline, graph_problems
from azrelease.release.trigger import Trigger
from azrelease.release.variables import NamedVariables, variable_problems
from azrelease.release.workspace import Workspace
from azrelease.templating.scripts import is_expanded

ReleaseName = Annotated[
    str,
    matching(
        r"[^\W_][\w -]{0,99}",
        "{} cannot be the name of a release",
        "Use letters, digits, blanks, `-` and `_`, and begin with a letter or a digit; 100 at most.",
        unicode=True,
    ),
]


class Release(Model):
    """A machine-learning release: from the artifact of the training pipeline to tested endpoints."""

    name: ReleaseName = Field(description="Name of the release.")
    description: Text | None = Field(default=None, description="What is released, for the reader of the pipeline.")
    artifact: ArtifactSource = Field(description="Where the model comes from.")
    trigger: Trigger = Field(
        default_factory=Trigger, description="What starts the release by itself. Default: nothing; people start it."
    )
    agent: Agent = Field(default_factory=Agent, description="Machine that runs the stages.")
    workspace: Workspace | None = Field(
        default=None, description="Workspace that is deployed to, unless a stage names its own."
    )
    variables: dict[VariableName, VariableValue] = Field(
        default_factory=dict, description="Variables of all stages, read as `$(name)`."
    )
    variable_groups: tuple[Text, ...] = Field(default=(), description="Variable groups that all stages can read.")
    secrets: tuple[VariableName, ...] = Field(
        default=(),
        description="Names of secret variables that the stages read. Only names: the values are set in Azure DevOps.",
    )
    run_name: Text | None = Field(
        default=None,
        description="How runs are named: `$(Date:yyyyMMdd)$(Rev:.r)`, which is the service's default.",
    )
    stages: tuple[Stage, ...] = Field(min_length=1, description="The stages; each waits for the one above by default.")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        raise_problems("Release", self._problems(), self)
        return self

    def completed(self) -> Self:
        """The release in full: every default filled in, the standard tasks written out.

        Completing a completed release changes nothing.
        """
        agent = self.agent.completed()
        above = (None, *(stage.name for stage in self.stages))
        alias = self.artifact.alias or re.sub(r"[^-_A-Za-z0-9]+", "-", self.artifact.pipeline).strip("-") or "artifact"
        alias = f"{alias}-pipeline" if alias.casefold() in KEYWORDS else alias
        return self.model_copy(
            update={
                "artifact": self.artifact.model_copy(update={"alias": alias}),
                "agent": agent,
                "stages": tuple(
                    stage.completed(release=self.name, above=before, agent=agent, workspace=self.workspace)
                    for before, stage in zip(above, self.stages, strict=False)
                ),
            }
        )

    def _problems(self) -> Iterator[Problem]:
        yield from graph_problems([StageOutline(stage.name, stage.depends_on) for stage in self.stages])
        yield from variable_problems(
            NamedVariables((), tuple(self.variables), self.secrets),
            [NamedVariables(("stages", i), tuple(s.variables), s.secrets) for i, s in enumerate(self.stages)],
        )
        yield from self._shared_environments()
        yield from self._shared_endpoints()
        for index, stage in enumerate(self.stages):
            yield from (problem.at("stages", index) for problem in stage.problems(self.workspace))

    def _shared_endpoints(self) -> Iterator[Problem]:
        """Rollouts that run at once on one endpoint would move each other's traffic."""
        first: dict[tuple[str, Workspace | None], int] = {}
        for index, stage in enumerate(self.stages):
            # What a macro stands for may differ from stage to stage.
            if stage.rollout is None or stage.endpoint is None or is_expanded(stage.endpoint):
                continue
            place = (stage.endpoint.casefold(), stage.workspace or self.workspace)
            other = first.setdefault(place, index)
            if other != index:
                message = f"stages `{self.stages[other].name}` and `{stage.name}` roll out on the same endpoint"
                hint = "Give each its own endpoint, or its own workspace."
                yield Problem(("stages", index, "endpoint"), CONFLICTING_FIELDS, message, hint)

    def _shared_environments(self) -> Iterator[Problem]:
        """An environment has one set of checks: stages that share it share its approval."""
        first: dict[str, int] = {}
        for index, stage in enumerate(self.stages):
            name = stage.environment or f"{self.name}-{stage.name}"
            other = self.stages[first.setdefault(name.casefold(), index)]
            if other.environment_check != stage.environment_check:
                message = (
                    f"stages `{other.name}` and `{stage.name}` share the environment `{name}`, but not its approval"
                )
                hint = "An approval is a check on the environment: give both the same, or each its own environment."
                yield Problem(("stages", index, "environment"), CONFLICTING_FIELDS, message, hint)
