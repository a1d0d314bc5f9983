"""AZR819: `kubectl` and `helm` without a cluster."""

import re

from azrelease.lint.facts.decisive_commands import is_decisive
from azrelease.lint.facts.steps_before import all_are_seen, is_fresh_machine, steps_before
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_CONTEXT = re.compile(
    r"kubeconfig|get-credentials|\.kube|set-context|use-context|set-cluster|minikube|kind create|k3d|k3s|\bconnectedk8s\b|--server\b|--context\b",
    re.IGNORECASE,
)
_ASKS = frozenset(
    (
        "apply",
        "get",
        "delete",
        "describe",
        "rollout",
        "logs",
        "scale",
        "patch",
        "create",
        "set",
        "exec",
        "label",
        "annotate",
        "replace",
    )
)


def check(file: LintedFile) -> Findings:
    """The first command for a cluster, where all steps before it are seen and none of them chooses one."""
    if not any(program in file.document.text for program in ("kubectl", "helm")) and not file.is_expanded:
        return
    for script in file.scripts:
        if script.language not in ("bash", "powershell", "cmd") or script.step.task_name not in (
            "",
            "bash",
            "powershell",
            "cmdline",
        ):
            continue
        if script.step.block.entry("env") or not is_fresh_machine(script.step, file.root):
            continue
        command = next(
            (call for call in script.calls("kubectl", "helm") if _asks(call[0].text, [w.text for w in call[1:]])), None
        )
        if command is None or script.step.job.is_open:
            continue
        before = steps_before(script.step)
        texts = {id(other.step.block): other.text for other in file.scripts}
        seen = [script.text, *(texts.get(id(step.block), "") for step in before)]
        if any(_CONTEXT.search(text) for text in seen) or not all_are_seen(before, file.scripts):
            continue
        if script.step.job.is_deployment and script.step.job.block.entry("environment"):
            continue  # a resource of the environment may bring its own context
        message = f"no step before `{command[0].text}` chooses a cluster: it may find none"
        hint = "Run it in AzureCLI after `az aks get-credentials`, or use the tasks Kubernetes and KubernetesManifest."
        yield file.in_script(RULE.code, message, (script, command[0].start, command[-1].end), hint)


def _asks(program: str, words: list[str]) -> bool:
    plain = [word for word in words if not word.startswith("-")]
    if not plain or any(word.startswith("--dry-run") or word in ("--client", "--help") for word in words):
        return False
    return plain[0] in _ASKS if program == "kubectl" else is_decisive("helm", words)


_RIGHT = (
    "pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: KubectlInstaller@0\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: azure\n    scriptType: bash\n    scriptLocation: inlineScript\n"
    "    inlineScript: |\n      set -e\n      az aks get-credentials --resource-group shop --name shop\n      kubectl apply --filename deployment.yaml\n"
)

RULE = Rule(
    code=Code("AZR819", "no-cluster", Severity.WARNING),
    summary="`kubectl` or `helm` in a job that chooses no cluster",
    why=(
        "KubectlInstaller puts the program on the agent, and nothing else (learn.microsoft.com/azure/devops/pipelines/tasks/reference/kubectl-installer-v0): without a context `kubectl` asks "
        "localhost:8080. A hosted machine has no context of its own. Asks for all steps of the job before it. Silent on own agents, in containers and deployment jobs, behind steps that "
        "cannot be seen, with `env`, and where a script mentions a kubeconfig or a context."
    ),
    wrong="pool:\n  vmImage: ubuntu-24.04\nsteps:\n- task: KubectlInstaller@0\n- bash: kubectl apply --filename deployment.yaml\n",
    right=_RIGHT,
    check=check,
)
