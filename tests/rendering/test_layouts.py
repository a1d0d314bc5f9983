"""A release as one file, or as calls of step templates: the service makes the same of both."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from azrelease import Release, expand, load
from azrelease.catalog import step_templates as catalog
from azrelease.classic import import_definition, read_definitions
from azrelease.lowering import lower
from azrelease.lowering.step_templates import step_templates
from azrelease.rendering import RenderedFiles, render_files, template_files
from azrelease.rendering.step_template_yaml import template_digest
from azrelease.settings import StepTemplateRepository
from azrelease.templating import shipped_templates
from support.process import unmeasured
from support.release_data import releases
from support.thorough import examples
from support.yaml_text import safe_load

SAMPLES = Path(__file__).parent.parent.parent / "samples"
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/release.yml"))


def written(release: Release, folder: Path, layout: Any) -> RenderedFiles:
    """The files of a release in a layout, written to a folder."""
    target = folder / "azure-pipelines.yml"
    files = render_files(lower(release), target, layout, source="release.yml", templates=shipped_templates())
    for file in files.all:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_text(file.text, encoding="utf-8", newline="\n")
    return files


def made_of(release: Release, folder: Path, layout: Any) -> Any:
    """What the service makes of a release in a layout."""
    files = written(release, folder, layout)
    found = expand(files.pipeline.path)
    assert found.errors == ()
    return found.pipeline


@pytest.mark.parametrize("name", NAMES)
def test_the_expansion_of_a_sample_is_the_same_in_both_layouts(name: str, tmp_path: Path) -> None:
    release = load(SAMPLES / name / "release.yml").release
    (tmp_path / ".git").mkdir()
    whole = made_of(release, tmp_path / "inline", "inline")
    calls = made_of(release, tmp_path / "calls", tmp_path / "calls" / "azrelease")
    elsewhere = made_of(release, tmp_path / "one" / "two", tmp_path / "one" / "steps")
    assert whole == calls == elsewhere


@pytest.mark.no_cover
@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=releases())
def test_the_expansion_of_any_release_is_the_same_in_both_layouts(data: dict[str, Any], tmp_path: Path) -> None:
    # What a template gets that cannot be read here stays as it is written.
    release = Release.model_validate({name: value for name, value in data.items() if name != "pipeline_template"})
    (tmp_path / ".git").mkdir(exist_ok=True)
    inline, calls = (written(release, tmp_path / name, layout) for name, layout in layouts(tmp_path))
    one, other = (expand(files.pipeline.path) for files in (inline, calls))
    # A text of the release with an unknown expression is refused in both; how often, differs.
    assert {error.message for error in one.errors} == {error.message for error in other.errors}
    assert one.errors or one.pipeline == other.pipeline


def layouts(folder: Path) -> Iterator[tuple[str, Any]]:
    yield "inline", "inline"
    yield "calls", folder / "calls" / "azrelease"


@pytest.mark.parametrize(
    ("name", "most"),
    [("minimal", 110), ("insurance-managed", 200), ("insurance-many-regions", 300), ("insurance", 170)],
)
def test_a_pipeline_is_short_enough_to_be_read(name: str, most: int) -> None:
    assert len((SAMPLES / name / "azure-pipelines.yml").read_text(encoding="utf-8").splitlines()) <= most


def test_no_line_of_a_script_is_written_twice(tmp_path: Path) -> None:
    files = template_files(step_templates(shipped_templates()), tmp_path, shipped_templates())
    lines = [line.strip() for text in texts_of(files) for line in text.splitlines()]
    assert [line for line, count in Counter(lines).items() if count > 1 and len(line) > 60] == []


def test_a_script_says_what_it_does_and_is_short(tmp_path: Path) -> None:
    files = template_files(step_templates(shipped_templates()), tmp_path, shipped_templates())
    for text in texts_of(files):
        head = re.match(r"(#.*\n)+", text)
        assert head is not None
        assert "Safe to run again" in head[0], head[0]
        assert len(text.splitlines()) < 60, head[0]


def texts_of(files: Any) -> Iterator[str]:
    """The scripts of step templates."""
    for file in files:
        for step in safe_load(file.text)["steps"]:
            text = step["inputs"].get("inlineScript") or step["inputs"].get("script")
            if text:
                yield text


def test_a_step_template_that_changes_has_a_revision_that_says_why() -> None:
    """`schemas/step_templates.json` has a revision with the digest of each template, and no other templates."""
    templates = shipped_templates()
    found = {template.name: template_digest(template, templates) for template in step_templates(templates)}
    assert {name: catalog.digest(name) for name in found} == found
    assert all(each.change.endswith(".") for name in found for each in catalog.revisions(name))


def test_step_templates_pass_the_schema_of_azure_pipelines(tmp_path: Path) -> None:
    """It wants text for the default of every parameter, though they have types, and no expression among options."""
    files = template_files(step_templates(shipped_templates()), tmp_path, shipped_templates())
    for file in files:
        text = re.sub(r"default: (true|false|\d+)$", r"default: '\1'", file.text, flags=re.MULTILINE)
        file.path.write_text(text.replace("${{ parameters.format }}", "JUnit"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.azure-pipelines",
         "--data-transform", "azure-pipelines", "--regex-variant", "nonunicode", *(str(file.path) for file in files)],
        capture_output=True, text=True, check=False, env=unmeasured(),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def test_steps_may_be_in_a_repository_of_the_organization(tmp_path: Path) -> None:
    release = load(SAMPLES / "minimal" / "release.yml").release
    shared = tmp_path / "shared"
    shared.mkdir()
    for file in template_files(step_templates(shipped_templates()), shared / "steps", shipped_templates()):
        file.path.parent.mkdir(exist_ok=True)
        file.path.write_text(file.text, encoding="utf-8")
    layout = StepTemplateRepository("Platform/azrelease-templates", "refs/tags/v1", folder="steps")
    files = written(release, tmp_path / "here", layout)
    assert files.templates == ()
    pipeline = safe_load(files.pipeline.text)
    assert pipeline["resources"]["repositories"] == [
        {
            "repository": "azrelease",
            "type": "git",
            "name": "Platform/azrelease-templates",
            "ref": "refs/tags/v1",
        }
    ]
    found = expand(files.pipeline.path, repositories={"azrelease": shared})
    assert found.errors == ()
    whole = made_of(release, tmp_path / "inline", "inline")
    assert found.pipeline["stages"] == whole["stages"]


def test_the_pipelines_of_imported_definitions_expand_to_the_same(shared: Path, tmp_path: Path) -> None:
    compared = 0
    for path in sorted((shared / "corpus" / "releases").rglob("*.json"))[::4]:
        for definition in read_definitions(path.read_text(encoding="utf-8-sig"), path.name):
            imported = import_definition(definition, today=date(2026, 11, 1)).release
            if imported is None:
                continue
            here = tmp_path / str(compared)
            one, other = (
                expand(written(imported, here / name, layout).pipeline.path) for name, layout in layouts(here)
            )
            assert one.pipeline == other.pipeline, path.name
            compared += 1
    assert compared > 10


def test_a_reader_finds_the_answers_in_the_pipeline() -> None:
    """Who approves, what is tested before traffic moves, what happens when that fails, which connection is used."""
    text = (SAMPLES / "insurance-managed" / "azure-pipelines.yml").read_text(encoding="utf-8")
    production = text[text.index("# Needs the approval of [MLOps]") :]
    assert production.index("invoke-endpoint.yml") < production.index("rollout-traffic.yml")
    assert production.index("endpoint-test.yml") < production.index("rollout-traffic.yml")
    assert production.index("failure:") < production.index("rollout-back.yml")
    assert "azrelease.connection: azure-mlops" in text


def test_every_script_reads_only_what_its_template_hands_to_it() -> None:
    for template in step_templates(shipped_templates()):
        body = template.bodies[-1]
        text = next((str(given.value) for given in body.inputs if given.name == "inlineScript"), "")
        known = {parameter.variable for parameter in body.environment} | {name for name, _ in body.fixed_environment}
        assert set(re.findall(r"\bARG_[A-Z_]+", text)) <= known, template.name
