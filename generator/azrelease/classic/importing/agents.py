"""The agent of a job: a hosted image, or a pool."""

from datetime import date

from azrelease.catalog import images
from azrelease.catalog.images import ImageStatus
from azrelease.classic import features
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.json_node import JsonNode, JsonObject

_IMAGE_OF_POOL = {
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
"""Pools of Microsoft-hosted agents, which had the names of images until 2019, each with the nearest available image
(learn.microsoft.com/azure/devops/pipelines/agents/hosted)."""


def convert_agent(job: JsonNode, stage: JsonNode, context: ImportContext) -> Conversion[JsonObject]:
    """`agent` of a job.

    Args:
        job: the job's `deploymentInput`.
        stage: the stage, which has the queue in old definitions.
        context: the definition.
    """
    yield from report_rows(features.DEFAULT, job["imageId"])
    queue = job["queueId"] if job["queueId"].text() not in ("", "0") else stage["queueId"]
    if queue.path != stage["queueId"].path:
        yield from report_rows(features.DEFAULT, stage["queueId"])
    label = job["agentSpecification"]["identifier"]
    number = queue.text()
    name = context.names.pools.get(number) or ("" if number.isdecimal() else number)
    demands = yield from _demands([*job["demands"].items(), *stage["demands"].items()], context)
    if label.text():
        yield from report_rows(features.IDENTITY, queue)
        image = yield from _image(label, context.today)
    elif name.casefold() in _IMAGE_OF_POOL:
        image = _IMAGE_OF_POOL[name.casefold()]
        feature = features.POOL_DEFAULT if name.casefold() == "azure pipelines" else features.POOL_RETIRED
        yield from report_rows(feature, queue, detail=f"{name} becomes {image}")
    else:
        number = "" if number == "0" else number
        yield ReportRow(features.POOL if name else features.POOL_UNKNOWN, queue.path, "" if name else number)
        texts = [text for text, _ in demands]
        return {"pool": name or f"queue {number or 'unknown'}", **({"demands": texts} if texts else {})}
    for text, node in demands:
        yield ReportRow(features.DEMANDS_LOST, node.path, text)
    return {"image": image}


def _image(label: JsonNode, today: date) -> Conversion[str]:
    """The image by its label; for a retired one, the nearest available one."""
    image = images.image(label.text())
    if image and image.replacement and image.status(today) in (ImageStatus.RETIRED, ImageStatus.NEVER):
        yield ReportRow(features.POOL_RETIRED, label.path, f"{label.text()} becomes {image.replacement}")
        return image.replacement
    yield from report_rows(features.POOL, label)
    return label.text()


def _demands(nodes: list[JsonNode], context: ImportContext) -> Conversion[list[tuple[str, JsonNode]]]:
    """Demands as texts: `docker`, or `Agent.OS -equals Linux`."""
    demands: list[tuple[str, JsonNode]] = []
    for node in nodes:
        if isinstance(node.value, dict):
            name, value = node["name"].text(), node["value"].text()
            text = f"{name} -equals {value}" if value else name
            yield from report_rows(features.DEMANDS, node["name"], node["value"])
        else:
            text = node.text()
            yield from report_rows(features.DEMANDS, node)
        if text:
            demands.append((context.macros.to_yaml(text), node))
    return demands
