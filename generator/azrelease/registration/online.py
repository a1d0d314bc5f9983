"""What only the service can say of a release: whether it takes the YAML, and what of it the project does not have."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from azrelease.catalog.tasks import BUILT_IN, Tasks
from azrelease.diagnostics import NOT_IN_PROJECT, NOT_REGISTERED, REFUSED_BY_SERVICE, Code, Diagnostic, Severity, Span
from azrelease.registration import resources
from azrelease.registration.failures import RefusedError, understood
from azrelease.registration.named_resources import named_resources
from azrelease.registration.project import Listing, Project
from azrelease.registration.wishes import WantedRelease
from azrelease.registration.wishes.groups import made_groups
from azrelease.source import Document, found_at
from azrelease.suggestions import suggestion

_INVALID = "PipelineValidationException"
_PLACE = re.compile(r"^\s*/?(?P<file>.*?) ?\(Line: (?P<line>\d+), Col: (?P<column>\d+)\): (?P<message>.*)$")


class YamlFile(NamedTuple):
    """The YAML of a release: where it is written, and its text."""

    path: str
    text: str


def online_findings(
    project: Project, wanted: WantedRelease, document: Document, yaml: YamlFile, *, tasks: Tasks = BUILT_IN
) -> Iterator[Diagnostic]:
    """Findings about a release, in its file and in its YAML.

    Args:
        project: the project that it is registered in, or will be.
        wanted: the release.
        document: its file.
        yaml: its YAML, as it is rendered now.
        tasks: the tasks of the organization, where they are known.

    Raises:
        ServiceError: the service does not answer, or does not allow to ask.
    """
    with understood(project.connection.address):
        yield from _missing(project, wanted, document, tasks)
        yield from _shown(project, wanted, document, yaml)


def _shown(project: Project, wanted: WantedRelease, document: Document, yaml: YamlFile) -> Iterator[Diagnostic]:
    """What the service says when it is shown the YAML."""
    pipeline = project.pipelines.find(wanted.path)
    if pipeline is None:
        hint = "Register it with `azrelease apply`; then the service can be asked about its YAML."
        message = f"project {project.name} has no pipeline `{wanted.path}`: its YAML was not shown to the service"
        yield _found(document, wanted.release.name, NOT_REGISTERED, message, hint)
        return
    yield from _refused(project, str(pipeline["id"]), yaml)


def _missing(project: Project, wanted: WantedRelease, document: Document, tasks: Tasks) -> Iterator[Diagnostic]:
    named = named_resources(wanted.pipeline, tasks)
    made = made_groups(wanted.release)
    groups = [name for name in named.variable_groups if name.lower() not in made]
    kinds: tuple[tuple[str, Listing, tuple[str, ...]], ...] = (
        ("service connection", project.service_connections, named.service_connections),
        ("agent pool", project.queues, named.pools),
        ("variable group", project.variable_groups, tuple(groups)),
    )
    for kind, listing, names in kinds:
        for name in names:
            if listing.find_any(name) is None:
                known = [str(item.get("name")) for item in listing.items()]
                hint = suggestion(name, known, f"Make it in project {project.name}, or name one that is there.")
                message = f"project {project.name} has no {kind} `{name}`"
                yield _found(document, name, NOT_IN_PROJECT, message, hint)
    for name in named.environments:
        if project.environments.find(name.partition(".")[0]) is None:
            message = f"project {project.name} has no environment `{name}`: the first run makes it, without any check"
            hint = "`azrelease apply` makes it with its checks."
            yield _found(document, name, NOT_IN_PROJECT, message, hint)._replace(level=Severity.WARNING)


def _refused(project: Project, pipeline: str, yaml: YamlFile) -> Iterator[Diagnostic]:
    """What the service says of the YAML when it is to compile it.

    Its message has a line for each error, with file, line and column (an answer of the service, recorded).
    """
    body = {"previewRun": True, "yamlOverride": yaml.text}
    try:
        project.connection.query(resources.PREVIEW, {**project.route, "pipelineId": pipeline}, {}, body)
    except RefusedError as error:
        if error.type_key != _INVALID:
            raise
        for line in dict.fromkeys(str(error).splitlines()):
            yield _diagnostic(line.removeprefix(f"{project.connection.address}: "), yaml)


def _diagnostic(told: str, yaml: YamlFile) -> Diagnostic:
    found = _PLACE.match(told)
    # What is said of a template has its place in another file.
    if found is None or found["file"].rpartition("/")[2] not in ("", yaml.path.rpartition("/")[2]):
        return Diagnostic(REFUSED_BY_SERVICE, told, yaml.path, Span(1, 1, 1, 2))
    line, column = max(1, int(found["line"])), max(1, int(found["column"]))
    return Diagnostic(REFUSED_BY_SERVICE, found["message"], yaml.path, Span(line, column, line, column + 1))


def _found(document: Document, name: str, code: Code, message: str, hint: str | None) -> Diagnostic:
    """A finding where a name stands; at the first line where it stands nowhere, since it is made of others."""
    route = _route(document.data, name)
    if route is None:
        return Diagnostic(code, message, document.path, Span(1, 1, 1, 2), hint)
    return found_at(document, route, code, message, hint)


def _route(data: Any, name: str) -> tuple[str | int, ...] | None:  # noqa: ANN401  (any YAML)
    items = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for step, value in items:
        if isinstance(value, str) and value == name:
            return (step,)
        inner = _route(value, name)
        if inner is not None:
            return (step, *inner)
    return None
