"""AZR511: artifacts of any branch that start a deployment."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.deployments import deploys, has_condition
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.name_words import name_words
from azrelease.syntax import Block, Items, JobOutline, MappingEntry
from azrelease.syntax.embedded import is_computed

_EVERY = ("*", "**", "refs/heads/*")
_OF_A_BRANCH = frozenset(("dev", "development", "sandbox", "playground", "review", "preview", "feature", "pr"))
"""Words of environments that exist to hold what a branch has."""


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Triggers of pipeline resources without a filter, in a file with a deployment that no condition can stop.

    A release file says its branches itself: what is rendered from one is not judged.
    """
    if file.approved is not None:
        return
    entries = [
        (resource.alias, entry)
        for resource in file.resources("pipelines").values()
        for entry in resource.block.all("trigger")
        if not entry.guards
    ]
    deployment = _deployment(file) if entries else None
    if deployment is None:
        return
    for alias, entry in entries:
        level = _level(entry)
        if level is None:
            continue
        message = f"a run of `{alias}` on any branch, reviewed or not, starts this pipeline, which deploys{deployment}"
        hint = "Name the branches: `trigger: {branches: {include: [main]}}`. A branch control of the environment cannot be seen here."
        at = entry.value if isinstance(entry.value, ScalarNode) else entry
        yield file.finding(RULE.code, message, at, hint, level=level)


def _level(entry: MappingEntry) -> Severity | None:
    """How much a trigger weighs: one that says in words that it takes all branches is information; None for others."""
    value = entry.value
    if isinstance(value, ScalarNode):
        return Severity.WARNING if value.value.casefold() == "true" else None
    if not isinstance(value, Block) or value.open or value.entry("tags") or value.text("enabled") not in (None, "true"):
        return None
    branches = value.entry("branches")
    included = value if branches is None or isinstance(branches.value, Items) else branches.value
    if branches is None:
        return Severity.WARNING
    if not isinstance(included, Block) or included.open or branches.guards:
        return None
    key = "branches" if included is value else "include"
    lists = [found.value for found in included.all(key)]
    if any(not isinstance(found, Items) or found.open for found in lists):
        return None
    names = [node.value for node in included.texts(key)]
    if not names:
        return Severity.WARNING
    return Severity.INFO if any(name in _EVERY for name in names) else None


def _deployment(file: LintedFile) -> str | None:
    """What the first deployment without any condition on the way to it deploys to."""
    for stage in file.outline.stages:
        step = deploys(file, stage)
        jobs = [job for job in stage.jobs if (job.is_deployment and job.environment) or (step and step.job is job)]
        for job in jobs:
            if not job.guards and not stage.guards and not _holds_branches(job) and not has_condition(file, job):
                return (
                    f"to `{job.environment}`" if job.is_deployment and not is_computed(job.environment or "") else "it"
                )
    return None


def _holds_branches(job: JobOutline) -> bool:
    words = name_words(job.environment or "")
    return any(word in _OF_A_BRANCH for word in words)


_FILE = """\
resources:
  pipelines:
  - pipeline: training
    source: churn-training
    trigger:{}
jobs:
- deployment: ship
  environment: staging
  strategy:
    runOnce:
      deploy:
        steps:
        - script: ./ship.sh
"""

RULE = Rule(
    code=Code("AZR511", "any-branch-deploys", Severity.WARNING),
    summary="an artifact of any branch starts a deployment",
    why=(
        "`trigger: true`, or a trigger without `branches`, takes the runs of all branches: what nobody has reviewed is deployed, and stands before "
        "whoever approves production (learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources-pipelines-pipeline-trigger). "
        "A branch control on the environment stops it too, but cannot be seen in the file. A trigger that names `*` says so in words, and is information. "
        "Triggers with `tags`, deployments under a condition, and environments called `dev`, `review` and the like are passed over."
    ),
    wrong=_FILE.format(" true"),
    right=_FILE.format("\n      branches:\n        include: [main]"),
    check=check,
)
