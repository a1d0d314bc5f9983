"""AZR201: dependencies on stages that do not exist."""

from azrelease.diagnostics import UNKNOWN_STAGE
from azrelease.lint.facts import dependencies
from azrelease.lint.rule import Findings, LintedFile, Rule
from azrelease.suggestions import suggestion


def check(file: LintedFile) -> Findings:
    """Only where all stages can be seen: a template may have the missing one."""
    members = dependencies.stages(file.outline.stages)
    if file.is_part or file.outline.is_open or any(member.name is None for member in members):
        return
    known = {member.name.casefold(): member.name for member in members if member.name}
    for member in members:
        for node in dependencies.literal_names(member):
            if node.value.casefold() not in known and not file.is_included:
                message = f"stage `{member.name}` depends on `{node.value}`, which does not exist"
                hint = suggestion(node.value, known.values(), "No stage of this file has that name.")
                yield file.finding(RULE.code, message, node, hint)


_STAGES = (
    "stages:\n- stage: test\n  jobs:\n  - job: run\n    steps:\n    - script: echo one\n- stage: ship\n  dependsOn: {}\n"
    "  jobs:\n  - job: run\n    steps:\n    - script: echo two\n"
)

RULE = Rule(
    code=UNKNOWN_STAGE,
    summary="a stage depends on one that does not exist",
    why="The service refuses the file: *Stage depends on unknown stage*.",
    wrong=_STAGES.format("tset"),
    right=_STAGES.format("test"),
    check=check,
)
