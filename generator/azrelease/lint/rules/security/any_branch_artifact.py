"""AZR528: artifacts of the latest run of any branch, run by a script."""

import re
from collections.abc import Iterator

from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import StepOutline

_TASKS = ("downloadpipelineartifact", "downloadbuildartifacts")
_SOURCES = ("source", "buildtype")
_VERSIONS = ("runversion", "buildversiontodownload")
_BRANCH = ("runbranch", "branchname", "runid", "buildid", "tags")
_PATHS = ("path", "targetpath", "downloadpath")
_RUNS = r"(?:^|[;&|]|\b(?:sudo|bash|sh|pwsh|python[\d.]*|node|source|dpkg[ \t]+-i|pip[\d.]*[ \t]+install|chmod[ \t]+\S+|msiexec\S*|Import-Module|npm[ \t]+install|rpm[ \t]+-\w+|\.|&))[ \t]+(?:-\S+[ \t]+)*[\"']?"


def check(file: LintedFile) -> Findings:
    """Downloads of the latest run of another pipeline, without a branch, of which a script of the job runs something."""
    for step in file.outline.steps:
        if step.task_name not in _TASKS or not _is_of_any_branch(step):
            continue
        path = next((step.inputs[name].value for name in _PATHS if name in step.inputs), "").rstrip("/\\")
        if not path or path.casefold() in ("$(pipeline.workspace)", "$(system.artifactsdirectory)", "."):
            artifact = step.input("artifact", "artifactName")
            path = f"{path or '$(Pipeline.Workspace)'}/{artifact}" if artifact else ""
        if path and any(_runs(script, path) for script in _later(file, step)):
            node = next((step.inputs[name] for name in _VERSIONS if name in step.inputs), None) or step.head
            message = (
                "this takes the latest run of any branch, also of a pull request, and a later step runs what is in it"
            )
            hint = "Name the branch: `runVersion: latestFromBranch` and `runBranch: refs/heads/main`."
            if step.task_name == "downloadbuildartifacts":
                hint = "Name the branch: `buildVersionToDownload: latestFromBranch` and `branchName: refs/heads/main`."
            yield file.finding(RULE.code, message, node, hint)


def _is_of_any_branch(step: StepOutline) -> bool:
    source = next((step.inputs[name].value for name in _SOURCES if name in step.inputs), "current")
    version = next((step.inputs[name].value for name in _VERSIONS if name in step.inputs), "latest")
    triggering = (step.input("preferTriggeringPipeline", "preferTriggeringBuild") or "false").casefold() != "false"
    return (
        source.casefold() == "specific"
        and version.casefold() == "latest"
        and not triggering
        and not any(name in step.inputs for name in _BRANCH)
        and not step.block.open
    )


def _later(file: LintedFile, step: StepOutline) -> Iterator[Script]:
    steps = step.job.steps
    behind = {id(other) for other in steps[steps.index(step) :]}
    return (script for script in file.scripts if id(script.step) in behind)


def _runs(script: Script, path: str) -> bool:
    spellings = {path, re.sub(r"\$\(([\w.]+)\)", lambda m: "$" + m[1].replace(".", "_").upper(), path)}
    text = "\n" + script.text
    return any(
        spelling in text and re.search(_RUNS + re.escape(spelling), text, re.MULTILINE | re.IGNORECASE)
        for spelling in spellings
    )


_FILE = (
    "steps:\n- task: DownloadPipelineArtifact@2\n  inputs:\n    source: specific\n    project: ml\n    pipeline: 9\n    runVersion: {}\n"
    "    artifact: tools\n    path: $(Pipeline.Workspace)/tools\n- bash: sudo dpkg -i $(Pipeline.Workspace)/tools/*.deb\n"
)

RULE = Rule(
    code=Code("AZR528", "any-branch-artifact", Severity.WARNING),
    summary="a script runs an artifact of the latest run of any branch",
    why=(
        "`runVersion: latest` takes the latest run whatever its branch (learn.microsoft.com/azure/devops/pipelines/tasks/reference/download-pipeline-artifact-v2): a pull "
        "request that was built last puts its code into this pipeline, with its service connections and secrets (CICD-SEC-9). It asks the inputs of the downloads, and the scripts of the same job for commands that run or install what is below their path. "
        "A download of the run that triggered the pipeline, of a run by its id, or by tags is not reported."
    ),
    wrong=_FILE.format("latest"),
    right=_FILE.format("latestFromBranch\n    runBranch: refs/heads/main"),
    check=check,
)
