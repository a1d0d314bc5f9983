"""Further sources of a release: what is downloaded beside the artifact of the training pipeline, or starts it."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field

from azrelease.diagnostics import MISSING_FIELD
from azrelease.release.artifact import Alias, ArtifactSource
from azrelease.release.fields import Boolean, FixedText, Text, whole_number
from azrelease.release.model import Model
from azrelease.release.problems import Problem
from azrelease.release.trigger import BranchFilter, ContinuousDeployment, TriggerBranches


class PipelineSource(ArtifactSource):
    """Another pipeline whose artifacts are used. They are downloaded to the folder of its alias."""

    type: Literal["pipeline"] = Field(default="pipeline", description="Another pipeline.")
    pipeline: FixedText = Field(description="Name of the pipeline; with its folder when the name alone is not unique.")
    path: Literal["."] = Field(default=".", description="Always `.`: paths of the release are inside `artifact`.")
    trigger: ContinuousDeployment = Field(
        default=None,
        description="A new artifact of this pipeline starts the release too; `true` for one of its `branch`.",
    )

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        if self.trigger is not None:
            yield from (problem.at("trigger") for problem in self.trigger.problems(self.branch, "branch"))

    def completed(self) -> Self:
        """The source with its alias, and the branches of its trigger."""
        trigger = self.trigger.completed(self.branch) if self.trigger else None
        return self.model_copy(update={"alias": self.alias or self.usual_alias, "trigger": trigger})


class _BaseSource(Model):
    """The fields of every source but pipelines."""

    alias: Alias = Field(description="Short name of the source, and the folder that it is downloaded to, if it is.")


class _RepositorySource(_BaseSource):
    """The fields of every repository."""

    branch: FixedText | None = Field(
        default=None, description="Branch that is checked out. Default: its default branch."
    )
    fetch_depth: Annotated[int, *whole_number(0)] | None = Field(
        default=None, description="How many commits are fetched; 0 for all. Default: what the service takes."
    )
    submodules: Literal["true", "recursive"] | None = Field(
        default=None, description="Check out submodules, `recursive` with theirs. Default: none."
    )
    lfs: Boolean = Field(default=False, description="Download large files (Git LFS).")


class GitSource(_RepositorySource):
    """A repository of Azure Repos, checked out to the folder of its alias."""

    type: Literal["git"] = Field(default="git", description="A repository of Azure Repos.")
    repository: FixedText = Field(description="Name of the repository: `repository`, or `project/repository`.")
    trigger: TriggerBranches | None = Field(
        default=None,
        description="A push to one of these branches starts the release: a list, or `include` and `exclude`; `any` for "
        "every branch.",
    )

    @property
    def branch_filter(self) -> BranchFilter:
        """The branches whose pushes start the release; an empty filter for every branch, or without a trigger."""
        return self.trigger if isinstance(self.trigger, BranchFilter) else BranchFilter()

    def _problems(self) -> Iterator[Problem]:
        if self.trigger == BranchFilter():
            message = "`trigger` does not name the branches whose pushes start the release"
            hint = "Write `trigger: [main]`; `trigger: any` for every branch."
            yield Problem(("trigger",), MISSING_FIELD, message, hint)


class HostedRepositorySource(_RepositorySource):
    """A repository of GitHub or Bitbucket, checked out to the folder of its alias."""

    type: Literal["github", "bitbucket"] = Field(description="A repository of GitHub, or of Bitbucket.")
    repository: FixedText = Field(description="Name of the repository: `owner/repository`.")
    service_connection: FixedText = Field(description="Service connection that may read it.")


class ContainerSource(_BaseSource):
    """An image whose new tags may start the release. Nothing is downloaded."""

    type: Literal["acr", "docker"] = Field(description="Azure Container Registry, or another registry of images.")
    service_connection: FixedText | None = Field(default=None, description="Service connection that may read it.")
    resource_group: FixedText | None = Field(default=None, description="Resource group of the registry (`acr`).")
    registry: FixedText | None = Field(default=None, description="Name of the registry (`acr`).")
    repository: FixedText = Field(description="Name of the image in the registry.")
    trigger: Boolean = Field(default=False, description="A new tag of the image starts the release.")


class JenkinsSource(_BaseSource):
    """A job of Jenkins whose artifacts are downloaded to the folder of the alias."""

    type: Literal["jenkins"] = Field(default="jenkins", description="A job of Jenkins.")
    service_connection: FixedText = Field(description="Service connection to Jenkins.")
    job: FixedText = Field(description="Name of the job.")
    version: FixedText | None = Field(default=None, description="Number of a build. Default: the latest.")
    trigger: Boolean = Field(default=False, description="A new build starts the release.")


class PackageSource(_BaseSource):
    """A package of an Azure Artifacts feed, downloaded to the folder of the alias."""

    type: Literal["package"] = Field(default="package", description="A package of Azure Artifacts.")
    feed: Text = Field(description="The feed: `feed`, or `project/feed`.")
    package: Text = Field(description="Name of the package.")
    kind: Literal["nuget", "npm", "maven", "pypi", "upack", "cargo"] = Field(
        default="nuget", description="What kind of package it is."
    )
    version: Text = Field(description="Version that is downloaded.")
    view: Text | None = Field(default=None, description="View of the feed. Default: all of it.")


class GitHubReleaseSource(_BaseSource):
    """A release of a GitHub repository, downloaded to the folder of the alias."""

    type: Literal["github_release"] = Field(default="github_release", description="A release of a GitHub repository.")
    service_connection: Text = Field(description="Service connection that may read it.")
    repository: Text = Field(description="Name of the repository: `owner/repository`.")
    version: Text | None = Field(default=None, description="Tag of the release. Default: the latest.")


AnySource = (
    PipelineSource
    | GitSource
    | HostedRepositorySource
    | ContainerSource
    | JenkinsSource
    | PackageSource
    | GitHubReleaseSource
)

Source = Annotated[AnySource, Field(discriminator="type")]
"""A source of any kind; `type` says which."""
