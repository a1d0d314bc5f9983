"""The spans of a text that may be secrets: values behind names of secrets, in YAML, scripts and comments."""

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

import yaml

from azrelease.errors import InvalidFileError
from azrelease.redaction.recognition import may_name_secret
from azrelease.yaml_document import YamlDocument, line_starts


class SecretSpan(NamedTuple):
    """A span of a text that may be a secret, in offsets from 0; `value` is the parsed YAML scalar."""

    start: int
    end: int
    value: str | None = None


_HINTS = (
    "pass", "pwd", "secret", "token", "pat:", "pat=", "pat ", 'pat"', "pat'", "_pat", "key", "credential",
    "authorization", "jwt", "sas",
)  # fmt: skip
"""Every name of a secret contains one of these, in lower case. Searching for them first is faster."""

_GIVEN = re.compile(
    r""""(?:\\.|[^"\\\n])*+"|'(?:''|[^'\n])*+'|["'][^\n]*+"""
    r"""|\$\{\{.{0,500}?\}\}|\$\([^)\n]*+\)[^\s"';)]*+|\$\[.{0,500}?\]|[^\s"']\S*+"""
)
_SETTING = re.compile(r"""(?P<name>[\w.\-]++)["']?[ \t]*+(?:[:=]|:=)[ \t]*+""")
_OPTION = re.compile(r"""(?<![^\s"'(\[,=`])--?(?P<name>[A-Za-z][\w\-]*+)["']?(?:[ \t]++|,[ \t]*+)""")
_FORMS = (
    (("bearer", "basic"), re.compile(r"""\b(?:bearer|basic)\s+(?P<value>[^\s"'$]{6,})""", re.IGNORECASE)),
    (("://",), re.compile(r"://[^\s/@:]*:(?P<value>[^\s@/$]+)@")),
    ((" -u ", "--user"), re.compile(r"""\s(?:-u|--user)\s+["']?[^\s:"']+:(?P<value>[^\s"'$]+)""")),
    (
        ("docker login", "sshpass", "sqlcmd", "mysql"),
        re.compile(
            r"""\b(?:docker login|sshpass|sqlcmd|mysql)\b[^\n]{0,300}?\s-[pP]\s*"""
            r"""(?P<value>"[^"$\n]*"|'[^'\n]*'|[^\s"'$-]\S*)"""
        ),
    ),
    (
        ("issecret=true",),
        re.compile(
            r"##vso\[task\.setvariable[^\]\n]{0,300}issecret=true[^\]\n]{0,300}\](?P<value>[^\s\"'$]+)", re.IGNORECASE
        ),
    ),
    (
        ("securestring",),
        re.compile(r"""securestring\s+(?:-string\s+)?(?P<value>"[^"$\n]*"|'[^'\n]*')""", re.IGNORECASE),
    ),
)
"""Secrets where a program takes one: in a header, in a URL, after an option of a program."""
_BREAK = r"\n\r\x85\u2028\u2029"
_ENTRY = re.compile(
    rf"""(?<![^{_BREAK}])(?P<indent>[ \t]*+(?:-[ ]++)*+)["']?(?P<name>[\w.\-]++)["']?[ \t]*+:(?=\s|\Z)"""
)
_NAMED = re.compile(r"""(?:name|key|variable)["']?\s*:\s*["']?(?P<name>[\w.\-]++)""", re.IGNORECASE)
_VALUE_KEY = re.compile(rf"""(?:(?<![^{_BREAK}])(?P<indent>[ \t-]*+))?\b(?:values?|default)["']?\s*:""", re.IGNORECASE)
_NEARBY = 6
"""Lines between a name and its value in text that is not YAML."""
_LINE = re.compile(rf"[^{_BREAK}]*+(?:\r\n|[{_BREAK}]|\Z)")

_LITERAL = r"(?<!\[)'[^']{6,}'"
_COMPUTED = re.compile(
    rf"(?:\$\([\w.\- ]+\)|\$\{{\{{(?:(?!\$\{{\{{|{_LITERAL}).)*\}}\}}|\$\[(?:(?!\$\[|{_LITERAL}).)*\]"
    r"|true|false|null|none|~|\d{1,3}|)[,;]?",
    re.IGNORECASE,
)
_OF_THE_SHELL = re.compile(
    r"""(?:\$(?:\w+|\{\w+\}|env:\w+|\([^)]*\))|%\w+%|[|>][+-]?\d?|&&|\|\||\\)["');,.&|\]}]*""", re.IGNORECASE
)

_NAMES = ("name", "key", "variable")
_VALUES = ("value", "default", "values")
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.\-]*")


def may_name_secrets(folded: str) -> bool:
    """Whether a text, in lower case, may contain a name of a secret; most texts do not."""
    return any(hint in folded for hint in _HINTS)


def secrets_in_commands(text: str, folded: str) -> Iterator[SecretSpan]:
    """Secrets where a program takes one, under any name; `folded` is the text in lower case."""
    for hints, form in _FORMS:
        if any(hint in folded for hint in hints):
            yield from (SecretSpan(*match.span("value")) for match in form.finditer(text))


def named_secrets(text: str, root: yaml.Node | None = None, suspects: Container[int] = ()) -> Iterator[SecretSpan]:
    """Values behind names of secrets: of keys in every style of YAML, and in scripts and comments.

    In text that is not YAML, everything indented below such a key is one.

    Args:
        text: the text.
        root: its tree, if it is already parsed.
        suspects: offsets of further keys that name secrets.
    """
    try:
        root = root or YamlDocument.parse(text, "").root
    except InvalidFileError:
        yield from _in_broken_yaml(text)
        yield from _in_text(text, ())
    else:
        keys: set[int] = set()
        for node in _secrets(root, suspects, keys):
            if not is_computed_value(node.value):
                yield SecretSpan(*_content(text, node), node.value)
        yield from _in_text(text, keys)


def _in_text(text: str, keys: Container[int]) -> Iterator[SecretSpan]:
    """Values behind names in scripts, settings, comments: `name=value`, `name: value`, `--name value`.

    `keys` are offsets of keys of the tree, whose values the tree contains.
    """
    for pattern in (_SETTING, _OPTION):
        match = pattern.search(text)
        while match is not None:
            behind = match.end()
            if match.start("name") not in keys and may_name_secret(match["name"]):
                given = _GIVEN.match(text, behind)
                if given is not None:
                    behind = max(given.end(), behind)
                    if not _is_filled_in(given[0]):
                        yield SecretSpan(*given.span())
            match = pattern.search(text, behind)


def _is_filled_in(value: str) -> bool:
    """Whether a script gets the whole value at run time. A shell replaces nothing in single quotes."""
    bare = value.strip("\"'")
    of_the_shell = not value.startswith("'") and _OF_THE_SHELL.fullmatch(bare)
    return bool(_COMPUTED.fullmatch(bare) or of_the_shell)


def _content(text: str, node: yaml.ScalarNode) -> tuple[int, int]:
    """The offsets of the content of a scalar: of a block, from the line below its sign; without quotes."""
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if node.style in ("|", ">"):
        return text.find("\n", start) + 1, end
    return (start + 1, end - 1) if node.style in ("'", '"') else (start, end)


def _secrets(root: yaml.Node, suspects: Container[int], keys: set[int]) -> Iterator[yaml.ScalarNode]:
    """The scalars of a tree that may be secrets. The offsets of all keys are added to `keys`."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            named = _named_pair(node)
            for key, value in node.value:
                name = key.value if isinstance(key, yaml.ScalarNode) else ""
                start = key.start_mark.index
                keys.add(start + 1 if getattr(key, "style", None) in ("'", '"') else start)
                if start in suspects or may_name_secret(name) or (named and is_value_key(name)):
                    yield from _below(value, of_names=name.casefold() == "secrets")
                waiting.append(value)


def _named_pair(mapping: yaml.MappingNode) -> bool:
    scalars = (
        (key.value, value.value)
        for key, value in mapping.value
        if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode)
    )
    return gives_secret(scalars)


def gives_secret(entries: Iterable[tuple[str, str]]) -> bool:
    """Whether the keys and texts of a mapping are the name and value of a secret: `{name: password, value: …}`."""
    texts = {key.casefold(): value for key, value in entries}
    flagged = any(texts.get(flag, "").casefold() == "true" for flag in ("issecret", "secret"))
    return flagged or any(may_name_secret(texts.get(key, "")) for key in _NAMES)


def is_value_key(key: str) -> bool:
    """Whether a key in a mapping of `gives_secret` is the one of the value."""
    return key.casefold() in _VALUES


def is_computed_value(text: str) -> bool:
    """Whether a text is wholly computed, and so not a secret: a macro, an expression, a word such as true."""
    return _COMPUTED.fullmatch(text.strip()) is not None


def _below(node: yaml.Node, *, of_names: bool) -> Iterator[yaml.ScalarNode]:
    """The scalars in the value of a key that names a secret; with `of_names`, except the names in a list of names."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _below(value, of_names=False)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            if not (of_names and isinstance(item, yaml.ScalarNode) and _IDENTIFIER.fullmatch(item.value)):
                yield from _below(item, of_names=of_names)


def _in_broken_yaml(text: str) -> Iterator[SecretSpan]:
    """Spans behind names of secrets in text that is not YAML: more than in YAML, to be safe."""
    done = 0
    for match in _ENTRY.finditer(text):
        if match.start() >= done and may_name_secret(match["name"]):
            for place in _rest_of_entry(text, match.end(), len(match["indent"])):
                done = max(done, place.end)
                yield place
    starts = line_starts(text)
    for match in _NAMED.finditer(text):
        if may_name_secret(match["name"]):
            line = bisect_right(starts, match.start()) - 1
            first, behind = max(line - _NEARBY, 0), line + _NEARBY + 1
            end = starts[behind] if behind < len(starts) else len(text)
            for value in _VALUE_KEY.finditer(text, starts[first], end):
                yield from _rest_of_entry(text, value.end(), len(value["indent"] or ""))


def _rest_of_entry(text: str, start: int, indent: int) -> Iterator[SecretSpan]:
    """The rest of a line, and the lines below it that are indented deeper, or with tabs."""
    end = _LINE.match(text, start)
    assert end is not None
    if not is_computed_value(end[0]):
        yield SecretSpan(start, end.end())
    # Too little indentation in a block or a quote may be the very error of the file.
    opens = end[0].strip()[:1] in ("|", ">", '"', "'")
    while end.end() < len(text) and (end := _LINE.match(text, end.end())):
        before = end[0][: len(end[0]) - len(end[0].lstrip(" \t"))]
        ends = end[0].strip() and "\t" not in before and len(before) <= indent
        if ends and not (
            opens and _ENTRY.match(text, end.start()) is None and not end[0].lstrip().startswith(("- ", "#"))
        ):
            return
        yield SecretSpan(*end.span())
