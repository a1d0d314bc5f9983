"""AZR615: statuses of jobs and stages that nothing waits for."""

from azrelease.lint.facts import dependencies
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.expressions import Literal

_FUNCTIONS = frozenset(("succeeded", "failed", "succeededorfailed"))


def check(file: LintedFile) -> Findings:
    """`succeeded('X')` and the like in conditions of jobs and stages that do not depend on `X`."""
    for stage in file.outline.stages:
        jobs = dependencies.jobs(stage)
        for index in range(len(jobs)):
            yield from _of_member(file, jobs, index, "job")
    members = dependencies.stages(file.outline.stages)
    for index in range(len(members)):
        yield from _of_member(file, members, index, "stage")


def _of_member(file: LintedFile, members: tuple[dependencies.Member, ...], index: int, what: str) -> Findings:
    member = members[index]
    condition = file.condition(member.block)
    if condition is None:
        return
    for call in condition.calls:
        if call.name.casefold() not in _FUNCTIONS:
            continue
        for argument in call.arguments:
            if not isinstance(argument, Literal) or not isinstance(argument.value, str) or "$" in argument.value:
                continue
            name = argument.value
            if not any((other.name or "").casefold() == name.casefold() for other in members):
                continue
            way = list(dependencies.way_to(members, member.block, in_order=what == "stage"))
            if any(names is None for _, names in way):
                return
            if any((members[place].name or "").casefold() == name.casefold() for place, _ in way[1:]):
                continue
            message = f"this {what} does not depend on `{name}`, so `{call.name}('{name}')` is false"
            where = (condition, call.start, call.close)
            yield file.in_expression(RULE.code, message, where, f"Add `dependsOn: {name}` to the {what}.")


_JOBS = "jobs:\n- job: deploy\n  steps:\n  - script: ./deploy.sh\n- job: rollback\n{}  condition: failed('deploy')\n  steps:\n  - script: ./rollback.sh\n"

RULE = Rule(
    code=Code("AZR615", "status-of-others", Severity.WARNING),
    summary="a condition asks for the status of a job or stage that it does not depend on",
    why=(
        "A job or stage knows the status of what it depends on only; for others `succeeded('NAME')` and `failed('NAME')` are false, and it does not wait for them "
        "(learn.microsoft.com/azure/devops/pipelines/process/expressions, Job status check functions). The rule asks for the dependencies, direct or not, and says nothing where they cannot all be seen."
    ),
    wrong=_JOBS.format(""),
    right=_JOBS.format("  dependsOn: deploy\n"),
    check=check,
)
