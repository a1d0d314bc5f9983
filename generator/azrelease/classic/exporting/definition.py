"""A release becomes a definition."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from azrelease.catalog import classic
from azrelease.catalog.tasks import BUILT_IN, Tasks
from azrelease.classic.conversion_report import Conversion, ConversionReport, ReportRow, collect
from azrelease.classic.embedded_release import release_properties
from azrelease.classic.exporting import features
from azrelease.classic.exporting.artifacts import artifacts_json
from azrelease.classic.exporting.context import ExportContext
from azrelease.classic.exporting.stages import environments_json, groups_json, variables_json
from azrelease.classic.exporting.triggers import triggers_json
from azrelease.classic.json_node import JsonObject, JsonPath
from azrelease.classic.macro_translation import CLASSIC_FOLDER, MacroTranslation, has_expression
from azrelease.classic.resource_names import NO_NAMES, ResourceNames
from azrelease.lowering.resources import artifact_root
from azrelease.release import Release
from azrelease.release.source import PipelineSource
from azrelease.templating import Templates, shipped_templates

_RUN_NAME = "Release-$(rev:r)"


class ExportResult(NamedTuple):
    """A definition, and the report on what it changes or loses."""

    definition: JsonObject
    report: ConversionReport


def export_release(
    release: Release,
    *,
    names: ResourceNames = NO_NAMES,
    portal: bool = False,
    tasks: Tasks = BUILT_IN,
    templates: Templates | None = None,
) -> ExportResult:
    """Convert a release to a classic definition.

    Args:
        release: the release; it is completed first.
        names: names for the ids that the service needs.
        portal: write enumerations as the integers of the portal's export.
        tasks: the tasks of the organization, where they are known.
        templates: the templates of scripts. Default: the shipped ones.

    Raises:
        TemplateError: a template of a script cannot be rendered.
    """
    full = release.completed()
    main = full.artifact.alias if full.artifact else None
    aliases = {alias: alias for alias in (main, *(source.alias for source in full.sources)) if alias}
    builds = frozenset(source.alias or "" for source in full.sources if isinstance(source, PipelineSource))
    context = ExportContext(
        full,
        MacroTranslation(aliases, main, builds),
        artifact_root(full.artifact, CLASSIC_FOLDER),
        names.reversed(),
        templates or shipped_templates(),
        tasks,
    )
    definition, rows = collect(_definition(full, context))
    definition["properties"] = release_properties(release)
    return ExportResult(_in_integers(definition) if portal else definition, ConversionReport(rows))


def _definition(release: Release, context: ExportContext) -> Conversion[JsonObject]:
    yield from _other_variables(release.model_dump(mode="json"), context.macros, ())
    if release.registration is not None:
        yield ReportRow(features.REGISTRATION_LOST, ("registration",))
    if release.pipeline_template is not None:
        yield ReportRow(features.PIPELINE_TEMPLATE_LOST, ("pipeline_template",), release.pipeline_template.file)
    if release.template_repositories:
        yield ReportRow(features.TEMPLATE_REPOSITORIES_LOST, ("template_repositories",))
    variables = variables_json(release.variables, release.secrets, release.settable, context)
    groups = yield from groups_json(release.variable_groups, context, ("variable_groups",))
    artifacts = yield from artifacts_json(context)
    triggers = yield from triggers_json(release)
    environments = yield from environments_json(context)
    return {
        "name": release.name,
        "path": "\\" + (release.folder or "").strip("\\/"),
        "description": release.description,
        "source": "restApi",
        "revision": 1,
        "variables": variables,
        "variableGroups": groups,
        "environments": environments,
        "artifacts": artifacts,
        "triggers": triggers,
        "releaseNameFormat": context.text(release.run_name) or _RUN_NAME,
        "tags": list(release.tags),
        "pipelineProcess": {"type": "designer"},
        "isDeleted": False,
    }


def _other_variables(value: Any, macros: MacroTranslation, path: JsonPath) -> Iterator[ReportRow]:  # noqa: ANN401  (any JSON)
    """Rows for variables and expressions in the texts of a release that mean something else in a definition."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield from _other_variables(inner, macros, (*path, step))
    if isinstance(value, str):
        feature = features.CONDITION_OTHER if path[-1] == "condition" else features.VARIABLE_OTHER
        for name in macros.without_classic(value):
            yield ReportRow(feature, path, name)
        if has_expression(value):
            yield ReportRow(features.EXPRESSION_LOST, path)


_ENUMERATIONS: Mapping[str, str] = {
    "source": "ReleaseDefinitionSource",
    "triggerType": "ReleaseTriggerType",
    "conditionType": "ConditionType",
    "phaseType": "DeployPhaseTypes",
    "parallelExecutionType": "ParallelExecutionTypes",
    "executionOrder": "ApprovalExecutionOrder",
    "daysToRelease": "ScheduleDays",
}


def _in_integers(value: Any, key: str = "", parent: str = "") -> Any:  # noqa: ANN401  (any JSON)
    """A definition with its enumerations as the portal writes them; names of the user stay."""
    if isinstance(value, dict):
        return {name: _in_integers(item, name, key) for name, item in value.items()}
    if isinstance(value, list):
        return [_in_integers(item, key, parent) for item in value]
    if parent in ("inputs", "environment", "variables", "definitionReference") or not isinstance(value, str):
        return value
    if key == "type" and parent == "pipelineProcess":
        return classic.to_number("PipelineProcessTypes", value)
    return classic.to_number(_ENUMERATIONS[key], value) if key in _ENUMERATIONS else value
