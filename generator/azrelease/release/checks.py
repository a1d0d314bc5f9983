"""Checks on the environment of a stage, beside its approval, gates and lock. They live in Azure DevOps, not in YAML."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from azrelease.diagnostics import INVALID_VALUE, MISSING_FIELD
from azrelease.release.fields import Boolean, BranchPattern, FixedText, ListOf, matching
from azrelease.release.model import Model
from azrelease.release.problems import Problem, failure
from azrelease.suggestions import suggestion

Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WEEKDAYS: tuple[Day, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

TimeOfDay = Annotated[
    str, *matching(r"(?:[01]\d|2[0-3]):[0-5]\d", "{} is not a time of day", 'Hours and minutes, in quotes: "09:00".')
]


def _zone(name: str) -> str:
    from azrelease.catalog import classic

    if classic.time_zone(name) is None:
        hint = suggestion(name, classic.time_zones(), "Use a name of Windows, such as `W. Europe Standard Time`.")
        raise failure(INVALID_VALUE, f"unknown time zone `{name}`", hint)
    return name


class BusinessHours(Model):
    """Hours in which the stage may begin."""

    days: ListOf[Day] = Field(default=WEEKDAYS, min_length=1, description="Days. Default: Monday to Friday.")
    start: TimeOfDay = Field(description='From when: `"09:00"`.')
    end: TimeOfDay = Field(description='Until when: `"17:00"`.')
    time_zone: Annotated[FixedText, AfterValidator(_zone)] = Field(
        default="UTC", description="Time zone by its name in Windows: `W. Europe Standard Time`. Default: UTC."
    )


class BranchControl(Model):
    """Branches of the repository that runs may come from."""

    allowed: ListOf[BranchPattern] = Field(
        min_length=1, description="Branches by name or pattern: `main`, `release/*`."
    )
    protected: Boolean = Field(default=False, description="Whether the branch must have policies that protect it.")


class RequiredTemplate(Model):
    """A template that the pipeline has to extend."""

    path: FixedText = Field(description="File of the template in its repository.")
    repository: FixedText = Field(description="Repository: `project/repository`, or `owner/repository` of GitHub.")
    type: Literal["git", "github", "githubenterprise", "bitbucket"] = Field(
        default="git", description="Where the repository is. Default: Azure Repos."
    )
    branch: BranchPattern = Field(default="main", description="Branch or tag of the repository. Default: main.")


class Checks(Model):
    """What a run has to be like for the stage to begin."""

    branches: BranchControl | None = Field(default=None, description="Branches that runs may come from.")
    business_hours: BusinessHours | None = Field(default=None, description="Hours in which the stage may begin.")
    required_templates: tuple[RequiredTemplate, ...] = Field(
        default=(), description="Templates one of which the pipeline has to extend."
    )

    def _problems(self) -> Iterator[Problem]:
        if not (self.branches or self.business_hours or self.required_templates):
            hint = "Name `branches`, `business_hours` or `required_templates`, or remove `checks`."
            yield Problem((), MISSING_FIELD, "`checks` is empty", hint)
