"""AZR524: one service connection for tests and production."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.lint.facts.deployments import is_production, is_trial
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import JobOutline
from azrelease.syntax.embedded import is_computed

_INPUTS = (
    "azuresubscription",
    "connectedservicenamearm",
    "azureresourcemanagerconnection",
    "kubernetesserviceconnection",
    "kubernetesserviceendpoint",
)
"""The inputs that name a connection to what is deployed to, in lower case; not those to registries and feeds, which stages share."""


def check(file: LintedFile) -> Findings:
    """Connections, by their literal name, of jobs of production that jobs of a test stage use as well.

    Not in a pipeline that is rendered from a release file: its workspace names the connection once.
    """
    if file.approved is not None:
        return
    trials: dict[str, str] = {}
    production: list[tuple[str, ScalarNode]] = []
    for job in file.outline.jobs:
        name = _target(job)
        for node in _connections(job):
            if is_production(name):
                production.append((node.value.casefold(), node))
            elif is_trial(name):
                trials.setdefault(node.value.casefold(), name)
    seen: set[str] = set()
    for key, node in production:
        if key in trials and key not in seen:
            seen.add(key)
            message = f"`{node.value}` deploys to production, and `{trials[key]}` has it as well: what runs there reaches production"
            hint = (
                "Make a service connection for each environment, with its own scope, and checks on that of production."
            )
            yield file.finding(RULE.code, message, node, hint)


def _target(job: JobOutline) -> str:
    """The name that says what a job is for: that of its environment, of its stage, or its own."""
    names = (job.environment, job.stage.name, job.name)
    return next((name for name in names if name and (is_production(name) or is_trial(name))), "")


def _connections(job: JobOutline) -> Iterator[ScalarNode]:
    for step in job.steps:
        for key in _INPUTS:
            node = step.inputs.get(key)
            if node is not None and node.value and not is_computed(node.value):
                yield node


_STEP = (
    "    - task: AzureCLI@2\n      inputs:\n        azureSubscription: {}\n        scriptType: bash\n"
    "        scriptLocation: inlineScript\n        inlineScript: ./deploy.sh\n"
)
_STAGE = "- stage: {}\n  jobs:\n  - job: deploy\n    steps:\n" + _STEP

RULE = Rule(
    code=Code("AZR524", "shared-connection", Severity.INFO),
    summary="one service connection for tests and production",
    why=(
        "The rights of a service connection and its checks are the same for every stage: what runs in a test stage, without approval, can change production "
        "(CICD-SEC-5; learn.microsoft.com/azure/devops/pipelines/security/resources asks for connections of the least scope). It asks the names of stages, environments and jobs, and the "
        "literal names of connections to Azure and Kubernetes; what a variable or parameter names is not known."
    ),
    wrong="stages:\n" + _STAGE.format("test", "azure") + _STAGE.format("production", "azure"),
    right="stages:\n" + _STAGE.format("test", "azure-test") + _STAGE.format("production", "azure-production"),
    check=check,
)
