"""Text as a tree of YAML nodes, and what is wrong with it.

YAML features that Azure Pipelines refuses as well (anchors, aliases, tags, several documents) are problems.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import yaml

from azrelease.diagnostics import (
    ALIAS,
    BAD_YAML,
    DUPLICATE_KEY,
    EMPTY_FILE,
    SECOND_DOCUMENT,
    TOO_DEEP,
    YAML_FEATURE,
    Code,
    Diagnostic,
    Span,
)
from azrelease.errors import InvalidFileError
from azrelease.yaml_document.positions import end_position, node_span, split_lines

if TYPE_CHECKING or yaml.__with_libyaml__:
    from yaml import CSafeLoader as SafeLoader
else:  # pragma: no cover  (PyYAML without libyaml: slower, same result)
    from yaml import SafeLoader

MAX_DEPTH = 64
"""Maximum nesting of collections. No pipeline comes near it, and libyaml's own limit is the stack of the process."""

# A tree with fewer levels than this cannot exhaust the stack of the C parser, which nests calls as deep as collections.
_SAFE_DEPTH = 400

# Matches whatever may be an anchor, an alias or a tag. Without a match, the tree alone shows every problem.
_MAY_BE_FEATURE = re.compile(r"[&*!](?<=[\s\[{,:][&*!])[\w!<]")
_DEEP_PREFIX = re.compile(rf"^[ ?:-]{{{_SAFE_DEPTH // 2}}}", re.MULTILINE)

# With these the tree cannot be built, or becomes larger than the file.
_FATAL = (TOO_DEEP, SECOND_DOCUMENT, ALIAS)


class _UntypedLoader(SafeLoader):
    """Composes nodes without tags: `scalars` reads types from the text, by YAML 1.2."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ANN401, ARG002  (called by the parser)
        """Resolve no tag."""
        return ""

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:  # noqa: ANN401  (called by the parser)
        """Ignore path resolvers."""

    def ascend_resolver(self) -> None:
        """Ignore path resolvers."""


def parse_tree(text: str, path: str) -> tuple[yaml.Node, tuple[Diagnostic, ...]]:
    """Parse text to its root node, with the problems that do not prevent reading the tree.

    Raises:
        InvalidFileError: the text is not YAML, empty, or uses YAML that is not supported.
    """
    try:
        problems = tuple(_unsupported_features(text, path)) if _needs_events(text) else ()
        if any(problem.code in _FATAL for problem in problems):
            raise InvalidFileError(problems, {path: text})
        root = yaml.compose(text, Loader=_UntypedLoader)
    except yaml.YAMLError as error:
        raise InvalidFileError((_syntax_problem(error, text, path),), {path: text}) from error
    if root is None or (isinstance(root, yaml.ScalarNode) and not root.value and not root.style):
        hint = "A release file begins with `name:`; `azrelease schema` prints its fields. A pipeline has `steps:`."
        problem = Diagnostic(EMPTY_FILE, "the file is empty", path, Span(1, 1, 1, 1), hint)
        raise InvalidFileError((problem,), {path: text})
    of_tree = _tree_problems(root, path)
    if any(problem.code is TOO_DEEP for problem in of_tree):
        raise InvalidFileError(of_tree, {path: text})
    return root, (*problems, *of_tree)


def _needs_events(text: str) -> bool:
    """Whether the events of a text must be checked before composing a tree is safe."""
    brackets = text.count("[") + text.count("{") - 2 * text.count("${{")
    return bool(
        brackets > _SAFE_DEPTH
        or text.startswith(("&", "*", "!"))
        or "\n---" in text
        or _DEEP_PREFIX.search(text)
        or _MAY_BE_FEATURE.search(text)
    )


def _unsupported_features(text: str, path: str) -> Iterator[Diagnostic]:
    """What neither a release file nor a pipeline may use.

    Reads events, before there is a tree, so that no nesting can exhaust the stack and no alias multiply.
    """
    depth = documents = 0
    for event in yaml.parse(text, Loader=SafeLoader):
        if isinstance(event, yaml.NodeEvent):
            for code, message, hint in _node_features(event):
                yield Diagnostic(code, message, path, _mark_span(event.start_mark), hint)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                message, hint = "the file contains a second document", "Keep one YAML document per file."
                yield Diagnostic(SECOND_DOCUMENT, message, path, _mark_span(event.start_mark), hint)
                return
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield _too_deep(path, _mark_span(event.start_mark))
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _node_features(event: yaml.NodeEvent) -> Iterator[tuple[Code, str, str]]:
    """Code, message and hint of each unsupported feature of a node."""
    if isinstance(event, yaml.AliasEvent):
        yield ALIAS, f"the alias *{event.anchor} is not supported", "Write the value out."
    elif event.anchor:
        hint = "Azure Pipelines refuses anchors too. Remove it."
        yield YAML_FEATURE, f"the anchor &{event.anchor} is not supported", hint
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
        yield YAML_FEATURE, f"the tag {event.tag} is not supported", "Remove the tag; quote a value that must be text."


def _mark_span(mark: Any) -> Span:  # noqa: ANN401  (libyaml and the parser in Python have each their own class)
    return Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2) if mark else Span(1, 1, 1, 1)


def _syntax_problem(error: yaml.YAMLError, text: str, path: str) -> Diagnostic:
    mark = (error.problem_mark or error.context_mark) if isinstance(error, yaml.MarkedYAMLError) else None
    if mark and "exceeded maximum nesting depth" in str(error):
        # The limit of libyaml itself, met while it looks ahead for the end of a flow collection.
        return _too_deep(path, _mark_span(mark))
    if mark and isinstance(error, yaml.MarkedYAMLError):
        line, column = mark.line + 1, mark.column + 1
        message = ", ".join(filter(None, (error.context, error.problem)))
    else:
        # The reader gives a position, not a mark: libyaml in bytes, the reader in Python in characters.
        position = getattr(error, "position", 0)
        if getattr(error, "encoding", None) == "?":
            position = len(text.encode()[:position].decode(errors="ignore"))
        line, column = end_position(text[:position])
        message = str(getattr(error, "reason", error))
    hint = _syntax_hint(text, line, column) if mark else "Remove the character, or write it as an escape in quotes."
    return Diagnostic(BAD_YAML, f"invalid YAML: {message}", path, Span(line, column, line, column + 1), hint)


def _syntax_hint(text: str, line: int, column: int) -> str | None:
    lines = split_lines(text)
    if line > len(lines):
        return None
    content = lines[line - 1]
    rest = content[column - 1 :]
    if "\t" in content[: len(content) - len(content.lstrip())] or rest.startswith("\t"):
        return "Indent with spaces: YAML does not allow tabs there."
    if rest.startswith(("@", "`", "%", "*", "&", "!", ":")) or ": " in content[:column]:
        return "Put quotes around a value that contains `: ` or begins with a special character."
    return "Check the indentation, quotes and brackets of this line and the one above."


def _tree_problems(root: yaml.Node, path: str) -> tuple[Diagnostic, ...]:
    """Duplicate keys, keys that are not text, and too deep nesting, in the order of the file.

    The keys that Azure Pipelines expands (`${{ if … }}`, `${{ insert }}`) may repeat.
    """
    problems: list[Diagnostic] = []
    pending = [] if isinstance(root, yaml.ScalarNode) else [(root, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            return (_too_deep(path, node_span(node)),)
        values = node.value
        if isinstance(node, yaml.MappingNode):
            if not _has_distinct_keys(node):
                problems.extend(_key_problems(node, path))
            values = [value for _, value in values]
        pending.extend((value, depth + 1) for value in values if not isinstance(value, yaml.ScalarNode))
    return tuple(sorted(problems, key=lambda problem: problem.span))


def _has_distinct_keys(mapping: yaml.MappingNode) -> bool:
    try:
        return len({key.value for key, _ in mapping.value}) == len(mapping.value)
    except TypeError:  # the value of a key that is not text is a list
        return False


def _key_problems(mapping: yaml.MappingNode, path: str) -> Iterator[Diagnostic]:
    first_lines: dict[str, int] = {}
    for key, _ in mapping.value:
        if not isinstance(key, yaml.ScalarNode):
            is_token = isinstance(key, yaml.MappingNode) and key.flow_style
            message = "`{{ … }}` is a token of another template language" if is_token else "a key must be text"
            hint = "Replace the token before Azure Pipelines reads the file." if is_token else "Quote the key."
            yield Diagnostic(YAML_FEATURE, message, path, node_span(key), hint)
        elif key.value in first_lines and not key.value.startswith("${{"):
            message = f"duplicate key `{key.value}` (first on line {first_lines[key.value]})"
            yield Diagnostic(DUPLICATE_KEY, message, path, node_span(key), "Remove or rename one of the two.")
        else:
            first_lines[key.value] = key.start_mark.line + 1


def _too_deep(path: str, span: Span) -> Diagnostic:
    message = f"nested more than {MAX_DEPTH} levels deep"
    return Diagnostic(TOO_DEEP, message, path, span, "Close every bracket, or nest less deeply.")
