"""AZR529: caches of another lock file that are taken for the right one."""

import re

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import JobOutline

_IS_FALSE = re.compile(
    r"\beq\s*\(\s*variables(?:\[\s*'(?P<name>[^']+)'\s*\]|\.(?P<plain>\w+))\s*,\s*'?false'?\s*\)", re.IGNORECASE
)


def check(file: LintedFile) -> Findings:
    """Caches with `restoreKeys` whose `cacheHitVar` a later step compares with `false` to decide whether to install."""
    if "restorekeys" not in file.document.text.casefold():
        return
    for step in file.outline.steps:
        keys, variable = step.inputs.get("restorekeys"), step.input("cacheHitVar")
        if step.task_name != "cache" or keys is None or not keys.value.strip() or not variable:
            continue
        if variable.casefold() in _compared_with_false(step.job):
            message = f"a cache that only fits a restore key sets `{variable}` to `inexact`: its packages are used as they are"
            hint = f"Install unless it fits exactly: `ne(variables['{variable}'], 'true')`."
            yield file.finding(RULE.code, message, keys, hint)


def _compared_with_false(job: JobOutline) -> set[str]:
    return {
        (match["name"] or match["plain"]).casefold()
        for step in job.steps
        for match in _IS_FALSE.finditer(step.block.text("condition") or "")
    }


_FILE = (
    'steps:\n- task: Cache@2\n  inputs:\n    key: npm | "$(Agent.OS)" | package-lock.json\n    restoreKeys: npm | "$(Agent.OS)"\n    path: node_modules\n    cacheHitVar: restored\n'
    "- script: npm ci\n  condition: {}\n"
)

RULE = Rule(
    code=Code("AZR529", "inexact-cache", Severity.INFO),
    summary="a cache that fits only a restore key is taken for the right one",
    why=(
        "`cacheHitVar` is `true`, `inexact` or `false`: with a restore key that fits, the cache is one of another lock file, from any run in scope, and nothing installs what the lock file names "
        "(learn.microsoft.com/azure/devops/pipelines/release/caching). It asks conditions of steps in the same job that compare the variable with `false`. Restore keys alone are not reported: the service keeps the caches of "
        "pull requests apart from those of their target branch."
    ),
    wrong=_FILE.format("eq(variables['restored'], 'false')"),
    right=_FILE.format("ne(variables['restored'], 'true')"),
    check=check,
)
