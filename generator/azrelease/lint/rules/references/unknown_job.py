"""AZR204: dependencies on jobs that do not exist."""

from azrelease.lint.facts import dependencies
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import suggestion


def check(file: LintedFile) -> Findings:
    """Only in stages whose jobs can all be seen: a template may have the missing one."""
    stage_names = {stage.name.casefold() for stage in file.outline.stages if stage.name}
    for stage in () if file.is_part else file.outline.stages:
        members = dependencies.jobs(stage)
        if stage.is_open or any(_has_computed_name(member) for member in members):
            continue
        known = {member.name.casefold(): member.name for member in members if member.name}
        for member in members:
            for node in dependencies.literal_names(member):
                if node.value.casefold() in known or file.is_included:
                    continue
                what = f"job `{member.name}`" if member.name else "this job"
                message = f"{what} depends on `{node.value}`, which does not exist"
                hint = "The stage has no job of that name."
                if node.value.casefold() in stage_names:
                    hint = "That is a stage: a job depends on jobs of its own stage only."
                yield file.finding(RULE.code, message, node, suggestion(node.value, known.values(), hint))


def _has_computed_name(member: dependencies.Member) -> bool:
    return member.name is None and "$" in member.node.value


_JOBS = (
    "jobs:\n- job: test\n  steps:\n  - script: echo one\n- job: ship\n  dependsOn: {}\n  steps:\n  - script: echo two\n"
)

RULE = Rule(
    code=Code("AZR204", "unknown-job", Severity.ERROR),
    summary="a job depends on one that is not in its stage",
    why="The service refuses the file: *Job depends on unknown job*. To wait for a job of another stage, its stage depends on that stage.",
    wrong=_JOBS.format("tests"),
    right=_JOBS.format("test"),
    check=check,
)
