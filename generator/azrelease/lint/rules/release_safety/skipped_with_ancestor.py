"""AZR616: stages and jobs that are skipped with what is further up."""

from azrelease.lint.facts import dependencies
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.expressions import STATUS_FUNCTIONS, Literal


def check(file: LintedFile) -> Findings:
    """Members without a condition, behind one that runs although what it depends on may be skipped."""
    stages = dependencies.stages(file.outline.stages)
    yield from _of_members(file, stages, "stage")
    for stage in file.outline.stages:
        yield from _of_members(file, dependencies.jobs(stage), "job")


def _of_members(file: LintedFile, members: tuple[dependencies.Member, ...], what: str) -> Findings:
    for index, member in enumerate(members):
        if member.block.entry("condition") is not None or member.guards or member.block.open:
            continue
        direct = dependencies.waits_for(members, index, in_order=what == "stage")
        for name in direct or ():
            between = _named(members, name)
            if between is None or not _runs_when_skipped(file, members[between]):
                continue
            for above in dependencies.waits_for(members, between, in_order=what == "stage") or ():
                ancestor = _named(members, above)
                if ancestor is None or above in (direct or ()) or not _may_be_skipped(file, members[ancestor]):
                    continue
                message = (
                    f"this {what} is skipped when `{members[ancestor].name}` is, although `{members[between].name}` runs: "
                    "without a condition it needs the success of all that is before it"
                )
                hint = f"Give it `condition: and(not(canceled()), in(dependencies.{members[between].name}.result, 'Succeeded', 'SucceededWithIssues'))`."
                yield file.finding(RULE.code, message, member.node, hint)
                return


def _named(members: tuple[dependencies.Member, ...], name: str) -> int | None:
    return next((index for index, each in enumerate(members) if (each.name or "").casefold() == name), None)


def _runs_when_skipped(file: LintedFile, member: dependencies.Member) -> bool:
    """Whether a condition lets a member run when one that it depends on was skipped on purpose."""
    condition = file.condition(member.block)
    if condition is None or not condition.is_whole:
        return False
    return "'skipped'" in condition.text.casefold() and ".result" in condition.text


def _may_be_skipped(file: LintedFile, member: dependencies.Member) -> bool:
    """Whether a member has a condition of its own, beside the status of others."""
    condition = file.condition(member.block)
    if condition is None or isinstance(condition.node, Literal):
        return False
    return any(
        call.name.casefold() not in STATUS_FUNCTIONS and call.name.casefold() != "and" for call in condition.calls
    )


_STAGES = (
    "stages:\n- stage: scan\n  condition: eq(variables['Build.Reason'], 'Schedule')\n  jobs:\n  - job: scan\n    steps:\n    - script: make scan\n"
    "- stage: pack\n  dependsOn: scan\n  condition: in(dependencies.scan.result, 'Succeeded', 'Skipped')\n  jobs:\n  - job: pack\n    steps:\n    - script: make pack\n"
    "- stage: store\n  dependsOn: pack\n{}  jobs:\n  - job: store\n    steps:\n    - script: make store\n"
)

RULE = Rule(
    code=Code("AZR616", "skipped-with-ancestor", Severity.WARNING),
    summary="a stage is skipped with one further up, although the one before it runs",
    why=(
        "Without a condition, a stage or job needs the success of everything that it depends on, directly or not; one that was skipped has not succeeded "
        "(learn.microsoft.com/azure/devops/pipelines/process/conditions). The rule asks for the dependencies and conditions, and reports a member behind one whose condition allows `Skipped`."
    ),
    wrong=_STAGES.format(""),
    right=_STAGES.format(
        "  condition: and(not(canceled()), in(dependencies.pack.result, 'Succeeded', 'SucceededWithIssues'))\n"
    ),
    check=check,
)
