"""Artifacts of a definition as the artifact and the further sources of a release."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from azrelease.classic import features
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows, setting_rows
from azrelease.classic.features import Feature
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.json_node import GUID, JsonNode, JsonObject
from azrelease.classic.resource_names import ResourceNames
from azrelease.release.artifact import KEYWORDS


class ImportedSource(NamedTuple):
    """A source of the release, with the artifact that became it."""

    node: JsonNode
    alias: str
    data: JsonObject

    @property
    def type(self) -> str:
        """The kind of the source."""
        return str(self.data.get("type", "pipeline"))


def source_aliases(artifacts: Sequence[JsonNode]) -> dict[str, str]:
    """The alias in the release for each alias of the definition, which may have characters that YAML lacks."""
    aliases: dict[str, str] = {}
    for number, artifact in enumerate(artifacts, 1):
        old = artifact["alias"].text()
        new = re.sub(r"[^-_A-Za-z0-9]+", "-", old).strip("-") or f"artifact-{number}"
        new = f"{new}-artifact" if new.casefold() in KEYWORDS else new
        while new.casefold() in {other.casefold() for other in aliases.values()}:
            new = f"{new}-{number}"
        aliases[old] = new
    return aliases


def convert_artifacts(artifacts: Sequence[JsonNode], context: ImportContext) -> Conversion[list[ImportedSource]]:
    """The sources, the primary one first."""
    sources: list[ImportedSource] = []
    for artifact in sorted(artifacts, key=lambda artifact: not artifact["isPrimary"].flag()):
        name, is_primary = artifact["alias"], artifact["isPrimary"]
        alias = context.macros.aliases[name.text()]
        if alias == name.text():
            yield from report_rows(features.ALIAS, name)
        else:
            yield from report_rows(features.ALIAS_CHANGED, name, detail=alias)
        yield from setting_rows(is_primary.flag(), features.PRIMARY, is_primary)
        yield from report_rows(features.IDENTITY, artifact["sourceId"])
        yield from report_rows(features.DEFAULT, artifact["isRetained"])
        data = yield from _source(artifact, context.names)
        if data is not None:
            sources.append(ImportedSource(artifact, alias, {**data, "alias": alias}))
    return sources


def _source(node: JsonNode, names: ResourceNames) -> Conversion[JsonObject | None]:
    kind = node["type"].text().casefold()
    reference = node["definitionReference"]
    if kind == "build":
        return (yield from _build(node, reference, names))
    if kind in ("git", "github", "bitbucket"):
        return (yield from _repository(kind, node, reference, names))
    version = yield from _other_version(kind, reference)
    converted = _of_kind(kind, reference, version)
    if converted is None or not _name(reference["definition"]):
        yield ReportRow(features.ARTIFACT_LOST, node.path, f"{node['type'].text()} {node['alias'].text()}".strip())
        return None
    feature, data = converted
    connection = yield from _connection(reference["connection"], names, feature)
    yield from report_rows(feature, node["type"])
    yield from _parts(reference, feature)
    if data["type"] != "package":
        data = data | {"service_connection": connection}
    return {key: value for key, value in data.items() if value not in (None, "")}


def _of_kind(kind: str, reference: JsonNode, version: str | None) -> tuple[Feature, JsonObject] | None:
    """A source of another kind, without its connection; None for a kind that YAML lacks."""
    definition = _name(reference["definition"])
    match kind:
        case "azurecontainerrepository":
            data = {"type": "acr", "repository": definition, "registry": _name(reference["registryurl"])}
            return features.CONTAINER, data | {"resource_group": _name(reference["resourcegroup"])}
        case "dockerhub":
            namespace = _name(reference["namespaces"])
            repository = f"{namespace}/{definition}" if namespace else definition
            return features.CONTAINER, {"type": "docker", "repository": repository}
        case "jenkins":
            return features.JENKINS, {"type": "jenkins", "job": definition, "version": version}
        case "packagemanagement":
            package = (_name(reference["packageType"]) or "nuget").casefold()
            if package not in _PACKAGES:
                return None
            data = {"type": "package", "feed": _name(reference["feed"]), "package": definition, "kind": package}
            return features.PACKAGE, data | {"version": version or "latest", "view": _name(reference["view"])}
        case "githubrelease":
            return features.GITHUB_RELEASE, {"type": "github_release", "repository": definition, "version": version}
    return None


_PACKAGES = ("nuget", "npm", "maven", "pypi", "upack", "cargo")
_FLAGS = ("checkoutSubmodules", "checkoutNestedSubmodules", "gitLfsSupport")
"""Parts whose name is a label of their value."""


def _parts(reference: JsonNode, feature: Feature) -> Iterator[ReportRow]:
    """Rows for the parts of a reference: names are carried, ids belong to the old organization."""
    for key, part in reference.entries():
        if key == "connection":
            continue
        for leaf in part.leaves():
            if key in ("artifactSourceDefinitionUrl", "defaultVersionType"):
                yield ReportRow(features.IDENTITY, leaf.path)
            elif key == "checkoutNestedSubmodules" and not reference["checkoutSubmodules"]["id"].flag():
                yield ReportRow(features.DEFAULT, leaf.path)
            elif key in _FLAGS:
                yield ReportRow(feature if leaf.path[-1] == "id" else features.IDENTITY, leaf.path)
            elif leaf:
                is_carried = leaf.path[-1] == "name" or not part["name"]
                yield ReportRow(feature if is_carried else features.IDENTITY, leaf.path)


def _connection(node: JsonNode, names: ResourceNames, carried: Feature) -> Conversion[str]:
    """A service connection: by its name in the definition or in `names`, else by its id."""
    identifier, name = node["id"].text(), node["name"].text()
    known = names.service_connections.get(identifier) or ("" if re.fullmatch(GUID, name) else name)
    if identifier or name:
        reference = node["name"] if name else node["id"]
        yield from report_rows(carried if known else features.SERVICE_ID, reference, detail="" if known else identifier)
        yield from report_rows(features.IDENTITY, node["id"] if name else node["name"])
    return known or identifier


def _name(node: JsonNode) -> str:
    """The name of a part of a reference, else its id."""
    return node["name"].text() or node["id"].text() or (node.text() if not isinstance(node.value, dict) else "")


def _other_version(kind: str, reference: JsonNode) -> Conversion[str | None]:
    """The version of a source other than a build; None for the latest."""
    chosen = reference["defaultVersionType"]["id"].text()
    specific = _name(reference["defaultVersionSpecific"])
    if chosen == "specificVersionType" and specific:
        if kind in ("azurecontainerrepository", "dockerhub"):
            yield ReportRow(features.IMAGE_VERSION, reference["defaultVersionType"].path, specific)
        return specific
    if chosen == "selectDuringReleaseCreationType":
        yield from report_rows(features.VERSION_ASKED, reference["defaultVersionType"]["id"])
    if kind == "packagemanagement":
        yield ReportRow(features.PACKAGE_LATEST, reference.path)
    return None


def _build(node: JsonNode, reference: JsonNode, names: ResourceNames) -> Conversion[JsonObject | None]:
    if reference["IsMultiDefinitionType"]["id"].flag() or _name(reference["definitions"]):
        yield ReportRow(features.ARTIFACT_LOST, node.path, f"several builds as {node['alias'].text()}")
        return None
    yield from report_rows(features.ARTIFACT, node["type"])
    definition = reference["definition"]
    identifier, title = definition["id"].text(), definition["name"].text()
    name = names.pipelines.get(identifier) or title
    if name:
        yield from report_rows(features.ARTIFACT, definition["name"])
        yield from report_rows(features.IDENTITY, definition["id"])
    else:
        yield ReportRow(features.ARTIFACT_UNNAMED, definition.path, identifier)
    data: JsonObject = {"pipeline": name or f"pipeline {identifier or node['alias'].text()}"}
    project = reference["project"]
    if project["name"] or project["id"]:
        named = bool(project["name"])
        yield from report_rows(features.ARTIFACT_PROJECT, project["name" if named else "id"])
        if named:
            yield from report_rows(features.IDENTITY, project["id"])
        data["project"] = project["name" if named else "id"].text()
    data |= yield from _version(node, reference, names)
    yield from report_rows(features.DEFAULT, reference["IsMultiDefinitionType"], reference["definitions"])
    identity = ("artifactSourceDefinitionUrl", "repository", "branch")
    yield from report_rows(features.IDENTITY, *(reference[key] for key in identity))
    known = {"project", "definition", "repository", "branch", "artifactSourceDefinitionUrl", "IsMultiDefinitionType",
             "definitions", "defaultVersionType", "defaultVersionBranch", "defaultVersionSpecific",
             "defaultVersionTags", "version", "artifactSourceVersionUrl"}  # fmt: skip
    for key, part in reference.entries():
        if key not in known and any(part.leaves()):
            yield ReportRow(features.ARTIFACT_EXTRA, part.path, key)
    return data


_VERSIONS = {
    name.casefold(): name
    for name in ("latestType", "latestWithBranchAndTagsType", "latestWithBuildDefinitionBranchAndTagsType",
                 "latestFromBranchType", "specificVersionType", "selectDuringReleaseCreationType")
} | {"": "latestType"}  # fmt: skip
"""Values of `defaultVersionType`, by themselves in lower case."""


def _version(node: JsonNode, reference: JsonNode, names: ResourceNames) -> Conversion[JsonObject]:
    """`version`, `branch` and `tags` of a build."""
    chosen = _VERSIONS.get(reference["defaultVersionType"]["id"].text().casefold())
    branch, tags = _name(reference["defaultVersionBranch"]), _name(reference["defaultVersionTags"])
    specific = _name(reference["defaultVersionSpecific"])
    data: JsonObject = {}
    feature = features.ARTIFACT_VERSION
    if chosen is None or (chosen == "specificVersionType" and not specific):
        feature = features.ARTIFACT_EXTRA
    elif chosen == "specificVersionType":
        data["version"] = specific
    elif chosen in ("latestWithBranchAndTagsType", "latestWithBuildDefinitionBranchAndTagsType"):
        if chosen != "latestWithBranchAndTagsType":
            branch = names.default_branches.get(node["alias"].text(), "")
            feature = features.ARTIFACT_VERSION if branch else features.VERSION_BRANCH
        data |= {"branch": branch} if branch else {}
        data |= {"tags": [tag.strip(" ") for tag in tags.split(",") if tag.strip()]} if tags else {}
    elif chosen == "selectDuringReleaseCreationType":
        feature = features.VERSION_ASKED
    yield from report_rows(feature, reference["defaultVersionType"]["id"])
    yield from report_rows(features.IDENTITY, reference["defaultVersionType"]["name"])
    used = {"version": "defaultVersionSpecific", "branch": "defaultVersionBranch", "tags": "defaultVersionTags"}
    for field, key in used.items():
        for leaf in reference[key].leaves():
            if leaf and field in data and leaf.path[-1] == "name":
                tidied = field == "tags" and ",".join(data["tags"]) != leaf.text()
                yield ReportRow(features.TAGS_TIDIED if tidied else features.ARTIFACT_VERSION, leaf.path)
            elif leaf:
                yield ReportRow(features.IDENTITY, leaf.path)
    return data


def _repository(kind: str, node: JsonNode, reference: JsonNode, names: ResourceNames) -> Conversion[JsonObject]:
    yield from report_rows(features.REPOSITORY, node["type"])
    definition, project = _name(reference["definition"]), _name(reference["project"])
    data: JsonObject = {"type": kind, "repository": definition}
    if kind == "git":
        data["repository"] = f"{project}/{definition}" if project else definition
    else:
        data["service_connection"] = yield from _connection(reference["connection"], names, features.REPOSITORY)
    branch = _name(reference["branches"]) or _name(reference["branch"])
    data |= {"branch": branch} if branch else {}
    if reference["defaultVersionType"]["id"].text() == "specificVersionType":
        yield from report_rows(features.REPOSITORY_COMMIT, reference["defaultVersionSpecific"])
    elif reference["defaultVersionType"]["id"].text() == "selectDuringReleaseCreationType":
        yield from report_rows(features.VERSION_ASKED, reference["defaultVersionType"]["id"])
    depth = reference["fetchDepth"]["id"].text() or reference["fetchDepth"]["name"].text()
    data |= {"fetch_depth": int(depth)} if re.fullmatch(r"\d{1,9}", depth) else {}
    if reference["checkoutSubmodules"]["id"].flag():
        nested = reference["checkoutNestedSubmodules"]["id"].flag()
        data["submodules"] = "recursive" if nested else "true"
    data |= {"lfs": True} if reference["gitLfsSupport"]["id"].flag() else {}
    yield from _parts(reference, features.REPOSITORY)
    return data
