"""Calls of the room application from Python: values come back, files are written as asked, nothing is printed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from azrelease.application.checking import Fixing, check_paths, check_text, final_reports, lint_options, lint_settings
from azrelease.application.converting import definitions_in_files, export, import_definitions
from azrelease.application.drawing import read_graphs
from azrelease.application.loading import load_releases
from azrelease.application.release_files import find_releases
from azrelease.application.rendering import pipeline_paths, render_releases
from azrelease.errors import InvalidFileError, OverwriteError
from azrelease.release import load
from azrelease.report.formats import GraphFormat

TODAY = date(2026, 11, 25)
PIPELINE = "pool: {vmImage: ubuntu-20.04}\nsteps:\n- script: make\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: Path) -> Path:
    """A folder with a release and a pipeline."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "release.yml").write_text((samples / "minimal" / "release.yml").read_text(encoding="utf-8"))
    (tmp_path / "old.yml").write_text(PIPELINE)
    return tmp_path


@pytest.fixture(autouse=True)
def silence(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capfd.readouterr() == ("", "")


def test_files_are_checked_and_fixed(folder: Path) -> None:
    options = lint_options(lint_settings(None, (), ()), TODAY)
    checked = check_paths([Path("old.yml")], options)
    [finding] = [found for report in final_reports(checked.reports, options) for found in report.findings]
    assert (finding.diagnostic.code.id, finding.diagnostic.span.line) == ("AZR705", 1)
    assert check_text(PIPELINE.encode(), "x.yml", options).reports[0].findings[0].diagnostic.code.id == "AZR705"
    shown = check_paths([Path("old.yml")], options, fixing=Fixing(unsafe=True, write=False))
    assert (folder / "old.yml").read_text() == PIPELINE
    assert "ubuntu-24.04" in shown.fixed[0].after
    check_paths([Path("old.yml")], options, fixing=Fixing(unsafe=True))
    assert (folder / "old.yml").read_text() == shown.fixed[0].after


def test_a_path_without_anything_to_check_is_named(folder: Path) -> None:
    (folder / "empty").mkdir()
    options = lint_options(lint_settings(None, (), ()), TODAY)
    assert check_paths([Path("empty")], options).unchecked == (Path("empty"),)


def test_releases_are_rendered(samples: Path) -> None:
    files = find_releases([])
    rendered = render_releases(load_releases(files), pipeline_paths(files))
    (found,) = rendered.values()
    assert found.pipeline.path == Path("azure-pipelines.yml")
    assert {file.path.as_posix(): file.text for file in found.all} == {
        path.relative_to(samples / "minimal").as_posix(): path.read_text(encoding="utf-8")
        for path in ((samples / "minimal" / "azure-pipelines.yml"), *(samples / "minimal" / "azrelease").glob("*"))
    }


def test_all_problems_of_all_releases_come_at_once(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / f"{name}.release.yml").write_text(f"name: {name}\nstages: 1\n")
    with pytest.raises(InvalidFileError) as raised:
        load_releases(find_releases([]), "nothing was written")
    assert raised.value.summary == "2 of 3 releases cannot be used; nothing was written"
    assert {diagnostic.file for diagnostic in raised.value.diagnostics} == {"a.release.yml", "b.release.yml"}


def test_a_definition_goes_out_and_comes_back(folder: Path) -> None:
    release = Path("release.yml")
    made = export(release, load(release), Path("classic.json"), accept_loss=True)
    assert made.report.output == "classic.json"
    with pytest.raises(OverwriteError, match="already exists"):
        export(release, load(release), Path("classic.json"), accept_loss=True)
    [back] = import_definitions(
        definitions_in_files([Path("classic.json")], None, ()), Path("back.yml"), accept_loss=True, force=False
    )
    assert back.stopped == ""
    assert load(folder / "back.yml").release == load(release).release


def test_graphs_are_drawn() -> None:
    [graph] = read_graphs([Path("release.yml")])
    assert graph.draw(GraphFormat.MERMAID, TODAY).startswith("graph LR")
