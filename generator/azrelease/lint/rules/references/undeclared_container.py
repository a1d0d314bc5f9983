"""AZR210: steps in containers that are not declared."""

from yaml import ScalarNode

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import suggestion
from azrelease.syntax import Block, StepOutline
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Findings:
    """The `target` of steps. The `container` of a job may be any image."""
    if file.resources_open:
        return
    declared = file.resources("containers")
    for step in file.outline.steps:
        node = _target(step)
        if node is None or is_computed(node.value) or not node.value:
            continue
        if node.value.casefold() not in declared and node.value.casefold() != "host":
            message = f"the container resource `{node.value}` is not declared"
            names = [resource.alias for resource in declared.values()]
            hint = suggestion(node.value, [*names, "host"], "Declare it: `resources: containers: - container: …`.")
            yield file.finding(RULE.code, message, node, hint)


def _target(step: StepOutline) -> ScalarNode | None:
    entry = step.block.entry("target")
    if entry is None:
        return None
    if isinstance(entry.value, Block):
        return entry.value.scalar("container")
    return entry.value if isinstance(entry.value, ScalarNode) else None


_FILE = (
    "resources:\n  containers:\n  - container: tools\n    image: example.azurecr.io/tools:1.2.3\nsteps:\n- script: echo one\n"
    "  target: {}\n"
)

RULE = Rule(
    code=Code("AZR210", "undeclared-container", Severity.ERROR),
    summary="a step runs in a container that is not declared",
    why="The service refuses the file: `target` takes `host`, or the name of a container resource.",
    wrong=_FILE.format("tool"),
    right=_FILE.format("tools"),
    check=check,
)
