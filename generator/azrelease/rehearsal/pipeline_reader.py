"""Reads an expanded pipeline.

A pipeline may have parts that only a run of the service knows. They are noted with the stage that they belong to: other
stages can be rehearsed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from azrelease.errors import UserError
from azrelease.expansion import ExpandedMapping, Expansion, normal_form
from azrelease.rehearsal.node_reader import NodeReader
from azrelease.rehearsal.pipeline import RehearsedJob, RehearsedPipeline, RehearsedStage, RehearsedStep
from azrelease.rehearsal.stage_list import listed_stages
from azrelease.rehearsal.step_reader import is_true, positive_number, read_steps
from azrelease.rehearsal.unknown_parts import UnknownPart, references
from azrelease.syntax import HOOKS, PipelineFile

_ONLY_STAGE = "pipeline"
"""The name of the stage of a pipeline without stages."""


def read_pipeline(expansion: Expansion) -> RehearsedPipeline:
    """Read an expanded pipeline.

    Raises:
        UserError: it is not a pipeline, or its stages or jobs cannot run in any order.
    """
    path = expansion.file.path
    root = normal_form(expansion.pipeline)
    declared = frozenset(PipelineFile(expansion.file.document).parameters)
    reader = NodeReader(declared)
    # A template that the pipeline extends is gone where it could be read.
    reader.note_template(reader.mapping(root, "extends"))
    found = list(listed_stages(reader.value(root, "stages"), declared))
    stages = [_stage(item.node, declared, item.conditions) for item in found if item.node is not None]
    if "stages" not in expansion.pipeline.nodes:
        stages = [stage._replace(name=_ONLY_STAGE, title=_ONLY_STAGE) for stage in stages]
    unseen = tuple(part for item in found if item.node is None for part in item.conditions)
    first = next((index for index, item in enumerate(found) if item.node is not None), len(found))
    before_first = tuple(part for item in found[:first] for part in item.conditions)
    if not unseen and not reader.unknown and not any(stage.jobs or stage.unknown for stage in stages):
        raise UserError(f"{path}: not a pipeline, or it has no jobs")
    _check_dependencies(path, "stage", stages, is_open=bool(unseen))
    for stage in stages:
        _check_dependencies(path, "job", stage.jobs, is_open=bool(stage.unknown))
    variables, readonly = _variables(reader, root)
    resources = reader.mapping(root, "resources")
    return RehearsedPipeline(
        path=path,
        variables=variables,
        groups=_groups(root, [item.node for item in found if item.node is not None]),
        sources=() if resources is None else tuple(_sources(reader, resources)),
        stages=tuple(stages),
        readonly=readonly,
        unknown=reader.unknown,
        unseen=unseen,
        before_first=before_first,
        read_before_run=frozenset(_read_before_run(expansion, [variables, *_variables_below(stages)])),
    )


def _stage(node: ExpandedMapping, declared: frozenset[str], conditions: tuple[UnknownPart, ...]) -> RehearsedStage:
    reader = NodeReader(declared)
    name = reader.text(node, "stage") or ""
    variables, readonly = _variables(reader, node)
    stage = RehearsedStage(
        name=name,
        title=reader.text(node, "displayName") or name,
        depends_on=reader.texts(node, "dependsOn"),
        condition=reader.text(node, "condition"),
        variables=variables,
        jobs=tuple(_job(reader, job) for job in reader.items(node, "jobs")),
        readonly=readonly,
    )
    return stage._replace(unknown=(*conditions, *reader.unknown))


def _job(reader: NodeReader, node: ExpandedMapping) -> RehearsedJob:
    is_deployment = "deployment" in node.nodes
    name = reader.text(node, "deployment" if is_deployment else "job") or ""
    if is_deployment and reader.value(node, "strategy") is None and not reader.unknown:
        raise UserError(f"the deployment `{name}` requires the key `strategy`")
    environment = reader.mapping(node, "environment")
    variables, readonly = _variables(reader, node)
    copy_variables, copies = ({}, 1) if is_deployment else _first_copy(reader, node)
    return RehearsedJob(
        name=name,
        title=reader.text(node, "displayName") or name,
        depends_on=reader.texts(node, "dependsOn"),
        condition=reader.text(node, "condition"),
        variables={**variables, **copy_variables},
        hooks=dict(_hooks(reader, node) if is_deployment else [("", read_steps(reader, node))]),
        is_deployment=is_deployment,
        environment=None if environment is None else reader.text(environment, "name"),
        timeout=positive_number(reader.text(node, "timeoutInMinutes")),
        continue_on_error=is_true(reader.text(node, "continueOnError")),
        readonly=readonly,
        copies=copies,
    )


def _first_copy(reader: NodeReader, job: ExpandedMapping) -> tuple[dict[str, str], int]:
    """The variables of the first copy of a job, and the number of copies."""
    strategy = reader.mapping(job, "strategy")
    if strategy is None:
        return {}, 1
    matrix = dict(reader.entries(reader.mapping(strategy, "matrix")))
    copies = len(matrix) or int(positive_number(reader.text(strategy, "parallel")) or 1)
    if copies == 1 and not matrix:
        return {}, 1
    first = next(iter(matrix.values()), None)
    variables = reader.texts_by_key(first if isinstance(first, ExpandedMapping) else None)
    return {**variables, "System.JobPositionInPhase": "1", "System.TotalJobsInPhase": str(copies)}, copies


def _hooks(reader: NodeReader, job: ExpandedMapping) -> Iterator[tuple[str, tuple[RehearsedStep, ...]]]:
    by_name = reader.entries(reader.mapping(job, "strategy"))
    hooks = next((value for _, value in by_name if isinstance(value, ExpandedMapping)), None)
    if hooks is None:
        return
    on = reader.mapping(hooks, "on")
    places = [(name, hooks, name) for name in HOOKS]
    places += [] if on is None else [(f"on {result}", on, result) for result in ("success", "failure")]
    for name, holder, key in places:
        hook = reader.mapping(holder, key)
        if hook is not None:
            yield name, read_steps(reader, hook)


def _variables(reader: NodeReader, place: ExpandedMapping) -> tuple[dict[str, str], frozenset[str]]:
    """The variables of a place, and the names of those that are read-only."""
    node = place.nodes.get("variables")
    if isinstance(node, ExpandedMapping):
        return reader.texts_by_key(node, are_variables=True), frozenset()
    values: dict[str, str] = {}
    readonly: set[str] = set()
    for item in reader.items(place, "variables"):
        name = reader.text(item, "name")
        if name is not None:
            values[name] = reader.text(item, "value", name) or ""
            if is_true(reader.text(item, "readonly")):
                readonly.add(name)
    return values, frozenset(readonly)


def _variables_below(stages: Iterable[RehearsedStage]) -> Iterator[Mapping[str, str]]:
    for stage in stages:
        yield stage.variables
        yield from (job.variables for job in stage.jobs)


def _read_before_run(expansion: Expansion, places: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The names of variables that the pipeline sets and its template expressions read, in lower case."""
    names = {name.casefold() for variables in places for name in variables}
    for file in expansion.files if names else ():
        for place in PipelineFile(file.document).all_places:
            for context, name in references(place.node.value):
                if context == "variables" and name.casefold() in names:
                    yield name.casefold()


def _groups(root: ExpandedMapping, stages: Iterable[ExpandedMapping]) -> tuple[str, ...]:
    """The variable groups of all places."""
    reader = NodeReader(frozenset())
    places = [root, *stages]
    places += [job for stage in places[1:] for job in reader.items(stage, "jobs")]
    names = (reader.text(item, "group") for place in places for item in reader.items(place, "variables"))
    return tuple(dict.fromkeys(filter(None, names)))


def _sources(reader: NodeReader, resources: ExpandedMapping) -> Iterator[tuple[str, str]]:
    for item in reader.items(resources, "pipelines"):
        alias = reader.text(item, "pipeline")
        if alias is not None:
            yield alias, reader.text(item, "source") or alias


def _check_dependencies(
    path: str, kind: str, items: Sequence[RehearsedStage] | Sequence[RehearsedJob], *, is_open: bool
) -> None:
    """Check that stages, or the jobs of one, can run in some order.

    Raises:
        UserError: a dependency does not exist, or there is a cycle.
    """
    waits = {item.name.casefold(): {name.casefold() for name in item.depends_on} for item in items}
    missing = sorted({f"`{name}`" for names in waits.values() for name in names - waits.keys()})
    if missing and not is_open:
        raise UserError(f"{path}: a {kind} depends on {', '.join(missing)}, which does not exist")
    while ready := [name for name, names in waits.items() if not names & waits.keys()]:
        for name in ready:
            del waits[name]
    if waits:
        raise UserError(f"{path}: these {kind}s depend on each other: {', '.join(f'`{name}`' for name in waits)}")
