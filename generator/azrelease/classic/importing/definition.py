"""A definition becomes the data of a release file."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic import ValidationError

from azrelease.catalog.tasks import Tasks
from azrelease.classic import features
from azrelease.classic.conversion_report import (
    Conversion,
    ConversionReport,
    ReportRow,
    collect,
    complete_report,
    report_rows,
    setting_rows,
)
from azrelease.classic.importing.artifacts import ImportedSource, convert_artifacts, source_aliases
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.single_artifact import single_artifact
from azrelease.classic.importing.stages import convert_stages
from azrelease.classic.importing.step_template import GroupKey, TaskGroupTemplate
from azrelease.classic.importing.triggers import convert_triggers
from azrelease.classic.importing.variables import convert_variables
from azrelease.classic.json_node import JsonNode, JsonObject
from azrelease.classic.macro_translation import YAML_FOLDER, MacroTranslation
from azrelease.classic.resource_names import ResourceNames
from azrelease.ownership import owning_release, untagged
from azrelease.release import Release
from azrelease.templating import shipped_templates

_LONGEST_NAME = 100


class ImportResult(NamedTuple):
    """What a definition became.

    Attributes:
        release: the release; None where the definition cannot become a valid one.
        report: what became of each part.
        problems: why the release is not valid.
    """

    release: Release | None
    report: ConversionReport
    problems: tuple[str, ...] = ()


class ConvertedDefinition(NamedTuple):
    """A definition, the data of the release file that it becomes, and the rows about its parts."""

    definition: JsonNode
    data: JsonObject
    rows: tuple[ReportRow, ...]

    def report(self) -> ConversionReport:
        """What became of each part of the definition."""
        return complete_report(self.definition, self.rows)

    def result(self) -> ImportResult:
        """The release, or why the data is not a valid one."""
        try:
            return ImportResult(Release.model_validate(self.data), self.report())
        except ValidationError as error:
            # pydantic counts only valid items, and so calls a list of invalid ones too short.
            details = [e for e in error.errors(include_url=False) if not (e["type"] == "too_short" and e["input"])]
            problems = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in details)
            return ImportResult(None, self.report(), tuple(problems))


def convert_definition(
    definition: Mapping[str, Any],
    *,
    today: date,
    names: ResourceNames,
    task_groups: Sequence[Mapping[str, Any]],
    tasks: Tasks,
    step_templates: Mapping[GroupKey, TaskGroupTemplate] = {},
) -> ConvertedDefinition:
    """Convert a definition, ignoring a release that it carries. The arguments are those of `import_definition`."""
    node = JsonNode(dict(definition))
    artifacts = list(node["artifacts"].items())
    aliases = source_aliases(artifacts)
    name = _release_name(node["name"].text())
    context = ImportContext(
        name,
        today,
        names,
        tasks,
        task_groups,
        MacroTranslation(aliases, None),
        YAML_FOLDER,
        shipped_templates(),
        step_templates=step_templates,
    )
    data, rows = collect(_definition(node, artifacts, context))
    return ConvertedDefinition(node, {"name": name, **data}, rows)


def _release_name(name: str) -> str:
    valid = re.sub(r'[\x00-\x1f"/:<>\\|?*@%]+', "-", name)[:_LONGEST_NAME].strip().strip(".")
    return valid if valid and valid[0] not in "_.-" else f"release{valid}"


def _definition(node: JsonNode, artifacts: Sequence[JsonNode], context: ImportContext) -> Conversion[JsonObject]:
    yield from _identity(node)
    data = yield from _description(node, context)
    sources = yield from convert_artifacts(artifacts, context)
    primary = next((item for item in artifacts if item["isPrimary"].flag()), artifacts[0] if artifacts else None)
    build = next((s for s in sources if s.type == "pipeline" and primary and s.node.path == primary.path), None)
    builds = frozenset(source.alias for source in sources if source.type == "pipeline")
    context = context._replace(
        macros=MacroTranslation(
            context.macros.aliases,
            build.alias if build else None,
            builds,
            primary_alias=primary["alias"].text() or None if primary else None,
        )
    )
    single = single_artifact(node, build, context)
    if single and build:
        yield ReportRow(features.ONE_ARTIFACT, build.node.path, single)
    if build is not None:
        context = context._replace(root=posixpath.join(YAML_FOLDER, build.alias, *((single,) if single else ())))
    context = context._replace(downloads=_downloads(sources)).of_scope(node["variables"])
    triggers, schedules = yield from convert_triggers(list(node["triggers"].items()), sources, context.names)
    data |= _sources(sources, build, single, triggers, schedules)
    data |= yield from _run_name(node["releaseNameFormat"], context)
    data |= yield from convert_variables(node, None, context)
    data |= yield from convert_stages(node, context)
    return data


def _identity(node: JsonNode) -> Iterator[ReportRow]:
    """Rows for what belongs to the old organization, and for what stops every import."""
    keys = ("_links", "id", "url", "comment", "createdBy", "createdOn", "modifiedBy", "modifiedOn", "lastRelease",
            "projectReference", "revision", "source")  # fmt: skip
    yield from report_rows(features.IDENTITY, *(node[key] for key in keys))
    for key, value in node["properties"].entries():
        yield from report_rows(features.EXPORTED if key.startswith("azrelease") else features.IDENTITY, value)
    for key in ("isDeleted", "isDisabled"):
        yield from setting_rows(node[key].flag(), features.DISABLED, node[key])
    process = node["pipelineProcess"]
    yield from setting_rows(process["type"].choice("PipelineProcessTypes") == "yaml", features.YAML_PROCESS, process)
    yield from report_rows(features.RETENTION, node["retentionPolicy"])


def _description(node: JsonNode, context: ImportContext) -> Conversion[JsonObject]:
    name = node["name"]
    if name.text() == context.release:
        yield from report_rows(features.NAME, name)
    else:
        yield from report_rows(features.NAME_CHANGED, name, detail=context.release)
    folder = node["path"].text().strip("\\/ ")
    yield from setting_rows(bool(folder), features.FOLDER, node["path"])
    description = node["description"].text()
    description = untagged(description) if owning_release(description) else description
    yield from report_rows(features.DESCRIPTION, node["description"])
    tags = [tag.text() for tag in node["tags"].items() if tag.text().strip()]
    yield from report_rows(features.TAGS, *node["tags"].items())
    return {
        **({"description": description} if description.strip() else {}),
        **({"folder": f"\\{folder}"} if folder else {}),
        **({"tags": tags} if tags else {}),
    }


def _run_name(node: JsonNode, context: ImportContext) -> Conversion[JsonObject]:
    text = node.text()
    if not text.strip():
        return {}
    macros = re.findall(r"\$\(([^()]*)\)", text)
    same = all(re.match(r"(?i)(rev|date)(:|$)", name) for name in macros) and context.macros.is_kept(text)
    yield from report_rows(features.RUN_NAME if same else features.RUN_NAME_CHANGED, node)
    yield from context.missing(node)
    return {"run_name": context.macros.to_yaml(text)}


def _sources(
    sources: Sequence[ImportedSource],
    build: ImportedSource | None,
    single: str | None,
    triggers: Mapping[str, Any],
    schedules: Sequence[JsonObject],
) -> JsonObject:
    """`artifact`, `sources` and `trigger`."""
    data: JsonObject = {}
    trigger: JsonObject = {}
    if build is not None:
        data["artifact"] = {**build.data, **({"name": single} if single else {})}
        if build.alias in triggers:
            trigger["continuous_deployment"] = triggers[build.alias]
    if schedules:
        trigger["schedules"] = list(schedules)
    rest = [
        {"type": s.type, **s.data, **({"trigger": triggers[s.alias]} if s.alias in triggers else {})}
        for s in sources
        if s is not build
    ]
    return data | ({"sources": rest} if rest else {}) | ({"trigger": trigger} if trigger else {})


def _downloads(sources: Sequence[ImportedSource]) -> dict[str, bool]:
    """The sources to download, each with whether a job can choose parts of it."""
    return {
        source.alias: source.type in ("pipeline", "jenkins")
        for source in sources
        if source.type not in ("acr", "docker")
    }
