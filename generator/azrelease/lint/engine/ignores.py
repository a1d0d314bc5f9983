"""Comments that hide findings: `# azrelease: ignore[AZR204] reason`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from azrelease.diagnostics import UNUSED_IGNORE, Diagnostic, Span
from azrelease.lint.rule import Rule
from azrelease.suggestions import suggestion
from azrelease.yaml_document import split_lines

_COMMENT = re.compile(r"#\s*azrelease:\s*ignore\b(?:\[(?P<codes>[^\]]*)\])?")
_CODE = re.compile(r"[^\s,]+")


class Ignore(NamedTuple):
    """A code in a comment.

    Attributes:
        code: the code or name, as written; empty when the comment names none.
        line: the line whose findings it hides.
        span: where it stands.
    """

    code: str
    line: int
    span: Span


def ignores(text: str) -> tuple[Ignore, ...]:
    """The comments of a file, one for each code. A comment that stands alone is for the next line that has more."""
    if "azrelease" not in text:
        return ()
    lines = split_lines(text)
    return tuple(found for index in range(len(lines)) for found in _on_line(lines, index))


def _on_line(lines: Sequence[str], index: int) -> Iterator[Ignore]:
    line = lines[index]
    found = _COMMENT.search(line)
    if found is None or _is_quoted(line, found.start(), found.end()):
        return
    target = index
    if not line[: found.start()].strip():
        target += 1
        while target < len(lines) - 1 and (not lines[target].strip() or lines[target].lstrip().startswith("#")):
            target += 1
    if not (found["codes"] or "").strip():
        yield Ignore("", target + 1, Span(index + 1, found.start() + 1, index + 1, found.end() + 1))
        return
    for code in _CODE.finditer(found["codes"]):
        start = found.start("codes") + code.start()
        yield Ignore(code[0], target + 1, Span(index + 1, start + 1, index + 1, start + len(code[0]) + 1))


def _is_quoted(line: str, start: int, end: int) -> bool:
    """Whether a part of a line stands in quotes: a script that prints a comment has none."""
    return any(line[:start].count(quote) % 2 and quote in line[end:] for quote in ("'", '"'))


def without_ignored(
    findings: Sequence[Diagnostic],
    comments: Sequence[Ignore],
    path: str,
    rules: Mapping[str, Rule],
    asked: frozenset[str],
) -> list[Diagnostic]:
    """The findings that no comment hides, and one for each code in a comment that hides nothing.

    Args:
        findings: the findings of a file.
        comments: its comments.
        path: the path of the file.
        rules: the rules by code and by name.
        asked: the codes that were looked for; of others, nothing can be said.
    """
    if not comments:
        return list(findings)
    used: set[Ignore] = set()
    left: list[Diagnostic] = []
    for finding in findings:
        hiding = [c for c in comments if c.line == finding.span.line and c.code in (finding.code.id, finding.code.name)]
        used.update(hiding)
        if not hiding:
            left.append(finding)
    for comment in comments:
        message, hint = None, None
        rule = rules.get(comment.code)
        if not comment.code:
            message, hint = (
                "this comment names no code, and hides nothing",
                "Write `# azrelease: ignore[AZR204] reason`.",
            )
        elif rule is None:
            message = f"there is no rule `{comment.code}`"
            hint = suggestion(comment.code, rules)
        elif comment not in used and rule.code.id in asked:
            message, hint = f"there is no {comment.code} here to hide", "Remove it."
        if message is not None and UNUSED_IGNORE.id in asked:
            left.append(Diagnostic(UNUSED_IGNORE, message, path, comment.span, hint))
    return left
