"""The machine of a job: a hosted image, or a pool."""

from datetime import date
from typing import Any

from azrelease.catalog.images import ImageStatus, image
from azrelease.classic.constructs import (
    DEMANDS,
    DEMANDS_LOST,
    IDENTITY,
    POOL,
    POOL_DEFAULT,
    POOL_RETIRED,
    POOL_UNKNOWN,
    USUAL,
)
from azrelease.classic.conversion_report import Reading, ReportRow, report_rows
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.node import Node

Data = dict[str, Any]

HOSTED = {
    "azure pipelines": "windows-2022",
    "hosted": "windows-2022",
    "hosted vs2017": "windows-2022",
    "hosted windows 2019 with vs2019": "windows-2022",
    "hosted windows container": "windows-2022",
    "hosted ubuntu 1604": "ubuntu-22.04",
    "hosted linux preview": "ubuntu-22.04",
    "hosted macos": "macos-15",
    "hosted macos high sierra": "macos-15",
}
"""Pools of Microsoft-hosted agents, each with the nearest image that there still is; they were named after images until
2019 (learn.microsoft.com/azure/devops/pipelines/agents/hosted)."""


def agent_of(given: Node, stage: Node, context: ImportContext, today: date) -> Reading[Data]:
    """The agent of a job.

    Args:
        given: the job's `deploymentInput`.
        stage: the stage, which had the queue in old definitions.
        context: the definition.
        today: the day by which an image is gone or not.
    """
    yield from report_rows(USUAL, given["imageId"])
    queue = given["queueId"] if given["queueId"].text() not in ("", "0") else stage["queueId"]
    if queue.path != stage["queueId"].path:
        yield from report_rows(USUAL, stage["queueId"])
    label = given["agentSpecification"]["identifier"]
    name = context.names.pools.get(queue.text()) or ("" if queue.text().isdecimal() else queue.text())
    demands = yield from _demands([*given["demands"].items(), *stage["demands"].items()], context)
    if label.text():
        yield from report_rows(IDENTITY, queue)
        found = yield from _image(label, today)
    elif name.casefold() in HOSTED:
        found = HOSTED[name.casefold()]
        unnamed = name.casefold() == "azure pipelines"
        yield from report_rows(POOL_DEFAULT if unnamed else POOL_RETIRED, queue, detail=f"{name} becomes {found}")
    else:
        number = "" if queue.text() == "0" else queue.text()
        yield ReportRow(POOL if name else POOL_UNKNOWN, queue.path, "" if name else number)
        return {
            "pool": name or f"queue {number or 'unknown'}",
            **({"demands": [text for text, _ in demands]} if demands else {}),
        }
    for text, node in demands:
        yield ReportRow(DEMANDS_LOST, node.path, text)
    return {"image": found}


def _image(label: Node, today: date) -> Reading[str]:
    """The image by its label, or the nearest one where it is gone."""
    known = image(label.text())
    gone = known is not None and known.status(today) in (ImageStatus.RETIRED, ImageStatus.NEVER)
    if known is not None and gone and known.replacement:
        yield ReportRow(POOL_RETIRED, label.path, f"{label.text()} becomes {known.replacement}")
        return known.replacement
    yield from report_rows(POOL, label)
    return label.text()


def _demands(nodes: list[Node], context: ImportContext) -> Reading[list[tuple[str, Node]]]:
    """Demands as texts: `docker`, or `Agent.OS -equals Linux`."""
    found: list[tuple[str, Node]] = []
    for node in nodes:
        if isinstance(node.value, dict):
            name, value = node["name"].text(), node["value"].text()
            text = f"{name} -equals {value}" if value else name
            yield from report_rows(DEMANDS, node["name"], node["value"])
        else:
            text = node.text()
            yield from report_rows(DEMANDS, node)
        if text:
            found.append((context.texts.to_yaml(text), node))
    return found
