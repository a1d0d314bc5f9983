"""Unified diffs without secrets."""

from collections.abc import Sequence

from azrelease.redaction.redacted_text import RedactedText

_CONTEXT = 3


def redacted_difference(old: str, new: str, old_name: str, new_name: str) -> str:
    """The redacted unified diff of two texts; empty where they are equal.

    It compares the original texts, so that it shows a change of a secret as well, with stars in both lines.
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if before == after:
        return ""
    from difflib import SequenceMatcher

    shown_before, shown_after = _shown(old, before), _shown(new, after)
    lines = [f"--- {old_name}\n", f"+++ {new_name}\n"]
    for group in SequenceMatcher(None, before, after).get_grouped_opcodes(_CONTEXT):
        (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
        lines.append(f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@\n")
        for kind, a1, a2, b1, b2 in group:
            if kind == "equal":
                lines += [f" {line}" for line in shown_before[a1:a2]]
            else:
                lines += [f"-{line}" for line in shown_before[a1:a2]]
                lines += [f"+{line}" for line in shown_after[b1:b2]]
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _shown(text: str, lines: Sequence[str]) -> list[str]:
    """The redacted lines with their ends. Each star replaces one character, so that all ends stay in place."""
    starred = RedactedText(text).text
    assert len(starred) == len(text)
    shown: list[str] = []
    start = 0
    for line in lines:
        shown.append(starred[start : start + len(line)])
        start += len(line)
    return shown


def _range(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
