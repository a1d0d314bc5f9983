"""AZR209: artifacts of pipelines that are not declared."""

import re

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import suggestion
from azrelease.syntax.embedded import is_computed

_VARIABLE = re.compile(r"\$\(resources\.pipeline\.([\w-]+)\.\w+\)", re.IGNORECASE)
_ALWAYS = frozenset(("current", "none"))


def check(file: LintedFile) -> Findings:
    """Only in a pipeline: a template may use what its pipeline declares."""
    if file.resources_open:
        return
    declared = {**file.resources("pipelines"), **file.resources("builds")}
    for step in file.outline.steps:
        if step.action not in ("download", "downloadBuild"):
            continue
        node = step.block.scalar(step.action)
        if node is None or is_computed(node.value) or not node.value:
            continue
        name = node.value.casefold()
        if name not in declared and name not in _ALWAYS:
            message = f"the pipeline resource `{node.value}` is not declared"
            names = [resource.alias for resource in declared.values()]
            hint = suggestion(node.value, [*names, *_ALWAYS], "Declare it: `resources: pipelines: - pipeline: …`.")
            yield file.finding(RULE.code, message, node, hint)
    yield from _variables(file, {resource.alias.casefold(): resource.alias for resource in declared.values()})


def _variables(file: LintedFile, declared: dict[str, str]) -> Findings:
    """Variables of pipeline resources, such as `$(resources.pipeline.NAME.runID)`, of one that is not declared."""
    for place in file.places:
        for match in _VARIABLE.finditer(place.node.value):
            if match[1].casefold() not in declared:
                message = f"the pipeline resource `{match[1]}` is not declared, so this variable is empty"
                span = file.document.text_span(place.node, match.start(1), match.end(1))
                hint = suggestion(match[1], declared.values(), "Declare it: `resources: pipelines: - pipeline: …`.")
                yield file.finding(RULE.code, message, span, hint, level=Severity.WARNING)


_FILE = "resources:\n  pipelines:\n  - pipeline: training\n    source: churn-training\nsteps:\n- download: {}\n  artifact: model\n"

RULE = Rule(
    code=Code("AZR209", "undeclared-pipeline", Severity.ERROR),
    summary="an artifact is downloaded from a pipeline that is not declared",
    why="The service refuses the file: `download` takes `current`, `none`, or the name of a pipeline resource.",
    wrong=_FILE.format("trianing"),
    right=_FILE.format("training"),
    check=check,
)
