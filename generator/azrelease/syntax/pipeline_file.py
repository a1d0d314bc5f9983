"""A pipeline or template file: its kind, outline, templates, parameters and resources."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.diagnostics import Code, Diagnostic, Fix, Severity, Span
from azrelease.syntax.embedded import is_computed
from azrelease.syntax.outline import Outline
from azrelease.syntax.reader import read_tree
from azrelease.syntax.tree import Block, ExpressionScalar, Guards, Items, MappingEntry, OtherNode
from azrelease.yaml_document import YamlDocument, node_span

_PIPELINE_KEYS = frozenset(("trigger", "pr", "schedules", "name", "pool", "lockBehavior"))
_TEMPLATES_TOO = frozenset(("resources", "extends"))
"""Keys of a pipeline that are also valid in a template that another file extends."""

_CONTENT_KEYS = ("stages", "jobs", "phases", "steps", "variables")

RESOURCE_KINDS = {
    "pipelines": "pipeline",
    "repositories": "repository",
    "builds": "build",
    "containers": "container",
    "packages": "package",
    "webhooks": "webhook",
}
"""The lists below `resources`, each with the key that declares the alias of an item."""


class FileKind(StrEnum):
    """The kind of a file, as far as its content shows."""

    PIPELINE = "pipeline"
    TEMPLATE = "template"
    EITHER = "pipeline or template"


class TemplateReference(NamedTuple):
    """A use of a template.

    Attributes:
        block: the block with `template` and `parameters`.
        node: the path, with `@alias` where it has one.
        place: the required content of the template: stages, jobs, steps, variables or extends.
        guards: the directives around it, within its list.
    """

    block: Block
    node: ScalarNode
    place: str
    guards: Guards

    @property
    def path(self) -> str:
        """The path, without the repository."""
        return str(self.node.value).partition("@")[0].strip()

    @property
    def repository(self) -> str | None:
        """The alias of the repository it comes from; None for the same one."""
        return self.node.value.partition("@")[2].strip() or None


class Parameter(NamedTuple):
    """A parameter that a file declares.

    Attributes:
        type: its type in lower case; `string` by default, empty for a parameter in the old form of templates.
        values: the allowed values; None without a limit.
        default: the default, where it is text.
    """

    name: str
    node: ScalarNode
    type: str
    has_default: bool
    values: tuple[str, ...] | None
    default: str | None = None


class ResourceReference(NamedTuple):
    """A resource that a pipeline declares: its alias, and its block."""

    alias: str
    node: ScalarNode
    block: Block


class PipelineFile:
    """A pipeline or template.

    Attributes:
        problems: violations of the schema.
        all_places: every scalar that may contain an expression, including those in branches that are never taken.
        settings: the texts with a name that the user chose, such as variables and inputs, with that name.
        unused: the content of branches of `${{ if }}` that are never taken; the other attributes leave it out.
    """

    def __init__(self, document: YamlDocument) -> None:
        self.document = document
        tree = read_tree(document)
        self.root, self.problems, self.settings, self.unused = tree.root, tree.problems, tree.settings, tree.unused
        self.all_places = tree.places

    @cached_property
    def places(self) -> tuple[ExpressionScalar, ...]:
        """Every scalar that may contain an expression, except those in branches that are never taken."""
        return tuple(place for place in self.all_places if place.presence) if self.unused else self.all_places

    @property
    def path(self) -> str:
        """The path as the user gave it."""
        return self.document.path

    @cached_property
    def kind(self) -> FileKind:
        """Pipeline or template, as far as the keys of the file show."""
        names = {entry.name for entry in self.root.entries}
        if names & _PIPELINE_KEYS or (names & _TEMPLATES_TOO and "parameters" not in names):
            return FileKind.PIPELINE
        if "extends" in names:
            return FileKind.EITHER
        content = [key for key in _CONTENT_KEYS if key in names]
        if content == ["variables"] or not content or self.root.open:
            return FileKind.TEMPLATE
        if "parameters" in names:
            old = any(isinstance(entry.value, Block) for entry in self.root.all("parameters"))
            return FileKind.TEMPLATE if old else FileKind.EITHER
        return FileKind.EITHER

    @property
    def is_pipeline(self) -> bool:
        """Whether it certainly is a pipeline, not a template."""
        return self.kind is FileKind.PIPELINE

    @property
    def is_part(self) -> bool:
        """Whether another file may include it: then its names may refer to the stages and jobs of that file."""
        if self.kind is FileKind.PIPELINE:
            return False
        named = "template" in self.path.casefold()
        return self.kind is FileKind.TEMPLATE or named or self.root.entry("parameters") is not None

    @cached_property
    def outline(self) -> Outline:
        """Its stages, jobs and steps."""
        return Outline(self.root)

    @cached_property
    def templates(self) -> tuple[TemplateReference, ...]:
        """Every use of a template, in the order of the file."""
        return tuple(_templates(self.root))

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters it declares, by name in lower case."""
        return {parameter.name.casefold(): parameter for parameter in _parameters(self.root)}

    @property
    def parameters_open(self) -> bool:
        """Whether it may have parameters that cannot be seen."""
        entries = list(self.root.all("parameters"))
        return any(isinstance(e.value, OtherNode | ScalarNode) or e.value.open for e in entries)

    def resources(self, kind: str) -> dict[str, ResourceReference]:
        """The resources of a kind (`repositories`, `pipelines`, `containers`, …) by alias in lower case."""
        by_alias: dict[str, ResourceReference] = {}
        for resources, _ in self.root.blocks("resources"):
            for block, _ in resources.blocks(kind):
                node = next((e.value for e in block.entries if isinstance(e.value, ScalarNode)), None)
                alias = block.scalar(RESOURCE_KINDS[kind]) or node
                if alias is not None:
                    by_alias.setdefault(alias.value.casefold(), ResourceReference(alias.value, alias, block))
        return by_alias

    @cached_property
    def resources_open(self) -> bool:
        """Whether it may have resources that cannot be seen: in a template, or under an expression."""
        if not self.is_pipeline or self.root.open or self.root.entry("extends"):
            return True
        for resources, _ in self.root.blocks("resources"):
            lists = [entry.value for entry in resources.entries]
            if resources.open or any(not isinstance(value, Items) or value.open for value in lists):
                return True
        return any(not isinstance(entry.value, Block) for entry in self.root.all("resources"))

    def forget(self) -> None:
        """Break reference cycles, so that the memory is free at once. The file is unusable after that."""
        for stage in self.outline.stages:
            stage.jobs = ()
        for job in self.outline.jobs:
            job.steps = ()

    def finding(
        self,
        code: Code,
        message: str,
        at: "ScalarNode | Block | MappingEntry | Span",
        hint: str | None = None,
        *,
        level: Severity | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding in this file: at a scalar, a block, the key of an entry, or a span."""
        if isinstance(at, Span):
            span = at
        elif isinstance(at, MappingEntry):
            span = node_span(at.key)
        else:
            span = node_span(at.node if isinstance(at, Block) else at)
        return Diagnostic(code, message, self.path, span, hint, level, fix)


def _templates(root: Block) -> Iterator[TemplateReference]:
    for entry in root.entries:
        if entry.name == "extends" and isinstance(entry.value, Block):
            node = entry.value.scalar("template")
            if node is not None:
                yield TemplateReference(entry.value, node, "extends", entry.guards)
        else:
            yield from _templates_in(entry.value)


def _templates_in(value: object) -> Iterator[TemplateReference]:
    if isinstance(value, Items):
        for item in value.items:
            if not isinstance(item.value, Block):
                continue
            if item.value.kind.endswith(".template"):
                node = item.value.scalar("template")
                if node is not None:
                    place = item.value.kind.removesuffix(".template").replace("phases", "jobs")
                    yield TemplateReference(item.value, node, place, item.guards)
            else:
                yield from _templates_in(item.value)
    elif isinstance(value, Block):
        for entry in value.entries:
            if isinstance(entry.value, Block | Items):
                yield from _templates_in(entry.value)


def _parameters(root: Block) -> Iterator[Parameter]:
    for block, _ in root.blocks("parameters"):
        if block.kind != "parameters.parameter":
            # The old form of templates: names and default values.
            for entry in block.entries:
                if not entry.name.startswith("${{"):
                    yield Parameter(entry.name, entry.key, "", True, None)
            continue
        node = block.scalar("name")
        if node is None or is_computed(node.value):
            continue
        values = block.entry("values")
        listed = values.value if values is not None and isinstance(values.value, Items) else None
        allowed = None
        if listed is not None and not listed.open:
            allowed = tuple(item.value.value for item in listed.items if isinstance(item.value, ScalarNode))
        kind = (block.text("type") or "string").casefold()
        yield Parameter(node.value, node, kind, block.entry("default") is not None, allowed, block.text("default"))
