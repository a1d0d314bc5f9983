"""What the schema of the language refuses in an expanded pipeline."""

from collections.abc import Iterable

import yaml

from azrelease.diagnostics import INVALID_VALUE, MISSING_FIELD, Severity
from azrelease.expansion.document import expanded_document
from azrelease.expansion.normal_nodes import entry_of, may_have, with_entries
from azrelease.expansion.origins import SourceFile
from azrelease.expansion.problems import Problems
from azrelease.expansion.result import Expansion
from azrelease.expansion.tree import ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.syntax import PipelineFile
from azrelease.yaml_document import YamlDocument

_CONTENT = frozenset(("extends", "jobs", "phases", "stages", "steps"))


def report_schema_errors(
    expansion: Expansion, parts: Iterable[tuple[str, ExpandedSequence]], problems: Problems
) -> None:
    """Report the parts of an expanded pipeline that the service refuses, at their places in the files.

    Args:
        expansion: the expanded pipeline.
        parts: the steps, jobs and stages that are values of parameters, each list by its key in a pipeline: they are
            judged also where the pipeline does not have them (measured).
        problems: gets the problems.
    """
    root = expansion.pipeline
    content = (entry for entry in root.entries if entry.key.text != "parameters")
    file = _report(expansion._replace(pipeline=with_entries(root, content)), problems)
    # A template without content is one of variables; any other has a key of a pipeline.
    has_content = any(may_have(root, key) for key in _CONTENT)
    if file.is_pipeline and not file.root.open and not problems.found and not has_content:
        message = "a pipeline requires one of `stages`, `jobs`, `steps`, `extends`"
        problems.at_file(MISSING_FIELD, message, expansion.file)
    used = set(_identities(expansion.pipeline))
    for key, values in parts:
        unused = tuple(item for item in values.items if id(item) not in used)
        if unused:
            items = ExpandedSequence(unused, values.origin)
            pipeline = ExpandedMapping((entry_of(key, items, values.origin),), values.origin)
            _report(expansion._replace(pipeline=pipeline), problems, is_part=True)


def report_declaration_errors(file: SourceFile, problems: Problems) -> None:
    """Report what is wrong with the parameters that a file declares: an expanded pipeline does not have them."""
    root = file.document.root
    pairs = [pair for pair in root.value if pair[0].value == "parameters"] if isinstance(root, yaml.MappingNode) else []
    if pairs:
        parameters = yaml.MappingNode("", pairs, root.start_mark, root.end_mark)
        for found in PipelineFile(YamlDocument(file.path, file.document.text, parameters)).problems:
            # Names and types are judged where the declarations are read.
            if found.severity is Severity.ERROR and found.code not in (INVALID_VALUE, MISSING_FIELD):
                problems.add_found(found, None)


def _report(expansion: Expansion, problems: Problems, *, is_part: bool = False) -> PipelineFile:
    document = expanded_document(expansion)
    file = PipelineFile(document)
    for found in file.problems:
        # A key that a part lacks, as a deployment job its environment, is missed in the pipeline only.
        if found.severity is Severity.ERROR and not (is_part and found.code == MISSING_FIELD):
            located = document.located(found)
            problems.add_found(located.diagnostic, located.frame)
    return file


def _identities(node: ExpandedNode) -> Iterable[int]:
    yield id(node)
    if isinstance(node, ExpandedScalar):
        return
    for inner in node.items if isinstance(node, ExpandedSequence) else (entry.value for entry in node.entries):
        yield from _identities(inner)
