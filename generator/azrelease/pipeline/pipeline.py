"""The pipeline and its stages."""

from typing import NamedTuple

from azrelease.pipeline.jobs import Job
from azrelease.pipeline.pool import Pool
from azrelease.pipeline.resources import Resources
from azrelease.pipeline.schedules import Schedule
from azrelease.pipeline.variables import NO_VARIABLES, Variables

NO_RESOURCES = Resources()


class Stage(NamedTuple):
    """A stage. `depends_on` is always said: without it the service would take the stage before.

    `notes` are told to the reader as comments above the stage: what holds for it but cannot stand in YAML.
    """

    id: str
    jobs: tuple[Job, ...]
    depends_on: tuple[str, ...] = ()
    display_name: str | None = None
    condition: str | None = None
    pool: Pool | None = None
    variables: Variables = NO_VARIABLES
    notes: tuple[str, ...] = ()
    lock_behavior: str | None = None
    manual: bool = False
    group: str | None = None


class Pipeline(NamedTuple):
    """A multi-stage pipeline that no push and no pull request starts.

    `notes` are told to the reader as comments at the top.
    """

    stages: tuple[Stage, ...]
    resources: Resources = NO_RESOURCES
    schedules: tuple[Schedule, ...] = ()
    pool: Pool | None = None
    variables: Variables = NO_VARIABLES
    run_name: str | None = None
    notes: tuple[str, ...] = ()
