"""What the steps of a job did before one of them, as far as every step can be seen."""

import re
from collections.abc import Sequence

from azrelease.lint.facts.pools import image_node, system
from azrelease.lint.facts.scripts import Script
from azrelease.syntax import Block, StepOutline

_HARMLESS = frozenset(
    (
        *("azurecli", "bash", "powershell", "pythonscript", "cmdline", "azurepowershell"),
        *("usepythonversion", "usenode", "nodetool", "usedotnet", "gotool", "javatoolinstaller", "userubyversion"),
        *(
            "kubectlinstaller",
            "helminstaller",
            "kubelogininstaller",
            "cache",
            "copyfiles",
            "archivefiles",
            "extractfiles",
        ),
        *("downloadpipelineartifact", "publishpipelineartifact", "downloadbuildartifacts", "publishbuildartifacts"),
        *(
            "publishtestresults",
            "publishcodecoverageresults",
            "npm",
            "maven",
            "gradle",
            "dotnetcorecli",
            "vsbuild",
            "msbuild",
        ),
        *("downloadsecurefile", "azurekeyvault", "replacetokens", "deletefiles"),
    )
)
"""Tasks that neither log in nor set a context for later steps, in lower case."""

_RUNS_FILES = re.compile(
    r"(?:^|[\s;&|(\"'])(?:\.{0,2}/|\.\\)?[\w./\\$(){}-]+\.(?:sh|ps1|py|bat|cmd)\b"
    r"|\bmake\b|\bsource\b|^\s*\. |\bnpm run\b",
    re.MULTILINE,
)


def steps_before(step: StepOutline) -> tuple[StepOutline, ...]:
    """The steps of the same job and hook before a step."""
    steps = [other for other in step.job.steps if other.holder is step.holder]
    index = next((i for i, other in enumerate(steps) if other.block is step.block), 0)
    return tuple(steps[:index])


def is_fresh_machine(step: StepOutline, root: Block) -> bool:
    """Whether a step runs on a hosted image, which has no login or context of its own; no container."""
    if step.job.block.entry("container") is not None or image_node(step, root) is None:
        return False
    return system(step, root) is not None


def all_are_seen(steps: Sequence[StepOutline], scripts: Sequence[Script]) -> bool:
    """Whether it can be seen what some steps do: known tasks, and scripts that run no files."""
    texts = {id(script.step.block): script.text for script in scripts}
    for step in steps:
        if step.action in ("checkout", "download", "publish", "downloadBuild", "getPackage"):
            continue
        text = texts.get(id(step.block))
        if text is None and (step.action != "task" or step.task_name not in _HARMLESS or _runs_a_file(step)):
            return False
        if text is not None and _RUNS_FILES.search(text):
            return False
    return True


def _runs_a_file(step: StepOutline) -> bool:
    return step.task_name in ("azurecli", "bash", "powershell", "pythonscript", "azurepowershell")
