"""Writes what a template gives into its case, as `equal`; all other text of the file stays as it is."""

import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml
from yaml import MappingNode, ScalarNode, SequenceNode

from azrelease.application.template_cases import TemplateCase
from azrelease.diagnostics import Edit
from azrelease.errors import InvalidFileError, UserError
from azrelease.expansion import ExpandedNode, plain, yaml_text
from azrelease.files import write_atomically
from azrelease.yaml_document import YamlDocument, scalar_value


def update_cases(path: Path, document: YamlDocument, contents: Sequence[tuple[TemplateCase, ExpandedNode]]) -> None:
    """Write the content of cases into their file, in one step.

    Raises:
        UserError: a case is written in a form that cannot be updated, or the file cannot be written.
    """
    text = document.text
    edits = [_edit(text, case, content) for case, content in contents]
    for start, end, new in sorted(edits, reverse=True):
        text = f"{text[:start]}{new}{text[end:]}"
    _confirm(document, text, contents)
    mark = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
    write_atomically(path, mark + text)


def _edit(text: str, case: TemplateCase, content: ExpandedNode) -> Edit:
    expect = _pair(case.node, "expect")
    if expect is None:
        if case.node.flow_style:
            end = case.node.end_mark.index - 1
            return Edit(end, end, f", expect: {{equal:{_flow(content)}}}")
        return _added(text, case.node, "expect:\n  equal:", content, step=4)
    key, value = expect
    if isinstance(value, MappingNode) and value.value:
        equal = _pair(value, "equal")
        if equal is not None:
            start = _after_colon(text, equal[0])
            new = _flow(content) if value.flow_style else _block(content, equal[0].start_mark.column + 2)
            return Edit(start, _end(text, equal[1], start), new)
        if value.flow_style:
            start = value.start_mark.index + 1
            return Edit(start, start, f"equal:{_flow(content)}, ")
        return _added(text, value, "equal:", content, step=2)
    start, column = _after_colon(text, key), key.start_mark.column + 2
    if case.node.flow_style:
        return Edit(start, _end(text, value, start), f" {{equal:{_flow(content)}}}")
    return Edit(start, _end(text, value, start), f"\n{' ' * column}equal:{_block(content, column + 2)}")


def _added(text: str, mapping: MappingNode, key: str, content: ExpandedNode, step: int) -> Edit:
    """An entry below the last one of a mapping in block style."""
    column = mapping.start_mark.column
    last_key, last_value = mapping.value[-1]
    end = _end(text, last_value, _after_colon(text, last_key))
    line_end = text.find("\n", end)
    end = len(text) if line_end < 0 else line_end
    added = indent(f"{key}", " " * column)
    return Edit(end, end, f"\n{added}{_block(content, column + step)}")


def _block(content: ExpandedNode, column: int) -> str:
    """The content below its key; an empty one beside it."""
    written = yaml_text(content).removesuffix("\n")
    # The lines behind a text that ends with empty lines would be its own.
    if written in ("[]", "{}", "''") or "|+" in written:
        return _flow(content)
    return "\n" + indent(written, " " * column)


def _flow(content: ExpandedNode) -> str:
    return f" {json.dumps(plain(content), ensure_ascii=False)}"


def _after_colon(text: str, key: yaml.Node) -> int:
    return text.index(":", key.end_mark.index) + 1


def _end(text: str, node: yaml.Node, start: int) -> int:
    """The end of the last text in a node: the mark of a block is behind the empty lines and comments below it."""
    while isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end = int(node.end_mark.index)
    return max(start, start + len(text[start:end].rstrip()))


def _pair(mapping: MappingNode, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    return next(((key, value) for key, value in mapping.value if key.value == name), None)


def _confirm(document: YamlDocument, text: str, contents: Sequence[tuple[TemplateCase, ExpandedNode]]) -> None:
    """Compare the new file with the old one: every value is as before, but those that are written.

    Raises:
        UserError: one is not.
    """
    try:
        new = YamlDocument.parse(text, document.path)
    except InvalidFileError as error:
        raise UserError(f"{document.path}: cannot be updated in this layout: {error}; nothing was written") from error
    written = {id(case.node): plain(content) for case, content in contents}
    for before, after in zip(_case_nodes(document), _case_nodes(new), strict=True):
        expected = _values(before)
        if id(before) in written:
            expected["expect"] = {**(expected.get("expect") or {}), "equal": written[id(before)]}
        if expected != _values(after):
            raise UserError(f"{document.path}: cannot be updated in this layout; nothing was written")


def _case_nodes(document: YamlDocument) -> list[yaml.Node]:
    root = document.root
    listed = _pair(root, "cases") if isinstance(root, MappingNode) else None
    return [root] if listed is None else list(listed[1].value)


def _values(node: yaml.Node) -> Any:  # noqa: ANN401  (any YAML)
    """A node in the form of `plain`: texts as they are written, and null is an empty one."""
    if isinstance(node, SequenceNode):
        return [_values(item) for item in node.value]
    if isinstance(node, ScalarNode):
        return "" if scalar_value(node) is None else str(node.value)
    result: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        while name.startswith("${{") and name in result:
            name = f"{name.removesuffix('}}')} }}}}"
        result[name] = _values(value)
    return result
