"""AZR505: pull requests that deploy."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.deployments import has_condition
from azrelease.lint.facts.triggers import has_pull_requests
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Deployment jobs without any condition on the way to them, in a file that says that pull requests run it."""
    if not has_pull_requests(file):
        return
    for job in file.outline.jobs:
        if job.is_deployment and not job.guards and not job.stage.guards and not has_condition(file, job):
            message = "every pull request runs this deployment, with the code of whoever opened it"
            hint = "Add a condition: `and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))`."
            yield file.finding(RULE.code, message, job.name_node or job.block, hint)


_FILE = (
    "pr: [main]\njobs:\n- deployment: ship\n{}  environment: staging\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n"
    "        - script: ./ship.sh\n"
)

RULE = Rule(
    code=Code("AZR505", "pull-request-deploys", Severity.WARNING),
    summary="a pull request deploys",
    why=(
        "The pipeline says that pull requests run it, and nothing keeps them from the deployment: code that nobody has reviewed is "
        "shipped, with the service connections of the pipeline."
    ),
    wrong=_FILE.format(""),
    right=_FILE.format("  condition: and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))\n"),
    check=check,
)
