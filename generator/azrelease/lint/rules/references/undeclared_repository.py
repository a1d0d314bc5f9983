"""AZR208: repositories that are used but not declared."""

from azrelease.diagnostics import UNDECLARED_REPOSITORY
from azrelease.lint.rule import Findings, LintedFile, Rule
from azrelease.suggestions import suggestion
from azrelease.syntax import PipelineFile
from azrelease.syntax.embedded import is_computed

_ALWAYS = frozenset(("self", "none"))


def check(file: LintedFile) -> Findings:
    """Only in a pipeline: a template may use what its pipeline declares."""
    if not file.is_pipeline or (file.resources_open and not _extends(file)):
        return
    declared = file.resources("repositories")
    names = [resource.alias for resource in declared.values()]
    for step in file.outline.steps:
        node = step.block.scalar("checkout") if step.action == "checkout" else None
        alias = node.value.strip() if node is not None else ""
        if node is None or "://" in alias or is_computed(alias) or not alias:
            continue
        if alias.casefold() not in declared and alias.casefold() not in _ALWAYS:
            message = f"the repository `{alias}` is not declared in `resources`"
            hint = suggestion(
                alias, [*names, "self", "none"], "Declare it: `resources: repositories: - repository: …`."
            )
            yield file.finding(RULE.code, message, node, hint)
    for reference in file.templates:
        alias = reference.repository or "self"
        if alias.casefold() not in declared and alias.casefold() != "self" and not is_computed(reference.node.value):
            start = reference.node.value.index("@") + 1
            span = file.document.text_span(reference.node, start, len(reference.node.value))
            message = f"the repository `{alias}` is not declared in `resources`"
            hint = suggestion(alias, [*names, "self"], "Declare it: `resources: repositories: - repository: …`.")
            yield file.finding(RULE.code, message, span, hint)


def _extends(file: PipelineFile) -> bool:
    """Whether the template that the file extends is all that may declare further resources."""
    return file.root.entry("extends") is not None and not file.root.open


_FILE = (
    "resources:\n  repositories:\n  - repository: shared\n    type: git\n    name: tools/shared\n    ref: refs/tags/v1\n"
    "steps:\n- checkout: {}\n- script: echo one\n"
)

RULE = Rule(
    code=UNDECLARED_REPOSITORY,
    summary="a repository that the pipeline uses but does not declare",
    why="The service refuses the file: *Repository … could not be found in resources*.",
    wrong=_FILE.format("sharde"),
    right=_FILE.format("shared"),
    check=check,
)
