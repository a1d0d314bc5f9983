"""Plan, apply, plan again: over real HTTP, through the real client, against the fake service."""

from pathlib import Path

import pytest

from azrelease.registration import Action
from azrelease.release import load
from fake_azure_devops import Service
from support.registering import FULL, SAMPLES, apply, plan, released, summary


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_a_sample_is_registered_once_and_for_all(service: Service, path: Path) -> None:
    release = load(path).release
    first = plan(service, release)
    assert not first.prerequisites
    assert {change.action for change in first.changes} == {Action.CREATE}
    applied = apply(service, release)
    assert applied.failed is None
    assert len(applied.done) == len(first.changes)
    again = plan(service, release)
    assert summary(again) == []
    assert not [other for other in again.unmanaged if other.removable]


def test_everything_that_can_be_registered_is(service: Service) -> None:
    release = released(FULL)
    applied = apply(service, release)
    assert applied.failed is None
    assert summary(plan(service, release)) == []
    project = service.organization.project("MLOps")
    definition = next(d for d in project.definitions.values() if d["name"] == "churn")
    assert definition["path"] == "\\ml\\churn"
    assert definition["variables"]["limit"]["allowOverride"] is True
    assert definition["variables"]["api.key"]["isSecret"] is True
    assert definition["process"] == {"type": 2, "yamlFilename": "azure-pipelines.yml"}
    kinds = sorted(check["type"]["name"] for check in project.checks.values())
    assert kinds == ["Approval", "ExclusiveLock", "ExtendsCheck", "Task Check", "Task Check", "Task Check"]
    approval = next(c for c in project.checks.values() if c["type"]["name"] == "Approval")
    assert approval["settings"]["minRequiredApprovers"] == 2
    assert approval["settings"]["requesterCannotBeApprover"] is True
    assert approval["timeout"] == 3 * 24 * 60
    policy = next(iter(project.policies.values()))
    assert policy["isBlocking"] is True
    assert policy["settings"]["validDuration"] == 720
