"""AZR243: pushes from a checkout that has no credentials any more."""

import re

from azrelease.lint.facts.job_folders import WorkUnit
from azrelease.lint.facts.pools import image_node
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_PUSH = re.compile(r"(?:^|[\s;&|(])git\s+(?:-C\s+\S+\s+)?push\b(?![^\n]*(?:https?://|--dry-run))", re.MULTILINE)
_CREDENTIALS = re.compile(
    r"extraheader|credential|https?://[^\s/\"']*@|git@|ssh|set-url|remote add|gh auth|netrc|askpass|token|\bpat\b|oauth|bearer|authorization",
    re.IGNORECASE,
)
_SIGN_IN = ("installsshkey", "gitauthenticate", "githubrelease")


def check(file: LintedFile) -> Findings:
    """`git push` in scripts of jobs on hosted images whose checkout does not keep its credentials."""
    if "git" not in file.document.text or "push" not in file.document.text:
        return
    for unit in file.work_units:
        if not unit.has_sources or unit.job.is_open or _has_credentials(file, unit):
            continue
        for step in unit.steps:
            if image_node(step, file.root) is None:
                continue
            for script in file.scripts_of(step):
                match = _PUSH.search(script.text)
                if match is None or script.line_before(match.start() + 1).startswith("#"):
                    continue
                message = "this may have no credentials: the agent removes those of the checkout before the scripts run"
                start = match.start() + match[0].index("git")
                hint = "Add `- checkout: self` with `persistCredentials: true`, or hand a token to `git` in this step."
                yield file.in_script(RULE.code, message, (script, start, match.end()), hint)


def _has_credentials(file: LintedFile, unit: WorkUnit) -> bool:
    if any(
        (each.step.block.text("persistCredentials") or "").casefold() not in ("", "false") for each in unit.checked_out
    ):
        return True
    for step in unit.steps:
        if step.task_name.startswith(_SIGN_IN):
            return True
        names = (entry.name for entry in step.environment)
        if any(_CREDENTIALS.search(name) for name in names):
            return True
        if any(_CREDENTIALS.search(script.text) for script in file.scripts_of(step)):
            return True
    return False


_STEPS = (
    "pool:\n  vmImage: ubuntu-24.04\nsteps:\n- checkout: self\n{}- bash: |\n    git tag v1\n    git push origin v1\n"
)

RULE = Rule(
    code=Code("AZR243", "push-without-credentials", Severity.WARNING),
    summary="a push from a checkout without its credentials",
    why=(
        "The agent removes the token of a checkout from its configuration when it has fetched, unless the step says `persistCredentials: true` "
        "(learn.microsoft.com/azure/devops/pipelines/scripts/git-commands). The rule asks for the checkouts and scripts of the job, and says nothing where any of them names a token, a key or another address, "
        "and of agents of your own, which may have credentials."
    ),
    wrong=_STEPS.format(""),
    right=_STEPS.format("  persistCredentials: true\n"),
    check=check,
)
