"""AZR209: artifacts of pipelines that are not declared."""

from collections.abc import Iterator

from azrelease.diagnostics import UNDECLARED_PIPELINE, Diagnostic
from azrelease.lint.rule import Rule
from azrelease.lint.subject import Subject
from azrelease.lint.suggestions import suggestion
from azrelease.syntax.embedded import is_computed

_ALWAYS = frozenset(("current", "none"))


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Only in a pipeline: a template may use what the pipeline around it declares."""
    file = subject.file
    if file.resources_open:
        return
    declared = {**file.resources("pipelines"), **file.resources("builds")}
    for step in subject.outline.steps:
        if step.action not in ("download", "downloadBuild"):
            continue
        node = step.block.scalar(step.action)
        if node is None or is_computed(node.value) or not node.value:
            continue
        name = node.value.casefold()
        if name not in declared and name not in _ALWAYS:
            message = f"no pipeline resource is called `{node.value}`"
            names = [resource.alias for resource in declared.values()]
            hint = suggestion(node.value, [*names, *_ALWAYS], "Declare it: `resources: pipelines: - pipeline: …`.")
            yield file.finding(UNDECLARED_PIPELINE, message, node, hint)


_FILE = "resources:\n  pipelines:\n  - pipeline: training\n    source: churn-training\nsteps:\n- download: {}\n  artifact: model\n"

RULE = Rule(
    UNDECLARED_PIPELINE,
    "an artifact is downloaded from a pipeline that is not declared",
    "The service refuses the file: `download` takes `current`, `none`, or the name of a pipeline resource.",
    _FILE.format("trianing"),
    _FILE.format("training"),
    check,
)
