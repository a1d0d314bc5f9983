"""AZR702 to AZR704: the move from Azure ML v1. `azrelease migrate` finds these."""

from azrelease import diagnostics as codes
from azrelease.lint.rule import Rule

RULES = (
    Rule(
        code=codes.SDK_V1,
        summary="a scoring script uses the SDK v1",
        why=(
            "The images of Azure ML v2 do not have it, and it has been out of support since 2026-06-30 "
            "(learn.microsoft.com/azure/machine-learning/how-to-migrate-from-v1). `azrelease migrate` reports each use."
        ),
    ),
    Rule(
        code=codes.NO_COUNTERPART,
        summary="something of Azure ML v1 that v2 does not have",
        why="`azrelease migrate` leaves it out and reports it; replace it yourself where it is needed.",
    ),
    Rule(
        code=codes.CHANGED,
        summary="something of Azure ML v1 that works in another way in v2",
        why="`azrelease migrate` writes the equivalent; the message says what is different.",
    ),
)
