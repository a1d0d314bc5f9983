"""AZR115: deployment strategies that need a resource of the environment."""

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import JobOutline
from azrelease.syntax.embedded import is_computed

_NEED_RESOURCES = {"rolling": "VirtualMachine", "canary": "Kubernetes"}


def check(file: LintedFile) -> Findings:
    """`rolling` and `canary` in deployment jobs whose environment names no resource."""
    for job in file.outline.jobs:
        if not job.is_deployment or not _is_whole_environment(job):
            continue
        for strategy, _ in job.block.blocks("strategy"):
            for name, kind in _NEED_RESOURCES.items():
                entry = strategy.entry(name)
                if entry is not None:
                    message = f"`{name}` is refused for an environment as a whole"
                    hint = f"Name its resources: `environment: {{name: {job.environment}, resourceType: {kind}}}`."
                    yield file.finding(RULE.code, message, entry, hint)


def _is_whole_environment(job: JobOutline) -> bool:
    """Whether a job names an environment and certainly none of its resources."""
    block, name = job.block.block("environment"), job.environment
    if name is None or is_computed(name) or "." in name:
        return False
    return block is None or not (block.open or block.entry("resourceName") or block.entry("resourceType"))


_JOB = (
    "jobs:\n- deployment: web\n  environment:\n    name: lab\n{}  strategy:\n    rolling:\n      maxParallel: 2\n      deploy:\n        steps:\n"
    "        - script: echo new version\n"
)

RULE = Rule(
    code=Code("AZR115", "environment-resource", Severity.ERROR),
    summary="a strategy that needs a resource of the environment",
    why=(
        "The service refuses the file: *'Rolling' is not supported for Environment scoped target*. Rolling deployments go to virtual machines, canary deployments to Kubernetes "
        "(learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs). Says nothing of a computed environment."
    ),
    wrong=_JOB.format(""),
    right=_JOB.format("    resourceType: VirtualMachine\n"),
    check=check,
)
