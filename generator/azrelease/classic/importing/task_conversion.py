"""A task of a definition by its name, inputs and controls, before a typed task takes its place."""

import re
from typing import NamedTuple

from azrelease.classic import features
from azrelease.classic.conditions import DEFAULT_CONDITION
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows, setting_rows
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.generic_task import GenericTask
from azrelease.classic.importing.task_groups import ALWAYS
from azrelease.classic.importing.task_inputs import convert_inputs, convert_intervention
from azrelease.classic.json_node import JsonNode, JsonObject
from azrelease.release.fields import minutes_text
from azrelease.release.tasks import StageDefaults

_MANUAL_INTERVENTION = "bcb64569-d51a-4af0-9c01-ea5d05b3b622"
_MOST_RETRIES = 10


class JobContext(NamedTuple):
    """The job of tasks.

    Attributes:
        defaults: the fields that the stage has for them.
        token: whether scripts can read the access token.
        on_server: whether the job is agentless.
    """

    defaults: StageDefaults
    token: bool = False
    on_server: bool = False


def convert_generic(
    node: JsonNode, context: ImportContext, job: JobContext, names: set[str]
) -> Conversion[GenericTask | None]:
    """A task by name and inputs; None for one without an id."""
    identifier, version = node["taskId"].text(), node["version"].text()
    major = re.match(r"\d{1,9}(?!\d)", version)
    number = int(major[0]) if major else 0
    is_major = re.fullmatch(r"\d+\.\*", version)
    yield from report_rows(features.TASK_VERSION if is_major else features.TASK_PREVIEW, node["version"])
    yield from report_rows(features.IDENTITY, node["definitionType"])
    is_intervention = identifier.casefold() == _MANUAL_INTERVENTION
    known = "ManualValidation@1" if is_intervention else context.tasks.reference(identifier, number)
    feature = features.INTERVENTION if is_intervention else features.TASK if known else features.TASK_UNKNOWN
    yield from report_rows(feature, node["taskId"])
    reference = known or f"{identifier}@{number}"
    if not re.fullmatch(r"[A-Za-z0-9_.-]+@\d+", reference) or (version and major is None):
        yield ReportRow(features.TASK_LOST, node.path, node["name"].text() or identifier)
        return None
    definition = context.tasks.task(reference)
    common = yield from _common(node, context, names)
    if is_intervention:
        inputs = yield from convert_intervention(node["inputs"], context)
    else:
        inputs = yield from convert_inputs(node["inputs"], definition, context, on_server=job.on_server)
    env: dict[str, str] = {}
    for leaf in (*node["inputs"].leaves(), *node["environment"].leaves()):
        env |= context.macros.env_of(leaf.text())
    if job.token and any("SYSTEM_ACCESSTOKEN" in text.upper() for text in inputs.values()):
        env = {"SYSTEM_ACCESSTOKEN": "$(System.AccessToken)", **env}
    if env:
        common["env"] = {**env, **common.get("env", {})}
    return GenericTask(reference, definition, inputs, common)


def _common(node: JsonNode, context: ImportContext, names: set[str]) -> Conversion[JsonObject]:
    data: JsonObject = {}
    title = yield from context.text(node["name"], features.TASK, features.TASK_CONTROL_CHANGED)
    if title.strip():
        data["display_name"] = title
    name = node["refName"].text()
    if name:
        is_valid = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name.casefold() not in names
        yield from report_rows(features.TASK if is_valid else features.TASK_NAME_LOST, node["refName"])
        if is_valid:
            names.add(name.casefold())
            data["name"] = name
    data["condition"] = yield from _condition(node, context)
    timeout, retries = node["timeoutInMinutes"], node["retryCountOnTaskFailure"]
    yield from report_rows(features.TASK_CONTROL, node["continueOnError"], node["enabled"], timeout)
    if node["continueOnError"].flag():
        data["continue_on_error"] = True
    if not node["enabled"].flag(default=True):
        data["enabled"] = False
    if timeout.number() > 0:
        data["timeout"] = minutes_text(timeout.number())
    too_many = retries.number() > _MOST_RETRIES
    yield from report_rows(features.TASK_RETRIES if too_many else features.TASK_CONTROL, retries)
    if retries.number() > 0:
        data["retries"] = min(retries.number(), _MOST_RETRIES)
    env = yield from _environment(node["environment"], context)
    if env:
        data["env"] = env
    if node["overrideInputs"]:
        yield from report_rows(features.TASK_OVERRIDE, node["overrideInputs"])
    return data


def _condition(node: JsonNode, context: ImportContext) -> Conversion[str]:
    condition = yield from context.condition(node["condition"], features.TASK_CONTROL, features.TASK_CONTROL_CHANGED)
    always = node["alwaysRun"].flag() and not condition.strip()
    yield from setting_rows(always, features.TASK_ALWAYS, node["alwaysRun"])
    return ALWAYS if always else condition if condition.strip() else DEFAULT_CONDITION


def _environment(node: JsonNode, context: ImportContext) -> Conversion[dict[str, str]]:
    env: dict[str, str] = {}
    for key, value in node.entries():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.()-]{0,127}", key):
            yield ReportRow(features.TASK_ENV_LOST, value.path, key)
            continue
        env[key] = yield from context.text(value, features.TASK_CONTROL, features.TASK_CONTROL_CHANGED, with_env=True)
    return env
