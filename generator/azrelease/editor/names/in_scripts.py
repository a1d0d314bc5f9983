"""Names in macros, and variables that scripts read from their environment."""

from collections.abc import Iterator, Mapping

from azrelease.catalog.predefined_variables import predefined_variable
from azrelease.editor.names.model import Form, Named, NameKind, Occurrence
from azrelease.editor.names.places import outputs_named, part, variable
from azrelease.lint.facts.environment_names import environment_name, names_set, reads
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax import StepOutline
from azrelease.syntax.embedded import macros
from azrelease.yaml_document import nodes_below

_PIPELINE = "resources.pipeline."


def in_scripts(file: LintedFile) -> Iterator[Occurrence]:
    """The places of a file where a macro or a script names something."""
    steps = _steps_by_node(file)
    for place in file.all_places:
        for match in macros(place.node.value):
            step = steps.get(id(place.node))
            for named, start, end in _of_macro(match[1], step):
                yield part(file, place.node, match.start(1) + start, match.start(1) + end, named)
    yield from _environment(file)


def _of_macro(name: str, step: StepOutline | None) -> Iterator[tuple[Named, int, int]]:
    if step is not None and "." in name:
        found = list(outputs_named(name, step.job))
        if found:
            yield from found
            return
    if name.casefold().startswith(_PIPELINE):
        alias = name[len(_PIPELINE) :].partition(".")[0]
        yield Named(NameKind.PIPELINE, alias.casefold()), len(_PIPELINE), len(_PIPELINE) + len(alias)
    elif predefined_variable(name) is None:
        yield variable(name), 0, len(name)


def _environment(file: LintedFile) -> Iterator[Occurrence]:
    """The variables of a job that its scripts read from their environment, unless they or `env` set them."""
    for script in file.scripts:
        known = {
            environment_name(each.name): each.name
            for each in file.run_variables.of(script.step.job).variables
            if not each.is_output and not each.is_secret
        }
        mapped = {entry.name.upper() for entry in script.step.environment} | names_set(script)
        for read in reads(script):
            name = read.shell_name.upper()
            if name in known and name not in mapped:
                at = script.text.find(read.shell_name, read.start, read.end)
                found = part(file, script.node, at, at + len(read.shell_name), variable(known[name]))
                yield found._replace(form=Form.ENVIRONMENT)


def _steps_by_node(file: LintedFile) -> Mapping[int, StepOutline]:
    """The step of each node in one, by its `id`."""
    return {id(node): step for step in file.outline.steps for node in nodes_below(step.block.node)}
