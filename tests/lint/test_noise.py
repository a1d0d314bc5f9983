"""How much a first run says about published repositories, each checked as a whole from its top."""

from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest

from azrelease.application.checking import check_paths, final_reports
from azrelease.diagnostics import Severity
from azrelease.lint import LintOptions, LintSettings
from support.linting import TODAY

MOST = 1.0
"""Warnings per 100 lines of the median repository."""


class Noise(NamedTuple):
    """The size of a repository's pipelines and templates, and what is said about them."""

    lines: int
    errors: int
    warnings: int

    @property
    def per_100_lines(self) -> float:
        return 100 * self.warnings / self.lines


def noise(repository: Path) -> Noise:
    options = LintOptions(LintSettings(folder=str(repository)), TODAY)
    reports = final_reports(check_paths([repository], options).reports, options)
    lines = sum(len(Path(report.path).read_bytes().splitlines()) for report in reports if report.checked)
    found = [finding.diagnostic.severity for report in reports for finding in report.findings]
    return Noise(lines, found.count(Severity.ERROR), found.count(Severity.WARNING))


@pytest.fixture(scope="module")
def repositories(shared: Path) -> dict[str, Noise]:
    folder = shared / "corpus" / "repos"
    return {path.name: noise(path) for path in sorted(folder.iterdir()) if path.is_dir()}


def test_the_median_repository_has_few_warnings(repositories: dict[str, Noise]) -> None:
    rates = {name: round(found.per_100_lines, 2) for name, found in repositories.items()}
    print(f"warnings per 100 lines: median {median(rates.values())}, {rates}")
    assert all(found.lines for found in repositories.values())
    assert median(rates.values()) < MOST, rates


def test_no_repository_is_flooded(repositories: dict[str, Noise]) -> None:
    rates = {name: 100 * (found.errors + found.warnings) / found.lines for name, found in repositories.items()}
    assert max(rates.values()) < 2 * MOST, rates
