"""A release that is exported and imported is the same release; and a definition that is imported and exported likewise."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from azrelease.classic import export_release, import_definition
from azrelease.release import Release, load
from support.definitions import differences, unaccounted, without_release
from support.release_data import releases
from support.thorough import examples

SAMPLES = Path(__file__).parent.parent.parent / "samples"
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/release.yml"))
TODAY = date(2026, 11, 25)
EXCLUDED_FIRST: dict[str, Any] = {
    "name": "demo",
    "artifact": {"pipeline": "ci", "name": "landing"},
    "trigger": {"continuous_deployment": {"branches": ["-topic", "main"]}},
    "workspace": {"resource_group": "rg", "name": "ws", "service_connection": "c"},
    "stages": [{"name": "A", "endpoint": "scores", "target": "managed"}],
}


def imported(definition: dict[str, Any]) -> Release:
    made = import_definition(json.loads(json.dumps(definition)), today=TODAY)
    assert made.release is not None, made.problems
    return made.release


@pytest.mark.parametrize("portal", [False, True], ids=["rest", "portal"])
@pytest.mark.parametrize("name", NAMES)
def test_a_sample_comes_back_as_it_was(name: str, portal: bool) -> None:
    release = load(SAMPLES / name / "release.yml").release
    assert imported(export_release(release, portal=portal).definition) == release


@pytest.mark.no_cover
@settings(max_examples=examples(60), deadline=None)
@given(releases(), st.booleans())
def test_any_release_comes_back_as_it_was(data: dict[str, Any], portal: bool) -> None:
    release = Release.model_validate(data)
    assert imported(export_release(release, portal=portal).definition) == release


@pytest.mark.no_cover
@settings(max_examples=examples(60), deadline=None)
@given(releases())
@example(EXCLUDED_FIRST)
def test_any_definition_says_the_same_after_it_was_a_release(data: dict[str, Any]) -> None:
    """Also where nothing says what release it was: the parts alone are enough for what is told of as carried."""
    there = export_release(Release.model_validate(data))
    # A task by a name that nobody knows has no id in a definition.
    assume("Task of the marketplace by name" not in {entry.feature.title for entry in there.report.lost_controls()})
    definition = without_release(there.definition)
    made = import_definition(definition, today=TODAY)
    assert list(unaccounted(definition, made.report)) == []
    if made.release is not None:
        assert differences(definition, made.report, export_release(made.release).definition) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_says_the_same_after_it_was_a_definition(name: str) -> None:
    definition = without_release(export_release(load(SAMPLES / name / "release.yml").release).definition)
    made = import_definition(definition, today=TODAY)
    assert made.release is not None
    assert differences(definition, made.report, export_release(made.release).definition) == []
    assert made.report.lost_controls() == ()


def exported(name: str = "fan-out") -> dict[str, Any]:
    definition = export_release(load(SAMPLES / name / "release.yml").release).definition
    found: dict[str, Any] = json.loads(json.dumps(definition))
    return found


def test_what_the_service_adds_does_not_change_the_release() -> None:
    definition = exported()
    definition |= {
        "id": 12,
        "revision": 4,
        "url": "https://x",
        "_links": {"self": {"href": "https://x"}},
        "lastRelease": None,
    }
    definition |= {"createdBy": {"id": "1", "displayName": "Ann"}, "createdOn": "2026-01-01", "comment": "x"}
    for number, environment in enumerate(definition["environments"]):
        environment |= {
            "id": 40 + number,
            "badgeUrl": "https://x",
            "owner": {"displayName": "Ann"},
            "currentRelease": {"id": 0},
        }
        for step in environment["preDeployApprovals"]["approvals"]:
            step["id"] = 99
            if "approver" in step:
                step["approver"] |= {
                    "id": "6d9b5a7e-0000-0000-0000-000000000000",
                    "descriptor": "aad.x",
                    "imageUrl": "https://x",
                }
    definition["artifacts"][0]["definitionReference"]["definition"]["id"] = "77"
    for environment in definition["environments"]:
        for phase in environment["deployPhases"]:
            phase["deploymentInput"]["queueId"] = 18
    definition["properties"]["DefinitionCreationSource"] = {"$type": "System.String", "$value": "Other"}
    assert imported(definition) == load(SAMPLES / "fan-out" / "release.yml").release


Edit = Callable[[dict[str, Any]], object]
EDITS: dict[str, Edit] = {
    "no approval": lambda d: d["environments"][1].update(preDeployApprovals={"approvals": []}),
    "another approver": lambda d: d["environments"][1]["preDeployApprovals"]["approvals"].pop(),
    "a condition": lambda d: d["environments"][1]["conditions"].clear(),
    "a task off": lambda d: d["environments"][0]["deployPhases"][0]["workflowTasks"][2].update(enabled=False),
    "a script": lambda d: d["environments"][0]["deployPhases"][0]["workflowTasks"][2]["inputs"].update(inlineScript="az login"),
    "a timeout": lambda d: d["environments"][0]["deployPhases"][0]["deploymentInput"].update(timeoutInMinutes=7),
    "a branch": lambda d: d["triggers"][0]["triggerConditions"].pop(),
    "a schedule": lambda d: d["triggers"].pop(),
    "a variable": lambda d: d["variables"]["python.version"].update(value="3.9"),
    "a secret": lambda d: d["variables"].pop("alert.token"),
    "a lock": lambda d: d["environments"][0]["executionPolicy"].update(concurrencyCount=1),
    "a stage": lambda d: d["environments"].pop(),
    "disabled": lambda d: d.update(isDisabled=True),
    "something unknown": lambda d: d["environments"][0].update(newControl={"on": True}),
    "a schedule of a stage": lambda d: d["environments"][0].update(schedules=[{"daysToRelease": 1}]),
    "a task group": lambda d: d["environments"][0]["deployPhases"][0]["workflowTasks"].append({"definitionType": "metaTask"}),
    "identity checked again": lambda d: d["environments"][1]["preDeployApprovals"]["approvalOptions"].update(
        enforceIdentityRevalidation=True
    ),
    "a trigger by tags": lambda d: d["triggers"][0]["triggerConditions"][0].update(createReleaseOnBuildTagging=True),
    "another trigger": lambda d: d["triggers"].append({"triggerType": "pullRequest", "artifactAlias": "fraud"}),
    "more at a time": lambda d: d["environments"][0].update(executionPolicy={"concurrencyCount": 5, "queueDepthCount": 0}),
    "retention": lambda d: d["environments"][0]["retentionPolicy"].update(daysToKeep=1),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_what_a_person_changed_in_the_definition_is_what_counts(edit: Edit) -> None:
    definition = exported()
    edit(definition)
    made = import_definition(definition, today=TODAY)
    assert made.release is not None
    assert made.release != load(SAMPLES / "fan-out" / "release.yml").release
    assert "A definition that azrelease exported" not in {e.feature.title for e in made.report.entries()}


def test_what_a_person_had_to_fill_in_does_not_change_the_release() -> None:
    """The project of an artifact, and what is known of an approver who was named by their name."""
    source = load(SAMPLES / "minimal" / "release.yml").release
    definition: dict[str, Any] = json.loads(json.dumps(export_release(source).definition))
    definition["artifacts"][0]["definitionReference"]["project"] = {"id": "p-1", "name": "Contoso"}
    for step in definition["environments"][1]["preDeployApprovals"]["approvals"]:
        step["approver"] = {
            "id": "i-1",
            "displayName": "Release Approvers",
            "uniqueName": step["approver"]["displayName"].upper(),
        }
    assert imported(definition) == source
    step["approver"]["uniqueName"] = "somebody@else.com"
    assert imported(definition) != source


def test_an_export_says_the_same_twice_and_holds_no_integers_for_the_portal() -> None:
    definition = exported("mixed-jobs")
    assert json.dumps(definition) == json.dumps(exported("mixed-jobs"))
    portal = export_release(load(SAMPLES / "mixed-jobs" / "release.yml").release, portal=True).definition
    phases = [phase["phaseType"] for stage in portal["environments"] for phase in stage["deployPhases"]]
    assert phases == [1, 2, 1, 4, 4, 1, 1]
    assert {trigger["triggerType"] for trigger in portal["triggers"]} == {1, 3, 4}
