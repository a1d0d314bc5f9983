"""The sources of a release as artifacts."""

from collections.abc import Mapping

from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.exporting import features
from azrelease.classic.exporting.context import ExportContext
from azrelease.classic.json_node import JsonObject, JsonPath
from azrelease.release import ArtifactSource
from azrelease.release.artifact import LATEST
from azrelease.release.source import (
    AnySource,
    ContainerSource,
    GitHubReleaseSource,
    GitSource,
    HostedRepositorySource,
    JenkinsSource,
    PackageSource,
)

DefinitionReference = Mapping[str, tuple[str, str]]
"""Parts of a `definitionReference`, each with an id and a name."""

_LATEST = {"defaultVersionType": ("latestType", "Latest")}


def artifacts_json(context: ExportContext) -> Conversion[list[JsonObject]]:
    """The artifacts of a release, the primary one first."""
    artifact = context.release.artifact
    sources: list[tuple[JsonPath, ArtifactSource | AnySource]] = [(("artifact",), artifact)] if artifact else []
    sources += [(("sources", index), source) for index, source in enumerate(context.release.sources)]
    artifacts: list[JsonObject] = []
    for path, source in sources:
        kind, reference = yield from _reference(source, context, path)
        artifacts.append(
            {
                "alias": source.alias,
                "type": kind,
                "isPrimary": not artifacts,
                "isRetained": False,
                "definitionReference": {
                    key: {"id": identifier, "name": name} for key, (identifier, name) in reference.items()
                },
            }
        )
    return artifacts


def _reference(
    source: ArtifactSource | AnySource, context: ExportContext, path: JsonPath
) -> Conversion[tuple[str, DefinitionReference]]:
    if isinstance(source, ArtifactSource):
        if source.name is not None:
            yield ReportRow(features.ALL_ARTIFACTS, path, source.name)
        return "Build", (yield from _build(source, context, path))
    if isinstance(source, GitSource | HostedRepositorySource):
        return (yield from _repository(source, context, path))
    if isinstance(source, PackageSource):
        named = _named(feed=source.feed, definition=source.package, packageType=source.kind, view=source.view)
        return "PackageManagement", {**named, **_version(source.version)}
    connection = yield from _connection(source.service_connection, context, path)
    if isinstance(source, JenkinsSource):
        return "Jenkins", {**connection, **_named(definition=source.job), **_version(source.version)}
    if isinstance(source, GitHubReleaseSource):
        return "GitHubRelease", {**connection, **_named(definition=source.repository), **_version(source.version)}
    assert isinstance(source, ContainerSource)
    if source.type == "acr":
        named = _named(definition=source.repository, registryurl=source.registry, resourcegroup=source.resource_group)
        return "AzureContainerRepository", {**connection, **named, **_LATEST}
    namespace, _, name = source.repository.rpartition("/")
    return "DockerHub", {**connection, **_named(namespaces=namespace or None, definition=name), **_LATEST}


def _named(**parts: str | None) -> DefinitionReference:
    """Parts whose id is their name."""
    return {key: (value, value) for key, value in parts.items() if value is not None}


def _version(version: str | None) -> DefinitionReference:
    if version is None or version == LATEST:
        return _LATEST
    specific = {"defaultVersionType": ("specificVersionType", "Specific version")}
    return {**specific, **_named(defaultVersionSpecific=version)}


def _connection(name: str | None, context: ExportContext, path: JsonPath) -> Conversion[DefinitionReference]:
    if name is None:
        return {}
    ids = context.ids.service_connections
    return {"connection": ((yield from context.find_id(ids, name, features.CONNECTION_ID, path)), name)}


def _build(source: ArtifactSource, context: ExportContext, path: JsonPath) -> Conversion[DefinitionReference]:
    identifier = yield from context.find_id(context.ids.pipelines, source.pipeline, features.PIPELINE_ID, path)
    if source.project:
        yield ReportRow(features.PROJECT_ID, path, source.project)
    if any("," in tag for tag in source.tags):
        yield ReportRow(features.TAG_COMMA, path)
    if source.version != LATEST:
        yield ReportRow(features.RUN_NUMBER, path, source.version)
    kind, label = "latestType", "Latest"
    if source.version != LATEST:
        kind, label = "specificVersionType", "Specific version"
    elif source.branch or source.tags:
        kind, label = "latestWithBranchAndTagsType", "Latest from a specific branch with tags"
    tags = ",".join(source.tags)
    specific = "" if source.version == LATEST else source.version
    return {
        "project": ("", source.project or ""),
        "definition": (identifier, source.pipeline),
        "IsMultiDefinitionType": _flag(False),
        "defaultVersionType": (kind, label),
        **_named(defaultVersionBranch=source.branch or "", defaultVersionTags=tags, defaultVersionSpecific=specific),
    }


def _repository(
    source: GitSource | HostedRepositorySource, context: ExportContext, path: JsonPath
) -> Conversion[tuple[str, DefinitionReference]]:
    depth = "" if source.fetch_depth is None else str(source.fetch_depth)
    parts: DefinitionReference = {
        "defaultVersionType": ("latestFromBranchType", "Latest from the default branch"),
        "checkoutSubmodules": _flag(source.submodules is not None),
        "checkoutNestedSubmodules": _flag(source.submodules == "recursive"),
        "gitLfsSupport": _flag(source.lfs),
        **_named(fetchDepth=depth),
    }
    branch = source.branch or ""
    if isinstance(source, GitSource):
        yield ReportRow(features.PROJECT_ID, path, source.repository)
        project, _, name = source.repository.rpartition("/")
        return "Git", {**parts, "project": ("", project), "definition": ("", name), **_named(branches=branch)}
    connection = yield from _connection(source.service_connection, context, path)
    kind = "GitHub" if source.type == "github" else "Bitbucket"
    return kind, {**parts, **connection, **_named(definition=source.repository, branch=branch)}


def _flag(on: bool) -> tuple[str, str]:
    return ("True", "True") if on else ("False", "False")
