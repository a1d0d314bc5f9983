"""Keys whose values name something: `dependsOn`, `template`, `checkout`, and the arguments of templates."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.editor.names.model import Named, NameKind, Occurrence
from azrelease.editor.names.places import job, parameter, part, stage, stage_name, whole
from azrelease.lint.facts.templates import Reach
from azrelease.lint.linted_file import LintedFile
from azrelease.open_texts import identity
from azrelease.syntax import Block
from azrelease.syntax.embedded import is_computed

_STEPS = {"checkout": NameKind.REPOSITORY, "download": NameKind.PIPELINE}
_SPECIAL = frozenset(("self", "none", "current", "specific"))


def referenced(file: LintedFile) -> Iterator[Occurrence]:
    """The places of a file whose keys say what they name."""
    for of in file.outline.stages:
        if not of.is_implicit:
            yield from (whole(file, node, stage(node.value)) for node in _names(of.block, "dependsOn"))
    for each in file.outline.jobs:
        if each.block is not each.stage.block:
            around = stage_name(each.stage)
            yield from (whole(file, node, job(node.value, around)) for node in _names(each.block, "dependsOn"))
        container = each.block.scalar("container")
        if container is not None and container.value.casefold() in file.resources("containers"):
            yield whole(file, container, Named(NameKind.CONTAINER, container.value.casefold()))
        for uses, _ in each.block.blocks("uses"):
            names = _names(uses, "repositories")
            yield from (whole(file, node, Named(NameKind.REPOSITORY, node.value.casefold())) for node in names)
    for step in file.outline.steps:
        kind = _STEPS.get(step.action)
        node = step.block.scalar(step.action) if kind is not None else None
        if kind is not None and node is not None and node.value.casefold() not in _SPECIAL:
            yield whole(file, node, Named(kind, node.value.casefold()))
    yield from _templates(file)


def _templates(file: LintedFile) -> Iterator[Occurrence]:
    for use in file.template_uses:
        reference = use.reference
        alias = reference.repository
        if alias is not None and alias.casefold() != "self" and not is_computed(alias):
            start = reference.node.value.index("@") + 1
            named = Named(NameKind.REPOSITORY, alias.casefold())
            yield part(file, reference.node, start, start + len(alias), named)
        if use.reach is not Reach.FOUND or use.path is None:
            continue
        yield part(file, reference.node, 0, len(reference.path), Named(NameKind.TEMPLATE, identity(use.path)))
        for given, _ in reference.block.blocks("parameters"):
            for entry in given.entries:
                if not is_computed(entry.name):
                    yield whole(file, entry.key, parameter(entry.name, str(use.path)))


def _names(block: Block, key: str) -> Iterator[ScalarNode]:
    return (node for node in block.texts(key) if node.value and not is_computed(node.value))
