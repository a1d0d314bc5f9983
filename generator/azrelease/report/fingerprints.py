"""Fingerprints of findings that survive moved lines: made of the code, the message and the text of the line."""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from azrelease.lint import Finding


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """The fingerprint of each finding; equal findings on equal lines of a file differ by their number."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    marks: list[str] = []
    for diagnostic, line in findings:
        key = (diagnostic.file, diagnostic.code.id, line.strip(), diagnostic.message)
        text = "\0".join((diagnostic.code.id, line.strip(), diagnostic.message, str(seen[key])))
        seen[key] += 1
        marks.append(sha256(text.encode("utf-8", errors="replace")).hexdigest()[:16])
    return marks
