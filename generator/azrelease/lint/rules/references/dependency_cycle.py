"""AZR202: stages or jobs that depend on themselves."""

from collections.abc import Sequence

from azrelease.cycles import shortest_cycle
from azrelease.diagnostics import DEPENDENCY_CYCLE
from azrelease.lint.facts import dependencies
from azrelease.lint.rule import Findings, LintedFile, Rule


def check(file: LintedFile) -> Findings:
    """Each cycle once, at its first member in the file."""
    yield from _cycles(file, "stage", dependencies.stages(file.outline.stages), in_order=not file.outline.is_open)
    for stage in file.outline.stages:
        yield from _cycles(file, "job", dependencies.jobs(stage), in_order=False)


def _cycles(file: LintedFile, what: str, members: Sequence[dependencies.Member], *, in_order: bool) -> Findings:
    if not any(member.depends_on for member in members):
        return
    places = {member.name.casefold(): index for index, member in reversed(list(enumerate(members))) if member.name}
    edges = [
        [places[name] for name in dependencies.waits_for(members, index, in_order=in_order) or () if name in places]
        for index in range(len(members))
    ]
    reported: set[int] = set()
    for start, member in enumerate(members):
        cycle = [] if start in reported else shortest_cycle(start, edges)
        if not cycle:
            continue
        reported.update(cycle)
        names = " → ".join(members[index].name or "" for index in (*cycle, start))
        message = f"{what} `{member.name}` depends on itself: {names}"
        after = (members[cycle[1]].name if len(cycle) > 1 else member.name) or ""
        node = next(
            (found for found in member.depends_on or () if found.value.casefold() == after.casefold()), member.node
        )
        yield file.finding(RULE.code, message, node, "Remove one of these dependencies.")


RULE = Rule(
    code=DEPENDENCY_CYCLE,
    summary="stages or jobs depend on each other in a cycle",
    why="The service refuses the file. A stage without `dependsOn` depends on the one above it, which may close the cycle.",
    wrong="jobs:\n- job: a\n  dependsOn: b\n  steps:\n  - script: echo one\n- job: b\n  dependsOn: a\n  steps:\n  - script: echo two\n",
    right="jobs:\n- job: a\n  steps:\n  - script: echo one\n- job: b\n  dependsOn: a\n  steps:\n  - script: echo two\n",
    check=check,
)
