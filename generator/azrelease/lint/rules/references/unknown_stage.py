"""AZR201: dependencies on stages that are not there."""

from collections.abc import Iterator

from azrelease.diagnostics import UNKNOWN_STAGE, Diagnostic
from azrelease.lint.facts import dependencies
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.suggestions import suggestion


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Only where all stages can be seen: a template may hold the one that is missed."""
    members = dependencies.stages(file.outline.stages)
    if file.is_part or file.outline.is_open or any(member.name is None for member in members):
        return
    known = {member.name.casefold(): member.name for member in members if member.name}
    for member in members:
        for node in dependencies.literal_names(member):
            if node.value.casefold() not in known and not file.is_included:
                message = f"stage `{member.name}` depends on `{node.value}`, which is not there"
                hint = suggestion(node.value, known.values(), "No stage of this file has that name.")
                yield file.finding(RULE.code, message, node, hint)


_STAGES = (
    "stages:\n- stage: test\n  jobs:\n  - job: run\n    steps:\n    - script: echo one\n- stage: ship\n  dependsOn: {}\n"
    "  jobs:\n  - job: run\n    steps:\n    - script: echo two\n"
)

RULE = Rule(
    code=UNKNOWN_STAGE,
    summary="a stage depends on one that is not there",
    why="The service refuses the file: *Stage depends on unknown stage*.",
    wrong=_STAGES.format("tset"),
    right=_STAGES.format("test"),
    check=check,
)
