"""The templates that a release uses: whether they exist, and whether they take what the release gives them.

The nodes of a release file are put into the place that they get in the pipeline, and expanded there: what the service
refuses of them is found at their own lines. A template out of reach is unknown, and nothing is said of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

from azrelease.diagnostics import (
    DUPLICATE_KEY,
    MISSING_PARAMETER,
    MISSING_TEMPLATE,
    PARAMETER_TYPE,
    PARAMETER_VALUE,
    UNKNOWN_PARAMETER,
    WRONG_TEMPLATE,
    Diagnostic,
    Severity,
)
from azrelease.errors import UserError
from azrelease.expansion import (
    SELF,
    ExpansionRequest,
    FolderFiles,
    RepositoryFiles,
    SourceFile,
    expand_source,
    location_in,
    repository_root,
)
from azrelease.yaml_document import KEY, diagnostic_at

if TYPE_CHECKING:  # the model of releases, and with it pydantic, is imported only for a release
    from azrelease.release import LoadedRelease, Release

_Route = tuple[str | int, ...]
_Pair = tuple[yaml.Node, yaml.Node]

_OF_CALLS = frozenset((MISSING_PARAMETER, MISSING_TEMPLATE, PARAMETER_TYPE, PARAMETER_VALUE, UNKNOWN_PARAMETER))


class _Call(NamedTuple):
    """The use of a template: its route in the release, and the parameter that gets the stages if it gets them."""

    route: _Route
    reference: str
    stages_parameter: str | None = None


def template_findings(
    loaded: "LoadedRelease", repositories: Mapping[str, Path], pipeline: Path | None = None
) -> Iterator[Diagnostic]:
    """What is wrong with the templates that a release uses, as far as they can be read.

    Args:
        loaded: the release.
        repositories: the folders of other repositories, by alias; those that do not exist are out of reach.
        pipeline: the file that the release is rendered to. Default: one beside the release.
    """
    calls = list(_calls(loaded.release))
    if not calls:
        return
    place = pipeline or Path(loaded.document.path)
    root = repository_root(place)
    checkouts: dict[str, RepositoryFiles] = {
        alias: FolderFiles(folder) for alias, folder in repositories.items() if folder.is_dir()
    }
    checkouts[SELF] = FolderFiles(root)
    in_repository = (root / ".git").exists()
    for call in calls:
        try:
            found = list(_of_call(call, loaded, location_in(root, place), checkouts))
        except UserError:
            continue  # a template that cannot be read, which is a finding where that file is checked
        for problem in found:
            # Outside of a repository, the folder that a path begins at is a guess.
            is_guess = problem.code is MISSING_TEMPLATE and not in_repository
            yield problem._replace(level=Severity.WARNING) if is_guess else problem


def _calls(release: "Release") -> Iterator[_Call]:
    from azrelease.release.template_reference import reference

    extended = release.pipeline_template
    if extended is not None:
        yield _Call(("pipeline_template",), reference(extended.file, extended.repository), extended.stages_parameter)
    for index, stage in enumerate(release.stages):
        for route, task in stage.placed_tasks:
            called = task.called_template
            if called is not None:
                yield _Call(("stages", index, *route), reference(*called))


def _of_call(
    call: _Call, loaded: "LoadedRelease", location: str, checkouts: Mapping[str, RepositoryFiles]
) -> Iterator[Diagnostic]:
    file = (*call.route, "file")
    document = loaded.document.document_at(file)
    source = SourceFile(document.path, SELF, location, replace(document, root=_pipeline(call, loaded), problems=()))
    # What a variable is, and where the repositories out of reach are, the pipeline around the call says.
    expansion = expand_source(source, checkouts, ExpansionRequest(is_part=True), checks_schema=False)
    for problem in expansion.problems:
        found = problem.diagnostic
        if found.file == document.path and found.code in _OF_CALLS:
            yield found
        elif found.code is DUPLICATE_KEY and call.stages_parameter is not None:
            yield from _own_variables(call, loaded, found)
        elif found.code is WRONG_TEMPLATE:
            what = "steps" if call.stages_parameter is None else "a pipeline"
            message = f"the template `{call.reference}` is not one for {what}"
            hint = f"See {found.file}:{found.span.line}."
            yield Diagnostic(WRONG_TEMPLATE, message, document.path, loaded.document.span(file), hint)


def _own_variables(call: _Call, loaded: "LoadedRelease", found: Diagnostic) -> Iterator[Diagnostic]:
    """The variables of a release whose template has some, too: the service takes one list of them."""
    field = _variables_field(loaded.release)
    if field is not None and "`variables`" in found.message:
        message = f"the template `{call.reference}` has variables of its own, beside which the service takes no others"
        hint = f"Move `{field}` to the stages. See {found.file}:{found.span.line}."
        yield diagnostic_at(loaded.document, (field, KEY), DUPLICATE_KEY, message, hint)


def _variables_field(release: "Release") -> str | None:
    """The field of a release that becomes variables of the whole pipeline; None where there is none."""
    settable = {name.casefold() for name in release.settable}
    if any(name.casefold() not in settable for name in release.variables):
        return "variables"
    return "variable_groups" if release.variable_groups else None


def _pipeline(call: _Call, loaded: "LoadedRelease") -> yaml.MappingNode:
    """A pipeline with nothing but a call, whose nodes have the places that they have in the release."""
    at = loaded.document.node((*call.route, "file"))
    repository = call.reference.partition("@")[2]
    resources = [_mapping([(_text("repository", at), _text(repository, at))], at)] if repository else []
    given = [*_parameters(call, loaded)]
    if call.stages_parameter is not None:
        written = loaded.document.node((*call.route, "stages_parameter"))
        name = written if isinstance(written, yaml.ScalarNode) else at
        given.append((_text(call.stages_parameter, name), _sequence([], name)))
    body: list[_Pair] = [(_text("template", at), _text(call.reference, at))]
    body += [(_text("parameters", at), _mapping(given, at))] if given else []
    content = _mapping(body, at)
    has_variables = _variables_field(loaded.release) is not None
    variables: list[_Pair] = [(_text("variables", at), _sequence([], at))] if has_variables else []
    return _mapping(
        [
            (_text("resources", at), _mapping([(_text("repositories", at), _sequence(resources, at))], at)),
            *variables,
            (_text("steps", at), _sequence([content], at))
            if call.stages_parameter is None
            else (_text("extends", at), content),
        ],
        at,
    )


def _parameters(call: _Call, loaded: "LoadedRelease") -> Sequence[_Pair]:
    route = (*call.route, "parameters")
    node = loaded.document.node(route)
    exists = loaded.document.existing_route(route) == route
    return node.value if exists and isinstance(node, yaml.MappingNode) else ()


def _text(text: str, at: yaml.Node) -> yaml.ScalarNode:
    """A text at the place of a node."""
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, at.start_mark, at.end_mark, getattr(at, "style", None))


def _mapping(pairs: Sequence[_Pair], at: yaml.Node) -> yaml.MappingNode:
    return yaml.MappingNode("tag:yaml.org,2002:map", list(pairs), at.start_mark, at.end_mark)


def _sequence(items: Sequence[yaml.Node], at: yaml.Node) -> yaml.SequenceNode:
    return yaml.SequenceNode("tag:yaml.org,2002:seq", list(items), at.start_mark, at.end_mark)
