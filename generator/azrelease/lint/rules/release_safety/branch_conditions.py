"""AZR618 and AZR619: conditions on branches and tags that hold for more, or for fewer runs than they seem to."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.lint.facts.expressions import CONDITION, Expression
from azrelease.lint.facts.outward_steps import goes_outward
from azrelease.lint.facts.value_types import variable_name
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block
from azrelease.syntax.expressions import Call, Literal

_LOOSE = Code("AZR618", "loose-branch", Severity.INFO)
_TAG = Code("AZR619", "untriggered-tag", Severity.WARNING)
_TWO = 2


def check_loose(file: LintedFile) -> Findings:
    """Conditions of what deploys or publishes, that other branches pass as well."""
    for block in _guarding(file):
        condition = file.condition(block)
        for call, variable, text in _comparisons(condition) if condition is not None else ():
            name = call.name.casefold()
            where = (condition, call.start, call.close)
            assert condition is not None
            if name == "eq" and variable == "build.sourcebranchname":
                message = (
                    f"`test/{text}` passes for `{text}` too: `Build.SourceBranchName` is the last part of a branch"
                )
            elif name == "contains" and variable == "build.sourcebranch":
                message = f"every branch passes that has `{text}` anywhere in its name"
            else:
                continue
            branch = text if text.startswith("refs/") else f"refs/heads/{text}"
            hint = f"Write `eq(variables['Build.SourceBranch'], '{branch}')`."
            yield file.in_expression(_LOOSE, message, (condition, where[1], where[2]), hint)


def check_tags(file: LintedFile) -> Findings:
    """Conditions on a tag in a pipeline whose trigger names branches and no tags."""
    if not _starts_for_branches_only(file):
        return
    for expression in file.expressions:
        if expression.usage != CONDITION or "refs/tags" not in expression.text or "or(" in expression.text.casefold():
            continue
        for call, variable, text in _comparisons(expression):
            if (
                call.name.casefold() in ("startswith", "eq")
                and variable == "build.sourcebranch"
                and text.startswith("refs/tags/")
            ):
                message = "no tag starts a run: the trigger names branches only, so this is false unless a person chooses a tag"
                hint = "Write `trigger: {branches: {include: […]}, tags: {include: ['*']}}`."
                yield file.in_expression(_TAG, message, (expression, call.start, call.close), hint)


def _guarding(file: LintedFile) -> Iterator[Block]:
    """The blocks with a condition that guard a deployment or a publication."""
    for stage in file.outline.stages:
        is_deploying = any(job.is_deployment for job in stage.jobs)
        if stage.block.entry("condition") and is_deploying and not stage.is_implicit:
            yield stage.block
        for job in stage.jobs:
            if job.is_deployment and job.block.entry("condition"):
                yield job.block
            for step in job.steps:
                if step.block.entry("condition") and (step.action == "publish" or goes_outward(file, step)):
                    yield step.block


def _comparisons(expression: Expression) -> Iterator[tuple[Call, str, str]]:
    for call in expression.calls:
        if len(call.arguments) != _TWO:
            continue
        left, right = call.arguments
        variable = variable_name(left)
        if variable is not None and isinstance(right, Literal) and isinstance(right.value, str) and right.value:
            yield call, variable.casefold(), right.value


def _starts_for_branches_only(file: LintedFile) -> bool:
    entry = file.root.entry("trigger")
    if entry is None or isinstance(entry.value, ScalarNode) or file.root.open:
        return False
    block = file.root.block("trigger")
    if block is None:
        texts = [node.value.casefold() for node in file.root.texts("trigger")]
        return not any(text == "none" or "$" in text or "refs/tags" in text for text in texts)
    return (
        not block.open
        and block.entry("branches") is not None
        and block.entry("tags") is None
        and not _names_tags(block)
    )


def _names_tags(block: Block) -> bool:
    return any(
        "refs/tags" in node.value for filters, _ in block.blocks("branches") for node in filters.texts("include")
    )


_LOOSE_FILE = "trigger:\n- '*'\nsteps:\n- script: make site\n- publish: site\n  artifact: site\n  condition: and(succeeded(), eq(variables['{}'], '{}'))\n"
_TAG_FILE = "trigger:\n{}steps:\n- script: make dist\n- script: make release\n  condition: and(succeeded(), startsWith(variables['Build.SourceBranch'], 'refs/tags/'))\n"

RULES = (
    Rule(
        code=_LOOSE,
        summary="a condition on a branch that others pass as well",
        why=(
            "`Build.SourceBranchName` is the last part of a branch, and `contains` looks anywhere in it (learn.microsoft.com/azure/devops/pipelines/build/variables). "
            "The rule asks for conditions of what deploys, pushes or publishes."
        ),
        wrong=_LOOSE_FILE.format("Build.SourceBranchName", "main"),
        right=_LOOSE_FILE.format("Build.SourceBranch", "refs/heads/main"),
        check=check_loose,
    ),
    Rule(
        code=_TAG,
        summary="a condition on a tag, in a pipeline that no tag starts",
        why=(
            "Tags start no runs unless the trigger names them (learn.microsoft.com/azure/devops/pipelines/repos/azure-repos-git, Tags). "
            "The rule asks for the trigger, and says nothing of `trigger: none`, where runs are started by hand, and of conditions with `or`."
        ),
        wrong=_TAG_FILE.format("- main\n"),
        right=_TAG_FILE.format("  branches:\n    include: [main]\n  tags:\n    include: ['*']\n"),
        check=check_tags,
    ),
)
