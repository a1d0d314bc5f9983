"""AZR241: tests and packages of what another job has built."""

import re

from yaml import ScalarNode

from azrelease.lint.facts.job_folders import WorkUnit
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import SCRIPT_ACTIONS, StepOutline

_UNBUILT = re.compile(r"(?<!\S)--no-build\b")
_QUIET = frozenset(("usedotnet", "usepythonversion", "nugettoolinstaller", "nugetauthenticate", "azurekeyvault"))


def check(file: LintedFile) -> Findings:
    """`--no-build` in a job or hook in which no step before can have built anything."""
    if "--no-build" not in file.document.text:
        return
    for unit in file.work_units:
        if unit.job.is_open or any(
            step.action == "download" or step.task_name.startswith("download") for step in unit.steps
        ):
            continue
        for step in unit.steps:
            node = _node(step)
            match = _UNBUILT.search(node.value) if node is not None else None
            if node is None or match is None or _is_built(unit, step, node.value[: match.start()]):
                continue
            message = "nothing is built in this job, and each job has a machine of its own"
            span = file.document.text_span(node, match.start(), match.end())
            yield file.finding(
                RULE.code, message, span, "Build in this job, or download what another one has published."
            )


def _node(step: StepOutline) -> ScalarNode | None:
    if step.task_name == "dotnetcorecli":
        return step.inputs.get("arguments")
    return step.block.scalar(step.action) if step.action in SCRIPT_ACTIONS else None


def _is_built(unit: WorkUnit, step: StepOutline, before: str) -> bool:
    """Whether a step before may build, or the script itself."""
    if re.search(r"\b(?:build|publish|restore|msbuild|make)\b|[./\\]\w+\.(?:sh|ps1|cmd)", before):
        return True
    return any(
        other.action in SCRIPT_ACTIONS or (other.action == "task" and other.task_name not in _QUIET)
        for other in unit.before(step)
    )


_STAGES = "stages:\n- stage: build\n  jobs:\n  - job: build\n    steps:\n    - script: dotnet build\n- stage: test\n  jobs:\n  - job: test\n    steps:\n{}    - script: dotnet test --no-build\n"

RULE = Rule(
    code=Code("AZR241", "unbuilt-project", Severity.WARNING),
    summary="`--no-build` in a job that builds nothing",
    why=(
        "Every job begins on a clean machine, with the files of the repository only (learn.microsoft.com/azure/devops/pipelines/agents/hosted). "
        "The rule asks for the steps before it, and says nothing where any script or task may have built."
    ),
    wrong=_STAGES.format(""),
    right=_STAGES.format("    - script: dotnet build\n"),
    check=check,
)
