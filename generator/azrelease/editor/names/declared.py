"""The places that give names."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.editor.names.model import Named, NameKind, Occurrence
from azrelease.editor.names.places import job, output, parameter, part, stage, stage_name, step, variable, whole
from azrelease.lint.facts.logging_commands import variables_set
from azrelease.lint.facts.scopes import scopes
from azrelease.lint.facts.variables import matrix_legs
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax import Block, PipelineFile
from azrelease.syntax.embedded import is_computed

RESOURCES = {
    "repositories": NameKind.REPOSITORY,
    "pipelines": NameKind.PIPELINE,
    "containers": NameKind.CONTAINER,
}
"""The lists of resources whose aliases other places name."""


def declared(file: LintedFile) -> Iterator[Occurrence]:
    """The places of a file that give names."""
    for declaration in file.parameters.values():
        yield whole(file, declaration.node, parameter(declaration.name, file.path), is_definition=True)
    for kind, of in RESOURCES.items():
        for resource in file.resources(kind).values():
            yield whole(file, resource.node, Named(of, resource.alias.casefold()), is_definition=True)
    yield from _outline(file)
    for node in _variables(file):
        yield whole(file, node, variable(node.value), is_definition=True)
    for found in variables_set(file.scripts):
        script = found.command.script
        text = next(each for each in found.command.properties if each.name.casefold() == "variable")
        start = text.end + 1 + len(text.value) - len(text.value.lstrip())
        is_named = found.is_output and script.step.name
        named = output(found.name, script.step) if is_named else variable(found.name)
        yield part(file, script.node, start, start + len(found.name), named, is_definition=True)


def _outline(file: LintedFile) -> Iterator[Occurrence]:
    for of in file.outline.stages:
        if of.name_node is not None and of.name:
            yield whole(file, of.name_node, stage(of.name), is_definition=True)
    for each in file.outline.jobs:
        if each.name_node is not None and each.name:
            yield whole(file, each.name_node, job(each.name, stage_name(each.stage)), is_definition=True)
    for inner in file.outline.steps:
        node = inner.block.scalar("name")
        if node is not None and node.value and not is_computed(node.value):
            yield whole(file, node, step(node.value, inner.job), is_definition=True)


def _variables(file: PipelineFile) -> Iterator[ScalarNode]:
    """The names of the variables that a file declares."""
    for block in scopes(file):
        for inner, _ in block.blocks("variables"):
            node = inner.scalar("name") if inner.kind == "variables.name" else None
            if node is not None and not is_computed(node.value):
                yield node
            elif inner.kind == "variables":
                yield from (entry.key for entry in inner.entries if not is_computed(entry.name))
    for of in file.outline.jobs:
        for leg in matrix_legs(of):
            entries = leg.value.entries if isinstance(leg.value, Block) else ()
            yield from (entry.key for entry in entries if not is_computed(entry.name))
