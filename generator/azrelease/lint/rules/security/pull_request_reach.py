"""AZR522, AZR523: pull requests on agents of your own, and with secrets."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.lint.facts.deployments import is_conditional
from azrelease.lint.facts.pools import own_pool_node, pool_holder
from azrelease.lint.facts.secrets import ACCESS_TOKEN
from azrelease.lint.facts.variables import variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.redaction import may_name_secret, names_secret
from azrelease.syntax import Block, StepOutline
from azrelease.syntax.embedded import is_computed, macros


def _check_pools(file: LintedFile) -> Findings:
    """Pools of own agents of jobs without a condition, in a file that says that pull requests run it."""
    if not file.runs_for_pull_requests:
        return
    seen: set[int] = set()
    for job in file.outline.jobs:
        holder = pool_holder(job.steps[0], file.root) if job.steps else None
        node = own_pool_node(holder) if holder is not None else None
        if node is None or id(node) in seen or is_conditional(file, job) or job.is_deployment:
            continue
        if holder is not None and _makes_agents_anew(holder, node.value):
            continue
        seen.add(id(node))
        message = (
            f"every pull request may run its code on the agents of `{node.value}`, which later jobs may use as well"
        )
        hint = "Run pull requests, above all those of forks, on Microsoft-hosted agents, or on agents that are made new for each job."
        yield file.finding(POOL.code, message, node, hint)


def _makes_agents_anew(holder: Block, name: str) -> bool:
    """Whether a pool is one of those that make an agent for each job: by its name, or by the demand of their images.

    Source: learn.microsoft.com/azure/devops/managed-devops-pools/demands.
    """
    pool = holder.block("pool")
    demands = " ".join(node.value for node in pool.texts("demands")) if pool is not None else ""
    return "imageoverride" in demands.casefold() or "1es" in re.split(r"[\W_]+", name.casefold())


def _check_secrets(file: LintedFile) -> Findings:
    """The first secret of each job without a condition that a step gets, in a file that pull requests run."""
    if not file.runs_for_pull_requests:
        return
    # A secret has no value in the file; one that is set in some runs only is not known to be there.
    plain = {each.name.casefold() for each in variables(file) if "$" not in each.node.value}
    for job in file.outline.jobs:
        if is_conditional(file, job):
            continue
        steps = [step for step in job.steps if not _is_conditional(step)]
        for step in () if job.is_deployment else steps:
            node = _connection(step)
            if node is not None:
                message = f"a pull request runs code of its author signed in with the service connection `{node.value}`"
                yield file.finding(SECRET.code, message, node, _HINT)
        found = next((found for step in steps for found in _secrets(step) if found[0].casefold() not in plain), None)
        if found is not None:
            name, node, start, end = found
            message = f"a pull request runs code of its author beside `{name}`, which that code may read and send away"
            yield file.finding(SECRET.code, message, file.document.text_span(node, start, end), _HINT)


_HINT = (
    "Keep it out of the builds of pull requests: in a job or step with the condition "
    "`and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))`."
)
_SIGNED_IN = ("azurecli", "azurepowershell")
"""Tasks that run a script signed in with a service connection."""


def _connection(step: StepOutline) -> ScalarNode | None:
    """The service connection that the script of a step runs with; None for others, and for a computed name."""
    if step.task_name not in _SIGNED_IN:
        return None
    names = ("azuresubscription", "connectedservicename", "connectedservicenamearm")
    node = next((step.inputs[name] for name in names if name in step.inputs), None)
    return None if node is None or is_computed(node.value) else node


def _is_conditional(step: StepOutline) -> bool:
    return bool(step.guards) or step.block.entry("condition") is not None


def _secrets(step: StepOutline) -> Iterator[tuple[str, ScalarNode, int, int]]:
    """The secrets that a step gets by its environment, its script or its inputs.

    Not the token of the job: a build of a fork gets it with fewer rights. What `env` maps is more likely a secret.
    """
    mapped = [entry.value for entry in step.environment]
    others = [*(entry.value for entry in step.block.all(step.action)), *step.inputs.values()]
    for nodes, is_name in ((mapped, may_name_secret), (others, names_secret)):
        for node in nodes:
            if not isinstance(node, ScalarNode):
                continue
            for match in macros(node.value):
                if is_name(match[1]) and match[1].casefold() != ACCESS_TOKEN:
                    yield match[1], node, match.start(), match.end()


_POOL_FILE = "pr: [main]\npool:{}\nsteps:\n- script: make test\n"
POOL = Rule(
    code=Code("AZR522", "pull-request-agents", Severity.WARNING),
    summary="pull requests run on agents of your own",
    why=(
        "The code of a pull request can leave something on the machine for the next job, or reach the network it is in: *don't run builds from forks on "
        "self-hosted agents* (learn.microsoft.com/azure/devops/pipelines/security/repos). Whether anybody outside may open pull requests, and whether "
        "the agents are made new for each job, is not in the file. It asks for `pr` in the file, the pools by name, and conditions of jobs and stages."
    ),
    wrong=_POOL_FILE.format(" gpu-agents"),
    right=_POOL_FILE.format("\n  vmImage: ubuntu-24.04"),
    check=_check_pools,
)

SECRET = Rule(
    code=Code("AZR523", "pull-request-secrets", Severity.WARNING),
    summary="pull requests run beside secrets",
    why=(
        "Tests, build scripts and dependencies are code of the author of a pull request, and run with what the job has: poisoned pipeline execution (CICD-SEC-4). "
        "For forks the service withholds secrets, unless the pipeline is set to give them (learn.microsoft.com/azure/devops/pipelines/security/repos): that is not in the file. "
        "Authors who may push a branch get them always. It asks for `pr` in the file, for macros with the name of a secret, for scripts that run signed in with a service connection, and for conditions; the token of the job is not reported."
    ),
    wrong="pr: [main]\nsteps:\n- script: make test\n  env:\n    API_KEY: $(scoringApiKey)\n",
    right=(
        "pr: [main]\nsteps:\n- script: make test\n- script: make integration-test\n  condition: and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))\n"
        "  env:\n    API_KEY: $(scoringApiKey)\n"
    ),
    check=_check_secrets,
)

RULES = (POOL, SECRET)
