"""Classic definitions in tests: made of parts, imported, and what is said and reported of them."""

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any

from azrelease.classic import ConversionOutcome, ConversionReport, ImportResult, import_definition
from azrelease.classic.json_node import path_text
from azrelease.release import dump
from support.yaml_text import safe_load

TODAY = date(2026, 11, 25)
APP = "33c63b11-352b-45a2-ba1b-54cb568a29ca"  # UsePythonVersion
AZURE_CLI = "46e4be58-730b-4389-8a2f-ea10b3e5e815"
BASH = "6c731c3c-3c68-459a-a5c9-bde6e6595b5b"
DELAY = "28782b92-5e8e-4458-9751-a71cd1492bae"
REST = "9c3e8943-130d-4c78-ac63-8af81df62dfb"
CONNECTION = "627fe375-40c8-4134-a333-7301495cb460"
GROUP = "11111111-2222-3333-4444-555555555555"

CARRIED, REGISTERED, CHANGED, LOST = (
    ConversionOutcome.CARRIED,
    ConversionOutcome.REGISTERED,
    ConversionOutcome.CHANGED,
    ConversionOutcome.LOST,
)


def task(identifier: str = BASH, version: str = "3.*", **more: Any) -> dict[str, Any]:
    inputs = more.pop("inputs", {"targetType": "inline", "script": "echo"})
    return {
        "taskId": identifier,
        "version": version,
        "name": "Do it",
        "definitionType": "task",
        "inputs": inputs,
        **more,
    }


def phase(*tasks: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = more.pop("given", {})
    return {
        "name": "Agent job",
        "phaseType": 1,
        "rank": 1,
        "deploymentInput": {"agentSpecification": {"identifier": "ubuntu-24.04"}, "timeoutInMinutes": 30, **given},
        "workflowTasks": list(tasks) or [task()],
        **more,
    }


def stage(name: str = "Dev", **more: Any) -> dict[str, Any]:
    started = {"name": "ReleaseStarted", "conditionType": 1, "value": ""}
    return {"name": name, "rank": 1, "conditions": [started], "deployPhases": [phase()], **more}


def after(name: str, value: int = 4) -> dict[str, Any]:
    return {"name": name, "conditionType": "environmentState", "value": str(value)}


def build(alias: str = "_app", **more: Any) -> dict[str, Any]:
    reference = {"definition": {"id": "5", "name": "app-CI"}, "project": {"id": "p", "name": "Web"}}
    versions = more.pop("reference", {"defaultVersionType": {"id": "latestType", "name": "Latest"}})
    return {"type": "Build", "alias": alias, "isPrimary": True, "definitionReference": reference | versions, **more}


def definition(*stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    ranked = [{**each, "rank": rank} for rank, each in enumerate(stages or (stage(),), 1)]
    return {"name": "web", "environments": ranked, **more}


def read(data: Mapping[str, Any], **more: Any) -> ImportResult:
    before = copy.deepcopy(data)
    made = import_definition(data, today=TODAY, **more)
    assert data == before
    return made


def said(made: ImportResult) -> dict[str, Any]:
    """The release as it is written."""
    assert made.release is not None, made.problems
    found: dict[str, Any] = safe_load(dump(made.release, brief=True))
    return found


def told(report: ConversionReport) -> set[tuple[ConversionOutcome, str]]:
    """What is told of besides what is carried."""
    return {(e.feature.outcome, e.feature.title) for e in report.entries() if e.feature.outcome is not CARRIED}


def first_stage(made: ImportResult) -> dict[str, Any]:
    found: dict[str, Any] = said(made)["stages"][0]
    return found


def lost(made: ImportResult) -> set[str]:
    """The titles of the controls that are lost."""
    return {entry.feature.title for entry in made.report.lost_controls()}


def places(made: ImportResult, title: str) -> list[str]:
    """Where the report says that something of a title is."""
    return [path_text(path) for entry in made.report.entries() if entry.feature.title == title for path in entry.paths]
