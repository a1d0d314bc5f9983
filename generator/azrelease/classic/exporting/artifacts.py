"""The sources of a release as artifacts."""

from collections.abc import Iterable, Mapping

from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.exporting import features
from azrelease.classic.exporting.context import ExportContext
from azrelease.classic.json_node import JsonObject, JsonPath
from azrelease.release import ArtifactSource, Release
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


def artifacts_json(release: Release, context: ExportContext) -> Conversion[list[JsonObject]]:
    """The artifacts of a completed release, the primary one first."""
    sources = (*((release.artifact,) if release.artifact else ()), *release.sources)
    found: list[JsonObject] = []
    for index, source in enumerate(sources):
        first = 1 if release.artifact is not None else 0
        path: JsonPath = ("artifact",) if index < first else ("sources", index - first)
        kind, parts = yield from _parts(source, context, path)
        found.append(
            {
                "alias": source.alias,
                "type": kind,
                "isPrimary": index == 0,
                "isRetained": False,
                "definitionReference": {
                    key: {"id": identifier, "name": name} for key, (identifier, name) in parts.items()
                },
            }
        )
    return found


DefinitionReference = Mapping[str, tuple[str, str]]

_LATEST = {"defaultVersionType": ("latestType", "Latest")}


def _parts(
    source: ArtifactSource | AnySource, context: ExportContext, path: JsonPath
) -> Conversion[tuple[str, DefinitionReference]]:
    if isinstance(source, ArtifactSource):
        if source.name is not None:
            yield ReportRow(features.ALL_ARTIFACTS, path, source.name)
        return "Build", (yield from _build(source, context, path))
    if isinstance(source, GitSource | HostedRepositorySource):
        return (yield from _repository(source, context, path))
    if isinstance(source, PackageSource):
        named: dict[str, str | None] = {"feed": source.feed, "definition": source.package, "packageType": source.kind}
        return "PackageManagement", {
            **_named({**named, "view": source.view}.items()),
            **_version(source.version),
        }
    connection = yield from _connection(source.service_connection, context, path)
    if isinstance(source, ContainerSource):
        if source.type == "acr":
            named = {"definition": source.repository, "registryurl": source.registry}
            return "AzureContainerRepository", {
                **connection, **_named({**named, "resourcegroup": source.resource_group}.items()), **_LATEST
            }  # fmt: skip
        namespace, _, name = source.repository.rpartition("/")
        return "DockerHub", {
            **connection, **_named({"namespaces": namespace or None, "definition": name}.items()), **_LATEST
        }  # fmt: skip
    if isinstance(source, JenkinsSource):
        return "Jenkins", {**connection, "definition": (source.job, source.job), **_version(source.version)}
    assert isinstance(source, GitHubReleaseSource)
    named = {"definition": source.repository}
    return "GitHubRelease", {**connection, **_named(named.items()), **_version(source.version)}


def _named(parts: Iterable[tuple[str, str | None]]) -> DefinitionReference:
    return {key: (value, value) for key, value in parts if value is not None}


def _version(version: str | None) -> DefinitionReference:
    if version in (None, LATEST):
        return _LATEST
    assert version is not None
    return {
        "defaultVersionType": ("specificVersionType", "Specific version"),
        "defaultVersionSpecific": (version, version),
    }


def _connection(name: str | None, context: ExportContext, path: JsonPath) -> Conversion[DefinitionReference]:
    if name is None:
        return {}
    identifier = context.ids.service_connections.get(name)
    if identifier is None:
        yield ReportRow(features.CONNECTION_ID, path, name)
    return {"connection": (identifier or "", name)}


def _build(source: ArtifactSource, context: ExportContext, path: JsonPath) -> Conversion[DefinitionReference]:
    identifier = context.ids.pipelines.get(source.pipeline, "")
    if not identifier:
        yield ReportRow(features.PIPELINE_ID, path, source.pipeline)
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
        "IsMultiDefinitionType": ("False", "False"),
        "defaultVersionType": (kind, label),
        "defaultVersionBranch": (source.branch or "", source.branch or ""),
        "defaultVersionTags": (tags, tags),
        "defaultVersionSpecific": (specific, specific),
    }


def _repository(
    source: GitSource | HostedRepositorySource, context: ExportContext, path: JsonPath
) -> Conversion[tuple[str, DefinitionReference]]:
    depth = "" if source.fetch_depth is None else str(source.fetch_depth)
    parts: dict[str, tuple[str, str]] = {
        "defaultVersionType": ("latestFromBranchType", "Latest from the default branch"),
        "checkoutSubmodules": _flag(source.submodules is not None),
        "checkoutNestedSubmodules": _flag(source.submodules == "recursive"),
        "gitLfsSupport": _flag(source.lfs),
        "fetchDepth": (depth, depth),
    }
    branch = source.branch or ""
    if isinstance(source, GitSource):
        yield ReportRow(features.PROJECT_ID, path, source.repository)
        project, _, name = source.repository.rpartition("/")
        return "Git", {**parts, "project": ("", project), "definition": ("", name), "branches": (branch, branch)}
    connection = yield from _connection(source.service_connection, context, path)
    kind = "GitHub" if source.type == "github" else "Bitbucket"
    repository = (source.repository, source.repository)
    return kind, {**parts, **connection, "definition": repository, "branch": (branch, branch)}


def _flag(on: bool) -> tuple[str, str]:
    return ("True", "True") if on else ("False", "False")
