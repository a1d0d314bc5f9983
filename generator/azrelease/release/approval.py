"""Who lets a stage begin, and who lets others begin after it."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE
from azrelease.release.fields import Boolean, ListOf, Text, minutes, minutes_text, whole_number
from azrelease.release.model import Model
from azrelease.release.problems import Problem

LONGEST_TIMEOUT = 30 * 24 * 60
"""Minutes; the longest that an approval can wait, in the environment's check and in ManualValidation alike."""


class Approvers(Model):
    """Users who have to approve, and how."""

    approvers: ListOf[Text] = Field(
        min_length=1, description="Users by name or e-mail, or groups: `[Project]\\Release Approvers`."
    )
    minimum: Annotated[int, *whole_number(1)] | None = Field(
        default=None, description="How many of the approvers have to approve. Default: all of them."
    )
    order: Literal["any", "sequence"] = Field(
        default="any", description="`sequence`: one after the other, in the order given."
    )
    instructions: Text | None = Field(default=None, description="What the approvers have to check.")
    timeout: Annotated[int, *minutes(LONGEST_TIMEOUT)] = Field(
        default=LONGEST_TIMEOUT,
        description="How long to wait; then the stage is rejected. Default and limit: 30 days.",
        json_schema_extra={"default": minutes_text(LONGEST_TIMEOUT)},
    )
    requester_may_approve: Boolean = Field(
        default=False, description="Whether the user who started the release may approve it."
    )

    def _problems(self) -> Iterator[Problem]:
        count = len(self.approvers)
        if len({name.strip().casefold() for name in self.approvers}) < count:
            yield Problem(("approvers",), INVALID_VALUE, "an approver is named twice", "Name each one once.")
        if self.minimum is not None and self.minimum > count:
            message = f"{self.minimum} approvals are asked for, but there are only {count} approvers"
            yield Problem(("minimum",), INVALID_VALUE, message, "A group counts as one approver.")
        if self.order == "sequence" and self.minimum not in (None, count):
            message = "in a `sequence` all approvers have to approve"
            yield Problem(("minimum",), CONFLICTING_FIELDS, message, "Remove `minimum`, or set `order: any`.")

    def _validation_problems(self) -> Iterator[Problem]:
        """What ManualValidation@1 cannot take."""
        for index, name in enumerate(self.approvers):
            if "," in name:
                message = "ManualValidation@1 separates approvers by commas, so no name can hold one"
                yield Problem(("approvers", index), INVALID_VALUE, message, "Use the e-mail address.")


class Approval(Approvers):
    """Users who have to approve before the stage begins."""

    enforce: Literal["environment", "pipeline"] = Field(
        default="environment",
        description="`environment`: a check on the stage's environment. It lives in Azure DevOps, outside the "
        "YAML, and holds only once it is registered there. `pipeline`: a manual validation job in the YAML "
        "itself; it needs no registration, and one approval passes it.",
    )

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        if self.enforce == "pipeline":
            count = len(self.approvers)
            if count > 1 and self.minimum != 1:
                message = "a manual validation job is passed by the first approver; it cannot wait for more"
                hint = "Set `minimum: 1`, or use `enforce: environment`."
                yield Problem(("enforce",), CONFLICTING_FIELDS, message, hint)
            if self.order == "sequence" and count > 1:
                message = "a manual validation job has no order of approvers"
                yield Problem(("order",), CONFLICTING_FIELDS, message, "Use `enforce: environment`.")
            yield from self._validation_problems()


class ApprovalAfter(Approvers):
    """Users who have to approve after the deployment, before the stages that follow begin.

    Azure Pipelines has checks before a stage only: these are manual validation jobs at the end of the stage, one for
    each approver where all have to approve.
    """

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        if self.minimum not in (None, 1, len(self.approvers)):
            message = "manual validation jobs can wait for one approver, or for all of them"
            yield Problem(("minimum",), CONFLICTING_FIELDS, message, "Set `minimum: 1`, or remove it.")
        yield from self._validation_problems()

    @property
    def everyone(self) -> bool:
        """Whether all of several approvers have to approve."""
        return len(self.approvers) > 1 and self.minimum != 1
