"""The machine that runs a stage."""

from typing import Self

from pydantic import Field, model_validator

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.release.fields import ListOf, Text
from azrelease.release.model import Model
from azrelease.release.problems import Problem, reject

DEFAULT_IMAGE = "ubuntu-24.04"


class Agent(Model):
    """A Microsoft-hosted image, or a pool of your own agents."""

    image: Text | None = Field(
        default=None,
        description=f"Microsoft-hosted image, such as `{DEFAULT_IMAGE}` (the default without a pool).",
    )
    pool: Text | None = Field(default=None, description="Name of a pool of your own agents.")
    demands: ListOf[Text] = Field(
        default=(), description="What an agent of the pool must have: `docker`, or `Agent.OS -equals Linux`."
    )

    @model_validator(mode="after")
    def _hosted_or_own(self) -> Self:
        if self.image and self.pool:
            message = "a stage runs on a hosted `image` or in a `pool` of your own, not both"
            reject("agent", Problem(("pool",), CONFLICTING_FIELDS, message, "Remove one of the two."), self)
        if self.demands and not self.pool:
            message = "`demands` choose among the agents of a pool of your own; hosted images have none"
            reject(
                "agent",
                Problem(("demands",), CONFLICTING_FIELDS, message, "Name the `pool`, or remove them."),
                self,
            )
        return self

    def completed(self) -> "Agent":
        """The agent with the default image when it names neither image nor pool."""
        return self if self.image or self.pool else Agent(image=DEFAULT_IMAGE)
