"""The definition as a whole becomes a release."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic import ValidationError

from azrelease.catalog.task_folders import is_working_directory
from azrelease.catalog.tasks import Tasks
from azrelease.classic.conditions import Ends, after_failure
from azrelease.classic.constructs import (
    DESCRIPTION,
    DISABLED,
    EXPORTED,
    FOLDER,
    IDENTITY,
    NAME,
    NAME_CHANGED,
    ONE_ARTIFACT,
    RETENTION,
    RUN_NAME,
    RUN_NAME_CHANGED,
    TAGS,
    USUAL,
    YAML_PROCESS,
)
from azrelease.classic.conversion_report import ConversionReport, Reading, ReportRow, collect, complete, report_rows
from azrelease.classic.importing import folders
from azrelease.classic.importing.artifacts import ClassicArtifact, aliases_of, sources_of
from azrelease.classic.importing.conditions import Others
from azrelease.classic.importing.context import ImportContext, values_of
from azrelease.classic.importing.stages import (
    common_agent,
    stage_names,
    stage_of,
    waits_of,
    with_issues,
    without_common,
    works_on,
)
from azrelease.classic.importing.triggers import triggers_of
from azrelease.classic.importing.variables import Scope, variables_of
from azrelease.classic.macro_translation import ANY_FOLDER, CLASSIC_FOLDER, YAML_FOLDER, MacroTranslation
from azrelease.classic.names import Names
from azrelease.classic.node import Node
from azrelease.ownership import owning_release, untagged
from azrelease.release import Release
from azrelease.templating import Templates

Data = dict[str, Any]

_LONGEST_NAME = 100
_MACRO_FOLDER = r"\$\((?:System\.DefaultWorkingDirectory|System\.ArtifactsDirectory|Agent\.ReleaseDirectory)\)"


class Import(NamedTuple):
    """What a definition became.

    Attributes:
        release: the release; None where no release can be made of it.
        account: what became of each part.
        problems: why no release can be made of it.
    """

    release: Release | None
    account: ConversionReport
    problems: tuple[str, ...] = ()


class DefinitionReading(NamedTuple):
    """A definition, the data of the release file that it becomes, and what became of its parts."""

    definition: Node
    data: Data
    rows: tuple[ReportRow, ...]

    def report(self) -> ConversionReport:
        """What became of each part of the definition."""
        return complete(self.definition, self.rows)

    def result(self) -> Import:
        """The release, or why the data is not valid as one."""
        try:
            return Import(Release.model_validate(self.data), self.report())
        except ValidationError as error:
            # pydantic counts only the items that are right, and so calls a list of wrong ones too short.
            details = [e for e in error.errors(include_url=False) if not (e["type"] == "too_short" and e["input"])]
            problems = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in details)
            return Import(None, self.report(), tuple(problems))


def read_definition(
    definition: Mapping[str, Any],
    *,
    today: date,
    names: Names,
    task_groups: Sequence[Mapping[str, Any]],
    tasks: Tasks,
) -> DefinitionReading:
    """Read a definition, as if it carried no release. The arguments are those of `import_definition`."""
    node = Node(dict(definition))
    data, rows = collect(_definition(node, today, names, task_groups, tasks))
    return DefinitionReading(node, data, rows)


def _definition(
    node: Node, today: date, names: Names, task_groups: Sequence[Mapping[str, Any]], tasks: Tasks
) -> Reading[Data]:
    yield from _meaningless(node)
    data: Data = {"name": (yield from _name(node["name"]))}
    folder = node["path"].text().strip("\\/ ")
    yield from report_rows(FOLDER if folder else USUAL, node["path"])
    description = node["description"].text()
    description = untagged(description) if owning_release(description) else description
    data |= {"description": description} if description.strip() else {}
    yield from report_rows(DESCRIPTION, node["description"])
    data |= {"folder": f"\\{folder}"} if folder else {}
    tags = [tag.text() for tag in node["tags"].items() if tag.text().strip()]
    yield from report_rows(TAGS, *node["tags"].items())
    data |= {"tags": tags} if tags else {}
    artifacts = list(node["artifacts"].items())
    aliases = aliases_of(artifacts)
    sources = yield from sources_of(artifacts, aliases, names)
    primary = next((node for node in artifacts if node["isPrimary"].flag()), artifacts[0] if artifacts else None)
    main = next((s for s in sources if s.type == "pipeline" and primary and s.node.path == primary.path), None)
    builds = frozenset(source.alias for source in sources if source.type == "pipeline")
    primary_alias = primary["alias"].text() if primary else None
    texts = MacroTranslation(aliases, main.alias if main else None, builds, primary_alias=primary_alias or None)
    blank = ImportContext(texts, YAML_FOLDER, Templates(), names, tasks, task_groups)
    only = _only_artifact(node, main, blank)
    if only and main:
        yield ReportRow(ONE_ARTIFACT, main.node.path, only)
    root = YAML_FOLDER if main is None else posixpath.join(YAML_FOLDER, main.alias, *((only,) if only else ()))
    context = blank._replace(root=root, variables=values_of(node["variables"]), downloads=_downloads(sources))
    started, schedules = yield from triggers_of(list(node["triggers"].items()), sources, names)
    data |= _sources(sources, main, only, started, schedules)
    data |= yield from _run_name(node["releaseNameFormat"], context)
    scope = Scope(None, data["name"])
    data |= yield from variables_of(node["variables"], node["variableGroups"], scope, context)
    data |= yield from _stages(node, context, scope, today)
    return data


def _meaningless(node: Node) -> Iterator[ReportRow]:
    """What belongs to the old organization, and what stops an import altogether."""
    keys = ("_links", "id", "url", "comment", "createdBy", "createdOn", "modifiedBy", "modifiedOn", "lastRelease",
            "projectReference", "revision", "source")  # fmt: skip
    yield from report_rows(IDENTITY, *(node[key] for key in keys))
    for key, value in node["properties"].entries():
        yield from report_rows(EXPORTED if key.startswith("azrelease") else IDENTITY, value)
    for key in ("isDeleted", "isDisabled"):
        yield from report_rows(DISABLED if node[key].flag() else USUAL, node[key])
    kind = node["pipelineProcess"]["type"].choice("PipelineProcessTypes")
    yield from report_rows(YAML_PROCESS if kind == "yaml" else USUAL, node["pipelineProcess"])
    yield from report_rows(RETENTION, node["retentionPolicy"])


def _name(node: Node) -> Reading[str]:
    old = node.text()
    new = re.sub(r'[\x00-\x1f"/:<>\\|?*@%]+', "-", old)[:_LONGEST_NAME].strip().strip(".")
    new = new if new and new[0] not in "_.-" else f"release{new}"
    yield from report_rows(NAME if new == old else NAME_CHANGED, node, detail="" if new == old else new)
    return new


def _run_name(node: Node, context: ImportContext) -> Reading[Data]:
    text = node.text()
    if not text.strip():
        return {}
    macros = re.findall(r"\$\(([^()]*)\)", text)
    plain = all(re.match(r"(?i)(rev|date)(:|$)", name) for name in macros)
    kept = plain and context.texts.is_kept(text)
    yield from report_rows(RUN_NAME if kept else RUN_NAME_CHANGED, node)
    yield from context.missing(node)
    return {"run_name": context.texts.to_yaml(text)}


def _sources(
    sources: Sequence[ClassicArtifact],
    main: ClassicArtifact | None,
    only: str | None,
    started: Mapping[str, Any],
    schedules: Sequence[Data],
) -> Data:
    """`artifact`, `sources` and `trigger`."""
    data: Data = {}
    trigger: Data = {}
    if main is not None:
        data["artifact"] = {**main.data, **({"name": only} if only else {})}
        if main.alias in started:
            trigger["continuous_deployment"] = started[main.alias]
    if schedules:
        trigger["schedules"] = list(schedules)
    rest: list[Data] = []
    for source in sources:
        if source is not main:
            own = {"trigger": started[source.alias]} if source.alias in started else {}
            rest.append({"type": source.type, **source.data, **own})
    data |= {"sources": rest} if rest else {}
    return data | ({"trigger": trigger} if trigger else {})


def _only_artifact(node: Node, main: ClassicArtifact | None, context: ImportContext) -> str | None:
    """The one artifact of the build that all paths lead to; None where that cannot be told."""
    if main is None:
        return None
    alias = re.escape(main.node["alias"].text())
    inside = re.compile(rf"{_MACRO_FOLDER}/{alias}/([^\\/\"'<>|?*:$\s]+)(?=[/\"'\s]|$)", re.IGNORECASE)
    other = re.compile(rf"{ANY_FOLDER.pattern}|(?<![\w.-]){alias}(?![\w.-])", re.IGNORECASE)
    found: set[str] = set()
    for text in map(context.texts.with_primary, _texts(node, context)):
        found.update(match[1] for match in inside.finditer(text))
        if other.search(inside.sub("", text)):
            return None
    return found.pop() if len(found) == 1 and not found & {".", ".."} else None


def _downloads(sources: Sequence[ClassicArtifact]) -> dict[str, bool]:
    """The sources that are downloaded, each with whether parts of it can be chosen."""
    return {
        source.alias: source.type in ("pipeline", "jenkins")
        for source in sources
        if source.type not in ("acr", "docker")
    }


PUBLISH_TEST_RESULTS = "0b0f01ed-7dde-43ff-9cbb-e48954daf9b1"

_ALL_FILES = re.compile(r"\*|(?:^|\s)\.(?:\s|$)|-recurse\b|\b(?:find|ls|dir|gci|get-childitem)\b", re.IGNORECASE)
"""What a script that starts where all artifacts are can mean any of them by."""


def _texts(node: Node, context: ImportContext) -> Iterator[str]:
    """All texts that can hold a path; for a task that looks at everything, one that says so."""
    for leaf in node["variables"].leaves():
        yield leaf.text()
    for stage in node["environments"].items():
        own = context._replace(variables=values_of(node["variables"])).of_stage(stage["variables"])
        for part in (stage["variables"], stage["processParameters"]):
            yield from (leaf.text() for leaf in part.leaves())
        for phase in stage["deployPhases"].items():
            for task in phase["workflowTasks"].items():
                yield from _task_texts(task, own)
        for task in stage["deployStep"]["tasks"].items():
            yield from _task_texts(task, own)


def _task_texts(task: Node, context: ImportContext) -> Iterator[str]:
    """The texts of a task that can hold a path, with its relative paths in full."""
    group = context.group(task)
    if group is not None:
        yield from (leaf.text() for leaf in Node(group).leaves())
    yield from (leaf.text() for leaf in task["environment"].leaves())
    yield task["condition"].text()
    inputs = {key: context.texts.with_primary(value.text()) for key, value in task["inputs"].entries()}
    if _means_any_file(inputs):
        yield CLASSIC_FOLDER
    version = task["version"].text().partition(".")[0]
    reference = (
        context.tasks.reference(task["taskId"].text(), int(version)) if re.fullmatch(r"\d{1,9}", version) else None
    )
    definition = context.tasks.task(reference) if reference else None
    if definition is None:
        yield from inputs.values()
        if folders.unknown_inputs(inputs, context.texts.aliases):
            yield CLASSIC_FOLDER
        return
    given = {(known.name if (known := definition.input(key)) else key): text for key, text in inputs.items()}
    taken = folders.defaults(definition, given)
    if task["taskId"].text().casefold() == PUBLISH_TEST_RESULTS:
        # Results are searched for where tests write them, which is in the folder of the tests.
        given.pop("searchFolder", None)
        taken.pop("searchFolder", None)
    for name, text in given.items():
        known = definition.input(name)
        yield folders.placed(definition, known, text, context.variables).text if known else text
    for name, text in taken.items():
        known = definition.input(name)
        if known is not None and not is_working_directory(known):
            yield text


def _means_any_file(inputs: Mapping[str, str]) -> bool:
    """Whether a script starts in the folder of all artifacts, and can mean any of them."""
    by_key = {key.casefold(): text for key, text in inputs.items()}
    folder = by_key.get("cwd") or by_key.get("workingdirectory")
    scripts = (by_key.get(key, "") for key in ("inlinescript", "script", "inline"))
    return not folder and any(_ALL_FILES.search(text) for text in scripts)


def _stages(node: Node, context: ImportContext, scope: Scope, today: date) -> Reading[Data]:
    """`stages`, and what they have in common: `agent` and `workspace`."""
    nodes = sorted(node["environments"].items(), key=lambda stage: stage["rank"].number())
    own_names = stage_names(nodes)
    titles = tuple(stage["name"].text() for stage in nodes)
    issues = frozenset(name for name, stage in zip(own_names, nodes, strict=True) if with_issues(stage, context))
    others = Others(titles, own_names)
    waits = {name: waits_of(stage, others) for name, stage in zip(own_names, nodes, strict=True)}
    others = Others(titles, own_names, Ends(issues, after_failure(waits)))
    works = [works_on(stage, context) for stage in nodes]
    common = next((found.workspace for found in works if found.workspace), None)
    stages: list[Data] = []
    for name, stage, found in zip(own_names, nodes, works, strict=True):
        own = found._replace(workspace=found.workspace or common)
        made = yield from stage_of(stage, name, others, context, own, scope._replace(stage=name), today)
        if own.workspace != common and own.workspace is not None:
            made["workspace"] = own.workspace.model_dump()
        stages.append(made)
    agent = common_agent(stages)
    data: Data = {"agent": agent} if agent else {}
    data |= {"workspace": common.model_dump()} if common else {}
    return {**data, "stages": [without_common(stage, agent) for stage in stages]}
