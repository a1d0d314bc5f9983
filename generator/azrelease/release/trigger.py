"""What starts a release."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from azrelease.release.fields import Boolean, FixedText, ListOf, Text, matching
from azrelease.release.model import Model


def list_is_include(value: object) -> object:
    """A list of branches, or one branch, is those to include."""
    return {"include": value} if isinstance(value, list | tuple | str) else value


def true_is_any(value: object) -> object:
    """`true` is a trigger without any filter."""
    return {True: {}, False: None}[value] if isinstance(value, bool) else value


# learn.microsoft.com/azure/devops/pipelines/process/scheduled-triggers#cron-syntax
Cron = Annotated[
    str,
    matching(
        r"[0-9A-Za-z*,/-]+( +[0-9A-Za-z*,/-]+){4}",
        "{} is not a cron schedule",
        "Five fields: minute, hour, day of month, month, day of week, in UTC; `0 6 * * Mon-Fri`.",
    ),
]


class BranchFilter(Model):
    """Branches by name or pattern (`release/*`)."""

    include: ListOf[FixedText] = Field(default=(), description="Branches that count. Default: all.")
    exclude: ListOf[FixedText] = Field(default=(), description="Branches that do not.")


class ContinuousDeploymentTrigger(Model):
    """A new artifact starts the release."""

    branches: Annotated[
        BranchFilter, BeforeValidator(list_is_include, json_schema_input_type=BranchFilter | list[str] | str)
    ] = Field(
        default_factory=BranchFilter,
        description="Only artifacts from these branches of the source: a list, or `include` and `exclude`.",
    )
    tags: ListOf[FixedText] = Field(default=(), description="Only runs of the source that have all of these tags.")
    stages: ListOf[FixedText] = Field(
        default=(),
        description="Start as soon as these stages of the source are done. Default: when its run is done.",
    )


class Schedule(Model):
    """A time at which the release starts by itself, with the artifact that `artifact` says."""

    cron: Cron = Field(description="Minute, hour, day of month, month, day of week, in UTC: `0 6 * * Mon-Fri`.")
    display_name: Text | None = Field(default=None, description="What the schedule is called in the portal.")
    branches: ListOf[FixedText] = Field(
        default=("main",), min_length=1, description="Branches of the repository that holds the pipeline."
    )
    always: Boolean = Field(
        default=False,
        description="Run also when nothing changed in the repository since the last scheduled run.",
    )


class Trigger(Model):
    """What starts a release by itself. No push and no pull request ever does."""

    continuous_deployment: Annotated[
        ContinuousDeploymentTrigger | None,
        BeforeValidator(true_is_any, json_schema_input_type=ContinuousDeploymentTrigger | bool | None),
    ] = Field(default=None, description="A new artifact starts the release; `true` for any artifact.")
    schedules: tuple[Schedule, ...] = Field(default=(), description="Times at which the release starts.")
