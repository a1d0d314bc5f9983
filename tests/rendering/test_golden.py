"""Every sample renders to the pipeline beside it, byte for byte, and that pipeline is valid."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from azrelease import load
from azrelease.application.layouts import rendered_files
from azrelease.lowering import lower
from azrelease.rendering import write
from azrelease.templating import shipped_templates
from support.process import unmeasured
from support.yaml_text import safe_load

SAMPLES = Path(__file__).parent.parent.parent / "samples"
INLINE = ("insurance-kubernetes",)
"""Samples whose settings say that they are one file."""
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/release.yml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_renders_byte_for_byte(name: str, update_golden: bool) -> None:
    """The pipeline and the step templates that it calls; nothing else is in their folder."""
    folder = SAMPLES / name
    rendered = rendered_files(
        folder / "release.yml",
        lower(load(folder / "release.yml").release),
        folder / "azure-pipelines.yml",
        shipped_templates(),
        "inline" if name in INLINE else "templates",
    )
    if update_golden:
        write(rendered.all, force=True)
    assert {file.path: file.read() for file in rendered.all} == {file.path: file.text for file in rendered.all}
    there = {path.name for path in (folder / "azrelease").glob("*")}
    assert there == {file.path.name for file in rendered.templates}


@dataclass(frozen=True)
class Mistake:
    """Where the published schema refuses what the service takes."""

    why: str
    mend: Callable[[Any], Any]


DROP = object()
AS_TEXT = Mistake("the service reads every scalar as text; the schema wants text, though YAML has numbers", json.dumps)
IMPOSSIBLE = Mistake("`taskBase` wants text here and `task` a number or boolean: no value fits both", lambda _: DROP)
NOT_THERE = Mistake("the schema is older than the task, or the key", lambda _: DROP)

NO_IMAGE = Mistake("it wants `image` of a container in a registry of Azure, which has `repository`", lambda _: DROP)

ROLLING = "jobs[*].strategy.rolling.deploy.steps[*]"
RUN_ONCE = "jobs[*].strategy.runOnce.deploy.steps[*]"
MISTAKES: dict[str, dict[str, Mistake]] = {
    "insurance": {},
    "minimal": {},
    "insurance-managed": {"stages[*].jobs[*].timeoutInMinutes": AS_TEXT},
    "insurance-kubernetes": {},
    "insurance-batch": {},
    "insurance-many-regions": {f"stages[{place}].group": NOT_THERE for place in (1, 2, 3)},
    "mixed-jobs": {
        "resources.containers": NO_IMAGE,
        "stages[*].jobs[*].timeoutInMinutes": AS_TEXT,
        "stages[*].jobs[*].cancelTimeoutInMinutes": AS_TEXT,
        "stages[*].jobs[*].continueOnError": AS_TEXT,
        "stages[*].jobs[*].strategy.parallel": AS_TEXT,
        "stages[*].jobs[*].strategy.maxParallel": AS_TEXT,
        "stages[*].jobs[*].steps[*].timeoutInMinutes": IMPOSSIBLE,
        "stages[*].jobs[*].steps[*].fetchDepth": AS_TEXT,
        f"stages[*].{ROLLING}.fetchDepth": AS_TEXT,
        f"stages[*].{ROLLING}.lfs": AS_TEXT,
        f"stages[*].{RUN_ONCE}.fetchDepth": AS_TEXT,
        f"stages[*].{RUN_ONCE}.lfs": AS_TEXT,
    },
    "fan-out": {
        "schedules[*].always": AS_TEXT,
        "stages[*].jobs[*].timeoutInMinutes": AS_TEXT,
        "stages[*].jobs[*].steps[*].timeoutInMinutes": IMPOSSIBLE,
        f"stages[*].{RUN_ONCE}.retryCountOnTaskFailure": IMPOSSIBLE,
        f"stages[*].{RUN_ONCE}.timeoutInMinutes": IMPOSSIBLE,
        f"stages[*].{RUN_ONCE}.continueOnError": IMPOSSIBLE,
        f"stages[*].{RUN_ONCE}.enabled": AS_TEXT,
        "stages[2].jobs[0].strategy.runOnce.deploy.steps[6]": NOT_THERE,  # PublishCodeCoverageResults@2
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_passes_the_schema_of_azure_pipelines(name: str, tmp_path: Path) -> None:
    """With the listed mistakes of the schema mended it has no complaint; a mistake listed for nothing is one, too."""
    data = safe_load((SAMPLES / name / "azure-pipelines.yml").read_text(encoding="utf-8"))
    for route, mistake in MISTAKES[name].items():
        assert mend(data, route.replace("[", ".[").split("."), mistake), f"{route} is listed for nothing"
    file = tmp_path / "azure-pipelines.yml"
    file.write_text(json.dumps(data), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.azure-pipelines",
         "--data-transform", "azure-pipelines", "--regex-variant", "nonunicode", str(file)],
        capture_output=True, text=True, check=False, env=unmeasured(),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def mend(data: Any, route: list[str], mistake: Mistake) -> int:
    """Mend the values at a route that are there; tells how many."""
    step, *rest = route
    if step == "[*]":
        return sum(mend(data, [f"[{index}]", *rest], mistake) for index in range(len(data)))
    key: Any = int(step[1:-1]) if step.startswith("[") else step
    if isinstance(data, dict) and key not in data:
        return 0
    if rest:
        return mend(data[key], rest, mistake)
    data[key] = mistake.mend(data[key])
    if data[key] is DROP:
        del data[key]
    return 1
