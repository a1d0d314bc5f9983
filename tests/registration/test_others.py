"""What belongs to others stays as it is; what is secret stays unseen; many releases ask little."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from azrelease.errors import ServiceError, UserError
from azrelease.registration import Action, apply_plan, dump_plan, load_plan, replan
from azrelease.release import Stage
from azrelease.report.plans import plan_markdown, plan_object, plan_text
from fake_azure_devops import Fault, Organization, Project, Request, Service, serve
from support.registering import FULL, SECRETS, apply, plan, planned, project_of, released, seed, summary
from support.thorough import THOROUGH

RELEASE = released(FULL)
APPROVAL = {"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d", "name": "Approval"}
LOCK = {"id": "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563", "name": "ExclusiveLock"}
TASK = {"id": "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", "name": "Task Check"}


pytestmark = pytest.mark.usefixtures("secrets")


def theirs(service: Service) -> tuple[Project, dict[str, Any]]:
    """Things of others, in the places that the release is registered in; with a way to see that they are the same."""
    project = service.organization.project("MLOps")
    person = service.organization.add_identity("Somebody Else", mail="else@example.com")
    production = project.add_environment("churn-production", "Made by hand.")
    place = {"type": "environment", "id": str(production["id"]), "name": "churn-production"}
    settings = {
        "approvers": [{"id": person["id"], "displayName": "Somebody Else"}],
        "executionOrder": "anyOrder",
        "minRequiredApprovers": 0,
        "instructions": "Ours.",
        "blockedApprovers": [],
        "requesterCannotBeApprover": False,
    }
    branches = {
        "displayName": "Branch control",
        "definitionRef": {
            "id": "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b",
            "name": "evaluatebranchProtection",
            "version": "0.0.1",
        },
        "inputs": {"allowedBranches": "refs/heads/theirs", "ensureProtectionOfBranch": "false"},
    }
    kept = {
        "environment": production,
        "approval": project.add_check(APPROVAL, settings, place, timeout=60),
        "branches": project.add_check(TASK, branches, place, timeout=60),
        "lock": project.add_check(LOCK, {}, place, timeout=60),
        "group": project.add_variable_group("churn-settings", {"size": "small", "other": "theirs"}),
        "pipeline": project.add_definition("theirs", "\\ml"),
    }  # fmt: skip
    return project, kept


def test_the_things_of_others_are_never_touched(service: Service) -> None:
    project, kept = theirs(service)
    before = {name: json.dumps(thing, sort_keys=True) for name, thing in kept.items() if name != "group"}
    assert apply(service, RELEASE, adopt=True).failed is None
    assert apply(service, RELEASE, prune=True).failed is None
    after = {name: json.dumps(kept[name], sort_keys=True) for name in before}
    assert after == before
    group = next(group for group in project.variable_groups.values() if group["name"] == "churn-settings")
    assert group["variables"]["other"] == {"value": "theirs"} or group["variables"]["other"]["value"] == "theirs"
    found = plan(service, RELEASE, prune=True)
    assert found.changes == ()
    names = {str(other.key) for other in found.unmanaged}
    assert {"check approval of churn-production", "check Branch control of churn-production"} <= names
    assert "variable other of variable group churn-settings" in names
    assert not any(other.removable for other in found.unmanaged)


def test_a_second_approval_of_a_shared_environment_is_told(service: Service) -> None:
    theirs(service)
    note = (
        "environment churn-production has another approval by Somebody Else, that azrelease does not manage: it stays, and a "
        "run needs both"
    )
    found = plan(service, RELEASE, adopt=True)
    assert [change.notes for change in found.changes if change.key.name == "approval"] == [(note,)]
    assert {change.notes for change in found.changes if change.key.name != "approval"} == {()}
    assert f"\n    note: {note}\n" in plan_text(found)
    assert f"> - {note}\n" in plan_markdown(found)
    assert plan_object(found)["changes"][found.changes.index(next(c for c in found.changes if c.notes))]["notes"] == [
        note
    ]
    assert apply(service, RELEASE, adopt=True).failed is None
    assert not [change for change in plan(service, RELEASE).changes if change.notes]


def test_what_somebody_else_made_is_changed_only_with_consent(service: Service) -> None:
    theirs(service)
    found = plan(service, RELEASE)
    assert [missing.what for missing in found.prerequisites] == [
        "variable group churn-settings is not managed by azrelease"
    ]
    hint = "azrelease did not create it, and it differs in variables.db_password. Pass --adopt"
    assert found.prerequisites[0].hint.startswith(hint)
    with pytest.raises(UserError, match="nothing was applied"):
        apply(service, RELEASE)
    consented = plan(service, RELEASE, adopt=True)
    assert consented.prerequisites == ()
    assert "update variable group churn-settings" in summary(consented)


def test_a_pipeline_that_was_clicked_for_the_same_file_will_do(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = service.organization.project("MLOps")
    clicked = next(d for d in project.definitions.values() if d["name"] == "churn")
    clicked["description"] = "Clicked."
    assert plan(service, RELEASE).changes == ()
    clicked["repository"]["defaultBranch"] = "refs/heads/trunk"
    found = plan(service, RELEASE)
    assert [missing.what for missing in found.prerequisites] == [
        "pipeline \\ml\\churn\\churn is not managed by azrelease"
    ]
    assert apply(service, RELEASE, adopt=True).failed is None
    assert clicked["repository"]["defaultBranch"] == "refs/heads/main"
    assert plan(service, RELEASE).changes == ()


def test_a_pipeline_of_the_designer_is_never_turned_into_one_of_yaml(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = service.organization.project("MLOps")
    designed = next(d for d in project.definitions.values() if d["name"] == "churn")
    designed["process"] = {"type": 1, "phases": []}
    for adopt in (False, True):
        found = plan(service, RELEASE, adopt=adopt)
        assert [missing.what for missing in found.prerequisites] == ["pipeline \\ml\\churn\\churn cannot be created"]


def test_what_a_pipeline_has_beside_stays_when_it_is_changed(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = service.organization.project("MLOps")
    made = next(d for d in project.definitions.values() if d["name"] == "churn")
    made["repository"]["properties"]["cleanOptions"] = "3"
    made["variables"]["theirs"] = {"value": "1"}
    made["tags"].append("theirs")
    made["jobTimeoutInMinutes"] = 99
    assert apply(service, released(FULL.replace('limit: "5"', 'limit: "6"'))).failed is None
    assert made["repository"]["properties"]["cleanOptions"] == "3"
    assert made["variables"]["theirs"]["value"] == "1"
    assert "theirs" in made["tags"]
    assert made["jobTimeoutInMinutes"] == 99


def test_a_release_of_the_same_name_in_another_folder_is_told(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    other = released(FULL.replace("folder: \\ml\\churn", "folder: \\other"))
    project = service.organization.project("MLOps")
    made = next(d for d in project.definitions.values() if d["name"] == "churn")
    made["process"]["yamlFilename"] = "elsewhere.yml"
    found = plan(service, other)
    assert "another name: \\ml\\churn\\churn belongs to another release churn" in {m.what for m in found.prerequisites}


def test_an_environment_that_others_use_as_well_is_not_removed(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    renamed = released(FULL.replace("- name: staging", "- name: test"))
    assert apply(service, renamed).failed is None
    project = service.organization.project("MLOps")
    staging = next(each for each in project.environments.values() if each["name"] == "churn-staging")
    place = {"type": "environment", "id": str(staging["id"]), "name": "churn-staging"}
    project.add_check(LOCK, {}, place, timeout=60)
    found = plan(service, renamed, prune=True)
    assert summary(found) == []
    notes = {str(other.key): other.note for other in found.unmanaged}
    assert notes["environment churn-staging"] == "others use it too"


@pytest.mark.parametrize("who", ["a pipeline of the same name", "a pipeline that is not listed", "a machine"])
def test_an_environment_that_others_use_in_any_way_is_not_removed(service: Service, who: str) -> None:
    assert apply(service, RELEASE).failed is None
    renamed = released(FULL.replace("- name: staging", "- name: test"))
    assert apply(service, renamed).failed is None
    project = service.organization.project("MLOps")
    staging = next(each for each in project.environments.values() if each["name"] == "churn-staging")
    if who == "a machine":
        staging["resources"] = [{"id": 1, "name": "vm", "type": "virtualMachine"}]
    else:
        other = project.add_definition("churn", "\\theirs")["id"] if "same name" in who else 4711
        allowed = project.permissions["environment", str(staging["id"])]["pipelines"]
        allowed.append({"id": other, "authorized": True})
    assert summary(plan(service, renamed, prune=True)) == []


def test_what_is_taken_over_is_ours_and_no_longer_theirs(service: Service) -> None:
    theirs = released(
        FULL.replace("name: churn\n", "name: other\n").replace("{size: small}", "{size: small, extra: one}")
    )
    assert apply(service, theirs).failed is None
    ours = released(FULL.replace("{size: small}", "{size: small, color: red}"))
    asked = plan(service, ours)
    assert [m.hint.split(",")[0] for m in asked.prerequisites][:1] == ["It belongs to release other"]
    assert apply(service, ours, adopt=True).failed is None
    changed = released(FULL.replace("{size: small}", "{size: small, color: blue}"))
    assert summary(plan(service, changed)) == ["update variable group churn-settings"]
    found = plan(service, theirs, prune=True)
    assert not [change for change in found.changes if change.key.name == "churn-settings"]
    assert "variable color of variable group churn-settings" in {str(o.key) for o in found.unmanaged if not o.removable}


def test_a_lock_of_another_release_in_the_same_environment_is_not_claimed(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = service.organization.project("MLOps")
    production = next(each for each in project.environments.values() if each["name"] == "churn-production")
    place = {"type": "environment", "id": str(production["id"]), "name": "churn-production"}
    # By the same account, as in a pipeline that applies several releases.
    lock = project.add_check(LOCK, {}, place, timeout=60)
    with_a_lock = released(FULL.replace("secrets: [token]", "secrets: [token]\n    lock: latest"))
    assert apply(service, with_a_lock).failed is None
    assert plan(service, with_a_lock).changes == ()
    assert apply(service, RELEASE, prune=True).failed is None
    assert lock["id"] in project.checks


@pytest.mark.parametrize("number", [1, 2])
def test_a_check_without_a_name_is_known_again_when_its_note_was_lost(service: Service, number: int) -> None:
    notes: list[int] = []

    def is_note(request: Request) -> bool:
        found = request.method == "PATCH" and "/environments/" in request.path.lower()
        notes.extend([request.number] if found else [])
        return found and len(notes) == number

    service.faults.when(is_note, Fault.status(400, message="no"))
    cut = apply(service, RELEASE)
    assert cut.failed is not None
    changed = released(FULL.replace("path: safe.yml", "path: safer.yml"))
    assert apply(service, changed).failed is None
    again = plan(service, changed)
    assert again.changes == ()
    assert not [other for other in again.unmanaged if other.removable]


def test_of_two_secrets_one_may_be_the_beginning_of_the_other(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"API_KEY": "planted", "DB_PASSWORD": "planted-and-more", "TOKEN": "planted-and-more-still"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    service.faults.at(9, Fault.status(400, message=f"no: {' '.join(values.values())}"))
    with pytest.raises(ServiceError, match=r"no: \*\*\* \*\*\* \*\*\*$"):
        plan(service, RELEASE)


def test_the_folder_of_a_pipeline_is_the_same_in_any_case(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    assert plan(service, released(FULL.replace("folder: \\ml\\churn", "folder: \\ML\\Churn"))).changes == ()


def test_a_lock_of_somebody_else_is_not_removed_for_ours(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = service.organization.project("MLOps")
    lock = next(check for check in project.checks.values() if check["type"]["name"] == LOCK["name"])
    theirs = project.add_check(LOCK, {}, dict(lock["resource"]), timeout=60)
    without = released(FULL.replace("    lock: latest\n", ""))
    assert apply(service, without, prune=True).failed is None
    assert lock["id"] not in project.checks
    assert theirs["id"] in project.checks


def test_what_changed_since_the_plan_is_not_removed(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    without = released(FULL[: FULL.index("    approval:")])
    project = project_of(service)
    found = planned(project, [without], prune=True)
    assert summary(found) == ["delete check approval of churn-production"]
    approval = next(c for c in service.organization.project("MLOps").checks.values() if c["type"]["name"] == "Approval")
    approval["settings"]["minRequiredApprovers"] = 3
    applied = apply_plan(project, found)
    assert applied.failed is not None
    assert "has changed since planning" in str(applied.failed[1])
    assert approval["id"] in service.organization.project("MLOps").checks


def test_two_names_of_one_person_are_told(service: Service) -> None:
    found = plan(service, released(FULL.replace("ada@example.com, Grace Hopper]", "Ada Lovelace, ada@example.com]")))
    assert [m.hint for m in found.prerequisites] == [
        "`Ada Lovelace` and `ada@example.com` are the same user or group: remove one of them."
    ]


@pytest.mark.parametrize("name", ["[MLOps]\\R&D", "100% #1", "a+b=c?", "Zoë / Ops"])
def test_a_name_with_letters_that_an_address_cannot_hold(service: Service, name: str) -> None:
    service.organization.add_identity(name, group=name.startswith("["))
    release = RELEASE.model_copy(update={"stages": (RELEASE.stages[0], _approved_by(RELEASE.stages[1], name))})
    found = plan(service, release)
    assert found.prerequisites == ()
    approval = next(thing for thing in found.resources if thing.key.name == "approval")
    assert [approver["name"] for approver in approval.fields["approvers"]] == [name]


def _approved_by(stage: Stage, name: str) -> Stage:
    assert stage.approval is not None
    return stage.model_copy(update={"approval": stage.approval.model_copy(update={"approvers": (name,), "minimum": 1})})


def test_an_answer_that_lacks_what_it_should_have_is_no_traceback(service: Service) -> None:
    service.faults.when(
        lambda request: "environments" in request.path, Fault.answer(200, body='{"value": [{}]}'), times=None
    )
    with pytest.raises(ServiceError, match="unexpected response"):
        plan(service, RELEASE)


def test_one_that_was_clicked_to_say_the_same_will_do(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = service.organization.project("MLOps")
    approval = next(check for check in project.checks.values() if check["type"]["name"] == "Approval")
    approval["settings"]["instructions"] = "Look at the tests."
    assert plan(service, RELEASE).changes == ()
    changed = plan(service, released(FULL.replace("minimum: 2", "minimum: 3")))
    assert summary(changed) == ["create check approval of churn-production"]


def test_a_check_that_was_switched_off_is_switched_on_again(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = service.organization.project("MLOps")
    for check in project.checks.values():
        check["isDisabled"] = True
    found = plan(service, RELEASE)
    assert {change.fields[0].field for change in found.changes} == {"enabled"}
    assert len(found.changes) == len(project.checks)
    assert apply(service, RELEASE).failed is None
    assert plan(service, RELEASE).changes == ()


def test_what_another_release_made_is_not_pruned(service: Service) -> None:
    other = released(FULL.replace("name: churn\n", "name: other\n").replace("  - name: production", "  - name: live"))
    shared = FULL.replace("secrets: [token]", "secrets: [token]\n    environment: other-live")
    assert apply(service, other).failed is None
    assert apply(service, released(shared)).failed is None
    without = released(shared[: shared.index("    approval:")])
    assert plan(service, without, prune=True).changes == ()
    found = plan(service, released(shared[: shared.index("    approval:")]), prune=True)
    assert "check approval of other-live" in {str(each.key) for each in found.unmanaged}


def test_two_releases_that_disagree_are_told_apart(service: Service) -> None:
    one = released(FULL)
    two = released(
        FULL.replace("name: churn\n", "name: second\n").replace("secrets: [token]", "environment: churn-production")
        .replace("minimum: 2", "minimum: 1").replace("name: churn-settings", "name: second-settings")
        .replace("[churn-settings,", "[second-settings,")
    )  # fmt: skip
    with pytest.raises(UserError, match="describe the check approval of churn-production differently"):
        plan(service, one, two)


def test_secrets_are_in_no_output(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    planted = [SECRETS[name] for name in ("API_KEY", "DB_PASSWORD", "TOKEN")]
    texts: list[str] = []
    first = plan(service, RELEASE)
    texts += [plan_text(first), plan_markdown(first), json.dumps(plan_object(first)), dump_plan(first)]
    for number in range(1, 60, 7):
        service.faults.at(number, Fault.status(400, message=f"no: {' '.join(planted)}"))
        try:
            applied = apply(service, RELEASE, secrets_again=True)
            texts.append(str(applied.failed[1]) if applied.failed else "")
        except ServiceError as error:
            texts.append(str(error))
        service.faults.clear()
    again = plan(service, RELEASE, secrets_again=True)
    texts += [plan_text(again), dump_plan(again)]
    texts += capsys.readouterr()
    assert any("***" in text for text in texts)
    for secret in planted:
        assert not [text for text in texts if secret in text]
    # The service itself has got them.
    bodies = json.dumps([request.body for request in service.calls])
    assert SECRETS["API_KEY"] in bodies


def test_secrets_are_set_again_when_that_is_said(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    assert plan(service, RELEASE).changes == ()
    again = plan(service, RELEASE, secrets_again=True)
    assert summary(again) == ["update variable group churn-settings", "update pipeline \\ml\\churn\\churn"]
    assert [change.secrets for change in again.changes] == [("db_password",), ("api.key", "token")]


def test_a_secret_without_a_value_stops_the_apply_before_it_begins(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("API_KEY")
    with pytest.raises(UserError, match=r"secret api\.key: set the environment variable API_KEY"):
        apply(service, RELEASE)
    assert not [call for call in service.writes if call.method != "POST" or "query" not in call.path]


def test_variables_that_are_not_asked_for_any_more_go_with_prune(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    less = released(
        FULL.replace("settable: [limit, api.key]", "settable: [api.key]").replace("{size: small}", "{color: red}")
    )
    kept = plan(service, less)
    assert summary(kept) == ["update variable group churn-settings"]
    assert {str(other.key) for other in kept.unmanaged if other.removable} == {
        "variable limit of pipeline \\ml\\churn\\churn",
        "variable size of variable group churn-settings",
    }
    assert apply(service, less, prune=True).failed is None
    project = service.organization.project("MLOps")
    definition = next(d for d in project.definitions.values() if d["name"] == "churn")
    assert set(definition["variables"]) == {"api.key", "token"}
    group = next(group for group in project.variable_groups.values() if group["name"] == "churn-settings")
    assert set(group["variables"]) == {"color", "db_password"}
    assert plan(service, less, prune=True).changes == ()


def test_a_stage_that_is_renamed_leaves_its_environment_until_pruned(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    renamed = released(FULL.replace("- name: staging", "- name: test"))
    assert apply(service, renamed).failed is None
    found = plan(service, renamed, prune=True)
    assert summary(found) == ["delete environment churn-staging"]
    assert found.weakens == ("environment churn-staging is removed with its checks",)
    assert apply(service, renamed, prune=True).failed is None
    assert plan(service, renamed, prune=True).changes == ()


def test_what_is_needed_by_others_is_removed_last(service: Service) -> None:
    connected = FULL.replace(
        "name: churn-ws, service_connection: churn-azure", "name: churn-ws, service_connection: github"
    )
    assert apply(service, RELEASE).failed is None
    less = connected[: connected.index("    approval:")].replace("- name: staging", "- name: test")
    less = less.replace(less[less.index("  pull_request_check:") : less.index("stages:")], "")
    assert apply(service, released(less)).failed is None
    found = plan(service, released(less), prune=True)
    assert summary(found) == [
        "delete build validation churn pull request",
        "delete pipeline \\ml\\churn\\churn: service connection churn-azure",
        "delete check approval of churn-production",
        "delete environment churn-staging",
    ]
    assert [call.path.split("/_apis/")[1].partition("/")[0] for call in _deleted(service, less)] == [
        "policy",
        "pipelines",
        "distributedtask",
    ]


def _deleted(service: Service, text: str) -> list[Request]:
    before = len(service.calls)
    assert apply(service, released(text), prune=True).failed is None
    return [call for call in service.calls[before:] if call.method == "DELETE"]


def test_what_is_no_longer_managed_is_not_changed(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = project_of(service)
    found = planned(project, [released(FULL.replace("size: small", "size: large"))])
    group = next(
        g for g in service.organization.project("MLOps").variable_groups.values() if g["name"] == "churn-settings"
    )
    group["description"] = "Ours now."
    applied = apply_plan(project, found)
    assert applied.failed is not None
    assert "is no longer managed by azrelease" in str(applied.failed[1])
    assert group["variables"]["size"]["value"] == "small"


def test_one_environment_in_two_spellings_is_one(service: Service) -> None:
    other = FULL.replace("name: churn\n", "name: second\n").replace(
        "secrets: [token]", "secrets: [token]\n    environment: CHURN-Production"
    )
    other = other.replace("churn-settings", "second-settings").replace("churn-vault", "second-vault")
    found = plan(service, RELEASE, released(other))
    places = [change.key.name for change in found.changes if change.key.kind == "environment"]
    assert [place.lower() for place in places].count("churn-production") == 1
    assert [str(change.key) for change in found.changes].count("check approval of churn-production") == 1


def test_a_saved_plan_that_is_partly_done_goes_on(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    changed = released(FULL.replace("tags: [models]", "tags: [models, ml]").replace('limit: "5"', 'limit: "6"'))
    project = project_of(service)
    saved = dump_plan(planned(project, [changed]))
    made = next(d for d in service.organization.project("MLOps").definitions.values() if d["name"] == "churn")
    # Of one change, the one field is as planned by now.
    made["tags"].append("ml")
    project = project_of(service)
    rest = replan(project, load_plan(saved, "plan.json"))
    assert [[field.field for field in change.fields] for change in rest.changes] == [["variables.limit"]]
    # And a field that has another value than planned is no rest of it.
    made["variables"]["limit"]["value"] = "4"
    with pytest.raises(ServiceError, match="has changed since planning"):
        replan(project_of(service), load_plan(saved, "plan.json"))


def test_a_check_that_is_there_twice_is_told_and_pruned(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = service.organization.project("MLOps")
    approval = next(check for check in project.checks.values() if check["type"]["name"] == "Approval")
    project.add_check(approval["type"], dict(approval["settings"]), dict(approval["resource"]), timeout=4320)
    found = plan(service, RELEASE)
    assert found.changes == ()
    assert [other.note for other in found.unmanaged if other.removable] == ["duplicate"]
    pruned = plan(service, RELEASE, prune=True)
    assert [(change.action, change.weakens) for change in pruned.changes] == [(Action.DELETE, ())]
    assert apply(service, RELEASE, prune=True).failed is None
    assert plan(service, RELEASE, prune=True).unmanaged == plan(service, RELEASE).unmanaged


@pytest.mark.no_cover
def test_requests_grow_with_the_number_of_releases_and_no_faster() -> None:
    part = 50 if THOROUGH else 5
    # Without checks that take long to make and are read with the others.
    text = FULL[: FULL.index("    checks:")] + FULL[FULL.index("  - name: production") :]
    releases = [
        released(
            text.replace("name: churn\n", f"name: churn {index}\n", 1)
            .replace("churn-settings", f"settings-{index}")
            .replace("churn-vault", f"vault-{index}")
        )
        for index in range(4 * part)
    ]
    with serve(Organization("org")) as service:
        seed(service)

        def counted(action: Callable[[], object]) -> int:
            before = len(service.calls)
            action()
            return len(service.calls) - before

        applied = {
            1: counted(lambda: apply(service, *releases[:part])),
            3: counted(lambda: apply(service, *releases[part:])),
        }
        planned = {1: counted(lambda: plan(service, *releases[:part])), 4: counted(lambda: plan(service, *releases))}
        assert plan(service, *releases).changes == ()
        assert service.most_at_once <= 8
    print(f"requests by times {part} releases: of a plan {planned}; of plan and apply {applied}")
    assert planned[4] <= 4 * planned[1]
    assert applied[3] <= 3 * applied[1]
    # What is shared is read once: a release asks for its definitions and for who may use its resources.
    assert planned[4] < 4 * part * 9
