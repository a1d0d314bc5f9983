"""Expansions against the answers of an independent implementation, in its normal form."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from azrelease.errors import InvalidFileError
from azrelease.expansion import ExpansionRequest, expand_file, normal_form, plain
from azrelease.expansion.yaml_text import yaml_text
from azrelease.yaml_document import YamlDocument
from expansion.normal_comparison import differences

EMPTY_VARIABLES = dict.fromkeys(
    ("Build.Reason", "System.CollectionId", "System.PullRequest.IsFork", "System.TeamProject"), ""
)
"""Variables of the run. The other implementation has them empty where they are not given; here they would be unknown."""

REASONS = {
    "197-names-from-expression-invalid": "rules of check judge names, also those that an expression gives",
    "200-dependson-unknown-job": "rules of check judge dependencies",
    "syntax-validation-report-condition-error-of-template-parameter": "rules of check judge conditions of the run",
}
"""Cases with another answer, and why."""


class Trial(NamedTuple):
    name: str
    file: Path
    root: Path
    expected: Any
    folders: Mapping[str, Path] = {}


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def cases(shared: Path) -> Iterator[Trial]:
    for path in sorted((shared / "trials" / "expansion").glob("*/expected.json")):
        yield Trial(path.parent.name, path.parent / "azure-pipelines.yml", path.parent, read(path))


def public_cases(shared: Path) -> Iterator[Trial]:
    top = shared / "trials" / "expansion-public"
    for row in table(top / "cases.tsv"):
        file = top / row["folder"] / row["file"]
        pairs = (pair.split("=") for pair in (row["repositories"] or "").split(";") if pair)
        folders = {name.partition("@")[0]: top / folder for name, folder in pairs}
        for path in file.parent.glob(f"{file.stem}*.expected.json"):
            yield Trial(row["folder"], file, file.parent, read(path), folders)


def repositories(shared: Path) -> Iterator[Trial]:
    corpus = shared / "corpus"
    for row in table(corpus / "repos-expanded" / "INDEX.tsv"):
        if row["result"] == "ok":
            root = corpus / "repos" / row["repository"].replace("/", "__")
            expected = {"ok": True, "pipeline": read(corpus / "repos-expanded" / row["expected"])}
            yield Trial(f"{row['repository']} {row['file']}", root / row["file"], root, expected)


def aliases(trial: Trial) -> dict[str, Path]:
    """The folders by the aliases that the pipeline gives the repositories."""
    if not trial.folders:
        return {}
    declared = YamlDocument.read(trial.file).data["resources"]["repositories"]
    return {entry["repository"]: trial.folders[entry["name"]] for entry in declared}


def found_differences(trial: Trial) -> list[str]:
    request = ExpansionRequest(variables=EMPTY_VARIABLES, repositories=aliases(trial), root=trial.root)
    try:
        expansion = expand_file(trial.file, request)
    except InvalidFileError as error:
        return [] if not trial.expected["ok"] else [f"refused: {error}"]
    if not trial.expected["ok"]:
        return [] if expansion.problems else [f"not refused: {trial.expected['error']}"]
    if expansion.problems:
        return [f"refused: {expansion.problems[0].diagnostic.message}"]
    return differences(trial.expected["pipeline"], plain(normal_form(expansion.pipeline)))


@pytest.mark.parametrize("source", [cases, public_cases, repositories])
def test_expansions_are_those_of_another_implementation(source: Any, shared: Path) -> None:
    trials = [trial for trial in source(shared) if trial.expected.get("judge") != "uncertain"]
    assert trials
    different = {trial.name: found for trial in trials if (found := found_differences(trial))}
    known = REASONS.keys() & {trial.name for trial in trials}
    assert {name: found[:3] for name, found in different.items() if name not in known} == {}
    assert different.keys() == known, "a known difference is gone"


@pytest.mark.parametrize("source", [cases, public_cases, repositories])
def test_the_expansion_of_an_expansion_is_the_same(source: Any, shared: Path, tmp_path: Path) -> None:
    for trial in source(shared):
        request = ExpansionRequest(variables=EMPTY_VARIABLES, repositories=aliases(trial), root=trial.root)
        try:
            first = expand_file(trial.file, request)
        except InvalidFileError:
            continue
        if first.problems:
            continue
        file = tmp_path / "azure-pipelines.yml"
        for form in (normal_form(first.pipeline), first.pipeline):
            file.write_text(yaml_text(form), encoding="utf-8")
            again = expand_file(file, request._replace(root=tmp_path))
            assert [problem.diagnostic.message for problem in again.problems] == [], trial.name
            assert plain(normal_form(again.pipeline)) == plain(normal_form(first.pipeline)), trial.name
