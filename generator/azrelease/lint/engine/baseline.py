"""Known findings, which `check` does not report again."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from azrelease.errors import UserError
from azrelease.lint.engine.reports import FileReport, Finding

_VERSION = 1

Key = tuple[str, str, str]
"""Path relative to the folder of the baseline, code, and a hash of the line and the message."""


def read_baseline(path: Path) -> Counter[Key]:
    """The findings of a baseline, each with its number.

    Raises:
        UserError: the file does not exist, or is not a baseline.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["version"] != _VERSION:
            raise UserError(f"{path}: unknown version {raw['version']}; pass --update-baseline to write it again")
        return Counter({(e["file"], e["code"], e["hash"]): int(e["count"]) for e in raw["findings"]})
    except FileNotFoundError:
        raise UserError(f"{path}: baseline does not exist; pass --update-baseline to write it") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: not a baseline; pass --update-baseline to write it again") from error


def baseline_text(reports: Iterable[FileReport], path: Path) -> str:
    """A baseline of all findings, for the file at a path."""
    known = Counter(_key(finding, path) for report in reports for finding in report.findings)
    findings: list[dict[str, Any]] = [
        {"file": file, "code": code, "hash": mark, "count": count}
        for (file, code, mark), count in sorted(known.items())
    ]
    return json.dumps({"version": _VERSION, "findings": findings}, indent=1) + "\n"


def without_known(reports: Sequence[FileReport], known: Counter[Key], path: Path) -> list[FileReport]:
    """The reports without the findings of a baseline. Of equal findings, it hides as many as it has."""
    left = Counter(known)
    result: list[FileReport] = []
    for report in reports:
        new: list[Finding] = []
        for finding in report.findings:
            key = _key(finding, path)
            if left[key] > 0:
                left[key] -= 1
            else:
                new.append(finding)
        result.append(report._replace(findings=tuple(new)))
    return result


def _key(finding: Finding, path: Path) -> Key:
    diagnostic = finding.diagnostic
    try:
        file = Path(os.path.relpath(diagnostic.file, path.parent)).as_posix()
    except ValueError:  # another drive on Windows
        file = Path(diagnostic.file).as_posix()
    text = f"{finding.line.strip()}\0{diagnostic.message}"
    return (file, diagnostic.code.id, sha256(text.encode("utf-8", errors="replace")).hexdigest()[:16])
