"""Pipeline resources: other pipelines whose artifacts are used, and whose runs may start this one."""

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
