"""The release: what the user says."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, DUPLICATE_NAME, INVALID_VALUE, MISSING_FIELD
from azrelease.release.agent import Agent
from azrelease.release.artifact import ArtifactSource
from azrelease.release.fields import ListOf, Text, VariableName, VariableValue, matching
from azrelease.release.job import Download
from azrelease.release.model import Model
from azrelease.release.problems import Problem, Route
from azrelease.release.registration import Registration
from azrelease.release.source import (
    AnySource,
    ContainerSource,
    GitSource,
    HostedRepositorySource,
    JenkinsSource,
    PipelineSource,
    Source,
)
from azrelease.release.stage import Stage, usual_environment
from azrelease.release.stage_graph import StageNode, graph_problems
from azrelease.release.template_reference import PipelineTemplate, TemplateRepository
from azrelease.release.trigger import Trigger
from azrelease.release.variables import NamedVariables, variable_problems
from azrelease.release.workspace import Workspace
from azrelease.suggestions import suggestion
from azrelease.templating.scripts import is_expanded

ReleaseName = Annotated[
    str,
    *matching(
        r"(?![\s_.-])[^\x00-\x1f\"/:<>\\|?*@%]{1,100}(?<![\s.])",
        "{} cannot be the name of a release",
        'It has 100 characters at most, none of them " / : < > \\ | ? * @ %, and begins with a letter or a digit.',
        unicode=True,
    ),
]


class Release(Model):
    """A machine-learning release: from the artifact of the training pipeline to tested endpoints."""

    name: ReleaseName = Field(description="Name of the release.")
    description: Text | None = Field(default=None, description="What is released, for the reader of the pipeline.")
    folder: Text | None = Field(
        default=None,
        description="Folder of the pipeline in Azure DevOps, `\\team\\models`. YAML cannot set it. Default: the top.",
    )
    tags: ListOf[Text] = Field(default=(), description="Tags of the pipeline in Azure DevOps. YAML cannot set them.")
    artifact: ArtifactSource | None = Field(
        default=None,
        description="Where the model comes from. Default: nothing is downloaded; all paths are relative to the agent's "
        "working folder then.",
    )
    sources: tuple[Source, ...] = Field(
        default=(),
        description="Further sources: pipelines, repositories, images, Jenkins jobs, packages, GitHub releases.",
    )
    template_repositories: tuple[TemplateRepository, ...] = Field(
        default=(), description="Repositories of templates that the release uses. Nothing of them is downloaded."
    )
    pipeline_template: PipelineTemplate | None = Field(
        default=None,
        description="Template that the pipeline extends, as large organizations require: it gets the stages as a "
        "parameter.",
    )
    trigger: Trigger = Field(
        default_factory=Trigger, description="What starts the release by itself. Default: nothing; a user starts it."
    )
    agent: Agent = Field(default_factory=Agent, description="Machine that runs the stages.")
    workspace: Workspace | None = Field(
        default=None, description="Workspace that is deployed to, unless a stage names its own."
    )
    variables: dict[VariableName, VariableValue] = Field(
        default_factory=dict, description="Variables of all stages, read as `$(name)`."
    )
    variable_groups: ListOf[Text] = Field(default=(), description="Variable groups that all stages can read.")
    settable: ListOf[VariableName] = Field(
        default=(),
        description="Names of `variables` and `secrets` that may be given another value when a release is started. "
        "They are variables of the pipeline in Azure DevOps, since those in YAML are fixed.",
    )
    secrets: ListOf[VariableName] = Field(
        default=(),
        description="Names of secret variables that the stages read. Only names: the values are set in Azure DevOps.",
    )
    run_name: Text | None = Field(
        default=None,
        description="How runs are named: `$(Date:yyyyMMdd)$(Rev:.r)`, which is the service's default.",
    )
    registration: Registration | None = Field(
        default=None,
        description="What Azure DevOps keeps of the release besides its YAML: the repository of its pipeline, variable "
        "groups, the check of pull requests. `azrelease plan` shows it.",
    )
    stages: tuple[Stage, ...] = Field(min_length=1, description="The stages; each waits for the one above by default.")

    def completed(self) -> Self:
        """The release in full: every default filled in, the standard tasks written out.

        Completing a completed release changes nothing.
        """
        agent = self.agent.completed()
        above = (None, *(stage.name for stage in self.stages))
        artifact, trigger = self.artifact, self.trigger
        if artifact is not None:
            artifact = artifact.model_copy(update={"alias": artifact.alias or artifact.usual_alias})
            if trigger.continuous_deployment is not None:
                started = trigger.continuous_deployment.completed(artifact.branch)
                trigger = trigger.model_copy(update={"continuous_deployment": started})
        sources = (source.completed() if isinstance(source, PipelineSource) else source for source in self.sources)
        return self.model_copy(
            update={
                "artifact": artifact,
                "sources": tuple(sources),
                "trigger": trigger,
                "agent": agent,
                "stages": tuple(
                    stage.completed(release=self.name, above=before, agent=agent, workspace=self.workspace)
                    for before, stage in zip(above, self.stages, strict=False)
                ),
            }
        )

    def _problems(self) -> Iterator[Problem]:
        yield from graph_problems([StageNode(stage.name, stage.depends_on) for stage in self.stages])
        yield from variable_problems(
            NamedVariables((), tuple(self.variables), self.secrets),
            [NamedVariables(("stages", i), tuple(s.variables), s.secrets) for i, s in enumerate(self.stages)],
        )
        yield from self._source_problems()
        yield from self._settable_problems()
        yield from self._shared_environments()
        yield from self._shared_endpoints()
        for index, stage in enumerate(self.stages):
            yield from (problem.at("stages", index) for problem in stage.problems(self.workspace))

    def _source_problems(self) -> Iterator[Problem]:
        deploys = next((s.name for s in self.stages if s.tasks is None and s.jobs is None), None)
        if self.artifact is None and deploys is not None:
            hint = "Name the pipeline that trains the model in `artifact`."
            yield Problem((), MISSING_FIELD, f"stage `{deploys}` has no `artifact` to deploy", hint)
        aliases = [] if self.artifact is None else [self.artifact.alias or self.artifact.usual_alias]
        if self.artifact is None and self.trigger.continuous_deployment is not None:
            message = "there is no `artifact` whose new versions could start the release"
            hint = "Name the `artifact`, or set `trigger` of one of the `sources`."
            yield Problem(("trigger", "continuous_deployment"), CONFLICTING_FIELDS, message, hint)
        elif self.artifact is not None and self.trigger.continuous_deployment is not None:
            unsaid = self.trigger.continuous_deployment.problems(self.artifact.branch, "artifact.branch")
            yield from (problem.at("trigger", "continuous_deployment") for problem in unsaid)
        for index, source in enumerate(self.sources):
            usual = source.usual_alias if isinstance(source, PipelineSource) else ""
            alias = source.alias or usual
            if alias.casefold() in {other.casefold() for other in aliases}:
                message = f"two sources have the alias `{alias}`"
                yield Problem(("sources", index), DUPLICATE_NAME, message, "Give each an `alias` of its own.")
            aliases.append(alias)
        yield from self._template_problems(aliases)
        known = {alias.casefold() for alias in aliases}
        for index, stage in enumerate(self.stages):
            for route, download in stage.placed_downloads:
                yield from (p.at("stages", index, *route) for p in _download_problems(download, self.sources))
                if download.alias.casefold() not in known:
                    guess = suggestion(download.alias, aliases, "It has to be the alias of a source.")
                    message = f"there is no source `{download.alias}`"
                    yield Problem(("stages", index, *route, "alias"), INVALID_VALUE, message, guess)

    def _template_problems(self, sources: Sequence[str]) -> Iterator[Problem]:
        """What is wrong with the repositories of templates, beside sources with these aliases."""
        aliases = list(sources)
        for index, repository in enumerate(self.template_repositories):
            if repository.alias.casefold() in {other.casefold() for other in aliases}:
                message = f"two sources or repositories have the alias `{repository.alias}`"
                hint = "Give each an `alias` of its own."
                yield Problem(("template_repositories", index, "alias"), DUPLICATE_NAME, message, hint)
            aliases.append(repository.alias)
        called = [
            (("stages", index, *route), *task.called_template)
            for index, stage in enumerate(self.stages)
            for route, task in stage.placed_tasks
            if task.called_template is not None
        ]
        used: list[tuple[Route, str | None]] = [((*route, "repository"), own) for route, _, own in called]
        if self.pipeline_template is not None:
            used.append((("pipeline_template", "repository"), self.pipeline_template.repository))
            for route, file, own in called:
                if own is None and not file.startswith("/"):
                    message = f"`{file}` would be looked for beside the template of the pipeline, which gets the stages"
                    hint = "Write its path from the top of the repository, with a `/` at its start."
                    yield Problem((*route, "file"), INVALID_VALUE, message, hint)
        named = [s.alias for s in self.sources if isinstance(s, GitSource | HostedRepositorySource)]
        known = [*(repository.alias for repository in self.template_repositories), *named]
        for place, name in used:
            if name is not None and name.casefold() not in {other.casefold() for other in known}:
                message = f"there is no repository `{name}`"
                guess = suggestion(name, known, "Name it in `template_repositories`.")
                yield Problem(place, INVALID_VALUE, message, guess)

    def _settable_problems(self) -> Iterator[Problem]:
        known = {name.casefold() for name in (*self.variables, *self.secrets)}
        for index, name in enumerate(self.settable):
            if name.casefold() not in known:
                message = f"`{name}` is neither a variable nor a secret of the release"
                hint = suggestion(name, (*self.variables, *self.secrets), "Give it a value in `variables`.")
                yield Problem(("settable", index), INVALID_VALUE, message, hint)

    def _shared_endpoints(self) -> Iterator[Problem]:
        """Rollouts that run at once on one endpoint would move each other's traffic."""
        first: dict[tuple[str, Workspace | None], int] = {}
        for index, stage in enumerate(self.stages):
            # The value of a macro may differ from stage to stage.
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
            name = stage.environment or usual_environment(self.name, stage.name)
            other = self.stages[first.setdefault(name.casefold(), index)]
            if other.environment_check != stage.environment_check:
                message = (
                    f"stages `{other.name}` and `{stage.name}` share the environment `{name}`, but not its approval"
                )
                hint = "An approval is a check on the environment: give both the same, or each its own environment."
                yield Problem(("stages", index, "environment"), CONFLICTING_FIELDS, message, hint)
            for field in ("gates", "checks", "lock"):
                if getattr(other, field) != getattr(stage, field):
                    message = (
                        f"stages `{other.name}` and `{stage.name}` share the environment `{name}`, but not `{field}`"
                    )
                    hint = "It is a check on the environment: give both the same, or each its own environment."
                    yield Problem(("stages", index, "environment"), CONFLICTING_FIELDS, message, hint)


def _download_problems(download: Download, sources: Sequence[AnySource]) -> Iterator[Problem]:
    """What a source cannot do: only artifacts of pipelines and of Jenkins can be chosen from."""
    source = next((found for found in sources if (found.alias or "").casefold() == download.alias.casefold()), None)
    if source is None or isinstance(source, PipelineSource | JenkinsSource):
        return
    if isinstance(source, ContainerSource):
        yield Problem(("alias",), CONFLICTING_FIELDS, "an image is not downloaded", "Remove it from `download`.")
    for field in ("artifacts", "patterns"):
        if getattr(download, field):
            message = f"a source of type `{source.type}` is downloaded as a whole"
            yield Problem((field,), CONFLICTING_FIELDS, message, f"Remove `{field}`.")
