"""AZR111: comments that hide nothing."""

from azrelease.lint.rule import Code, Rule, Severity

RULE = Rule(
    code=Code("AZR111", "unused-ignore", Severity.WARNING),
    summary="a comment that hides no finding",
    why=(
        "`# azrelease: ignore[AZR705] reason` hides findings on its line, or on the line below when it is alone on its line; "
        "`# azrelease: ignore-file[AZR705] reason`, among the comments at the top, those of the whole file. One that hides nothing "
        "would hide the next mistake. A comment without a code, or with an unknown one, hides nothing either."
    ),
    wrong="pool:\n  vmImage: ubuntu-24.04 # azrelease: ignore[AZR705] until autumn\nsteps:\n- script: echo one\n",
    right="pool:\n  vmImage: ubuntu-20.04 # azrelease: ignore[AZR705] until autumn\nsteps:\n- script: echo one\n",
)
