"""The names of environments, and the conditions that refer to them."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from azrelease.classic.conditions import StageResults, after_failure, dependency_bits, parse_condition, stage_filter
from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.exporting import features
from azrelease.classic.exporting.context import ExportContext
from azrelease.classic.json_node import JsonObject, JsonPath
from azrelease.release import Release, Stage

_STATUS = re.compile(r"\b(?:always|canceled|failed|succeededOrFailed|dependencies|stageDependencies)\b", re.IGNORECASE)
_NOT_SUCCEEDED = re.compile(r"not\(\s*succeeded\(", re.IGNORECASE)
_SUCCEEDED_FIRST = re.compile(r"\s*(?:succeeded\(\s*\)|and\(\s*succeeded\(\s*\))", re.IGNORECASE)


class EnvironmentIndex(NamedTuple):
    """The names of environments by the names of their stages, and the results that stages can have."""

    names: Mapping[str, str]
    results: StageResults

    def stages(self, depends_on: tuple[str, ...] | None) -> list[str]:
        """The stages that `depends_on` names, in their own spelling."""
        by_fold = {name.casefold(): name for name in self.names}
        return [by_fold[name.casefold()] for name in depends_on or ()]


def index_environments(release: Release) -> EnvironmentIndex:
    """Index the stages of a completed release."""
    titles = [stage.display_name or stage.name for stage in release.stages]
    stages = {stage.name.casefold() for stage in release.stages}
    folded = [title.casefold() for title in titles]
    # Conditions refer to environments by name, so each name must be unique.
    names = {
        stage.name: title
        if folded.count(title.casefold()) == 1 and (title == stage.name or title.casefold() not in stages)
        else stage.name
        for stage, title in zip(release.stages, titles, strict=True)
    }
    index = EnvironmentIndex(names, StageResults())
    dependencies = {
        stage.name: {name: dependency_bits(stage.condition).get(name, 0) for name in index.stages(stage.depends_on)}
        for stage in release.stages
    }
    with_issues = frozenset(stage.name for stage in release.stages if _can_have_issues(stage))
    return index._replace(results=StageResults(with_issues, after_failure(dependencies)))


def _can_have_issues(stage: Stage) -> bool:
    """Whether a stage can succeed with issues: a task or a job of it continues after an error."""
    continues = any(task.continue_on_error and task.enabled for _, task in stage.placed_tasks)
    return continues or stage.rollout is not None or any(job.continue_on_error for job in stage.jobs or ())


def conditions_json(
    stage: Stage, context: ExportContext, index: EnvironmentIndex, path: JsonPath
) -> Conversion[tuple[list[JsonObject], str | None]]:
    """The conditions of an environment, and the condition that its jobs need in addition."""
    depends_on = index.stages(stage.depends_on)
    parsed = parse_condition(stage.condition, depends_on, index.results)
    of_jobs: str | None = None
    if parsed is None:
        parsed = parse_condition(None, depends_on, index.results)
        assert parsed is not None
        condition = stage.condition or ""
        if _is_dependency(stage, context.release) or not _fits_jobs(condition, depends=bool(depends_on)):
            yield ReportRow(features.CONDITION_LOST, path, condition)
        else:
            yield ReportRow(features.CONDITION_JOBS, path, condition)
            of_jobs = stage.condition
    dependencies, filters = parsed
    conditions: list[JsonObject] = []
    if stage.trigger == "manual":
        if dependencies:
            yield ReportRow(features.MANUAL_ORDER, path, stage.name)
    elif dependencies:
        conditions = [
            _condition("environmentState", index.names[dependency.stage], str(dependency.bits))
            for dependency in dependencies
        ]
    else:
        conditions = [_condition("event", "ReleaseStarted", "")]
    for alias, branch in filters:
        name = next((key for key, new in context.macros.aliases.items() if new == alias), alias)
        conditions.append(_condition("artifact", name, json.dumps(stage_filter(branch))))
    return conditions, of_jobs


def _is_dependency(stage: Stage, release: Release) -> bool:
    return any(stage.name.casefold() in map(str.casefold, other.depends_on or ()) for other in release.stages)


def _fits_jobs(condition: str, *, depends: bool) -> bool:
    """Whether the jobs of a stage can have its condition: it does not read the results of other stages."""
    if _STATUS.search(condition) or _NOT_SUCCEEDED.search(condition):
        return False
    # Without `succeeded()`, a stage of YAML also runs after a failure, but an environment of a definition does not.
    return not depends or _SUCCEEDED_FIRST.match(condition) is not None


def _condition(kind: str, name: str, value: str) -> JsonObject:
    return {"conditionType": kind, "name": name, "value": value}
