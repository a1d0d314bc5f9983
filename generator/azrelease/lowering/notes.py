"""What the reader of the YAML has to know and YAML cannot hold."""

from collections.abc import Sequence

from azrelease.release import Approval
from azrelease.release.fields import minutes_text


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
    return f"Reads the secrets {', '.join(names)}: set in Azure DevOps, never in a file."
