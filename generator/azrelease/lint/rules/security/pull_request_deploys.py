"""AZR505: pull requests that deploy."""

from collections.abc import Iterator

from azrelease.diagnostics import PULL_REQUEST_DEPLOYS, Diagnostic
from azrelease.lint.facts.deployments import has_condition
from azrelease.lint.facts.triggers import has_pull_requests
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Deployment jobs without any condition on the way to them, in a file that says that pull requests run it."""
    if not has_pull_requests(subject.file):
        return
    for job in subject.outline.jobs:
        if job.is_deployment and not job.guards and not job.stage.guards and not has_condition(subject, job):
            message = "every pull request runs this deployment, with the code of whoever opened it"
            hint = "Add a condition: `and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))`."
            yield subject.file.finding(PULL_REQUEST_DEPLOYS, message, job.name_node or job.block, hint)


_FILE = (
    "pr: [main]\njobs:\n- deployment: ship\n{}  environment: staging\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n"
    "        - script: ./ship.sh\n"
)

RULE = Rule(
    PULL_REQUEST_DEPLOYS,
    "a pull request deploys",
    "The pipeline says that pull requests run it, and nothing keeps them from the deployment: code that nobody has reviewed is "
    "shipped, with the service connections of the pipeline.",
    _FILE.format(""),
    _FILE.format("  condition: and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))\n"),
    check,
)
