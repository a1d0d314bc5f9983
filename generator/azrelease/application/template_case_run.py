"""Runs cases of template tests: expands a template in a pipeline that includes it, and compares."""

from collections.abc import Iterator, Sequence
from textwrap import indent
from typing import Any, NamedTuple

import yaml
from yaml import MappingNode

from azrelease.application.expanding import CheckedExpansion, completed
from azrelease.application.expansion_inputs import texts_of
from azrelease.application.template_cases import ExpectedContent, TemplateCase
from azrelease.errors import InvalidFileError
from azrelease.expansion import (
    SELF,
    ExpandedEntry,
    ExpandedMapping,
    ExpandedNode,
    ExpandedScalar,
    ExpandedSequence,
    ExpansionRequest,
    FolderFiles,
    SourceFile,
    expand_source,
    location_in,
    normal_form,
    plain,
    repository_root,
    yaml_text,
)
from azrelease.expansion.literals import literal
from azrelease.redaction import redacted_difference
from azrelease.report.expansion_redaction import ExpansionRedaction
from azrelease.report.expansions import problems_text
from azrelease.yaml_document import YamlDocument

_LISTS = ("stages", "jobs", "steps", "variables")


class CaseRun(NamedTuple):
    """A case that was run.

    Attributes:
        failures: what is not as expected, redacted.
        content: what the expansion gives, in normal form; None where the service refuses it.
        is_equal: whether that is what the case expects to be equal; False where it expects nothing.
        other_failures: what is not as expected, beside the whole content.
    """

    failures: tuple[str, ...]
    content: ExpandedNode | None = None
    is_equal: bool = False
    other_failures: tuple[str, ...] = ()


def run_case(case: TemplateCase, request: ExpansionRequest) -> CaseRun:
    """Expand the template or pipeline of a case, and compare with what it expects.

    Args:
        case: the case.
        request: the other repositories that are here.
    """
    kind = "pipeline" if case.is_pipeline else case.kind or _kind(YamlDocument.read(case.target))
    try:
        expanded = _expanded(case, kind, request)
    except InvalidFileError as error:
        return CaseRun((f"the file cannot be used: {error}",))
    redaction = ExpansionRedaction((*expanded.expansion.files, _source(case)))
    refusals = problems_text(expanded.problems, redaction)
    refuse = case.expected.refuse
    if refuse is not None:
        found = any(refuse.casefold() in problem.diagnostic.message.casefold() for problem in expanded.problems)
        wanted = f"expected that the service refuses it with: {refuse}\n"
        return CaseRun(() if found else (f"{wanted}{refusals or 'it takes it'}",))
    if expanded.problems:
        return CaseRun((f"the service refuses it:\n{refusals}",))
    content = _content(expanded.normal, kind)
    written = _content(expanded.written, kind)
    different = tuple(_different(case, content, kind, redaction))
    others = tuple(_contents(case, (plain(content), plain(written)), redaction))
    nothing = ("it expects nothing: write `expect`, or pass --update",) if case.expected == ExpectedContent() else ()
    is_equal = case.expected.equal is not None and not different
    return CaseRun((*nothing, *different, *others), content, is_equal, others)


def _expanded(case: TemplateCase, kind: str, request: ExpansionRequest) -> CheckedExpansion:
    root = repository_root(case.target)
    location = location_in(root, case.target)
    files = {alias: FolderFiles(folder) for alias, folder in request.repositories.items()} | {SELF: FolderFiles(root)}
    request = request._replace(variables=_texts(case.variables, case))
    if kind == "pipeline":
        request = request._replace(parameters=_texts(case.parameters, case))
        path = case.target.as_posix()
        return completed(
            expand_source(SourceFile(path, SELF, location, YamlDocument.read(case.target)), files, request)
        )
    path = f"the pipeline of {case.name}"
    document = YamlDocument.parse(_pipeline(case, kind, location), path)
    return completed(expand_source(SourceFile(path, SELF, f".{case.name}.yml", document), files, request))


def _pipeline(case: TemplateCase, kind: str, location: str) -> str:
    """A pipeline that includes the template with the parameters of the case."""
    quoted = yaml.safe_dump(f"/{location}", width=10_000).partition("\n")[0]
    parameters = ""
    if case.parameters is not None and case.parameters.value:
        parameters = f"parameters:\n{indent(yaml_text(literal(case.parameters, _source(case))), '  ')}"
    call = f"template: {quoted}\n{parameters}"
    if kind == "extends":
        return f"extends:\n{indent(call, '  ')}"
    item = indent(call, "  ").replace("  ", "- ", 1)
    return f"{kind}:\n{item}" + ("steps:\n- script: echo\n" if kind == "variables" else "")


def _kind(template: YamlDocument) -> str:
    """What a template has, by its keys."""
    root = template.root
    keys = {key.value for key, _ in root.value} if isinstance(root, MappingNode) else set()
    kind = next((key for key in _LISTS if key in keys), "extends")
    return kind if keys <= {"parameters", kind} else "extends"


def _content(pipeline: ExpandedMapping, kind: str) -> ExpandedNode:
    """What the template gives in the pipeline that includes it; of a pipeline, and where it extends one, all."""
    if kind not in _LISTS:
        return pipeline
    node: ExpandedNode | None = pipeline
    if kind != "variables":
        for level in ("stages", "jobs", "steps"):
            lists = node.nodes if isinstance(node, ExpandedMapping) else {}
            inner = lists.get(level)
            if inner is None:
                continue
            if level == kind:
                return inner
            node = inner.items[0] if isinstance(inner, ExpandedSequence) and inner.items else None
    found = pipeline.nodes.get(kind)
    return ExpandedSequence((), pipeline.origin) if found is None else found


def _different(case: TemplateCase, content: ExpandedNode, kind: str, redaction: ExpansionRedaction) -> Iterator[str]:
    """The difference to the whole content that a case expects, in normal form as well."""
    if case.expected.equal is None:
        return
    expected = _normal(literal(case.expected.equal, _source(case)), kind)
    if not _is_same(plain(expected), plain(content)):
        difference = redacted_difference(yaml_text(expected), yaml_text(content), "expected", "found")
        yield f"the content is not that of `equal`:\n{redaction.message(difference)}"


def _normal(expected: ExpandedNode, kind: str) -> ExpandedNode:
    if kind not in _LISTS:
        return normal_form(expected) if isinstance(expected, ExpandedMapping) else expected
    key = ExpandedScalar(kind, kind, expected.origin)
    return _content(normal_form(ExpandedMapping((ExpandedEntry(key, expected),), expected.origin)), kind)


def _contents(case: TemplateCase, contents: Sequence[Any], redaction: ExpansionRedaction) -> Iterator[str]:
    """What is missing, and what must not be there; shorthand is looked for as it is written."""
    source = _source(case)
    for nodes, is_wanted in ((case.expected.contains, True), (case.expected.lacks, False)):
        for node in nodes:
            wanted = literal(node, source)
            if any(_is_in(plain(wanted), content) for content in contents) != is_wanted:
                shown = redaction.text(yaml_text(wanted)).rstrip()
                yield f"{'not found' if is_wanted else 'found'}:\n{indent(shown, '  ')}"


def _is_in(wanted: Any, content: Any) -> bool:  # noqa: ANN401  (any YAML)
    """Whether a partial mapping is a part of the content at any level, or a text is in one of its texts."""
    if isinstance(wanted, str) and isinstance(content, str):
        return wanted in content
    if not isinstance(wanted, str) and _matches(wanted, content):
        return True
    if isinstance(content, dict):
        return any(_is_in(wanted, value) for value in content.values())
    return isinstance(content, list) and any(_is_in(wanted, item) for item in content)


def _matches(wanted: Any, found: Any) -> bool:  # noqa: ANN401  (any YAML)
    """Whether a value has at least what is wanted: keys of a mapping, items of a list in any order, an equal text."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(key in found and _matches(wanted[key], found[key]) for key in wanted)
    if isinstance(wanted, list):
        return isinstance(found, list) and all(any(_matches(item, other) for other in found) for item in wanted)
    return _is_same(wanted, found)


def _is_same(one: Any, other: Any) -> bool:  # noqa: ANN401  (any YAML)
    """Whether two values are equal; booleans in any letter case, which are the same to the service."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return bool(one == other) or _boolean(one) == _boolean(other) != ""


def _boolean(value: Any) -> str:  # noqa: ANN401  (any YAML)
    folded = value.casefold() if isinstance(value, str) else ""
    return folded if folded in ("true", "false") else ""


def _texts(mapping: MappingNode | None, case: TemplateCase) -> dict[str, str]:
    return {} if mapping is None else texts_of(mapping, case.document)


def _source(case: TemplateCase) -> SourceFile:
    return SourceFile(case.document.path, SELF, case.document.path, case.document)
