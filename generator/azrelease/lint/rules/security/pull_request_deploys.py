"""AZR505: pull requests that deploy."""

from azrelease.lint.facts.deployments import is_conditional
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.lint.rules.example_parts import DEPLOYMENT


def check(file: LintedFile) -> Findings:
    """Deployment jobs without any condition on their way, in a file that says that pull requests run it."""
    if not file.runs_for_pull_requests:
        return
    for job in file.outline.jobs:
        if job.is_deployment and not is_conditional(file, job):
            message = "every pull request runs this deployment, with the code of its author"
            hint = "Add a condition: `and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))`."
            yield file.finding(RULE.code, message, job.name_node or job.block, hint)


_FILE = "pr: [main]\njobs:\n" + DEPLOYMENT

RULE = Rule(
    code=Code("AZR505", "pull-request-deploys", Severity.WARNING),
    summary="a pull request deploys",
    why=(
        "The pipeline says that pull requests run it, and nothing stops them before the deployment: it deploys unreviewed code, "
        "with the service connections of the pipeline."
    ),
    wrong=_FILE.format(""),
    right=_FILE.format("  condition: and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))\n"),
    check=check,
)
