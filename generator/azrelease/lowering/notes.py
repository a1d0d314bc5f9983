"""What the reader of the YAML has to know and YAML cannot hold."""

from collections.abc import Sequence

from azrelease.release import Approval
from azrelease.release.checks import Checks
from azrelease.release.fields import minutes_text
from azrelease.release.gates import Gates


def approval_note(approval: Approval, environment: str) -> str:
    """Says that an approval is asked for, and that this file does not enforce it."""
    who = ", ".join(approval.approvers)
    if len(approval.approvers) > 1:
        count = len(approval.approvers) if approval.minimum is None else approval.minimum
        how = "one after the other" if approval.order == "sequence" else f"{count} of {len(approval.approvers)}"
        who = f"{who} ({how})"
    return (
        f"Needs the approval of {who} within {minutes_text(approval.timeout)}. "
        f"It is a check on the environment '{environment}', which YAML cannot hold: "
        "where that check is not registered, nothing stops this stage."
    )


def secrets_note(names: Sequence[str]) -> str | None:
    """Says which secrets are read; None when there are none."""
    if not names:
        return None
    return f"Reads the secrets {', '.join(names)}, which are set in Azure DevOps, never in a file."


def settable_note(names: Sequence[str]) -> str | None:
    """Says which variables the pipeline has in Azure DevOps; None when there are none."""
    if not names:
        return None
    return (
        f"Reads the variables {', '.join(names)}: they can be set when the release is started, so they are variables "
        "of the pipeline in Azure DevOps, which have to be registered there."
    )


def gates_note(gates: Gates, environment: str) -> str:
    """Says that gates are asked for, and that this file does not enforce them."""
    names = ", ".join(task.display_name or task.task for task in gates.tasks if task.enabled)
    return (
        f"Begins only when the gates hold: {names}; asked every {minutes_text(gates.interval)}, for "
        f"{minutes_text(gates.timeout)} at most. They are checks on the environment '{environment}', which YAML "
        "cannot hold: where they are not registered, nothing stops this stage."
    )


def checks_note(checks: Checks, environment: str) -> str:
    """Says what else a run has to be like, and that this file does not see to it."""
    asked = []
    if checks.branches:
        protected = ", protected ones" if checks.branches.protected else ""
        asked.append(f"from the branches {', '.join(checks.branches.allowed)}{protected}")
    if checks.business_hours:
        hours = checks.business_hours
        asked.append(f"on {', '.join(hours.days)} from {hours.start} to {hours.end} ({hours.time_zone})")
    if checks.required_templates:
        asked.append(f"with the template {' or '.join(template.path for template in checks.required_templates)}")
    return (
        f"Begins only {'; '.join(asked)}. They are checks on the environment '{environment}', which YAML cannot "
        "hold: where they are not registered, nothing stops this stage."
    )


def lock_note(environment: str) -> str:
    """Says that one run at a time is asked for, and that this file alone does not see to it."""
    return (
        f"One run at a time: it takes the exclusive lock of the environment '{environment}', a check that YAML cannot "
        "hold. Where it is not registered, runs are at it at once."
    )
