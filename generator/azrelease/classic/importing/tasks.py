"""The tasks of a job: each as the typed task that does the same, else by name, with its inputs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from azrelease.classic import features
from azrelease.classic.conditions import DEFAULT_CONDITION
from azrelease.classic.conversion_report import Conversion, ReportRow, collect
from azrelease.classic.features import ConversionOutcome
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.group_templates import template_call
from azrelease.classic.importing.step_template import group_key
from azrelease.classic.importing.task_conversion import JobContext, convert_generic
from azrelease.classic.importing.task_groups import condition_of, group_tasks
from azrelease.classic.importing.typed_tasks import typed_task
from azrelease.classic.json_node import JsonNode, JsonObject

_MOST_NESTED_GROUPS = 10


def convert_tasks(nodes: Sequence[JsonNode], context: ImportContext, job: JobContext) -> Conversion[list[JsonObject]]:
    """`tasks` of a job."""
    tasks: list[JsonObject] = []
    names: set[str] = set()
    for node in nodes:
        tasks += yield from _task(node, context, job, names, frozenset())
    return tasks


def _task(
    node: JsonNode, context: ImportContext, job: JobContext, names: set[str], groups: frozenset[str]
) -> Conversion[list[JsonObject]]:
    """A task, or the tasks of a group. `names` are those of the steps before, `groups` the ids of the groups around."""
    if node["definitionType"].text().casefold() == "metatask":
        return (yield from _group(node, context, job, names, groups))
    generic, rows = collect(convert_generic(node, context, job, names))
    if generic is None:
        yield from rows
        return []
    typed = typed_task(generic, context, job.defaults)
    kind = generic.reference if typed is None else typed.data["task"]
    yield ReportRow(features.TASK, (*node.path, "taskId"), f"{node['name'].text().strip() or kind} becomes {kind}")
    yield from _script_rows(rows, node) if typed and typed.from_script else rows
    return [generic.data() if typed is None else typed.data]


def _script_rows(rows: Sequence[ReportRow], node: JsonNode) -> Iterator[ReportRow]:
    """The rows of a task whose script a typed task replaces."""
    inputs = (*node.path, "inputs")
    yield ReportRow(features.TASK_RAISED, (*inputs, "inlineScript"))
    for row in rows:
        is_script = row.path[: len(inputs)] == inputs and row.path[-1] in ("inlineScript", "script")
        if not is_script or row.feature.outcome is ConversionOutcome.LOST:
            yield row


def _group(
    node: JsonNode, context: ImportContext, job: JobContext, names: set[str], groups: frozenset[str]
) -> Conversion[list[JsonObject]]:
    group, title = context.task_group(node), node["name"].text()
    identifier = str(group.get("id")) if group is not None else ""
    if group is None or identifier in groups or len(groups) >= _MOST_NESTED_GROUPS:
        yield ReportRow(features.TASK_GROUP_MISSING, node.path, title or node["taskId"].text())
        return []
    called = template_call(node, group, context, job) if not groups else None
    yield from _group_rows(node, group, context, is_shared=called is not None)
    other = context.other_version(node, group)
    if other:
        yield ReportRow(features.TASK_GROUP_VERSION, (*node.path, "version"), f"{title or identifier}: {other}")
    if node["timeoutInMinutes"].number() or node["retryCountOnTaskFailure"].number() or node["environment"]:
        yield ReportRow(features.TASK_GROUP_LIMITS, node.path, title)
    condition = condition_of(node)
    tasks: list[JsonObject] = []
    for inner in group_tasks(group, node):
        own = inner["condition"] or DEFAULT_CONDITION
        if condition != DEFAULT_CONDITION:
            if own not in (DEFAULT_CONDITION, condition):
                yield ReportRow(features.TASK_GROUP_CONDITION, node.path, str(inner["name"]))
            inner["condition"] = condition
        converted, rows = collect(_task(JsonNode(inner, node.path), context, job, names, groups | {identifier}))
        for row in rows:
            if row.feature.outcome not in (ConversionOutcome.CARRIED, ConversionOutcome.MEANINGLESS):
                yield ReportRow(row.feature, node.path, row.detail or str(inner["name"]))
        tasks += converted
    return tasks if called is None else [called]


def _group_rows(
    node: JsonNode, group: Mapping[str, Any], context: ImportContext, *, is_shared: bool
) -> Iterator[ReportRow]:
    title = node["name"].text()
    yield ReportRow(features.TASK_GROUP_SHARED if is_shared else features.TASK_GROUP, node.path, title)
    pasted = context.step_templates[group_key(group)].pasted if is_shared else ()
    if pasted:
        yield ReportRow(features.TASK_GROUP_PASTED, node.path, f"{title}: {', '.join(pasted)}")
