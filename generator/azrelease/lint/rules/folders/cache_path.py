"""AZR240: caches of a folder that the tool does not use."""

import re

from azrelease.lint.facts.environment_names import names_set
from azrelease.lint.facts.job_folders import SOURCES, WorkUnit, normalized
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import StepOutline

_TOOLS = (
    (re.compile(r"(?:^|/)\.?npm$|npm[-_]cache"), re.compile(r"\bnpm (?:ci|install|i)\b"), "npm_config_cache", "~/.npm"),
    (re.compile(r"(?:^|/)\.?pip$|pip[-_]cache"), re.compile(r"\bpip3? install\b"), "PIP_CACHE_DIR", "~/.cache/pip"),
    (
        re.compile(r"(?:^|/)\.?yarn$|yarn[-_]cache"),
        re.compile(r"\byarn(?: install|$|\s)"),
        "YARN_CACHE_FOLDER",
        "~/.cache/yarn",
    ),
)
"""The folder of a cache, the command that uses it, the variable that says where it is, and where it is without that."""

_DELETED = re.compile(r"\bnpm ci\b")


def check(file: LintedFile) -> Findings:
    """Cache steps below a folder of the job, with a tool whose own cache nothing moves there."""
    for unit in file.work_units:
        for step in unit.steps:
            node = step.inputs.get("path")
            if step.task_name != "cache" or node is None or unit.job.is_open:
                continue
            path = normalized(node.value)
            texts = _scripts(file, unit)
            if path in (f"{SOURCES}/node_modules", "node_modules") and any(map(_DELETED.search, texts)):
                message = "`npm ci` deletes `node_modules` before it installs: what is restored is thrown away"
                hint = "Cache the folder of npm: `path: $(npm_config_cache)`."
                if not _skips_when_restored(step, unit):
                    yield file.finding(RULE.code, message, node, hint, level=Severity.INFO)
                continue
            for folder, command, variable, usual in _TOOLS:
                is_of_job = path.startswith(("$(pipeline.workspace)/", f"{SOURCES}/"))
                if (
                    not is_of_job
                    or not folder.search(path)
                    or not any(map(command.search, texts))
                    or _is_set(file, unit, variable)
                ):
                    continue
                message = f"the tool has its cache in `{usual}`: nothing fills this folder"
                yield file.finding(RULE.code, message, node, f"Add the variable `{variable}: {node.value}`.")


def _scripts(file: LintedFile, unit: WorkUnit) -> list[str]:
    return [script.text for step in unit.steps for script in file.scripts_of(step)]


def _skips_when_restored(cache: StepOutline, unit: WorkUnit) -> bool:
    name = (cache.input("cacheHitVar") or "").casefold()
    return bool(name) and any(name in (step.block.text("condition") or "").casefold() for step in unit.steps)


def _is_set(file: LintedFile, unit: WorkUnit, variable: str) -> bool:
    variables = file.run_variables.of(unit.job)
    if variables.is_open or any(each.name.casefold() == variable.casefold() for each in variables.variables):
        return True
    folded = variable.casefold()
    for step in unit.steps:
        if any(entry.name.casefold() == folded for entry in step.environment):
            return True
    option = re.compile(r"--cache(?:-dir|-folder)?\b|config set cache|cache-dir")
    scripts = [script for step in unit.steps for script in file.scripts_of(step)]
    return any(option.search(script.text) or variable.upper() in names_set(script) for script in scripts)


_STEPS = "pool:\n  vmImage: ubuntu-24.04\n{}steps:\n- task: Cache@2\n  inputs:\n    key: npm | package-lock.json\n    path: $(Pipeline.Workspace)/.npm\n- script: npm ci\n"

RULE = Rule(
    code=Code("AZR240", "cache-path", Severity.WARNING),
    summary="a cache of a folder that the tool does not use",
    why=(
        "npm, pip and yarn keep their cache in the home folder unless a variable says otherwise; the cache of another folder is empty, and saving it may fail "
        "(learn.microsoft.com/azure/devops/pipelines/release/caching). The rule asks for the scripts and variables of the job, and says nothing where these cannot all be seen."
    ),
    wrong=_STEPS.format(""),
    right=_STEPS.format("variables:\n  npm_config_cache: $(Pipeline.Workspace)/.npm\n"),
    check=check,
)
