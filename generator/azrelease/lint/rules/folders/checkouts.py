"""AZR230 and AZR231: checkouts that exclude each other, or go to a folder that the agent refuses."""

import re

from azrelease.lint.facts.job_folders import normalized, root_of
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_CONFLICT = Code("AZR230", "conflicting-checkouts", Severity.WARNING)
_ROOTED = Code("AZR231", "rooted-checkout", Severity.ERROR)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_ABOVE = re.compile(r"(?:^|[\\/])\.\.(?:[\\/]|$)")


def check_conflicts(file: LintedFile) -> Findings:
    """`checkout: none` beside another checkout, in the same job or hook."""
    for unit in file.work_units:
        none = next((each for each in unit.checkouts if each.repository == "none"), None)
        if none is not None and unit.checked_out and not none.step.guards:
            other = next((each for each in unit.checked_out if not each.step.guards), None)
            if other is not None:
                message = f"this job also has `checkout: {other.node.value}`: `none` may keep that from running"
                yield file.finding(
                    _CONFLICT, message, none.node, "Remove `checkout: none`: a job with a `checkout` has no other."
                )


def check_paths(file: LintedFile) -> Findings:
    """The `path` of each checkout."""
    for unit in file.work_units:
        for each in unit.checkouts:
            if each.path is None:
                continue
            text = str(each.path.value).strip()
            root = root_of(normalized(text))
            if root is not None or text.startswith(("/", "\\", "$(Agent.", "~")) or _DRIVE.match(text):
                inner = text.rpartition(")")[2].strip("/\\") if root is not None else ""
                message = (
                    f"`{text}` is a rooted path, which a checkout refuses: its path starts in `$(Pipeline.Workspace)`"
                )
                hint = f"Write `path: s/{inner}`." if inner else "Write a relative path, such as `path: s/app`."
                yield file.finding(_ROOTED, message, each.path, hint)
            elif _ABOVE.search(text):
                message = f"`{text}` may lead out of the folder of the job, which a checkout refuses"
                hint = "Write a path below `$(Pipeline.Workspace)`, such as `path: s/app`."
                yield file.finding(_ROOTED, message, each.path, hint, level=Severity.WARNING)


_STEPS = "steps:\n{}- script: make\n"

RULES = (
    Rule(
        code=_CONFLICT,
        summary="`checkout: none` beside another checkout",
        why=(
            "`none` says that the job checks out nothing, the other step the opposite; which of them counts is not documented, and runs without sources are reported "
            "(learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-checkout). The rule asks for the checkouts of a job or hook."
        ),
        wrong=_STEPS.format("- checkout: none\n- checkout: self\n"),
        right=_STEPS.format("- checkout: self\n"),
        check=check_conflicts,
    ),
    Rule(
        code=_ROOTED,
        summary="a checkout to a folder outside of that of the job",
        why=(
            "The agent refuses a rooted path, also one that begins with a folder of the job: *can not be a rooted path*. The path is relative to `$(Pipeline.Workspace)` "
            "(microsoft/azure-pipelines-agent, RepositoryPlugin.cs; learn.microsoft.com/azure/devops/pipelines/repos/multi-repo-checkout, Checkout path). "
            "A path with `..` is a warning: a setting of the agent allows some of them."
        ),
        wrong=_STEPS.format("- checkout: self\n  path: $(Build.SourcesDirectory)/app\n"),
        right=_STEPS.format("- checkout: self\n  path: s/app\n"),
        check=check_paths,
        of_run=True,
    ),
)
