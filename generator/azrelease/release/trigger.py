"""What starts a release."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from azrelease.diagnostics import MISSING_FIELD
from azrelease.release.fields import Boolean, FixedText, ListOf, Text, matching
from azrelease.release.model import Model
from azrelease.release.problems import Problem

_ANY = "any"


def _branches(value: object) -> object:
    """A branch, or a list of them, is those to include; `any` is every branch."""
    if isinstance(value, str):
        return value if value == _ANY else {"include": (value,)}
    return {"include": value} if isinstance(value, list | tuple) else value


def _true_is_unfiltered(value: object) -> object:
    """`true` is a trigger that says nothing more."""
    return {True: {}, False: None}[value] if isinstance(value, bool) else value


# learn.microsoft.com/azure/devops/pipelines/process/scheduled-triggers#cron-syntax
Cron = Annotated[
    str,
    *matching(
        r"[0-9A-Za-z*,/-]+( +[0-9A-Za-z*,/-]+){4}",
        "{} is not a cron schedule",
        "Five fields: minute, hour, day of month, month, day of week, in UTC; `0 6 * * Mon-Fri`.",
    ),
]


class BranchFilter(Model):
    """Branches by name or pattern (`release/*`)."""

    include: ListOf[FixedText] = Field(
        default=(), description="Branches that count. Default: all but those of `exclude`."
    )
    exclude: ListOf[FixedText] = Field(default=(), description="Branches that do not.")


TriggerBranches = Annotated[
    Annotated[BranchFilter, Tag("filter")] | Annotated[Literal["any"], Tag(_ANY)],
    Discriminator(lambda value: _ANY if value == _ANY else "filter"),
    BeforeValidator(_branches, json_schema_input_type=BranchFilter | list[str] | str),
]
"""Branches by name or pattern, or every branch; a list is those to include."""


class ContinuousDeploymentTrigger(Model):
    """A new artifact starts the release."""

    branches: TriggerBranches | None = Field(
        default=None,
        description="Only artifacts from these branches of the source: a list, or `include` and `exclude`; `any` lets "
        "an artifact of every branch start the release, reviewed or not. Default: the `branch` of the source, which "
        "has to be given then.",
    )
    tags: ListOf[FixedText] = Field(default=(), description="Only runs of the source that have all of these tags.")
    stages: ListOf[FixedText] = Field(
        default=(),
        description="Start as soon as these stages of the source are done. Default: when its run is done.",
    )

    @property
    def branch_filter(self) -> BranchFilter:
        """The filter of branches; an empty one for every branch."""
        return self.branches if isinstance(self.branches, BranchFilter) else BranchFilter()

    def completed(self, branch: str | None) -> "ContinuousDeploymentTrigger":
        """The trigger with the branches that it leaves to its source.

        Args:
            branch: the branch of the source, if it has one.
        """
        if self.branches is not None or branch is None:
            return self
        return self.model_copy(update={"branches": BranchFilter(include=(branch,))})

    def problems(self, branch: str | None, source: str) -> tuple[Problem, ...]:
        """That neither the trigger nor its source says the branch: artifacts of unreviewed ones would be released.

        Args:
            branch: the branch of the source, if it has one.
            source: the field of the release that holds the branch.
        """
        silent = self.branches is None or self.branches == BranchFilter()
        if not silent or (branch is not None and self.branches is None):
            return ()
        message = "this does not say from which branches new artifacts start the release"
        hint = f"Write `{{branches: [main]}}`, or give `{source}` the branch; `{{branches: any}}` is every branch."
        return (Problem((), MISSING_FIELD, message, hint),)


ContinuousDeployment = Annotated[
    ContinuousDeploymentTrigger | None,
    BeforeValidator(_true_is_unfiltered, json_schema_input_type=ContinuousDeploymentTrigger | bool | None),
]
"""A trigger by new artifacts; `true` for one on the branch of its source."""


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

    continuous_deployment: ContinuousDeployment = Field(
        default=None,
        description="A new artifact starts the release; `true` for one of the branch in `artifact.branch`.",
    )
    schedules: tuple[Schedule, ...] = Field(default=(), description="Times at which the release starts.")
