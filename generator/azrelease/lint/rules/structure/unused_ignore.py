"""AZR111: comments that hide nothing."""

from azrelease.diagnostics import UNUSED_IGNORE
from azrelease.lint.rule import Rule

RULE = Rule(
    UNUSED_IGNORE,
    "a comment hides a finding that is not there",
    "`# azrelease: ignore[AZR705] reason` hides findings on its line, or on the line below when it stands alone. One that hides nothing "
    "would hide the next mistake; one without a code, or with an unknown one, says so here too.",
    "pool:\n  vmImage: ubuntu-24.04 # azrelease: ignore[AZR705] until autumn\nsteps:\n- script: echo one\n",
    "pool:\n  vmImage: ubuntu-20.04 # azrelease: ignore[AZR705] until autumn\nsteps:\n- script: echo one\n",
)
