"""What a stage waits for: the results of other stages, and branches of artifacts; as an expression and back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

SUCCEEDED, CANCELED, REJECTED, PARTLY = 4, 8, 16, 128
_RESULTS = {
    SUCCEEDED: "Succeeded",
    PARTLY: "SucceededWithIssues",
    REJECTED: "Failed",
    CANCELED: "Canceled",
}
"""Bits of EnvironmentStatus, and the results of a stage in YAML."""

KNOWN_BITS = SUCCEEDED | CANCELED | REJECTED | PARTLY

_BRANCH = "variables['resources.pipeline.{}.sourceBranch']"
_HEADS = "refs/heads/"


class Waiting(NamedTuple):
    """A stage that is waited for.

    Attributes:
        stage: its name in the release.
        bits: the results that let this stage begin.
        issues: whether it can end with issues: a task of it goes on after an error.
        after_failure: whether it runs after a stage that failed, directly or not: what YAML asks for by itself looks
            at all stages before.
    """

    stage: str
    bits: int
    issues: bool
    after_failure: bool = False

    @property
    def is_usual(self) -> bool:
        """Whether this is what YAML asks for by itself, which lets stages with issues count as succeeded."""
        return not self.after_failure and self.bits == (SUCCEEDED | PARTLY if self.issues else SUCCEEDED)


class Filter(NamedTuple):
    """A branch that an artifact has to be of; with a leading minus one that it must not be of."""

    alias: str
    branch: str


def stage_filter(branch: str) -> dict[str, object]:
    """A filter as a definition holds it, as JSON in a text."""
    return {"sourceBranch": branch, "tags": [], "useBuildDefinitionBranch": False, "createReleaseOnBuildTagging": False}


def condition_text(waiting: Sequence[Waiting], filters: Sequence[Filter]) -> str | None:
    """The condition of a stage; None where the usual one says it."""
    parts: list[str] = []
    if not all(other.is_usual for other in waiting):
        parts = [f"in(dependencies.{other.stage}.result, {_listed(other.bits)})" for other in waiting]
    elif filters:
        parts = ["succeeded()"]
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


class Ends(NamedTuple):
    """How stages can end: those with issues, and those that come after a failure."""

    with_issues: frozenset[str] = frozenset()
    after_failure: frozenset[str] = frozenset()

    def waiting(self, stage: str, bits: int | None = None) -> Waiting:
        """Waiting for a stage; without bits, for what YAML asks for by itself."""
        issues = stage in self.with_issues
        usual = SUCCEEDED | PARTLY if issues else SUCCEEDED
        return Waiting(stage, usual if bits is None else bits, issues, stage in self.after_failure)


def after_failure(waits: Mapping[str, Mapping[str, int]]) -> frozenset[str]:
    """The stages that run after a failure, or after one that does.

    Args:
        waits: for each stage, the stages that it waits for and the results that let it begin.
    """
    found = {stage for stage, others in waits.items() if any(bits & (CANCELED | REJECTED) for bits in others.values())}
    grown = True
    while grown:
        more = {stage for stage, others in waits.items() if found & others.keys()} - found
        found |= more
        grown = bool(more)
    return frozenset(found)


def waited_bits(text: str | None) -> dict[str, int]:
    """The stages that a condition names with the results that let its stage begin, as far as it is one of ours."""
    bits = {name: value for value, name in _RESULTS.items()}
    return {m[1]: sum(bits.get(name, 0) for name in re.findall(r"\w+", m[2])) for m in _IN.finditer(text or "")}


def read_condition(text: str | None, names: Sequence[str], ends: Ends) -> (
    tuple[tuple[Waiting, ...], tuple[Filter, ...]] | None
):  # fmt: skip
    """The stages and branches that a condition of ours waits for; None for any other condition.

    Args:
        text: the condition; None for the usual one.
        names: the stages that it depends on.
        ends: how stages can end.
    """
    told = waited_bits(text)
    waiting = {name: ends.waiting(name, told.get(name)) for name in names}
    filters: list[Filter] = []
    for found in _BRANCH_IS.finditer(text or ""):
        branch = found[4].replace("''", "'").removeprefix(_HEADS) + ("*" if found[2] == "startsWith" else "")
        filters.append(Filter(found[3], f"-{branch}" if found[1] else branch))
    known = tuple(waiting.values()), tuple(filters)
    return known if condition_text(*known) == text else None
