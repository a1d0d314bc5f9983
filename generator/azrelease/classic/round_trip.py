"""Importing a definition that azrelease exported: it becomes the release that it carries, as long as both agree."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from azrelease.catalog.tasks import BUILT_IN, Tasks
from azrelease.classic import features
from azrelease.classic.conversion_report import ConversionReport, ReportRow
from azrelease.classic.embedded_release import embedded_release
from azrelease.classic.exporting.definition import export_release
from azrelease.classic.features import ConversionOutcome
from azrelease.classic.importing.definition import ConvertedDefinition, ImportResult, convert_definition
from azrelease.classic.importing.step_template import GroupKey, TaskGroupTemplate
from azrelease.classic.json_node import JsonNode, JsonObject
from azrelease.classic.resource_names import NO_NAMES, ResourceNames


def import_definition(
    definition: Mapping[str, Any],
    *,
    today: date,
    names: ResourceNames = NO_NAMES,
    task_groups: Sequence[Mapping[str, Any]] = (),
    tasks: Tasks = BUILT_IN,
    step_templates: Mapping[GroupKey, TaskGroupTemplate] = {},
) -> ImportResult:
    """Convert a classic definition to a release.

    A definition that carries the release it was exported from becomes that release, unless somebody has changed the
    definition since: the import of the definition and of a fresh export must say the same.

    Args:
        definition: the JSON, in the spelling of the portal, of REST, or both.
        today: the day that decides which hosted images are retired.
        names: names for the ids of the definition.
        task_groups: the task groups that the definition uses.
        tasks: the tasks of the organization, where they are known.
        step_templates: the templates of task groups that releases share; a group without one keeps its tasks in the
            release.
    """
    convert = partial(
        convert_definition,
        today=today,
        names=names,
        task_groups=task_groups,
        tasks=tasks,
        step_templates=step_templates,
    )
    carried = embedded_release(JsonNode(dict(definition)))
    if carried is not None:
        fresh = export_release(carried, names=names, tasks=tasks).definition
        if _says_the_same(convert(fresh), convert(_without_filled_in(dict(definition), fresh))):
            return ImportResult(carried, ConversionReport((ReportRow(features.RESTORED, ()),)))
    return convert(definition).result()


def _says_the_same(fresh: ConvertedDefinition, current: ConvertedDefinition) -> bool:
    """Whether two definitions become the same release, with the same losses and changes."""

    def differences(converted: ConvertedDefinition) -> list[tuple[str, str]]:
        rows = (
            row
            for row in converted.report().rows
            if row.feature.outcome in (ConversionOutcome.LOST, ConversionOutcome.CHANGED)
        )
        return sorted((row.feature.title, row.detail) for row in rows)

    return fresh.data == current.data and differences(fresh) == differences(current)


def _without_filled_in(definition: JsonObject, fresh: JsonObject) -> JsonObject:
    """A definition without what a fresh export leaves open and the service, or a user of the portal, has filled in."""
    reopened: JsonObject = _reopened(definition, fresh, "")
    return reopened


def _reopened(value: Any, fresh: Any, key: str) -> Any:  # noqa: ANN401  (any JSON)
    if isinstance(value, dict) and isinstance(fresh, dict):
        if key == "approver" and not fresh.get("id") and _is_same_approver(value, fresh):
            return fresh
        if key == "project" and not fresh.get("name"):
            return fresh
        return {name: _reopened(item, fresh.get(name), name) for name, item in value.items()}
    if isinstance(value, list) and isinstance(fresh, list):
        pairs = zip(value, [*fresh, *[None] * len(value)], strict=False)
        return [_reopened(item, other, key) for item, other in pairs]
    # The portal asks for a queue where the export did not know its id.
    return fresh if key == "queueId" and fresh == 0 else value


def _is_same_approver(value: JsonObject, fresh: JsonObject) -> bool:
    name = str(fresh.get("displayName", "")).casefold()
    return name in (str(value.get("displayName", "")).casefold(), str(value.get("uniqueName", "")).casefold())
