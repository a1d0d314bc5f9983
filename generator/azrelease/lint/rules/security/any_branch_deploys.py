"""AZR511: artifacts of any branch start a deployment."""

from yaml import ScalarNode

from azrelease.lint.facts.deployments import deploys, is_conditional
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.lint.rules.example_parts import DEPLOYMENT
from azrelease.name_words import name_words
from azrelease.syntax import Block, Items, MappingEntry
from azrelease.syntax.embedded import is_computed

_EVERY = ("*", "**", "refs/heads/*")
_OF_A_BRANCH = frozenset(("dev", "development", "sandbox", "playground", "review", "preview", "feature", "pr"))
"""Words in the names of environments that are meant for branches."""


def check(file: LintedFile) -> Findings:
    """Triggers of pipeline resources without a filter, in a file with a deployment that no condition can stop.

    Not in a pipeline that is rendered from a release file, which has findings of its own.
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
    """The severity of a trigger: information where it names all branches explicitly; None for one with a filter."""
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
    """The target of the first deployment without any condition on its way, unless its environment is for branches."""
    for stage in file.outline.stages:
        step = deploys(file, stage)
        for job in stage.jobs:
            environment = job.environment or ""
            is_deployment = (job.is_deployment and environment) or (step is not None and step.job is job)
            is_for_branches = not _OF_A_BRANCH.isdisjoint(name_words(environment))
            if is_deployment and not is_for_branches and not is_conditional(file, job):
                return f" to `{environment}`" if job.is_deployment and not is_computed(environment) else " it"
    return None


_FILE = (
    "resources:\n  pipelines:\n  - pipeline: training\n    source: churn-training\n    trigger:{}\njobs:\n"
    + DEPLOYMENT.format("")
)

RULE = Rule(
    code=Code("AZR511", "any-branch-deploys", Severity.WARNING),
    summary="an artifact of any branch starts a deployment",
    why=(
        "`trigger: true`, or a trigger without `branches`, accepts runs of all branches, so the pipeline deploys unreviewed code, "
        "and asks for its approval in production (learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources-pipelines-pipeline-trigger). "
        "A branch control on the environment stops it too, but is not in the file. A trigger that names `*` does so explicitly: that is information. "
        "Triggers with `tags`, deployments under a condition, and environments with names such as `dev` or `review` are not reported."
    ),
    wrong=_FILE.format(" true"),
    right=_FILE.format("\n      branches:\n        include: [main]"),
    check=check,
)
