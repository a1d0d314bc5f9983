"""How a new deployment takes the place of the one in service."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from azrelease.diagnostics import INVALID_VALUE
from azrelease.release.fields import Boolean, Minutes, whole_number
from azrelease.release.model import Model
from azrelease.release.problems import Problem

ALL_TRAFFIC = 100
"""Percent."""


class Rollout(Model):
    """A blue-green rollout: the new model is deployed beside the old one, tested, and then given the traffic.

    The deployments are called `blue` and `green`; the one that does not serve is made anew. A batch endpoint has no
    traffic to share: its jobs go to the new deployment by default once a job has succeeded there.
    """

    steps: tuple[Annotated[int, *whole_number(1, 100)], ...] = Field(
        default=(ALL_TRAFFIC,), description="Percent of the traffic for the new deployment, step by step, up to 100."
    )
    pause: Minutes | None = Field(
        default=None, description="How long to wait after each step but the last: `10 minutes`."
    )
    test: Literal["each", "before", "none"] = Field(
        default="each",
        description="When the tests of the stage run: `before` the new deployment gets any traffic, and after `each` "
        "step too. `none`: the stage has no tests.",
    )
    on_failure: Literal["roll back", "leave"] = Field(
        default="roll back",
        description="`roll back`: put the traffic back as it was and delete the new deployment, after showing its "
        "log. `leave`: leave both as they are for a person to look at.",
    )
    keep_old: Boolean = Field(
        default=False, description="Keep the old deployment, without traffic, when the rollout is done."
    )

    def _problems(self) -> Iterator[Problem]:
        for index, (before, after) in enumerate(zip(self.steps, self.steps[1:], strict=False), start=1):
            if after <= before:
                message = f"a step to {after} % after one to {before} %"
                yield Problem(("steps", index), INVALID_VALUE, message, "Every step gives more traffic than the last.")
        if not self.steps or self.steps[-1] != ALL_TRAFFIC:
            message = "the last step does not give all traffic to the new deployment"
            yield Problem(("steps",), INVALID_VALUE, message, "End with 100: `[10, 50, 100]`.")

    @property
    def pauses(self) -> int:
        """Minutes that the rollout waits in all."""
        return (self.pause or 0) * (len(self.steps) - 1)


def _name_is_default(value: object) -> object:
    return {} if value == "blue_green" else value


AnyRollout = Annotated[
    Rollout, BeforeValidator(_name_is_default, json_schema_input_type=Literal["blue_green"] | Rollout)
]
"""A rollout, or `blue_green`: all traffic in one step."""
