"""The gates of a stage of a release: approvals, service gates, checks, locks."""

from collections.abc import Iterator

from azrelease.graph.labels import joined
from azrelease.graph.model import MANUAL_START, Fact, Gate
from azrelease.redaction import redacted_text
from azrelease.release import Stage
from azrelease.release.approval import Approvers
from azrelease.release.checks import Checks
from azrelease.release.fields import minutes_text
from azrelease.release.gates import Gates


def gates_before(stage: Stage) -> Iterator[Gate]:
    """The gates before a stage, in the order in which the service evaluates them."""
    check = f"check on {stage.environment}"
    if stage.trigger == "manual":
        yield MANUAL_START
    if stage.checks is not None:
        yield from _checks(stage.checks, check)
    if stage.lock is not None:
        which = "only the latest" if stage.lock == "latest" else "all, one after the other"
        yield Gate("lock", "one release at a time", (Fact("waiting releases", which),), check)
    yield from service_gates(stage.gates, check)
    if stage.approval is not None:
        place = check if stage.approval.enforce == "environment" else "job in the pipeline"
        yield Gate("approval", approval_text(stage.approval), _approval_facts(stage.approval), place)


def gates_after(stage: Stage) -> Iterator[Gate]:
    """The approvals behind a stage."""
    if stage.approval_after is not None:
        facts = _approval_facts(stage.approval_after)
        yield Gate("approval", approval_text(stage.approval_after), facts, "job at the end of the stage")


def approval_text(approval: Approvers) -> str:
    """The approvers, in one line."""
    names = joined(approval.approvers)
    if len(approval.approvers) == 1:
        return names
    if approval.order == "sequence":
        return f"one after the other: {names}"
    return f"{approval.minimum} of {names}" if approval.minimum else f"all of {names}"


def _approval_facts(approval: Approvers) -> tuple[Fact, ...]:
    may = "may approve" if approval.requester_may_approve else "may not approve"
    return (
        Fact("within", minutes_text(approval.timeout)),
        Fact("requester", may),
        *([Fact("instructions", redacted_text(approval.instructions))] if approval.instructions else []),
    )


def service_gates(gates: Gates | None, place: str) -> Iterator[Gate]:
    """The enabled gates that ask a service."""
    if gates is None or not gates.enabled:
        return
    facts = (Fact("asked every", minutes_text(gates.interval)), Fact("within", minutes_text(gates.timeout)))
    for task in gates.tasks:
        if task.enabled:
            yield Gate("gate", redacted_text(task.display_name or task.task), facts, place)


def _checks(checks: Checks, place: str) -> Iterator[Gate]:
    if checks.branches is not None:
        protected = (Fact("protected", "yes"),) if checks.branches.protected else ()
        yield Gate("check", f"branches {joined(checks.branches.allowed)}", protected, place)
    if checks.business_hours is not None:
        hours = checks.business_hours
        facts = (Fact("days", joined(hours.days)), Fact("time zone", hours.time_zone))
        yield Gate("check", f"from {hours.start} to {hours.end}", facts, place)
    if checks.required_templates:
        names = joined(f"{template.repository}/{template.path}" for template in checks.required_templates)
        yield Gate("check", f"extends {names}", (), place)
