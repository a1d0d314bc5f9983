"""Artifacts of a definition as the artifact and the further sources of a release."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.classic.constructs import (
    ALIAS,
    ALIAS_CHANGED,
    ARTIFACT,
    ARTIFACT_EXTRA,
    ARTIFACT_LOST,
    ARTIFACT_PROJECT,
    ARTIFACT_UNNAMED,
    ARTIFACT_VERSION,
    CONTAINER,
    GITHUB_RELEASE,
    IDENTITY,
    IMAGE_VERSION,
    JENKINS,
    PACKAGE,
    PACKAGE_LATEST,
    PRIMARY,
    REPOSITORY,
    REPOSITORY_COMMIT,
    SERVICE_ID,
    TAGS_TIDIED,
    USUAL,
    VERSION_ASKED,
    VERSION_BRANCH,
    Construct,
)
from azrelease.classic.conversion_report import Reading, ReportRow, report_rows
from azrelease.classic.names import Names
from azrelease.classic.node import GUID, Node
from azrelease.release.artifact import KEYWORDS

Data = dict[str, Any]


class ClassicArtifact(NamedTuple):
    """A source of the release, with the artifact that it was."""

    node: Node
    alias: str
    data: Data

    @property
    def type(self) -> str:
        """The kind of the source."""
        return str(self.data.get("type", "pipeline"))


def aliases_of(nodes: Sequence[Node]) -> dict[str, str]:
    """The alias in the release for each of the definition, which takes letters that YAML does not."""
    found: dict[str, str] = {}
    for number, node in enumerate(nodes, 1):
        old = node["alias"].text()
        new = re.sub(r"[^-_A-Za-z0-9]+", "-", old).strip("-") or f"artifact-{number}"
        new = f"{new}-artifact" if new.casefold() in KEYWORDS else new
        while new.casefold() in {other.casefold() for other in found.values()}:
            new = f"{new}-{number}"
        found[old] = new
    return found


def sources_of(nodes: Sequence[Node], aliases: Mapping[str, str], names: Names) -> Reading[tuple[ClassicArtifact, ...]]:
    """The sources, the primary one first."""
    found: list[ClassicArtifact] = []
    for node in sorted(nodes, key=lambda node: not node["isPrimary"].flag()):
        old = node["alias"].text()
        alias = aliases[old]
        yield from report_rows(
            ALIAS if alias == old else ALIAS_CHANGED, node["alias"], detail="" if alias == old else alias
        )
        yield from report_rows(PRIMARY if node["isPrimary"].flag() else USUAL, node["isPrimary"])
        yield from report_rows(IDENTITY, node["sourceId"])
        yield from report_rows(USUAL, node["isRetained"])
        data = yield from _source(node, names)
        if data is not None:
            found.append(ClassicArtifact(node, alias, {**data, "alias": alias}))
    return tuple(found)


def _source(node: Node, names: Names) -> Reading[Data | None]:
    kind = node["type"].text().casefold()
    reference = node["definitionReference"]
    if kind == "build":
        return (yield from _build(node, reference, names))
    if kind in ("git", "github", "bitbucket"):
        return (yield from _repository(kind, node, reference, names))
    version = yield from _other_version(kind, reference)
    made = _of_kind(kind, reference, version)
    definition = _name(reference["definition"])
    if made is None or not definition:
        yield ReportRow(ARTIFACT_LOST, node.path, f"{node['type'].text()} {node['alias'].text()}".strip())
        return None
    construct, data = made
    connection = yield from _connection(reference["connection"], names, construct)
    yield from report_rows(construct, node["type"])
    yield from _parts(reference, construct)
    if data["type"] != "package":
        data = data | {"service_connection": connection}
    return {key: value for key, value in data.items() if value not in (None, "")}


def _of_kind(kind: str, reference: Node, version: str | None) -> tuple[Construct, Data] | None:
    """A source of another kind, without its connection; None where YAML has none of its kind."""
    definition = _name(reference["definition"])
    match kind:
        case "azurecontainerrepository":
            data = {"type": "acr", "repository": definition, "registry": _name(reference["registryurl"])}
            return CONTAINER, data | {"resource_group": _name(reference["resourcegroup"])}
        case "dockerhub":
            namespace = _name(reference["namespaces"])
            return CONTAINER, {"type": "docker", "repository": f"{namespace}/{definition}" if namespace else definition}
        case "jenkins":
            return JENKINS, {"type": "jenkins", "job": definition, "version": version}
        case "packagemanagement":
            package = (_name(reference["packageType"]) or "nuget").casefold()
            if package not in _PACKAGES:
                return None
            data = {"type": "package", "feed": _name(reference["feed"]), "package": definition, "kind": package}
            return PACKAGE, data | {"version": version or "latest", "view": _name(reference["view"])}
        case "githubrelease":
            return GITHUB_RELEASE, {"type": "github_release", "repository": definition, "version": version}
    return None


_PACKAGES = ("nuget", "npm", "maven", "pypi", "upack", "cargo")
_FLAGS = ("checkoutSubmodules", "checkoutNestedSubmodules", "gitLfsSupport")
"""Parts whose name is only a label."""


def _parts(reference: Node, construct: Construct) -> Iterator[ReportRow]:
    """What else a source is made of: names are carried, ids are of the old organization."""
    for key, part in reference.entries():
        if key == "connection":
            continue
        for leaf in part.leaves():
            if key in ("artifactSourceDefinitionUrl", "defaultVersionType"):
                yield ReportRow(IDENTITY, leaf.path)
            elif key == "checkoutNestedSubmodules" and not reference["checkoutSubmodules"]["id"].flag():
                yield ReportRow(USUAL, leaf.path)
            elif key in _FLAGS:
                yield ReportRow(construct if leaf.path[-1] == "id" else IDENTITY, leaf.path)
            elif leaf:
                yield ReportRow(construct if leaf.path[-1] == "name" or not part["name"] else IDENTITY, leaf.path)


def _connection(node: Node, names: Names, carried: Construct) -> Reading[str]:
    """A service connection: by the name in the definition, by one that is given, or by its id."""
    identifier, name = node["id"].text(), node["name"].text()
    known = names.service_connections.get(identifier) or ("" if re.fullmatch(GUID, name) else name)
    if identifier or name:
        said = node["name"] if name else node["id"]
        yield from report_rows(carried if known else SERVICE_ID, said, detail="" if known else identifier)
        yield from report_rows(IDENTITY, node["id"] if name else node["name"])
    return known or identifier


def _name(node: Node) -> str:
    """The name of a part of a reference, else its id."""
    return node["name"].text() or node["id"].text() or (node.text() if not isinstance(node.value, dict) else "")


def _other_version(kind: str, reference: Node) -> Reading[str | None]:
    """The version of a source that is no build; None for the latest."""
    chosen = reference["defaultVersionType"]["id"].text()
    specific = _name(reference["defaultVersionSpecific"])
    if chosen == "specificVersionType" and specific:
        if kind in ("azurecontainerrepository", "dockerhub"):
            yield ReportRow(IMAGE_VERSION, reference["defaultVersionType"].path, specific)
        return specific
    if chosen == "selectDuringReleaseCreationType":
        yield from report_rows(VERSION_ASKED, reference["defaultVersionType"]["id"])
    if kind == "packagemanagement":
        yield ReportRow(PACKAGE_LATEST, reference.path)
    return None


def _build(node: Node, reference: Node, names: Names) -> Reading[Data | None]:
    """A build as a pipeline."""
    if reference["IsMultiDefinitionType"]["id"].flag() or _name(reference["definitions"]):
        yield ReportRow(ARTIFACT_LOST, node.path, f"several builds as {node['alias'].text()}")
        return None
    yield from report_rows(ARTIFACT, node["type"])
    data: Data = {}
    definition = reference["definition"]
    identifier, title = definition["id"].text(), definition["name"].text()
    name = names.pipelines.get(identifier) or title
    if name:
        yield from report_rows(ARTIFACT, definition["name"])
        yield from report_rows(IDENTITY, definition["id"])
    else:
        yield ReportRow(ARTIFACT_UNNAMED, definition.path, identifier)
    data["pipeline"] = name or f"pipeline {identifier or node['alias'].text()}"
    project = reference["project"]
    if project["name"]:
        yield from report_rows(ARTIFACT_PROJECT, project["name"])
        yield from report_rows(IDENTITY, project["id"])
        data["project"] = project["name"].text()
    elif project["id"]:
        yield from report_rows(ARTIFACT_PROJECT, project["id"])
        data["project"] = project["id"].text()
    data |= yield from _version(node, reference, names)
    yield from report_rows(USUAL, reference["IsMultiDefinitionType"], reference["definitions"])
    yield from report_rows(IDENTITY, reference["artifactSourceDefinitionUrl"])
    for key in ("repository", "branch"):
        for leaf in reference[key].leaves():
            if leaf:
                yield ReportRow(IDENTITY, leaf.path)
    known = {"project", "definition", "repository", "branch", "artifactSourceDefinitionUrl", "IsMultiDefinitionType",
             "definitions", "defaultVersionType", "defaultVersionBranch", "defaultVersionSpecific",
             "defaultVersionTags", "version", "artifactSourceVersionUrl"}  # fmt: skip
    for key, part in reference.entries():
        if key not in known and any(part.leaves()) and any(leaf for leaf in part.leaves()):
            yield ReportRow(ARTIFACT_EXTRA, part.path, key)
    return data


_VERSIONS = {
    name.casefold(): name
    for name in ("latestType", "latestWithBranchAndTagsType", "latestWithBuildDefinitionBranchAndTagsType",
                 "latestFromBranchType", "specificVersionType", "selectDuringReleaseCreationType")
} | {"": "latestType"}  # fmt: skip
"""Which version of an artifact is taken, by its name in lower case."""


def _version(node: Node, reference: Node, names: Names) -> Reading[Data]:
    """Which run of a build is taken."""
    chosen = _VERSIONS.get(reference["defaultVersionType"]["id"].text().casefold())
    branch, tags = _name(reference["defaultVersionBranch"]), _name(reference["defaultVersionTags"])
    specific = _name(reference["defaultVersionSpecific"])
    data: Data = {}
    construct = ARTIFACT_VERSION
    if chosen is None or (chosen == "specificVersionType" and not specific):
        construct = ARTIFACT_EXTRA
    elif chosen == "specificVersionType":
        data["version"] = specific
    elif chosen in ("latestWithBranchAndTagsType", "latestWithBuildDefinitionBranchAndTagsType"):
        if chosen != "latestWithBranchAndTagsType":
            branch = names.default_branches.get(node["alias"].text(), "")
            construct = ARTIFACT_VERSION if branch else VERSION_BRANCH
        data |= {"branch": branch} if branch else {}
        data |= {"tags": [tag.strip(" ") for tag in tags.split(",") if tag.strip()]} if tags else {}
    elif chosen == "selectDuringReleaseCreationType":
        construct = VERSION_ASKED
    yield from report_rows(construct, reference["defaultVersionType"]["id"])
    yield from report_rows(IDENTITY, reference["defaultVersionType"]["name"])
    used = {"version": "defaultVersionSpecific", "branch": "defaultVersionBranch", "tags": "defaultVersionTags"}
    for field, key in used.items():
        for leaf in reference[key].leaves():
            if leaf and field in data and leaf.path[-1] == "name":
                tidied = field == "tags" and ",".join(data["tags"]) != leaf.text()
                yield ReportRow(TAGS_TIDIED if tidied else ARTIFACT_VERSION, leaf.path)
            elif leaf:
                yield ReportRow(IDENTITY, leaf.path)
    return data


def _repository(kind: str, node: Node, reference: Node, names: Names) -> Reading[Data]:
    """A repository as a checkout."""
    yield from report_rows(REPOSITORY, node["type"])
    definition, project = _name(reference["definition"]), _name(reference["project"])
    data: Data = {"type": kind, "repository": definition}
    if kind == "git":
        data["repository"] = f"{project}/{definition}" if project else definition
    else:
        data["service_connection"] = yield from _connection(reference["connection"], names, REPOSITORY)
    branch = _name(reference["branches"]) or _name(reference["branch"])
    data |= {"branch": branch} if branch else {}
    if reference["defaultVersionType"]["id"].text() == "specificVersionType":
        yield from report_rows(REPOSITORY_COMMIT, reference["defaultVersionSpecific"])
    elif reference["defaultVersionType"]["id"].text() == "selectDuringReleaseCreationType":
        yield from report_rows(VERSION_ASKED, reference["defaultVersionType"]["id"])
    depth = reference["fetchDepth"]["id"].text() or reference["fetchDepth"]["name"].text()
    data |= {"fetch_depth": int(depth)} if re.fullmatch(r"\d{1,9}", depth) else {}
    if reference["checkoutSubmodules"]["id"].flag():
        nested = reference["checkoutNestedSubmodules"]["id"].flag()
        data["submodules"] = "recursive" if nested else "true"
    data |= {"lfs": True} if reference["gitLfsSupport"]["id"].flag() else {}
    yield from _parts(reference, REPOSITORY)
    return data
