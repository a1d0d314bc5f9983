"""The artifacts that a job downloads."""

import re
from collections.abc import Iterator, Sequence

from azrelease.classic import features
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.json_node import JsonNode, JsonObject

_PATH_OR_PATTERN = re.compile(r"[/\\*?]")


def convert_downloads(job: JsonNode, skips: bool, context: ImportContext) -> Conversion[JsonObject]:
    """`download` of a job.

    Args:
        job: the job's `deploymentInput`.
        skips: whether it downloads nothing.
        context: the definition.
    """
    inputs = job["artifactsDownloadInput"]["downloadInputs"]
    modes = [item["artifactDownloadMode"].text().casefold() or "all" for item in inputs.items()]
    if skips or all(mode == "all" for mode in modes):
        yield from report_rows(features.DEFAULT, inputs)
        return {"download": []} if skips else {}
    downloads: list[JsonObject] = []
    listed: set[str] = set()
    for item, mode in zip(inputs.items(), modes, strict=True):
        name = item["alias"].text()
        alias = context.macros.aliases.get(name, name)
        listed.add(alias)
        if alias not in context.downloads:
            yield from report_rows(features.DEFAULT, item)
            continue
        selects = mode == "selective" and context.downloads[alias]
        if mode == "selective" and not selects:
            yield ReportRow(features.PHASE_DOWNLOAD_ALL, item["artifactItems"].path, alias)
        if mode not in ("all", "selective", "skip"):
            yield ReportRow(features.UNKNOWN, item["artifactDownloadMode"].path, mode)
        yield from report_rows(features.DEFAULT, item["artifactType"])
        yield from report_rows(features.PHASE_DOWNLOAD if alias == name else features.ALIAS_CHANGED, item["alias"])
        yield from report_rows(features.PHASE_DOWNLOAD, item["artifactDownloadMode"], *item["artifactItems"].items())
        if selects:
            items = [text.text() for text in item["artifactItems"].items()]
            downloads.extend({"alias": alias, **selection} for selection in _selections(items))
        elif mode != "skip":
            downloads.append({"alias": alias})
    downloads += [{"alias": alias} for alias in context.downloads if alias not in listed]
    return {"download": downloads}


def _selections(items: Sequence[str]) -> Iterator[JsonObject]:
    """The selected parts of a source: whole artifacts by name, and files, whose paths start with their artifact."""
    whole = [item for item in items if item and not _PATH_OR_PATTERN.search(item)]
    if whole:
        yield {"artifacts": whole}
    files: dict[str, list[str]] = {}
    for item in items:
        if _PATH_OR_PATTERN.search(item):
            name, slash, rest = item.replace("\\", "/").partition("/")
            is_named = bool(slash and rest) and not _PATH_OR_PATTERN.search(name)
            files.setdefault(name if is_named else "", []).append(rest if is_named else item)
    for name, patterns in files.items():
        yield {**({"artifacts": [name]} if name else {}), "patterns": patterns}
