"""The names of all stages of a definition, and the results that they can have."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from azrelease.classic.conditions import StageResults, after_failure
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.json_node import JsonNode


class StageIndex(NamedTuple):
    """All stages: their names in the definition (titles) and in the release, and the results they can have."""

    titles: tuple[str, ...]
    names: tuple[str, ...]
    results: StageResults = StageResults()

    def name(self, title: str) -> str | None:
        """The name of a stage in the release; case matters only between titles that differ in nothing else."""
        if title in self.titles:
            return self.names[self.titles.index(title)]
        folded = [other.casefold() for other in self.titles]
        return self.names[folded.index(title.casefold())] if title.casefold() in folded else None


def index_stages(stages: Sequence[JsonNode], context: ImportContext) -> StageIndex:
    """Index the stages of a definition."""
    index = StageIndex(tuple(stage["name"].text() for stage in stages), _names(stages))
    named = dict(zip(index.names, stages, strict=True))
    with_issues = frozenset(name for name, stage in named.items() if _can_have_issues(stage, context))
    dependencies = {name: _dependencies(stage, index) for name, stage in named.items()}
    return index._replace(results=StageResults(with_issues, after_failure(dependencies)))


def _names(stages: Sequence[JsonNode]) -> tuple[str, ...]:
    """The name of each stage in the release: a valid and unique one."""
    names: list[str] = []
    for number, stage in enumerate(stages, 1):
        name = re.sub(r"[^A-Za-z0-9_]+", "_", stage["name"].text()).strip("_") or f"stage_{number}"
        name = name if re.match(r"[A-Za-z_]", name) else f"stage_{name}"
        while name.casefold() in map(str.casefold, names):
            name = f"{name}_{number}"
        names.append(name)
    return tuple(names)


def _can_have_issues(stage: JsonNode, context: ImportContext) -> bool:
    """Whether a stage can succeed with issues: a task or a job of it continues after an error."""
    tasks = [*stage["deployStep"]["tasks"].items()]
    for phase in stage["deployPhases"].items():
        if phase["deploymentInput"]["parallelExecution"]["continueOnError"].flag():
            return True
        tasks.extend(phase["workflowTasks"].items())
    return any(_continues(task, context, frozenset()) for task in tasks if task["enabled"].flag(default=True))


def _continues(task: JsonNode, context: ImportContext, callers: frozenset[str]) -> bool:
    """Whether a task, or one of its group, continues after an error."""
    if task["continueOnError"].flag():
        return True
    group = context.task_group(task)
    identifier = str(group.get("id")) if group is not None else ""
    if group is None or identifier in callers:
        return False
    return any(
        _continues(inner, context, callers | {identifier})
        for inner in JsonNode(group)["tasks"].items()
        if inner["enabled"].flag(default=True)
    )


def _dependencies(stage: JsonNode, index: StageIndex) -> dict[str, int]:
    """The stages that a stage depends on, with the results that let it start."""
    return {
        name: condition["value"].number()
        for condition in stage["conditions"].items()
        if condition["conditionType"].choice("ConditionType") == "environmentState"
        and (name := index.name(condition["name"].text())) is not None
    }
