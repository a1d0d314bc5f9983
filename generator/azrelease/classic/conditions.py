"""The condition of a stage: the results of other stages, and branches of artifacts; as an expression and back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

DEFAULT_CONDITION = "succeeded()"

SUCCEEDED, CANCELED, REJECTED, PARTLY = 4, 8, 16, 128
KNOWN_BITS = SUCCEEDED | CANCELED | REJECTED | PARTLY
_RESULTS = {
    SUCCEEDED: "Succeeded",
    PARTLY: "SucceededWithIssues",
    REJECTED: "Failed",
    CANCELED: "Canceled",
}
"""Bits of EnvironmentStatus, and the results of a stage in YAML."""

_BRANCH = "variables['resources.pipeline.{}.sourceBranch']"
_HEADS = "refs/heads/"


class StageDependency(NamedTuple):
    """A stage that another one depends on.

    Attributes:
        stage: its name in the release.
        bits: the results that let the other stage start.
        with_issues: whether it can succeed with issues, since one of its tasks continues after an error.
        after_failure: whether it runs after a stage that failed, directly or not. The default condition of YAML
            considers all stages before.
    """

    stage: str
    bits: int
    with_issues: bool
    after_failure: bool = False

    @property
    def is_default(self) -> bool:
        """Whether the default condition of YAML says the same; there, stages with issues count as succeeded."""
        return not self.after_failure and self.bits == (SUCCEEDED | PARTLY if self.with_issues else SUCCEEDED)


class ArtifactBranchFilter(NamedTuple):
    """A branch that an artifact must come from; with a leading minus, one that it must not come from."""

    alias: str
    branch: str


def stage_filter(branch: str) -> dict[str, object]:
    """The JSON that a definition contains, as text, for a branch filter."""
    return {"sourceBranch": branch, "tags": [], "useBuildDefinitionBranch": False, "createReleaseOnBuildTagging": False}


def condition_text(dependencies: Sequence[StageDependency], filters: Sequence[ArtifactBranchFilter]) -> str | None:
    """The condition of a stage; None for the default one."""
    parts: list[str] = []
    if not all(dependency.is_default for dependency in dependencies):
        parts = [f"in(dependencies.{each.stage}.result, {_listed(each.bits)})" for each in dependencies]
    elif filters:
        parts = [DEFAULT_CONDITION]
    for alias in dict.fromkeys(item.alias for item in filters):
        branches = [item.branch for item in filters if item.alias == alias]
        parts.extend(_branch_parts(alias, branches))
    return None if not parts else parts[0] if len(parts) == 1 else f"and({', '.join(parts)})"


def _listed(bits: int) -> str:
    return ", ".join(f"'{name}'" for bit, name in _RESULTS.items() if bits & bit)


def _branch_parts(alias: str, branches: Sequence[str]) -> Iterator[str]:
    wanted = [_branch(alias, branch) for branch in branches if not branch.startswith("-")]
    if wanted:
        yield wanted[0] if len(wanted) == 1 else f"or({', '.join(wanted)})"
    yield from (f"not({_branch(alias, branch[1:])})" for branch in branches if branch.startswith("-"))


def _branch(alias: str, branch: str) -> str:
    full = branch if branch.startswith("refs/") else f"{_HEADS}{branch}"
    quoted = full.replace("'", "''")
    if full.endswith("*"):
        return f"startsWith({_BRANCH.format(alias)}, '{quoted[:-1]}')"
    return f"eq({_BRANCH.format(alias)}, '{quoted}')"


_IN = re.compile(r"in\(dependencies\.(\w+)\.result, ((?:'\w+'(?:, )?)+)\)")
_BRANCH_IS = re.compile(
    r"(not\()?(eq|startsWith)\(variables\['resources\.pipeline\.([-\w]+)\.sourceBranch'\], '((?:[^']|'')*)'\)(?(1)\))"
)


class StageResults(NamedTuple):
    """The stages that can succeed with issues, and those that run after a failure."""

    with_issues: frozenset[str] = frozenset()
    after_failure: frozenset[str] = frozenset()

    def dependency(self, stage: str, bits: int | None = None) -> StageDependency:
        """A dependency on a stage; without bits, the default one."""
        with_issues = stage in self.with_issues
        default = SUCCEEDED | PARTLY if with_issues else SUCCEEDED
        return StageDependency(stage, default if bits is None else bits, with_issues, stage in self.after_failure)


def after_failure(dependencies: Mapping[str, Mapping[str, int]]) -> frozenset[str]:
    """The stages that run after a failure, or depend on one that does.

    Args:
        dependencies: for each stage, the stages that it depends on, with the results that let it start.
    """
    stages = {
        stage for stage, others in dependencies.items() if any(bits & (CANCELED | REJECTED) for bits in others.values())
    }
    while more := {stage for stage, others in dependencies.items() if stages & others.keys()} - stages:
        stages |= more
    return frozenset(stages)


def dependency_bits(text: str | None) -> dict[str, int]:
    """The results by stage that a condition in the form of `condition_text` names."""
    bits = {name: value for value, name in _RESULTS.items()}
    return {m[1]: sum(bits.get(name, 0) for name in re.findall(r"\w+", m[2])) for m in _IN.finditer(text or "")}


def parse_condition(
    text: str | None, depends_on: Sequence[str], results: StageResults
) -> tuple[tuple[StageDependency, ...], tuple[ArtifactBranchFilter, ...]] | None:
    """The dependencies and filters of a condition in the form of `condition_text`; None for any other condition.

    Args:
        text: the condition; None for the default one.
        depends_on: the stages that it depends on.
        results: how stages can end.
    """
    bits = dependency_bits(text)
    dependencies = tuple({name: results.dependency(name, bits.get(name)) for name in depends_on}.values())
    filters: list[ArtifactBranchFilter] = []
    for match in _BRANCH_IS.finditer(text or ""):
        branch = match[4].replace("''", "'").removeprefix(_HEADS) + ("*" if match[2] == "startsWith" else "")
        filters.append(ArtifactBranchFilter(match[3], f"-{branch}" if match[1] else branch))
    return (dependencies, tuple(filters)) if condition_text(dependencies, filters) == text else None
