"""AZR505: pull requests that deploy."""

from collections.abc import Iterator, Sequence

from azrelease.diagnostics import PULL_REQUEST_DEPLOYS, Diagnostic
from azrelease.lint import graph
from azrelease.lint.rule import Rule
from azrelease.lint.subject import Subject
from azrelease.lint.triggers import has_pull_requests
from azrelease.syntax import Block, Job


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Deployment jobs without any condition on the way to them, in a file that says that pull requests run it."""
    if not has_pull_requests(subject.file):
        return
    for job in subject.outline.jobs:
        if job.is_deployment and not job.guards and not job.stage.guards and not _has_condition(job, subject):
            message = "every pull request runs this deployment, with the code of whoever opened it"
            hint = "Add a condition: `and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))`."
            yield subject.file.finding(PULL_REQUEST_DEPLOYS, message, job.name_node or job.block, hint)


def _has_condition(job: Job, subject: Subject) -> bool:
    """Whether a condition stands at the job, its stage, or anything that these wait for."""
    if job.block.entry("condition") or job.stage.block.entry("condition"):
        return True
    if any(step.action == "reviewApp" for step in job.steps):
        return True  # an environment for a pull request is what that is for
    working = [step for step in job.steps if step.action not in ("checkout", "download")]
    if working and not job.is_open and all(step.block.entry("condition") for step in working):
        return True
    jobs, stages = graph.jobs(job.stage), graph.stages(subject.outline.stages)
    return _may_stop(jobs, job.block, in_order=False) or _may_stop(stages, job.stage.block, in_order=True)


def _may_stop(members: Sequence[graph.Member], block: Block, *, in_order: bool) -> bool:
    way = graph.way_to(members, block, in_order=in_order)
    return any(names is None or members[index].block.entry("condition") for index, names in way)


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
