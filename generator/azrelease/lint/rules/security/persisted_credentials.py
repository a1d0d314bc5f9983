"""AZR504: credentials that stay in the checkout."""

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity


def check(file: LintedFile) -> Findings:
    """`persistCredentials: true`; a warning where pull requests run it, as their code runs beside the credentials."""
    level = None if file.runs_for_pull_requests else Severity.INFO
    for step in file.outline.steps:
        node = step.block.scalar("persistCredentials") if step.action == "checkout" else None
        if node is not None and node.value.casefold() == "true":
            message = "the access token stays in the checkout: every later step can push with it"
            hint = "Pass `$(System.AccessToken)` to the step that needs it, in its `env`."
            yield file.finding(RULE.code, message, node, hint, level=level)


RULE = Rule(
    code=Code("AZR504", "persisted-credentials", Severity.WARNING),
    summary="the token of the build stays in the checkout",
    why=(
        "With `persistCredentials` the token stays in the git configuration, where every later step, test and dependency can read it. "
        "In a build of a pull request, that is code of its author."
    ),
    wrong="pr: [main]\nsteps:\n- checkout: self\n  persistCredentials: true\n- script: ./test.sh\n",
    right="pr: [main]\nsteps:\n- checkout: self\n- script: ./test.sh\n",
    check=check,
)
