"""What the service was measured to make of a pipeline, and what its documentation says, chapter by chapter."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from azrelease.errors import InvalidFileError
from azrelease.expansion import Expansion, ExpansionRequest, expand_file, normal_form, plain

PIPELINE = "azure-pipelines.yml"
PARTS = {
    "env": ("stages", 0, "jobs", 0, "steps", 0, "env"),
    "step": ("stages", 0, "jobs", 0, "steps", 0),
    "steps": ("stages", 0, "jobs", 0, "steps"),
    "job": ("stages", 0, "jobs", 0),
    "jobs": ("stages", 0, "jobs"),
    "stages": ("stages",),
    "root": (),
}
"""The parts of the normal form that a case has: the first step, job and stage."""


def tables() -> Iterator[Any]:
    for path in sorted((Path(__file__).parent / "measured").glob("*.yml")):
        for case in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader):
            yield pytest.param(case, id=f"{path.stem}: {case['case']}")


def expanded(case: Mapping[str, Any], folder: Path) -> Expansion:
    """The expansion of the files of a case; `lib/…` is the repository with the alias `lib`."""
    files = case["files"]
    for location, text in (files if isinstance(files, Mapping) else {PIPELINE: files}).items():
        path = folder / location if location.startswith("lib/") else folder / "self" / location
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    request = ExpansionRequest(
        case.get("parameters", {}),
        case.get("variables", {}),
        {"lib": folder / "lib"} if (folder / "lib").is_dir() else {},
        folder / "self",
    )
    return expand_file(folder / "self" / case.get("pipeline", PIPELINE), request)


@pytest.mark.parametrize("case", list(tables()))
def test_what_the_service_makes(case: Mapping[str, Any], tmp_path: Path) -> None:
    try:
        expansion = expanded(case, tmp_path)
        found = [problem.diagnostic for problem in expansion.problems]
    except InvalidFileError as error:
        found = list(error.diagnostics)
    problems = [f"{location(each.file, tmp_path)}:{each.span.line}: {each.message}" for each in found]
    expected = case.get("errors", [])
    assert [error.partition(": ")[0] for error in expected] == [text.partition(": ")[0] for text in problems], problems
    assert [error for error, text in zip(expected, problems, strict=True) if not is_part(error, text)] == [], problems
    if not expected:
        pipeline = plain(normal_form(expansion.pipeline))
        parts = {name: part(pipeline, path) for name, path in PARTS.items() if name in case}
        assert parts == {name: case[name] for name in parts}
        assert parts


def location(file: str, folder: Path) -> str:
    """The path of a file in the repository of the pipeline, or what an option gave."""
    return file if file.startswith("--") else Path(os.path.relpath(file, folder / "self")).as_posix()


def is_part(expected: str, problem: str) -> bool:
    """Whether the words of an expected error are in a problem."""
    return expected.partition(": ")[2] in problem.partition(": ")[2]


def part(pipeline: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        pipeline = pipeline[key] if isinstance(key, int) else pipeline.get(key, {})
    return pipeline
