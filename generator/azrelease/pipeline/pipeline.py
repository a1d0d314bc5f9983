"""The pipeline and its stages."""

from typing import NamedTuple

from azrelease.pipeline.jobs import PipelineJob, Pool
from azrelease.pipeline.resources import PipelineResources
from azrelease.pipeline.step_templates import ParameterValue


class PipelineSchedule(NamedTuple):
    """A cron schedule, in UTC, for some branches of the repository that holds the pipeline file."""

    cron: str
    display_name: str | None
    branches: tuple[str, ...]
    always: bool


class PipelineVariables(NamedTuple):
    """Variable groups by name, then variables by name and value; a later one wins over an earlier one."""

    groups: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    @property
    def names_are_unique(self) -> bool:
        """Whether they can be the keys of a mapping."""
        return len({name.casefold() for name, _ in self.values}) == len(self.values)


NO_VARIABLES = PipelineVariables()
NO_RESOURCES = PipelineResources()


class PipelineStage(NamedTuple):
    """A stage. `depends_on` is always written: without it the service would take the stage before.

    `notes` are comments above the stage for the reader: what applies to it and YAML cannot express.
    """

    id: str
    jobs: tuple[PipelineJob, ...]
    depends_on: tuple[str, ...] = ()
    display_name: str | None = None
    condition: str | None = None
    pool: Pool | None = None
    variables: PipelineVariables = NO_VARIABLES
    notes: tuple[str, ...] = ()
    lock_behavior: str | None = None
    manual: bool = False
    group: str | None = None


class ExtendedTemplate(NamedTuple):
    """A template that a pipeline extends; `stages_parameter` is the parameter that gets the stages."""

    template: str
    stages_parameter: str
    parameters: tuple[tuple[str, ParameterValue], ...] = ()


class Pipeline(NamedTuple):
    """A multi-stage pipeline that no push and no pull request starts.

    `notes` are comments at the top for the reader.
    """

    stages: tuple[PipelineStage, ...]
    resources: PipelineResources = NO_RESOURCES
    schedules: tuple[PipelineSchedule, ...] = ()
    pool: Pool | None = None
    variables: PipelineVariables = NO_VARIABLES
    run_name: str | None = None
    notes: tuple[str, ...] = ()
    extends: ExtendedTemplate | None = None
