"""`from azrelease import expand`."""

from pathlib import Path

import pytest

from azrelease import InvalidFileError, UserError, expand
from support.yaml_text import safe_load

PIPELINE = """\
parameters:
- {name: images, type: object}
- {name: fast, type: boolean, default: false}
- {name: version, type: string, default: '1'}
jobs:
- ${{ each image in parameters.images }}:
  - job: on_${{ image.name }}
    steps:
    - template: steps.yml
      parameters: {name: '${{ image.name }}'}
    - ${{ if parameters.fast }}:
      - bash: fast ${{ parameters.version }} ${{ variables['Build.Reason'] }}
"""
STEPS = "parameters:\n- {name: name, type: string}\nsteps:\n- bash: a\n  name: ${{ parameters.name }}\n"


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "steps.yml").write_text(STEPS, encoding="utf-8")
    path = tmp_path / "azure-pipelines.yml"
    path.write_text(PIPELINE, encoding="utf-8")
    return path


def test_values_of_python(pipeline: Path) -> None:
    images = [{"name": "one", "tags": ["a: b", 1, None]}, {"name": "yes"}]
    expanded = expand(pipeline, parameters={"images": images, "fast": True, "version": "3.10"})
    assert expanded.errors == ()
    [stage] = expanded.pipeline["stages"]
    assert [job["job"] for job in stage["jobs"]] == ["on_one", "on_yes"]
    assert safe_load(expanded.yaml)["stages"][0]["jobs"][0]["steps"][0]["name"] == "one"
    [unknown, _] = expanded.unknowns
    assert unknown.path == "stages.Stage.jobs.on_one.steps[1].inputs.script"
    assert unknown.text == "fast 3.10 ${{ variables['Build.Reason'] }}"
    assert (Path(unknown.file).name, unknown.line) == ("azure-pipelines.yml", 12)
    assert [Path(file).name for file in expanded.files] == ["azure-pipelines.yml", "steps.yml"]
    known = expand(str(pipeline), {"images": images, "fast": True}, {"Build.Reason": "Manual"})
    assert known.unknowns == ()


def test_errors_are_values(pipeline: Path) -> None:
    [error] = expand(pipeline, {"images": [{"name": "not valid"}]}).errors
    assert (error.code, error.line, error.column) == ("AZR108", 7, 10)
    assert error.message == "`on_not valid` is not a valid name of a job"
    [[call]] = error.calls
    assert call.endswith("azure-pipelines.yml:6), image = {name: not valid}")


def test_what_cannot_be_used_is_raised(pipeline: Path) -> None:
    with pytest.raises(UserError, match="parameters"):
        expand(pipeline, {"images": {object()}})
    with pytest.raises(UserError, match="cannot be read"):
        expand(pipeline.with_name("nowhere.yml"))
    with pytest.raises(UserError, match="no such folder"):
        expand(pipeline, repositories={"other": "nowhere"})
    pipeline.write_text("steps: [", encoding="utf-8")
    with pytest.raises(InvalidFileError):
        expand(pipeline)
