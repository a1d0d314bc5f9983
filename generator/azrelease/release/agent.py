"""The machine that runs a stage."""

from collections.abc import Iterator

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.release.fields import ListOf, Text
from azrelease.release.model import Model
from azrelease.release.problems import Problem

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

    def _problems(self) -> Iterator[Problem]:
        if self.image and self.pool:
            message = "a stage runs on a hosted `image` or in a `pool` of your own, not both"
            yield Problem(("pool",), CONFLICTING_FIELDS, message, "Remove one of the two.")
        if self.demands and not self.pool:
            message = "`demands` choose among the agents of a pool of your own; hosted images have none"
            yield Problem(("demands",), CONFLICTING_FIELDS, message, "Name the `pool`, or remove them.")

    def completed(self) -> "Agent":
        """The agent with the default image when it names neither image nor pool."""
        return self if self.image or self.pool else Agent(image=DEFAULT_IMAGE)
