"""Tasks of a job: by name, with the inputs of YAML, and as the typed task that each is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.catalog import task_folders
from azrelease.catalog.tasks import InputDefinition, TaskDefinition
from azrelease.classic.constructs import (
    HIDDEN_INPUT,
    IDENTITY,
    INTERVENTION,
    SERVICE_ID,
    TASK,
    TASK_ALWAYS,
    TASK_CONTROL,
    TASK_CONTROL_CHANGED,
    TASK_ENV_LOST,
    TASK_GROUP,
    TASK_GROUP_CONDITION,
    TASK_GROUP_LIMITS,
    TASK_GROUP_MISSING,
    TASK_GROUP_VERSION,
    TASK_INPUT,
    TASK_INPUT_CHANGED,
    TASK_INPUT_LOST,
    TASK_INPUTS_UNKNOWN,
    TASK_LOST,
    TASK_NAME_LOST,
    TASK_OPTION,
    TASK_OPTION_EMPTY,
    TASK_OVERRIDE,
    TASK_PATH,
    TASK_PATH_OPEN,
    TASK_PREVIEW,
    TASK_RAISED,
    TASK_RETRIES,
    TASK_SCRIPT_FOLDER,
    TASK_UNKNOWN,
    TASK_VERSION,
    USUAL,
    Handling,
)
from azrelease.classic.conversion_report import Reading, ReportRow, collect, report_rows
from azrelease.classic.importing import folders
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.typed import USUAL as USUAL_CONDITION
from azrelease.classic.importing.typed import PlainTask, Typing, typed_task
from azrelease.classic.node import GUID, Node
from azrelease.release.fields import minutes_text

MANUAL_INTERVENTION = "bcb64569-d51a-4af0-9c01-ea5d05b3b622"
_MOST_GROUPS = 10  # groups inside of groups
_MOST_RETRIES = 10

Data = dict[str, Any]
Above = frozenset[str]
"""The task groups that a task stands in, by id: one inside of itself has no end."""


class TaskPosition(NamedTuple):
    """Where tasks stand: what scripts may do there, and what the stage says for them."""

    typing: Typing
    token: bool = False
    on_server: bool = False


def tasks_of(nodes: Sequence[Node], context: ImportContext, place: TaskPosition) -> Reading[tuple[Data, ...]]:
    """The tasks of a job as the data of a release file."""
    found: list[Data] = []
    names: set[str] = set()
    for node in nodes:
        made = yield from _task(node, context, place, names, frozenset())
        found.extend(made)
    return tuple(found)


def _task(
    node: Node, context: ImportContext, place: TaskPosition, names: set[str], above: Above
) -> Reading[tuple[Data, ...]]:
    if node["definitionType"].text().casefold() == "metatask":
        return (yield from _group(node, context, place, names, above))
    plain, notes = collect(_plain(node, context, place, names))
    if plain is None:
        yield from notes
        return ()
    typed = typed_task(plain, context, place.typing)
    became = plain.reference if typed is None else typed.data["task"]
    yield ReportRow(TASK, (*node.path, "taskId"), f"{node['name'].text().strip() or became} becomes {became}")
    if typed is None:
        yield from notes
        return (plain.data(),)
    yield from _raised_rows(notes, node) if typed.from_script else notes
    return (typed.data,)


def _raised_rows(notes: Sequence[ReportRow], node: Node) -> Iterator[ReportRow]:
    """The rows of a script that a typed task stands for: it is written anew, with all its inputs."""
    inputs = (*node.path, "inputs")
    yield ReportRow(TASK_RAISED, (*inputs, "inlineScript"))
    for row in notes:
        script = row.path[: len(inputs)] == inputs and row.path[-1] in ("inlineScript", "script")
        if not script or row.construct.handling is Handling.LOST:
            yield row


def _plain(node: Node, context: ImportContext, place: TaskPosition, names: set[str]) -> Reading[PlainTask | None]:
    """A task by name and inputs."""
    identifier, version = node["taskId"].text(), node["version"].text()
    major = re.match(r"\d{1,9}(?!\d)", version)
    number = int(major[0]) if major else 0
    yield from report_rows(TASK_VERSION if re.fullmatch(r"\d+\.\*", version) else TASK_PREVIEW, node["version"])
    yield from report_rows(IDENTITY, node["definitionType"])
    if identifier.casefold() == MANUAL_INTERVENTION:
        yield from report_rows(INTERVENTION, node["taskId"])
        reference = "ManualValidation@1"
    else:
        known = context.tasks.reference(identifier, number)
        yield from report_rows(TASK if known else TASK_UNKNOWN, node["taskId"])
        reference = known or f"{identifier}@{number}"
    if not re.fullmatch(r"[A-Za-z0-9_.-]+@\d+", reference) or (version and major is None):
        yield ReportRow(TASK_LOST, node.path, node["name"].text() or identifier)
        return None
    definition = context.tasks.task(reference)
    common = yield from _common(node, context, names)
    if identifier.casefold() == MANUAL_INTERVENTION:
        inputs = yield from _intervention(node["inputs"], context)
    else:
        inputs = yield from _inputs(node["inputs"], definition, context, on_server=place.on_server)
    needed = {key: value for text in _texts(node) for key, value in context.texts.env_of(text).items()}
    if needed:
        common = {**common, "env": {**needed, **common.get("env", {})}}
    if place.token and any("SYSTEM_ACCESSTOKEN" in text.upper() for text in inputs.values()):
        common = {**common, "env": {"SYSTEM_ACCESSTOKEN": "$(System.AccessToken)", **common.get("env", {})}}
    return PlainTask(reference, definition, inputs, common)


def _texts(node: Node) -> Iterator[str]:
    """The texts of a task that its script, or a program that it starts, can read."""
    for part in (node["inputs"], node["environment"]):
        yield from (leaf.text() for leaf in part.leaves())


def _common(node: Node, context: ImportContext, names: set[str]) -> Reading[Data]:
    """What every task can have."""
    data: Data = {}
    title = yield from context.text(node["name"], TASK, TASK_CONTROL_CHANGED)
    if title.strip():
        data["display_name"] = title
    name = node["refName"].text()
    if name and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name.casefold() not in names:
        names.add(name.casefold())
        data["name"] = name
        yield from report_rows(TASK, node["refName"])
    elif name:
        yield from report_rows(TASK_NAME_LOST, node["refName"])
    data["condition"] = yield from _condition(node, context)
    yield from report_rows(TASK_CONTROL, node["continueOnError"], node["enabled"], node["timeoutInMinutes"])
    if node["continueOnError"].flag():
        data["continue_on_error"] = True
    if not node["enabled"].flag(default=True):
        data["enabled"] = False
    if node["timeoutInMinutes"].number() > 0:
        data["timeout"] = minutes_text(node["timeoutInMinutes"].number())
    retries = node["retryCountOnTaskFailure"].number()
    yield from report_rows(TASK_CONTROL if retries <= _MOST_RETRIES else TASK_RETRIES, node["retryCountOnTaskFailure"])
    if retries > 0:
        data["retries"] = min(retries, _MOST_RETRIES)
    env = yield from _environment(node["environment"], context)
    if env:
        data["env"] = env
    if node["overrideInputs"]:
        yield from report_rows(TASK_OVERRIDE, node["overrideInputs"])
    return data


def _condition(node: Node, context: ImportContext) -> Reading[str]:
    condition = yield from context.condition(node["condition"], TASK_CONTROL, TASK_CONTROL_CHANGED)
    always = node["alwaysRun"]
    if condition.strip() or not always.flag():
        yield from report_rows(USUAL, always)
        return condition if condition.strip() else USUAL_CONDITION
    yield from report_rows(TASK_ALWAYS, always)
    return "succeededOrFailed()"


def _environment(node: Node, context: ImportContext) -> Reading[dict[str, str]]:
    env: dict[str, str] = {}
    for key, value in node.entries():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.()-]{0,127}", key):
            yield ReportRow(TASK_ENV_LOST, value.path, key)
            continue
        env[key] = yield from context.text(value, TASK_CONTROL, TASK_CONTROL_CHANGED, with_env=True)
    return env


def _inputs(
    node: Node, definition: TaskDefinition | None, context: ImportContext, *, on_server: bool
) -> Reading[dict[str, str]]:
    """The inputs that say something, by canonical name; those of an unknown task as they are."""
    nodes = yield from _given(node, definition)
    given = {name: context.texts.with_primary(found.text()) for name, found in nodes.items()}
    if definition is None:
        if not on_server:
            yield ReportRow(
                TASK_INPUTS_UNKNOWN, node.path, ", ".join(folders.unknown_inputs(given, context.texts.aliases))
            )
        definition = TaskDefinition("", "", (), ())
    strange = _strange(definition, given)
    inputs: dict[str, str] = {}
    for name, text in given.items():
        known = definition.input(name)
        if known and text and definition.without_effect(known, given):
            yield from report_rows(HIDDEN_INPUT, nodes[name])
            continue
        if name in strange:
            empty = not text and known is not None and known.required
            yield ReportRow(TASK_OPTION_EMPTY if empty else TASK_OPTION, nodes[name].path, text)
            if empty:
                continue
        elif not text and not (known and known.default and not known.options):
            continue  # says nothing, and is accounted for as empty
        if known and known.type.startswith("connectedservice") and text:
            inputs[name] = yield from _connections(nodes[name], context)
            continue
        inputs[name] = yield from _input(known, definition, nodes[name], context, on_server=on_server)
    if not on_server:
        yield from _open_rows(definition, given, nodes, context)
        taken = folders.defaults(definition, given)
        inputs |= {name: context.texts.to_yaml(text) for name, text in taken.items()}
    return inputs


def _given(node: Node, definition: TaskDefinition | None) -> Reading[dict[str, Node]]:
    """The inputs that are given, by canonical name; those of an unknown task as they are."""
    nodes: dict[str, Node] = {}
    for key, value in node.entries():
        known = definition.input(key) if definition else None
        name = known.name if known else key
        if isinstance(value.value, dict | list) or not re.fullmatch(r"[A-Za-z_][\w .-]{0,255}", key):
            if value:
                yield ReportRow(TASK_INPUT_LOST, value.path, key)
            continue
        if name in nodes and nodes[name].text():
            if value.text() not in ("", nodes[name].text()):
                yield ReportRow(TASK_INPUT_LOST, value.path, f"{key}, given twice")
            else:
                yield from report_rows(HIDDEN_INPUT, value)
            continue
        nodes[name] = value
    return nodes


def _strange(definition: TaskDefinition, given: Mapping[str, str]) -> frozenset[str]:
    """Inputs whose value is none of their options; an empty one counts where other inputs depend on it."""
    found: set[str] = set()
    for name, text in given.items():
        known = definition.input(name)
        if known is None or definition.is_listed(name, text) or definition.without_effect(known, given):
            continue
        depends = any(given.get(other.name) for other in definition.decides(known))
        if depends or (text and not known.editable):
            found.add(name)
    return frozenset(found)


def _input(
    known: InputDefinition | None, definition: TaskDefinition, node: Node, context: ImportContext, *, on_server: bool
) -> Reading[str]:
    """The value of one input, with its paths where a pipeline has them."""
    text = context.texts.with_primary(node.text())
    if known is None or on_server or not text:
        return (yield from context.text(node, TASK_INPUT, TASK_INPUT_CHANGED, with_env=True))
    place = folders.placed(definition, known, text, context.variables)
    if not place.is_sure:
        yield ReportRow(TASK_PATH_OPEN, node.path)
    if place.text == text:
        return (yield from context.text(node, TASK_INPUT, TASK_INPUT_CHANGED, with_env=True))
    return (yield from context.text(Node(place.text, node.path), TASK_PATH, TASK_INPUT_CHANGED, with_env=True))


def _open_rows(
    definition: TaskDefinition, given: Mapping[str, str], nodes: Mapping[str, Node], context: ImportContext
) -> Iterator[ReportRow]:
    """What may start in another folder, and cannot be placed."""
    for name in folders.open_inputs(definition, given, context.texts.aliases):
        yield ReportRow(TASK_PATH_OPEN, nodes[name].path)
    script = task_folders.script_without_folder(definition, folders.values_of(definition, given))
    if script is not None and script in nodes:
        yield ReportRow(TASK_SCRIPT_FOLDER, nodes[script].path)


def _connections(node: Node, context: ImportContext) -> Reading[str]:
    """Service connections, by name where it is known."""
    text = node.text()
    parts = text.split(",") if re.fullmatch(rf"{GUID}(,{GUID})*", text) else []
    if not parts:
        return (yield from context.text(node, TASK_INPUT, TASK_INPUT_CHANGED))
    known = [context.names.service_connections.get(part) for part in parts]
    unnamed = ", ".join(part for part, name in zip(parts, known, strict=True) if name is None)
    yield ReportRow(SERVICE_ID if unnamed else TASK_INPUT, node.path, unnamed)
    return ",".join(name or part for name, part in zip(known, parts, strict=True))


def _intervention(node: Node, context: ImportContext) -> Reading[dict[str, str]]:
    """The inputs of ManualIntervention@8 as those of ManualValidation@1."""
    inputs: dict[str, str] = {"notifyUsers": ""}
    for key, value in node.entries():
        new = {"instructions": "instructions", "emailrecipients": "notifyUsers", "ontimeout": "onTimeout"}.get(
            key.casefold()
        )
        if new is None or not value:
            continue
        text = yield from context.text(value, INTERVENTION, INTERVENTION)
        if new == "notifyUsers":
            text = ",".join(
                context.names.identities.get(part.strip(), part.strip()) for part in re.split("[,;\n]", text)
            )
        inputs[new] = text
    return inputs


def _group(
    node: Node, context: ImportContext, place: TaskPosition, names: set[str], above: Above
) -> Reading[tuple[Data, ...]]:
    """A task group: its tasks, with its parameters filled in."""
    group = context.group(node)
    name = str(group.get("id")) if group is not None else ""
    if group is None or name in above or len(above) >= _MOST_GROUPS:
        yield ReportRow(TASK_GROUP_MISSING, node.path, node["name"].text() or node["taskId"].text())
        return ()
    yield ReportRow(TASK_GROUP, node.path, node["name"].text())
    other = context.other_version(node, group)
    if other:
        yield ReportRow(TASK_GROUP_VERSION, (*node.path, "version"), f"{node['name'].text() or name}: {other}")
    condition = node["condition"].text().strip() or (
        "succeededOrFailed()" if node["alwaysRun"].flag() else USUAL_CONDITION
    )
    told = ("timeoutInMinutes", "retryCountOnTaskFailure", "environment")
    if any(node[key].number() or (key == "environment" and node[key]) for key in told):
        yield ReportRow(TASK_GROUP_LIMITS, node.path, node["name"].text())
    found: list[Data] = []
    for inner in _group_tasks(group, node):
        own = inner["condition"] or USUAL_CONDITION
        if condition != USUAL_CONDITION:
            if own not in (USUAL_CONDITION, condition):
                yield ReportRow(TASK_GROUP_CONDITION, node.path, str(inner["name"]))
            inner["condition"] = condition
        made, notes = collect(_task(Node(inner, node.path), context, place, names, above | {name}))
        for row in notes:
            if row.construct.handling not in (Handling.CARRIED, Handling.MEANINGLESS):
                yield ReportRow(row.construct, node.path, row.detail or str(inner["name"]))
        found.extend(made)
    return tuple(found)


def _group_tasks(group: Mapping[str, Any], node: Node) -> Iterator[Data]:
    """The tasks of a group, in the form of a definition."""
    values = {
        str(item.get("name")): str(item.get("defaultValue") or "")
        for item in group.get("inputs") or ()
        if isinstance(item, Mapping)
    } | {key: value.text() for key, value in node["inputs"].entries()}
    by_key = {key.casefold(): value for key, value in values.items()}

    def bound(value: Any) -> Any:  # noqa: ANN401  (any JSON)
        if isinstance(value, str):
            return re.sub(r"\$\(([^()]+)\)", lambda m: by_key.get(m[1].strip().casefold(), m[0]), value)
        if isinstance(value, Mapping):
            return {key: bound(item) for key, item in value.items()}
        return value

    for task in group.get("tasks") or ():
        if not isinstance(task, Mapping):
            continue
        named = task.get("task") if isinstance(task.get("task"), Mapping) else {}
        assert named is not None
        always = task.get("alwaysRun") is True
        yield {
            "taskId": named.get("id", ""),
            "version": named.get("versionSpec", ""),
            "definitionType": named.get("definitionType", "task"),
            "name": bound(task.get("displayName", "")),
            "condition": bound(task.get("condition") or ("succeededOrFailed()" if always else "")),
            "enabled": task.get("enabled", True) is not False and node["enabled"].flag(default=True),
            "continueOnError": task.get("continueOnError") is True or node["continueOnError"].flag(),
            "timeoutInMinutes": task.get("timeoutInMinutes", 0),
            "retryCountOnTaskFailure": task.get("retryCountOnTaskFailure", 0),
            "environment": bound(task.get("environment") or {}),
            "inputs": bound(task.get("inputs") or {}),
        }
