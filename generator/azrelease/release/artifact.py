"""Where the model comes from."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.release.fields import FixedText, matching
from azrelease.release.model import Model
from azrelease.release.problems import Problem, reject

LATEST = "latest"


# Pattern of the service schema for the name of a pipeline resource.
Alias = Annotated[str, matching(r"[-_A-Za-z0-9]+", "{} cannot be an alias", "Use letters, digits, `-` and `_`.")]


class ArtifactSource(Model):
    """The pipeline that trains the model, and the artifact it publishes."""

    pipeline: FixedText = Field(
        description="Name of the pipeline that trains and publishes the model; with its folder (`\\folder\\name`) "
        "when the name alone is not unique."
    )
    project: FixedText | None = Field(
        default=None, description="Project of that pipeline, when it is not the project of the release."
    )
    name: FixedText = Field(description="Name of the artifact it publishes.")
    path: FixedText = Field(
        default=".",
        description="Folder inside the artifact that holds deployment/, tests/ and the rest. All other paths of "
        "the release are relative to it.",
    )
    alias: Alias | None = Field(
        default=None,
        description="Short name of the source inside the release; the folder that the artifact is downloaded to. "
        "Default: the name of the pipeline.",
    )
    version: FixedText = Field(
        default=LATEST,
        description="Which run's artifact a release takes that was not started by a new artifact: `latest`, or "
        "the number of a run.",
    )
    branch: FixedText | None = Field(
        default=None, description="With `latest`: the latest run on this branch only. Default: on any branch."
    )
    tags: tuple[FixedText, ...] = Field(
        default=(), description="With `latest`: the latest run that has all of these tags."
    )

    @model_validator(mode="after")
    def _one_way_to_choose(self) -> Self:
        if self.version != LATEST and (self.branch or self.tags):
            field = "branch" if self.branch else "tags"
            message = f"`{field}` has no effect beside a given `version`"
            hint = f"Remove `{field}`, or set `version: latest`."
            reject("artifact", Problem((field,), CONFLICTING_FIELDS, message, hint), self)
        return self
