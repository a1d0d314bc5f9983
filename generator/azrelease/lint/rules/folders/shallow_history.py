"""AZR235: tools that need the history of the repository, in a job that may not have it."""

import re

from azrelease.lint.facts.job_folders import WorkUnit
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_HISTORY = re.compile(
    r"\bgit\s+(?:-\S+\s+)*(?P<git>describe\b|rev-list\b[^\n|;]*--count|merge-base\b|shortlog\b|diff\b[^\n|;]*(?:\borigin/\S+|\bHEAD(?:~\d*|\^))|(?:show|rev-parse|checkout)\b[^\n|;]*\bHEAD(?:~|\^)|log\b[^\n|;]*\S\.\.\S)"
    r"|(?:^|[\s;&|(])(?:[\w.]*[\\/](?:[\w.-]+[\\/])*)?(?P<tool>(?:dotnet[- ])?gitversion(?:\.exe)?|nbgv|semantic-release|npx\s+semantic-release|lerna\s+(?:changed|version|publish)|nx\s+affected|conventional-changelog|standard-version)(?=[\s;&|)]|$)",
    re.MULTILINE | re.IGNORECASE,
)
_INSTALLS = re.compile(r"\b(?:install|add|i)\b")
_FETCHES = re.compile(r"\bgit\s+(?:-\S+\s+)*(?:fetch|pull|clone)\b", re.IGNORECASE)
_TASKS = ("gitversion", "gittools.gitversion", "sonarcloudprepare", "sonarqubeprepare")
_DEPTH = 1


def check(file: LintedFile) -> Findings:
    """Commands and tasks in jobs whose checkout says no `fetchDepth`, or 1."""
    for unit in file.work_units:
        if not unit.has_sources or unit.job.is_open or not _is_shallow(unit):
            continue
        steps = {id(step) for step in unit.steps}
        scripts = [script for script in file.scripts if id(script.step) in steps]
        if any(_FETCHES.search(script.text) for script in scripts):
            continue
        for script in scripts:
            for match in _HISTORY.finditer(script.text):
                group = "git" if match["git"] else "tool"
                before = script.line_before(match.start(group))
                if before.startswith("#") or _INSTALLS.search(before):
                    continue
                words = " ".join(match[group].split()[:2]) if group == "tool" else f"git {match[group].split()[0]}"
                yield file.in_script(RULE.code, _message(words), (script, match.start(group), match.end(group)), _HINT)
        for step in unit.steps:
            if step.task_name.startswith(_TASKS) and "setup" not in step.task_name:
                yield file.finding(RULE.code, _message(step.task), step.head, _HINT)


_HINT = "Add `- checkout: self` with `fetchDepth: 0` to the steps."


def _message(what: str) -> str:
    return f"`{what}` needs the history, and the checkout may fetch the last commit only"


def _is_shallow(unit: WorkUnit) -> bool:
    own = [each for each in unit.checked_out if each.repository == "self"]
    return all((each.depth or str(_DEPTH)).strip() == str(_DEPTH) for each in own)


RULE = Rule(
    code=Code("AZR235", "shallow-history", Severity.WARNING),
    summary="a tool needs the history of the repository, which the checkout may not fetch",
    why=(
        "Pipelines that were created since September 2022 fetch the last commit only, unless the step says `fetchDepth: 0` "
        "(learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-checkout, Shallow fetch): tags and ancestors are missing. The rule asks for the checkouts of the job, and says nothing where a script fetches."
    ),
    wrong='steps:\n- bash: ./package.sh "$(git describe --tags)"\n',
    right='steps:\n- checkout: self\n  fetchDepth: 0\n- bash: ./package.sh "$(git describe --tags)"\n',
    check=check,
)
