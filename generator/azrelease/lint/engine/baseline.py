"""Known findings, which `check` does not report again.

What a finding is about decides, not where the file is: its code, its line and its message. The lines around and the
path only choose between findings that are alike, so that findings stay known when lines move or a file is renamed.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from azrelease.errors import UserError
from azrelease.lint.engine.reports import FileReport, Finding

_VERSION = 2
_READ = (1, _VERSION)
"""Version 1 knows no lines around a finding, and has line numbers of messages in its hashes."""

_PLACE = re.compile(r"\bline \d+(?: of [^\s,;]+)?")


class BaselineEntry(NamedTuple):
    """A known finding.

    Attributes:
        file: its path, relative to the folder of the baseline.
        code: its code.
        hash: a hash of its line and its message.
        around: a hash of the lines around it; empty where there are none, or a baseline of version 1 has none.
    """

    file: str
    code: str
    hash: str
    around: str


class BaselineCounts(NamedTuple):
    """What a baseline did in a check.

    Attributes:
        hidden: the number of findings that it hides.
        unused: the number of entries that hide nothing any more.
    """

    hidden: int
    unused: int = 0


class BaselineMatch(NamedTuple):
    """What a baseline hides of some reports.

    Attributes:
        reports: the reports without the known findings.
        hidden: the number of known findings.
        unused: the entries that hide nothing in the reports, with their numbers.
    """

    reports: list[FileReport]
    hidden: int
    unused: Counter[BaselineEntry]


def read_baseline(path: Path) -> Counter[BaselineEntry]:
    """The findings of a baseline, each with its number.

    Raises:
        UserError: the file does not exist, or is not a baseline.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["version"] not in _READ:
            raise UserError(f"{path}: unknown version {raw['version']}; pass --update-baseline to write it again")
        known: Counter[BaselineEntry] = Counter()
        for entry in raw["findings"]:
            around = entry["around"] if raw["version"] == _VERSION else ""
            known[BaselineEntry(entry["file"], entry["code"], entry["hash"], around)] += int(entry["count"])
    except FileNotFoundError:
        raise UserError(f"{path}: baseline does not exist; pass --update-baseline to write it") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: not a baseline; pass --update-baseline to write it again") from error
    return known


def baseline_text(reports: Iterable[FileReport], path: Path, kept: Mapping[BaselineEntry, int] | None = None) -> str:
    """A baseline of all findings, for the file at a path, with entries that are kept from the last one."""
    known = Counter(_entry(finding, path) for report in reports for finding in report.findings)
    known.update(kept or {})
    findings: list[dict[str, Any]] = [{**entry._asdict(), "count": count} for entry, count in sorted(known.items())]
    return json.dumps({"version": _VERSION, "findings": findings}, indent=1) + "\n"


def match_baseline(reports: Sequence[FileReport], known: Mapping[BaselineEntry, int], path: Path) -> BaselineMatch:
    """Take the findings of a baseline out of reports. Of equal findings, it hides as many as it has.

    An entry is for the finding in the same file and between the same lines, if there is one. Otherwise it is for one
    in the same file, or between the same lines of another file; or for any other, if its own file does not exist.
    """
    match = _Match(known, path)
    new = {
        (r, f): _Wanted(_entry(finding, path), _hash(finding.line.strip(), finding.diagnostic.message))
        for r, report in enumerate(reports)
        for f, finding in enumerate(report.findings)
    }
    every = len(new)
    for is_likely in (_is_unmoved, _is_in_file, _is_in_moved_file, match.is_of_missing_file):
        new = {place: wanted for place, wanted in new.items() if not match.take(wanted, is_likely)}
    left = [
        report._replace(findings=tuple(found for f, found in enumerate(report.findings) if (r, f) in new))
        for r, report in enumerate(reports)
    ]
    return BaselineMatch(left, every - len(new), +match.left)


_IsLikely = Callable[[BaselineEntry, BaselineEntry], bool]
"""Whether an entry is likely to be for a finding, which is given as an entry."""


class _Wanted(NamedTuple):
    """A finding as an entry, with its hash in version 1."""

    entry: BaselineEntry
    former: str


class _Match:
    """The entries of a baseline that are not yet taken by a finding."""

    def __init__(self, known: Mapping[BaselineEntry, int], path: Path) -> None:
        self.left = Counter(known)
        self._path = path
        self._alike: dict[tuple[str, str], list[BaselineEntry]] = {}
        self._missing: dict[str, bool] = {}
        for entry in sorted(known):
            self._alike.setdefault((entry.code, entry.hash), []).append(entry)

    def take(self, wanted: _Wanted, is_likely: _IsLikely) -> bool:
        """Take an entry for a finding; False where there is none."""
        code = wanted.entry.code
        for mark in dict.fromkeys((wanted.entry.hash, wanted.former)):
            for entry in self._alike.get((code, mark), ()):
                if self.left[entry] > 0 and is_likely(entry, wanted.entry):
                    self.left[entry] -= 1
                    return True
        return False

    def is_of_missing_file(self, entry: BaselineEntry, found: BaselineEntry) -> bool:  # noqa: ARG002  (any finding)
        if entry.file not in self._missing:
            self._missing[entry.file] = not (self._path.parent / entry.file).exists()
        return self._missing[entry.file]


def _is_unmoved(entry: BaselineEntry, found: BaselineEntry) -> bool:
    return entry == found


def _is_in_file(entry: BaselineEntry, found: BaselineEntry) -> bool:
    return entry.file == found.file


def _is_in_moved_file(entry: BaselineEntry, found: BaselineEntry) -> bool:
    return entry.around == found.around != ""


def _entry(finding: Finding, path: Path) -> BaselineEntry:
    diagnostic, line = finding.diagnostic, finding.line.strip()
    try:
        file = Path(os.path.relpath(diagnostic.file, path.parent)).as_posix()
    except ValueError:  # another drive on Windows
        file = Path(diagnostic.file).as_posix()
    around = _hash(*finding.around) if line and any(finding.around) else ""
    return BaselineEntry(file, diagnostic.code.id, _hash(line, _PLACE.sub("line", diagnostic.message)), around)


def _hash(*texts: str) -> str:
    return sha256("\0".join(texts).encode("utf-8", errors="replace")).hexdigest()[:16]
