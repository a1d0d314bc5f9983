"""Resources: pipelines, repositories, images and builds that are used, or whose news start this pipeline."""

from typing import NamedTuple


class PipelineTrigger(NamedTuple):
    """Which runs of the source pipeline start this one; without any filter, all of them."""

    branches_include: tuple[str, ...] = ()
    branches_exclude: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether there is any filter."""
        return bool(self.branches_include or self.branches_exclude or self.tags or self.stages)


class PipelineResource(NamedTuple):
    """A source pipeline under an alias. `version`, `branch` and `tags` hold for runs that it did not start."""

    alias: str
    source: str
    project: str | None = None
    version: str | None = None
    branch: str | None = None
    tags: tuple[str, ...] = ()
    trigger: PipelineTrigger | None = None


class RepositoryResource(NamedTuple):
    """A repository under an alias; a push to the branches of the trigger starts this pipeline (Azure Repos only)."""

    alias: str
    type: str
    name: str
    endpoint: str | None = None
    ref: str | None = None
    branches_include: tuple[str, ...] = ()
    branches_exclude: tuple[str, ...] = ()


class ContainerResource(NamedTuple):
    """An image under an alias; a new tag starts this pipeline where `trigger` is on."""

    alias: str
    trigger: bool
    keys: tuple[tuple[str, str], ...]


class BuildResource(NamedTuple):
    """A build of another system under an alias."""

    alias: str
    type: str
    connection: str
    source: str
    version: str | None = None
    trigger: bool = False


class PipelineResources(NamedTuple):
    """What a pipeline uses from outside."""

    pipelines: tuple[PipelineResource, ...] = ()
    repositories: tuple[RepositoryResource, ...] = ()
    containers: tuple[ContainerResource, ...] = ()
    builds: tuple[BuildResource, ...] = ()
