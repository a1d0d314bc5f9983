"""What a stage waits for, as `depends_on` and `condition`."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.classic.conditions import KNOWN_BITS, Ends, Filter, Waiting, condition_text, stage_filter
from azrelease.classic.constructs import (
    ALIAS_CHANGED,
    STAGE_CONDITION_LOST,
    STAGE_FILTER,
    STAGE_FILTER_LOST,
    STAGE_FILTER_WRITTEN,
    STAGE_MANUAL,
    STAGE_ORDER,
)
from azrelease.classic.conversion_report import Reading, ReportRow, report_rows
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.triggers import artifact_filter
from azrelease.classic.node import Node

Data = dict[str, Any]


class Others(NamedTuple):
    """All stages: their names in the definition and in the release, and how they can end."""

    titles: tuple[str, ...]
    names: tuple[str, ...]
    ends: Ends = Ends()

    def name(self, title: str) -> str | None:
        """The stage of that name in the definition; case counts only where two differ in nothing else."""
        if title in self.titles:
            return self.names[self.titles.index(title)]
        folded = [other.casefold() for other in self.titles]
        return self.names[folded.index(title.casefold())] if title.casefold() in folded else None


def conditions_of(
    nodes: Sequence[Node], others: Others, context: ImportContext, path: tuple[str | int, ...]
) -> Reading[Data]:
    """`depends_on`, `condition` and `trigger` of a stage."""
    waiting: list[Waiting] = []
    filters: list[Filter] = []
    event = False
    for node in nodes:
        kind = node["conditionType"].choice("ConditionType")
        if kind == "event" and node["name"].text().casefold() in ("releasestarted", ""):
            event = True
            yield from report_rows(STAGE_ORDER, node["name"], node["conditionType"], node["value"], node["result"])
        elif kind == "environmentState":
            name = others.name(node["name"].text())
            bits = node["value"].number()
            if name is None or not bits or bits & ~KNOWN_BITS:
                yield ReportRow(STAGE_CONDITION_LOST, node.path, node["name"].text())
                continue
            waiting.append(others.ends.waiting(name, bits))
            yield from report_rows(STAGE_ORDER, node["name"], node["conditionType"], node["value"], node["result"])
        elif kind == "artifact":
            found = yield from _filter(node, context)
            filters.extend([found] if found else [])
        else:
            yield ReportRow(STAGE_CONDITION_LOST, node.path, node["name"].text())
    data: Data = {"depends_on": list(dict.fromkeys(other.stage for other in waiting))}
    if not event and not waiting:
        # Where it waits for what cannot be carried, a person who starts it is the safest.
        yield from () if nodes else (ReportRow(STAGE_MANUAL, (*path, "conditions")),)
        data["trigger"] = "manual"
    condition = condition_text(waiting, filters)
    return data | ({"condition": condition} if condition else {})


def _is_plain(data: Mapping[str, Any]) -> bool:
    """Whether a filter asks for a branch only, with a wildcard at its end at most."""
    more = {key: value for key, value in data.items() if key != "sourceBranch"}
    pattern = more.get("tagFilter")
    if isinstance(pattern, Mapping) and not pattern.get("pattern"):
        del more["tagFilter"]
    if any(value for value in more.values()):
        return False
    return not re.search(r"[?\[\]]|\*.", str(data.get("sourceBranch") or ""))


def _filter(node: Node, context: ImportContext) -> Reading[Filter | None]:
    """A filter by the branch of an artifact."""
    alias = context.texts.aliases.get(node["name"].text())
    data = artifact_filter(node["value"])
    if data is None or alias is None or alias not in context.texts.builds or not _is_plain(data):
        yield ReportRow(STAGE_FILTER_LOST, node.path, node["name"].text())
        return None
    branch = str(data.get("sourceBranch") or "")
    yield from report_rows(STAGE_FILTER if alias == node["name"].text() else ALIAS_CHANGED, node["name"])
    yield from report_rows(STAGE_FILTER, node["conditionType"], node["result"])
    kept = json.dumps(stage_filter(branch)) == node["value"].text()
    yield from report_rows(STAGE_FILTER if kept else STAGE_FILTER_WRITTEN, node["value"])
    return Filter(alias, branch) if branch else None
