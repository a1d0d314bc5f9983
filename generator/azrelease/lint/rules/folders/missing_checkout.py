"""AZR232: files of the repository in a job that does not check it out."""

import posixpath
import re

from azrelease.lint.facts.file_uses import FileUse
from azrelease.lint.facts.job_folders import SOURCES, WorkUnit, normalized
from azrelease.lint.facts.pools import is_server
from azrelease.lint.facts.repository_files import has_file
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import SCRIPT_ACTIONS, StepOutline
from azrelease.syntax.embedded import is_computed

_FETCHES = re.compile(
    r"\bgit\s+(?:-\S+\s+)*(?:clone|init|fetch|checkout|worktree)\b|\b(?:curl|wget|tar|unzip|iwr|gh|az)\b|Expand-Archive|Invoke-WebRequest|Copy-Item|\bcp\b|<<|[^-=>]>\s*\S|Set-Content|Out-File|\btee\b",
    re.IGNORECASE,
)
_QUIET_TASKS = frozenset(
    ("azurekeyvault", "downloadsecurefile", "nodetool", "usedotnet", "usenode", "usepythonversion", "helminstaller", "kubectlinstaller",
     "javatoolinstaller", "gotool")
)  # fmt: skip
"""Tasks that put nothing into the folder of the sources."""


def check(file: LintedFile) -> Findings:
    """Files at a relative path, or below the folder of the sources, that nothing before in the job can have put there."""
    units = {id(step): unit for unit in file.work_units if not unit.has_sources for step in unit.steps}
    if not units:
        return
    for use in file.file_uses:
        unit = units.get(id(use.step))
        path = _path_in_sources(use) if unit is not None and not unit.job.is_open else None
        if unit is None or path is None or is_server(use.step, file.root):
            continue
        is_there = has_file(file.context.templates, file.path, path)
        may_be_other = any(each.path is None for each in unit.checked_out)
        if may_be_other or (unit.checked_out and not is_there):
            continue  # the file may be in the other repository
        if is_there is False and (unit.before(use.step) and not _is_quiet(unit, use.step)):
            continue
        if is_there is None and not _is_quiet(unit, use.step):
            continue
        if _may_fetch(file, unit, use):
            continue
        what = "deployment job" if unit.job.is_deployment else "job"
        message = f"`{use.path}` is not there: this {what} does not check out the repository"
        hint = (
            "Add `- checkout: self` to the steps."
            if unit.job.is_deployment or unit.checked_out
            else "Remove `checkout: none`, or download the file."
        )
        span = file.document.text_span(use.node, use.start, use.end)
        yield file.finding(RULE.code, message, span, hint)


def _path_in_sources(use: FileUse) -> str | None:
    """The path of a file from the top of the repository; None for a file elsewhere, or a computed path."""
    folder = ""
    if use.script is not None:
        folder = use.step.block.text("workingDirectory") or use.step.input("workingDirectory", "cwd") or ""
    text = use.path if not folder or use.path.startswith("$(") else f"{folder}/{use.path}"
    path = normalized(text)
    if path.startswith(f"{SOURCES}/"):
        path = path[len(SOURCES) + 1 :]
        text = text[-len(path) :]
    if is_computed(path) or path.startswith(("/", "~", "$", "%")) or ":" in path or "*" in path:
        return None
    clean = posixpath.normpath(text.replace("\\", "/"))
    return None if clean.startswith("..") or clean == "." else clean


def _is_quiet(unit: WorkUnit, step: StepOutline) -> bool:
    """Whether no step before one can have put files into the folder of the sources."""
    for other in unit.before(step):
        if other.action in SCRIPT_ACTIONS or (other.action == "task" and other.task_name not in _QUIET_TASKS):
            return False
    return True


def _may_fetch(file: LintedFile, unit: WorkUnit, use: FileUse) -> bool:
    """Whether a script up to the use may fetch or write files."""
    steps = {id(step) for step in unit.before(use.step)}
    for script in file.scripts:
        text = script.text[: use.start] if script is use.script else script.text if id(script.step) in steps else ""
        if _FETCHES.search(text):
            return True
    return False


RULE = Rule(
    code=Code("AZR232", "missing-checkout", Severity.WARNING),
    summary="a job uses a file of the repository, which it does not check out",
    why=(
        "A deployment job downloads artifacts and checks out nothing by itself; nor does a job with `checkout: none` "
        "(learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs). The rule asks for the checkouts of the job or hook, and for the files that its steps run. It says "
        "nothing where an earlier step may have made the file: any script or other task, unless the file is one of the repository at hand and no script fetches files."
    ),
    wrong=(
        "jobs:\n- deployment: install\n  environment: lab\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n"
        "        - task: PowerShell@2\n          inputs:\n            filePath: scripts/install.ps1\n"
    ),
    right=(
        "jobs:\n- deployment: install\n  environment: lab\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n        - checkout: self\n"
        "        - task: PowerShell@2\n          inputs:\n            filePath: scripts/install.ps1\n"
    ),
    check=check,
)
