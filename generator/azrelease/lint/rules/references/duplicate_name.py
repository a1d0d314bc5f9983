"""AZR203: names used twice."""

from collections.abc import Iterable

from yaml import ScalarNode

from azrelease.diagnostics import DUPLICATE_NAME
from azrelease.lint.rule import Findings, LintedFile, Rule
from azrelease.syntax import Guards, exclusive
from azrelease.syntax.embedded import is_computed

Named = tuple[ScalarNode | None, Guards]


def check(file: LintedFile) -> Findings:
    """Stages of a file, jobs of a stage, named steps of a job, parameters and resources of a kind."""
    outline, root = file.outline, file.root
    yield from _twice(file, "stage", ((stage.name_node, stage.guards) for stage in outline.stages))
    for stage in outline.stages:
        yield from _twice(file, "job", ((job.name_node, job.guards) for job in stage.jobs))
    for job in outline.jobs:
        for hook in {step.hook for step in job.steps}:
            steps = (step for step in job.steps if step.hook == hook)
            yield from _twice(file, "step", ((step.block.scalar("name"), step.guards) for step in steps))
    if file.is_expanded:
        return  # whether a template may declare a resource again is not documented
    parameters = ((block.scalar("name"), guards) for block, guards in root.blocks("parameters"))
    if root.block("parameters") is None:
        yield from _twice(file, "parameter", parameters)
    for resources, _ in root.blocks("resources"):
        for kind, key in (("repositories", "repository"), ("pipelines", "pipeline"), ("containers", "container")):
            blocks = ((block.scalar(key), guards) for block, guards in resources.blocks(kind))
            yield from _twice(file, f"{key} resource", blocks)


def _twice(file: LintedFile, what: str, named: Iterable[Named]) -> Findings:
    seen: dict[str, list[tuple[ScalarNode, Guards]]] = {}
    for node, guards in named:
        if node is None or not node.value or is_computed(node.value):
            continue
        others = seen.setdefault(node.value.casefold(), [])
        other = next((found for found, under in others if not exclusive(under, guards)), None)
        # Two conditions may never be true together.
        if other is not None and not any(guard.directive in ("if", "elseif", "else") for guard in guards):
            message = f"a {what} on {file.place_of(other)} has the name `{node.value}` already"
            yield file.finding(RULE.code, message, node, f"Give each {what} its own name.")
        others.append((node, guards))


RULE = Rule(
    code=DUPLICATE_NAME,
    summary="two stages, jobs, steps, parameters or resources with the same name",
    why=(
        "The service refuses the file; names compare without regard to case. The branches of one `${{ if }}` may share a name."
    ),
    wrong="jobs:\n- job: test\n  steps:\n  - script: echo one\n- job: Test\n  steps:\n  - script: echo two\n",
    right="jobs:\n- job: test\n  steps:\n  - script: echo one\n- job: test_again\n  steps:\n  - script: echo two\n",
    check=check,
)
