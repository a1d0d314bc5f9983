"""Variables of a definition and of its stages."""

import re
from typing import Any, NamedTuple

from azrelease.classic.constructs import (
    USUAL,
    VARIABLE,
    VARIABLE_CHANGED,
    VARIABLE_GROUP,
    VARIABLE_GROUP_ID,
    VARIABLE_LOST,
    VARIABLE_SECRET,
    VARIABLE_SECRET_STAGE,
    VARIABLE_SETTABLE,
    VARIABLE_SETTABLE_STAGE,
)
from azrelease.classic.conversion_report import Reading, ReportRow, report_rows
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.node import Node

Data = dict[str, Any]


class Scope(NamedTuple):
    """Where variables stand: None for the release, else the stage; and the name of the release."""

    stage: str | None
    release: str


def variables_of(node: Node, groups: Node, scope: Scope, context: ImportContext) -> Reading[Data]:
    """`variables`, `secrets`, `settable` and `variable_groups` of a scope."""
    values: dict[str, str] = {}
    secrets: list[str] = []
    settable: list[str] = []
    own_group = False
    for name, variable in node.entries():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,399}", name):
            yield ReportRow(VARIABLE_LOST, variable.path, name)
            continue
        # What may be a secret is one.
        is_secret = variable["isSecret"].flag() or not variable["isSecret"].is_plain
        yield from report_rows(VARIABLE_SECRET if is_secret else USUAL, variable["isSecret"])
        if is_secret:
            secrets.append(name)
            yield ReportRow(VARIABLE_SECRET, (*variable.path, "value"))
            if scope.stage:
                own_group = True
                yield ReportRow(VARIABLE_SECRET_STAGE, (*variable.path, "isSecret"), name)
        else:
            value = variable if not isinstance(variable.value, dict) else variable["value"]
            values[name] = yield from context.text(value, VARIABLE, VARIABLE_CHANGED)
        flag = variable["allowOverride"]
        if flag.flag() and scope.stage is None:
            settable.append(name)
        yield from report_rows(
            USUAL if not flag.flag() else VARIABLE_SETTABLE if scope.stage is None else VARIABLE_SETTABLE_STAGE, flag
        )
    names = list((yield from _groups(groups, context)))
    if own_group:
        names.append(f"{scope.release}-{scope.stage}")
    found = {"variables": values, "secrets": secrets, "settable": settable, "variable_groups": names}
    return {key: value for key, value in found.items() if value}


def _groups(node: Node, context: ImportContext) -> Reading[tuple[str, ...]]:
    found: list[str] = []
    for item in node.items():
        text = item.text() if not isinstance(item.value, dict) else item["id"].text()
        name = context.names.variable_groups.get(text) or (
            item["name"].text() if isinstance(item.value, dict) else "" if text.isdecimal() else text
        )
        yield from report_rows(
            VARIABLE_GROUP if name else VARIABLE_GROUP_ID, item, detail="" if name else f"group {text}"
        )
        found.append(name or f"variable group {text}")
    return tuple(found)
