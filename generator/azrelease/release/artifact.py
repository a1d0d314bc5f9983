"""Where the model comes from."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE
from azrelease.release.fields import ArtifactPath, FixedText, ListOf, matching
from azrelease.release.model import Model
from azrelease.release.problems import Problem, failure

LATEST = "latest"


# Pattern of the service schema for the name of a pipeline resource.
# `current` and `none` are words of the download step (yaml-schema/steps-download).
KEYWORDS = ("current", "none")
Alias = Annotated[
    str,
    *matching(
        r"(?!(?:[Cc][Uu][Rr][Rr][Ee][Nn][Tt]|[Nn][Oo][Nn][Ee])$)[-_A-Za-z0-9]+",
        "{} cannot be an alias",
        "Use letters, digits, `-` and `_`; `current` and `none` mean something else to the pipeline.",
    ),
]

# What the service refuses in the name of an artifact, and what would leave its folder.
ArtifactName = Annotated[
    str,
    *matching(
        r"(?!\.\.?$)[^\x00-\x1f\\/\":<>|*?]+",
        "{} cannot be the name of an artifact",
        'It cannot hold any of \\ / " : < > | * ?',
    ),
]


def _inside(text: str) -> str:
    if text.startswith("$"):
        raise failure(INVALID_VALUE, f"`{text}` is not inside the artifact", "Give a folder of the artifact.")
    return text


class ArtifactSource(Model):
    """The pipeline that trains the model, and the artifact it publishes."""

    pipeline: FixedText = Field(
        description="Name of the pipeline that trains and publishes the model; with its folder (`\\folder\\name`) "
        "when the name alone is not unique."
    )
    project: FixedText | None = Field(
        default=None, description="Project of that pipeline, when it is not the project of the release."
    )
    name: ArtifactName | None = Field(
        default=None,
        description="Name of the artifact it publishes. Default: all that it publishes, each in a folder of its name.",
    )
    path: Annotated[ArtifactPath, AfterValidator(_inside)] = Field(
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
    tags: ListOf[FixedText] = Field(default=(), description="With `latest`: the latest run that has all of these tags.")

    @property
    def usual_alias(self) -> str:
        """The alias when none is given: the name of the pipeline, without what an alias cannot hold."""
        alias = re.sub(r"[^-_A-Za-z0-9]+", "-", self.pipeline).strip("-") or "artifact"
        return f"{alias}-pipeline" if alias.casefold() in KEYWORDS else alias

    def _problems(self) -> Iterator[Problem]:
        for field in ("branch", "tags"):
            if self.version != LATEST and getattr(self, field):
                message = f"`{field}` has no effect beside a given `version`"
                yield Problem((field,), CONFLICTING_FIELDS, message, f"Remove `{field}`, or set `version: latest`.")
