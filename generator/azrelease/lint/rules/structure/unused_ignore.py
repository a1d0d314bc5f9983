"""AZR111: comments that hide nothing."""

from azrelease.diagnostics import Code, Severity
from azrelease.lint.rule import Rule

RULE = Rule(
    code=Code("AZR111", "unused-ignore", Severity.WARNING),
    summary="a comment hides a finding that is not there",
    why=(
        "`# azrelease: ignore[AZR705] reason` hides findings on its line, or on the line below when it stands alone. One that hides nothing "
        "would hide the next mistake; one without a code, or with an unknown one, says so here too."
    ),
    wrong="pool:\n  vmImage: ubuntu-24.04 # azrelease: ignore[AZR705] until autumn\nsteps:\n- script: echo one\n",
    right="pool:\n  vmImage: ubuntu-20.04 # azrelease: ignore[AZR705] until autumn\nsteps:\n- script: echo one\n",
)
