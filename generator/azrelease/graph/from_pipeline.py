"""The graph of any pipeline, as far as its file shows it."""

from collections.abc import Iterator
from pathlib import PurePath

from yaml import ScalarNode

from azrelease.graph.labels import branches_text, joined
from azrelease.graph.model import Graph, SourceView
from azrelease.graph.pipeline_jobs import facts_of, variables_of
from azrelease.graph.pipeline_stages import stage_views
from azrelease.redaction import redacted_text
from azrelease.syntax import PipelineFile
from azrelease.syntax.pipeline_file import RESOURCE_KINDS
from azrelease.syntax.tree import Block, Items


def pipeline_graph(file: PipelineFile) -> Graph:
    """The graph of a pipeline or template.

    A file does not contain the checks on environments: the graph names the environments that may have them.
    """
    stages = stage_views(file)
    return Graph(
        name=PurePath(file.path).name,
        file=file.path,
        kind="pipeline",
        sources=tuple(_sources(file)),
        starts=tuple(_starts(file)),
        stages=stages,
        variables=tuple(variables_of(file.root)),
        notes=tuple(_notes(file, [stage.environment for stage in stages if stage.environment])),
    )


def _notes(file: PipelineFile, environments: list[str]) -> Iterator[str]:
    if environments:
        names = joined(dict.fromkeys(environments))
        yield f"Approvals and checks on environments are not in the file: see Azure DevOps for those of {names}."
    if file.templates:
        names = joined(dict.fromkeys(redacted_text(reference.node.value) for reference in file.templates))
        yield f"The content of templates is not shown: {names}."


def _sources(file: PipelineFile) -> Iterator[SourceView]:
    for kind, word in RESOURCE_KINDS.items():
        for resource in file.resources(kind).values():
            block = resource.block
            starts = "every new version" if _is_trigger(block) else None
            if kind == "pipelines" and starts:
                trigger = block.block("trigger")
                starts = joined(["every new artifact", *_branches(trigger)], " ")
            facts = tuple(fact for fact in facts_of(block) if fact.name not in (word, "trigger"))
            yield SourceView(resource.alias, word, starts, facts)


def _is_trigger(block: Block) -> bool:
    entry = block.entry("trigger")
    return entry is not None and not (isinstance(entry.value, ScalarNode) and entry.value.value in ("none", "false"))


def _branches(block: Block | None) -> list[str]:
    if block is None:
        return []
    branches = block.block("branches")
    if branches is None:
        return branches_text([node.value for node in block.texts("branches")], ())
    include = [node.value for node in branches.texts("include")]
    return branches_text(include, [node.value for node in branches.texts("exclude")])


def _starts(file: PipelineFile) -> Iterator[str]:
    """The events that start a pipeline; without a `trigger` every push does (…/azure/devops/pipelines/repos)."""
    root = file.root
    if root.entry("trigger") is None and file.is_pipeline and root.entry("extends") is None:
        yield "a push to any branch (the default without `trigger`)"
    for key, event in (("trigger", "a push"), ("pr", "a pull request")):
        entry = root.entry(key)
        if entry is None:
            continue
        if isinstance(entry.value, ScalarNode):
            if entry.value.value not in ("none", ""):
                yield f"{event} to {redacted_text(entry.value.value)}"
        elif isinstance(entry.value, Items):
            branches = joined(node.value for node in root.texts(key))
            yield f"{event} to {redacted_text(branches)}" if branches else f"{event} to any branch"
        else:
            block = root.block(key)
            branches = joined((text.replace("of ", "to ", 1) for text in _branches(block)), " ")
            paths = " that changes certain paths" if block is not None and block.entry("paths") else ""
            yield f"{event} {redacted_text(branches) or 'to any branch'}{paths}"
    for block, _ in root.blocks("schedules"):
        name = block.text("displayName")
        yield f"{redacted_text(name) + ': ' if name else ''}{block.text('cron') or 'a schedule'} UTC"
