"""The inputs of a task, by their canonical names."""

import re
from collections.abc import Iterator, Mapping

from azrelease.catalog import task_folders
from azrelease.catalog.tasks import InputDefinition, TaskDefinition
from azrelease.classic import features
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows
from azrelease.classic.importing import input_paths
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.json_node import GUID, JsonNode


def convert_inputs(
    node: JsonNode, definition: TaskDefinition | None, context: ImportContext, *, on_server: bool
) -> Conversion[dict[str, str]]:
    """The inputs that have an effect, by canonical name; all inputs of an unknown task.

    Args:
        node: the inputs in the definition.
        definition: the definition of the task; None for an unknown one.
        context: the definition.
        on_server: whether the task runs without an agent, so that its inputs contain no paths.
    """
    nodes = yield from _by_name(node, definition)
    given = {name: context.macros.with_primary(value.text()) for name, value in nodes.items()}
    if definition is None and not on_server:
        suspects = ", ".join(input_paths.unknown_inputs(given, context.macros.aliases))
        yield ReportRow(features.TASK_INPUTS_UNKNOWN, node.path, suspects)
    definition = definition or TaskDefinition("", "", (), ())
    unlisted = _unlisted(definition, given)
    inputs: dict[str, str] = {}
    for name, text in given.items():
        known = definition.input(name)
        if known and text and definition.without_effect(known, given):
            yield from report_rows(features.HIDDEN_INPUT, nodes[name])
            continue
        if name in unlisted:
            is_empty = not text and known is not None and known.required
            yield ReportRow(features.TASK_OPTION_EMPTY if is_empty else features.TASK_OPTION, nodes[name].path, text)
            if is_empty:
                continue
        elif not text and not (known and known.default and not known.options):
            continue  # without effect; the report covers it as empty
        if known and text and known.type.startswith("connectedservice"):
            inputs[name] = yield from _connections(nodes[name], context)
        elif known and text and not on_server:
            inputs[name] = yield from _with_paths(known, definition, nodes[name], text, context)
        else:
            inputs[name] = yield from _unchanged(nodes[name], context)
    if not on_server:
        yield from _open_rows(definition, given, nodes, context)
        defaults = input_paths.defaults(definition, given)
        inputs |= {name: context.macros.to_yaml(text) for name, text in defaults.items()}
    return inputs


def convert_intervention(node: JsonNode, context: ImportContext) -> Conversion[dict[str, str]]:
    """The inputs of ManualIntervention@8 as those of ManualValidation@1."""
    inputs: dict[str, str] = {"notifyUsers": ""}
    names = {"instructions": "instructions", "emailrecipients": "notifyUsers", "ontimeout": "onTimeout"}
    for key, value in node.entries():
        name = names.get(key.casefold())
        if name is None or not value:
            continue
        text = yield from context.text(value, features.INTERVENTION, features.INTERVENTION)
        if name == "notifyUsers":
            users = [part.strip() for part in re.split("[,;\n]", text)]
            text = ",".join(context.names.identities.get(user, user) for user in users)
        inputs[name] = text
    return inputs


def _by_name(node: JsonNode, definition: TaskDefinition | None) -> Conversion[dict[str, JsonNode]]:
    nodes: dict[str, JsonNode] = {}
    for key, value in node.entries():
        known = definition.input(key) if definition else None
        name = known.name if known else key
        if isinstance(value.value, dict | list) or not re.fullmatch(r"[A-Za-z_][\w .-]{0,255}", key):
            if value:
                yield ReportRow(features.TASK_INPUT_LOST, value.path, key)
        elif name not in nodes or not nodes[name].text():
            nodes[name] = value
        elif value.text() not in ("", nodes[name].text()):
            yield ReportRow(features.TASK_INPUT_LOST, value.path, f"{key}, given twice")
        else:
            yield from report_rows(features.HIDDEN_INPUT, value)
    return nodes


def _unlisted(definition: TaskDefinition, given: Mapping[str, str]) -> frozenset[str]:
    """Inputs whose value is not one of their options; of empty ones, those that other inputs depend on."""
    unlisted: set[str] = set()
    for name, text in given.items():
        known = definition.input(name)
        if known is None or definition.is_listed(name, text) or definition.without_effect(known, given):
            continue
        decides = any(given.get(other.name) for other in definition.decides(known))
        if decides or (text and not known.editable):
            unlisted.add(name)
    return frozenset(unlisted)


def _unchanged(node: JsonNode, context: ImportContext) -> Conversion[str]:
    return (yield from context.text(node, features.TASK_INPUT, features.TASK_INPUT_CHANGED, with_env=True))


def _with_paths(
    known: InputDefinition, definition: TaskDefinition, node: JsonNode, text: str, context: ImportContext
) -> Conversion[str]:
    value = input_paths.resolved(definition, known, text, context.variables)
    if not value.is_certain:
        yield ReportRow(features.TASK_PATH_OPEN, node.path)
    if value.text == text:
        return (yield from _unchanged(node, context))
    resolved = JsonNode(value.text, node.path)
    return (yield from context.text(resolved, features.TASK_PATH, features.TASK_INPUT_CHANGED, with_env=True))


def _open_rows(
    definition: TaskDefinition, given: Mapping[str, str], nodes: Mapping[str, JsonNode], context: ImportContext
) -> Iterator[ReportRow]:
    """Rows for inputs that may start in another folder."""
    for name in input_paths.open_inputs(definition, given, context.macros.aliases):
        yield ReportRow(features.TASK_PATH_OPEN, nodes[name].path)
    script = task_folders.script_without_folder(definition, input_paths.values_of(definition, given))
    if script is not None and script in nodes:
        yield ReportRow(features.TASK_SCRIPT_FOLDER, nodes[script].path)


def _connections(node: JsonNode, context: ImportContext) -> Conversion[str]:
    text = node.text()
    ids = text.split(",") if re.fullmatch(rf"{GUID}(,{GUID})*", text) else []
    if not ids:
        return (yield from context.text(node, features.TASK_INPUT, features.TASK_INPUT_CHANGED))
    names = [context.names.service_connections.get(identifier) for identifier in ids]
    unnamed = ", ".join(identifier for identifier, name in zip(ids, names, strict=True) if name is None)
    yield ReportRow(features.SERVICE_ID if unnamed else features.TASK_INPUT, node.path, unnamed)
    return ",".join(name or identifier for identifier, name in zip(ids, names, strict=True))
