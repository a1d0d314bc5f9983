"""Variables of a definition and of its stages."""

import re

from azrelease.classic import features
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows, setting_rows
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.json_node import JsonNode, JsonObject


def convert_variables(scope: JsonNode, stage: str | None, context: ImportContext) -> Conversion[JsonObject]:
    """`variables`, `secrets`, `settable` and `variable_groups` of the release, or of a stage.

    Args:
        scope: the definition, or one of its stages.
        stage: the name of the stage; None for the release.
        context: the definition.
    """
    values: dict[str, str] = {}
    secrets: list[str] = []
    settable: list[str] = []
    for name, variable in scope["variables"].entries():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,399}", name):
            yield ReportRow(features.VARIABLE_LOST, variable.path, name)
            continue
        # In doubt, a value is a secret.
        is_secret = variable["isSecret"].flag() or not variable["isSecret"].is_plain
        yield from setting_rows(is_secret, features.VARIABLE_SECRET, variable["isSecret"])
        if is_secret:
            secrets.append(name)
            yield ReportRow(features.VARIABLE_SECRET, (*variable.path, "value"))
            if stage:
                yield ReportRow(features.VARIABLE_SECRET_STAGE, (*variable.path, "isSecret"), name)
        else:
            value = variable if not isinstance(variable.value, dict) else variable["value"]
            values[name] = yield from context.text(value, features.VARIABLE, features.VARIABLE_CHANGED)
        flag = variable["allowOverride"]
        if flag.flag() and stage is None:
            settable.append(name)
        feature = features.VARIABLE_SETTABLE if stage is None else features.VARIABLE_SETTABLE_STAGE
        yield from setting_rows(flag.flag(), feature, flag)
    groups = yield from _groups(scope["variableGroups"], context)
    if secrets and stage:
        groups.append(f"{context.release}-{stage}")
    data = {"variables": values, "secrets": secrets, "settable": settable, "variable_groups": groups}
    return {key: value for key, value in data.items() if value}


def _groups(groups: JsonNode, context: ImportContext) -> Conversion[list[str]]:
    names: list[str] = []
    for group in groups.items():
        is_object = isinstance(group.value, dict)
        text = group["id"].text() if is_object else group.text()
        name = context.names.variable_groups.get(text) or (
            group["name"].text() if is_object else "" if text.isdecimal() else text
        )
        feature = features.VARIABLE_GROUP if name else features.VARIABLE_GROUP_ID
        yield from report_rows(feature, group, detail="" if name else f"group {text}")
        names.append(name or f"variable group {text}")
    return names
