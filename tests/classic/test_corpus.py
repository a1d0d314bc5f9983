"""Real definitions become releases that render, are checked without an error, and lose nothing in silence.

The definitions belong to others and are no part of the project: without them these tests are skipped.
"""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from azrelease.application.batch_import import import_batch
from azrelease.application.batch_sources import sources_in_folders
from azrelease.classic import DefinitionError, ImportResult, export_release, import_definition, read_definitions
from azrelease.diagnostics import Severity
from azrelease.lint import FileToCheck, Linter, LintOptions, LintSettings
from azrelease.release import dump, load_document
from azrelease.rendering import render
from azrelease.report.batch_imports import BatchOutcome
from azrelease.yaml_document import YamlDocument
from support.definitions import differences, unaccounted
from support.yaml_text import safe_load

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
TODAY = date(2026, 11, 25)

REFUSED = {
    "Collectif-Recolte__allotomat__azure-devops__release-pipeline.json": "Stage: condition",
    "lacantinepourtous__mutuali__azure-devops__release-pipeline.json": "Stage: condition",
    "lacantinepourtous__mutuali__azure-devops__release-pipeline__31202f1.json": "Stage: condition",
    "lacantinepourtous__mutuali__azure-devops__release-pipeline__cf9149a.json": "Stage: condition",
    "microsoft__AzureDevOpsDemoGenerator__wwwroot__DoJoWhiteBeltGold__ReleaseDefinitions__Bookings-CD__87982fa.json": (
        "Trigger: pull request, package, push elsewhere"
    ),
    "microsoft__AzureDevOpsDemoGenerator__wwwroot__DoJoWhiteBeltGold__ReleaseDefinitions__Coupon-CD.json": (
        "Trigger: pull request, package, push elsewhere"
    ),
}
"""Definitions that an import stops at, each with the control that cannot be carried.

The stages of the first four wait for a stage that is *not started*, which no condition of YAML can see.
"""

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the real definitions are not here")


class Real(NamedTuple):
    """A real definition, and what became of it."""

    file: str
    definition: dict[str, Any]
    made: ImportResult


def read() -> list[Real]:
    found: list[Real] = []
    for path in sorted((*(CORPUS / "releases").glob("*.json"), *(CORPUS / "aml").rglob("*.json"))):
        try:
            definitions = read_definitions(path.read_text(encoding="utf-8-sig"), path.name)
        except DefinitionError:
            continue
        found += [Real(path.name, dict(d), import_definition(d, today=TODAY)) for d in definitions]
    return found


REAL = read() if CORPUS.is_dir() else []
ALL = pytest.mark.parametrize("real", REAL, ids=[real.file for real in REAL])


def test_every_file_of_releases_is_a_definition() -> None:
    named = {real.file for real in REAL}
    assert {path.name for path in (CORPUS / "releases").glob("[!_]*.json")} <= named


@ALL
def test_it_is_imported_or_refused_with_a_reason(real: Real) -> None:
    assert real.made.release is not None
    assert real.made.problems == ()
    lost = {entry.feature.title for entry in real.made.report.lost_controls()}
    assert lost == ({REFUSED[real.file]} if real.file in REFUSED else set())


@ALL
def test_nothing_is_lost_in_silence(real: Real) -> None:
    assert list(unaccounted(real.definition, real.made.report)) == []


@ALL
def test_what_is_carried_comes_back(real: Real) -> None:
    assert real.made.release is not None
    for portal in (False, True):
        again = json.loads(json.dumps(export_release(real.made.release, portal=portal).definition))
        assert differences(real.definition, real.made.report, again) == []


@ALL
def test_the_release_renders_and_is_checked_without_an_error(real: Real, tmp_path: Path) -> None:
    assert real.made.release is not None
    text = dump(real.made.release, brief=True)
    release = load_document(YamlDocument.parse(text, "release.yml")).release
    assert release == real.made.release
    (tmp_path / "release.yml").write_text(text, encoding="utf-8")
    (tmp_path / "azure-pipelines.yml").write_text(render(release), encoding="utf-8")
    linter = Linter(LintOptions(LintSettings(), TODAY))
    for name in ("release.yml", "azure-pipelines.yml"):
        report = linter.check(FileToCheck(str(tmp_path / name)))
        assert [f.diagnostic for f in report.findings if f.diagnostic.severity is Severity.ERROR] == []


def test_all_of_them_are_imported_in_one_go(tmp_path: Path) -> None:
    sources = sources_in_folders([CORPUS / "releases"], tmp_path, None, ())
    first = import_batch(sources, tmp_path).report
    assert len(first.entries) == len(sources.definitions) == sum(first.totals[each.value] for each in BatchOutcome)
    stopped = {Path(entry.source).name for entry in first.entries if entry.outcome is BatchOutcome.STOPPED}
    assert stopped == REFUSED.keys()
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(written) == first.count(BatchOutcome.WRITTEN)
    again = import_batch(sources_in_folders([CORPUS / "releases"], tmp_path, None, ()), tmp_path).report
    assert again.count(BatchOutcome.UNCHANGED) == len(written)
    assert again.count(BatchOutcome.STOPPED) == len(stopped)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == written


def test_the_pipelines_pass_the_schema_of_azure_pipelines(tmp_path: Path) -> None:
    """Each task stands as one that the schema knows: what it says of tasks is older than they are, and `check` knows."""
    for number, real in enumerate(REAL):
        assert real.made.release is not None
        data = structure(safe_load(render(real.made.release)))
        (tmp_path / f"{number}-{real.file[:40]}.json").write_text(json.dumps(data), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.azure-pipelines",
         "--data-transform", "azure-pipelines", "--regex-variant", "nonunicode", *map(str, tmp_path.glob("*.json"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def structure(value: Any) -> Any:
    """A pipeline with its scalars as text, which is how the service reads them, and with tasks of one kind."""
    if isinstance(value, dict):
        if "task" in value:
            return {"task": "CmdLine@2", "inputs": {"script": "x"}}
        return {key: structure(item) for key, item in value.items()}
    if isinstance(value, list):
        return [structure(item) for item in value]
    return json.dumps(value) if isinstance(value, bool | int | float) else value
