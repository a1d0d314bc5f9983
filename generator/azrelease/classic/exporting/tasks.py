"""Steps as the tasks of a definition."""

import re
from collections.abc import Iterable

from azrelease.classic.conditions import DEFAULT_CONDITION
from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.exporting import features
from azrelease.classic.exporting.context import ExportContext
from azrelease.classic.json_node import GUID, JsonObject, JsonPath
from azrelease.pipeline import Step, TaskStep, TemplateStep
from azrelease.templating.scripts import is_expanded


def tasks_json(steps: Iterable[Step], context: ExportContext, path: JsonPath) -> Conversion[list[JsonObject]]:
    """The tasks that steps become, without downloads, which the phase has."""
    tasks: list[JsonObject] = []
    for step in steps:
        if isinstance(step, TaskStep):
            task = yield from _task(step, context, path)
            tasks.append(task)
        elif isinstance(step, TemplateStep):
            yield ReportRow(features.TEMPLATE_LOST, path, step.template)
    return tasks


def _intervention(step: TaskStep, context: ExportContext, path: JsonPath) -> Conversion[JsonObject]:
    """A manual validation as ManualIntervention@8, its counterpart in a definition."""
    given = {name.casefold(): str(value) for name, value in step.inputs}
    if given.get("approvers") or given.get("allowapproverstoapprovetheirownruns", "true").casefold() == "false":
        yield ReportRow(features.APPROVERS_LOST, path, step.display_name or "")
    inputs = {
        "instructions": given.get("instructions", ""),
        "emailRecipients": given.get("notifyusers", ""),
        "onTimeout": given.get("ontimeout", "reject"),
    }
    return (yield from _task(step._replace(task="ManualIntervention@8", inputs=tuple(inputs.items())), context, path))


def _connection(name: str, context: ExportContext, path: JsonPath) -> Conversion[str]:
    if not name or re.fullmatch(GUID, name) or is_expanded(name):
        return name
    ids = context.ids.service_connections
    return (yield from context.find_id(ids, name, features.CONNECTION_ID, path)) or name


def _task(step: TaskStep, context: ExportContext, path: JsonPath) -> Conversion[JsonObject]:
    if step.task.casefold() == "manualvalidation@1":
        return (yield from _intervention(step, context, path))
    name, _, major = step.task.partition("@")
    definition = context.tasks.task(step.task)
    identifier = definition.id if definition else name
    if definition is None and not re.fullmatch(GUID, name):
        versions = context.tasks.majors(name)
        known = context.tasks.task(f"{name}@{versions[-1]}") if versions else None
        identifier = known.id if known else ""
        if known is None:
            yield ReportRow(features.TASK_ID_LOST, path, step.task)
    inputs = {d.name: d.default or "" for d in definition.inputs} if definition else {}
    for key, value in step.inputs:
        field = definition.input(key) if definition else None
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        if field is not None and field.type.startswith("connectedservice"):
            text = yield from _connection(text, context, path)
        inputs[field.name if field else key] = context.text(text)
    return {
        "taskId": identifier,
        "version": f"{major}.*",
        "name": context.text(step.display_name) or name,
        "refName": step.name or "",
        "enabled": step.enabled,
        "alwaysRun": False,
        "continueOnError": step.continue_on_error,
        "timeoutInMinutes": step.timeout_in_minutes or 0,
        "retryCountOnTaskFailure": step.retry_count_on_task_failure or 0,
        "definitionType": "task",
        "overrideInputs": {},
        "condition": context.text(step.condition) or DEFAULT_CONDITION,
        "environment": {key: context.text(value) for key, value in step.env},
        "inputs": inputs,
    }
