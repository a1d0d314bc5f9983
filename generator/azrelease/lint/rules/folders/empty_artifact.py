"""AZR234: artifacts of a folder that nothing fills."""

import re

from yaml import ScalarNode

from azrelease.lint.facts.job_folders import STAGING, Publication, WorkUnit, normalized, publications
from azrelease.lint.facts.scopes import scopes
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block, StepOutline

_STAGING = re.compile(
    r"ArtifactStagingDirectory|Build\.StagingDirectory|BUILD_STAGINGDIRECTORY|ArtifactsDirectory|ARTIFACTSTAGINGDIRECTORY",
    re.IGNORECASE,
)
_WITH_FILES = re.compile(
    r"(?:^|[\s;&|(])(?:\.{1,2}[\\/]|make\b|ant\b|mvn\b|gradle|sbt\b|cake\b|nuke\b|rake\b|invoke\b|just\b|task\b|bash\s|sh\s|pwsh\s|powershell\s|python3?\s+\S+\.py|node\s|npm\s+run|yarn|pnpm|cmake|ninja|bazel|msbuild|[\w$(){}./\\-]+\.(?:cmd|bat|ps1|sh|py)\b)",
    re.MULTILINE,
)
"""Programs that may read the folder from their environment."""

_BINARIES = re.compile(r"BinariesDirectory", re.IGNORECASE)
_WRITING = ("vsbuild", "msbuild", "gradle", "ant", "xcode", "cmake")
"""The beginnings of tasks whose arguments or projects may say where they write."""


def check(file: LintedFile) -> Findings:
    """Publications of `$(Build.ArtifactStagingDirectory)` itself, where no step before names it."""
    variables = _STAGING.search(" ".join(_variables(file))) is not None
    for unit in file.work_units:
        if unit.job.is_open or variables:
            continue
        for each in publications(unit.steps):
            if _is_staging(each) and not any(_may_fill(file, step) for step in unit.before(each.step)):
                message = "nothing before this step puts files into `$(Build.ArtifactStagingDirectory)`: the artifact may be empty"
                hint = "Copy the files there first, or publish the folder that they are in."
                yield file.finding(RULE.code, message, each.path or each.node, hint)
                break
        yield from _binaries(file, unit)


def _variables(file: LintedFile) -> list[str]:
    return [
        entry.value.value
        for block in scopes(file)
        for inner, _ in block.blocks("variables")
        for entry in inner.entries
        if isinstance(entry.value, ScalarNode)
    ]


def _is_staging(each: Publication) -> bool:
    if each.path is None:
        return each.step.task_name == "publishbuildartifacts"
    return normalized(each.path.value) == STAGING


def _may_fill(file: LintedFile, step: StepOutline) -> bool:
    if step.action in ("checkout", "download"):
        return False
    texts = _texts(step.block)
    if any(_STAGING.search(text) for text in texts):
        return True
    if step.action == "task":
        return _may_write(file, step, _STAGING)
    return any(_WITH_FILES.search(text) for text in texts)


def _may_write(file: LintedFile, step: StepOutline, folder: re.Pattern[str]) -> bool:
    """Whether a task may write to a folder: by default, or by a script or project of its own."""
    task = file.context.tasks.task(step.task)
    if (
        task is None
        or step.task_name.startswith(_WRITING)
        or any(name in step.inputs for name in ("filepath", "scriptpath"))
    ):
        return True
    return any(folder.search(each.default or "") is not None for each in task.inputs)


def _texts(block: Block) -> list[str]:
    found: list[str] = []
    for entry in block.entries:
        if isinstance(entry.value, ScalarNode):
            found.append(entry.value.value)
        elif isinstance(entry.value, Block):
            found += _texts(entry.value)
    return found


def _binaries(file: LintedFile, unit: WorkUnit) -> Findings:
    """Archives of `$(Build.BinariesDirectory)`, the usual folder of ArchiveFiles, where no step before names it."""
    for step in unit.steps:
        node = step.inputs.get("rootfolderorfile")
        if step.task_name != "archivefiles" or (
            node is not None and normalized(node.value) != "$(build.binariesdirectory)"
        ):
            continue
        if not any(_may_write_binaries(file, other) for other in unit.before(step)):
            message = "nothing before this step puts files into `$(Build.BinariesDirectory)`: the archive may be empty"
            yield file.finding(
                RULE.code, message, node or step.head, "Name the folder with the files in `rootFolderOrFile`."
            )


def _may_write_binaries(file: LintedFile, step: StepOutline) -> bool:
    texts = _texts(step.block)
    if any(_BINARIES.search(text) for text in texts):
        return True
    if step.action == "task":
        return _may_write(file, step, _BINARIES)
    return any(_WITH_FILES.search(text) for text in texts)


RULE = Rule(
    code=Code("AZR234", "empty-artifact", Severity.WARNING),
    summary="an artifact of a folder that nothing fills",
    why=(
        "`$(Build.ArtifactStagingDirectory)` is empty when a job starts, and every job has its own (learn.microsoft.com/azure/devops/pipelines/build/variables). The rule asks for the steps before the "
        "publication, and says nothing where one of them names that folder, is a task that may write there, or runs a program that may know it from its environment."
    ),
    wrong="steps:\n- script: dotnet publish --output dist\n- publish: $(Build.ArtifactStagingDirectory)\n  artifact: site\n",
    right="steps:\n- script: dotnet publish --output $(Build.ArtifactStagingDirectory)\n- publish: $(Build.ArtifactStagingDirectory)\n  artifact: site\n",
    check=check,
)
