"""Runs: how they look from what the service says, and that nothing is started or decided twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from azrelease.errors import ServiceError, UserError
from azrelease.registration import Project, RetryPolicy, connect, rest_api
from azrelease.registration.runs import (
    APPROVED,
    ApprovalStatus,
    Approver,
    Pace,
    Runs,
    RunStatus,
    StageStatus,
    follow,
    run_request,
    runs_of,
    without_secrets,
)
from azrelease.registration.runs import following as following_module
from azrelease.registration.runs.approvals import approval_limits
from azrelease.registration.runs.classic_status import release_status
from azrelease.registration.runs.test_results import release_tests
from azrelease.registration.runs.timeline import Timeline, run_status
from azrelease.release import Release
from azrelease.report.run_table import approval_line, changes, decision_line, duration, run_text
from fake_azure_devops import Fault, Request, Service, scripted, serve
from fake_azure_devops import Project as FakeProject

NO_WAIT = RetryPolicy(timeout=10, attempts=3, first_wait=0)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
RELEASE = Release.model_validate(
    {
        "name": "churn",
        "artifact": {"pipeline": "churn-training", "name": "model"},
        "settable": ["region"],
        "variables": {"region": "west"},
        "workspace": {"resource_group": "churn-rg", "name": "churn-ws", "service_connection": "churn-azure"},
        "stages": [
            {"name": name, "endpoint": f"churn-{name}", "target": "managed"} for name in ("staging", "production")
        ],
    }
).completed()


@pytest.fixture
def service() -> Iterator[Service]:
    with serve() as running:
        running.organization.project("MLOps").add_definition("churn")
        yield running


@pytest.fixture
def fake(service: Service) -> FakeProject:
    return service.organization.project("MLOps")


@pytest.fixture
def project(service: Service) -> Project:
    return Project(connect(service.url, {"AZURE_DEVOPS_EXT_PAT": "pat"}, NO_WAIT), "MLOps")


@pytest.fixture
def runs(project: Project) -> Runs:
    return runs_of(project, RELEASE, classic=False)


@pytest.fixture
def releases(project: Project) -> Runs:
    return runs_of(project, RELEASE, classic=True)


def record(key: str, kind: str, parent: str | None = None, state: str = "inProgress", **more: Any) -> dict[str, Any]:
    return {"id": key, "parentId": parent, "type": kind, "name": key, "state": state} | more


def error(message: str) -> dict[str, Any]:
    return {"issues": [{"type": "warning", "message": "never mind"}, {"type": "error", "message": message}]}


BUILD = {"id": 7, "status": "inProgress", "buildNumber": "1.7", "definition": {"name": "churn", "path": "\\"}}


def test_a_timeline_as_stages_jobs_and_what_is_waited_for() -> None:
    timeline = Timeline(
        {
            "records": [
                record("b", "Stage", order=2, identifier="production", state="pending"),
                record("a", "Stage", order=1, identifier="staging", startTime="2026-11-25T12:00:00.1234567Z"),
                record("phase", "Phase", "a"),
                record("job", "Job", "phase", name="deploy"),
                record("first", "Task", "job", state="completed", result="succeeded", order=1),
                record("second", "Task", "job", name="Ask", order=2, task={"name": "ManualValidation"}),
                record("point", "Checkpoint", "b"),
                record("11111111-2222-3333-4444-55555555555A", "Checkpoint.Approval", "point"),
                record("Checkpoint.ExclusiveLock", "Checkpoint.ExclusiveLock", "point"),
                record("hours", "Checkpoint.TaskCheck", "point", name="Business hours"),
                record("x", "Job", "y"),
                record("y", "Phase", "x"),
            ]
        }
    )
    view = run_status(
        BUILD, timeline, [ApprovalStatus("1", "production", "pending"), ApprovalStatus("2", "a", "approved")], "L"
    )
    assert [(each.name, each.state) for each in view.stages] == [("staging", "inProgress"), ("production", "pending")]
    [job] = view.stages[0].jobs
    assert (job.name, job.state, job.task) == ("deploy", "inProgress", "Ask")
    assert view.stages[0].started == datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC)
    assert [each.id for each in view.approvals] == ["1"]
    assert [(each.stage, each.what) for each in view.waits] == [
        ("production", "the exclusive lock, which another run holds"),
        ("production", "a check: Business hours"),
        ("staging", "an answer to `Ask`, on the page of the run"),
    ]
    assert (view.pipeline, view.ended, view.result) == ("\\churn", False, None)


def test_what_failed_is_told_once_and_where() -> None:
    ended = {"state": "completed", "result": "failed"}
    timeline = Timeline(
        {
            "records": [
                record("s", "Stage", identifier="staging", **ended),
                record("j", "Job", "s", name="deploy", **ended),
                record("quiet", "Task", "j", **ended),
                record("loud", "Task", "j", **ended, **error("no quota")),
                record("borne", "Task", "j", state="completed", result="succeededWithIssues", **error("borne")),
                record("k", "Job", "s", name="test", state="completed", result="canceled", **error("took too long")),
                record("l", "Job", "s", name="last", **ended),
                record("alone", "Task", "l", **ended),
            ]
        }
    )
    refused = {"validationResults": [{"result": "error", "message": "bad YAML"}, {"result": "ok", "message": "fine"}]}
    view = run_status(BUILD | {"status": "completed", "result": "failed"} | refused, timeline, [], "L")
    assert [tuple(each) for each in view.failures] == [
        ("", "", "", ("bad YAML",)),
        ("staging", "deploy", "loud", ("no quota",)),
        ("staging", "test", "", ("took too long",)),
        ("staging", "last", "alone", ()),
    ]
    assert (view.ended, view.succeeded) == (True, False)
    assert run_status(BUILD | {"status": "completed"}, Timeline(None), [], "L").result == "failed"


def test_looks_become_rarer_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(following_module.time, "sleep", slept.append)
    same = RunStatus("run", 1, "1", "\\churn", "L", ended=False, result=None)
    other = same._replace(stages=(StageStatus("staging", "Staging", "inProgress", None),))
    views = iter([same, same, same, same, same, other, other, other._replace(ended=True)])
    assert len(list(follow(lambda: next(views), Pace()))) == 8
    assert slept == [5, 7.5, 11.25, 15, 15, 5, 7.5]


def test_a_run_is_followed_over_http(runs: Runs, fake: FakeProject, service: Service) -> None:
    fake.script_run(1, scripted(["staging", "production"], {"production": [service.organization.user["id"]]}))
    run = runs.start(run_request(RELEASE))
    views = follow(runs.status_reader(run.id), Pace(0, 0))
    seen = [next(view for view in views if view.approvals)]
    [approval] = seen[0].approvals
    assert (approval.stage, approval.until, [each.name for each in approval.approvers]) == (
        "production",
        None,
        ["Release Engineer"],
    )
    decided = runs.decide(run.id, approval, APPROVED, "go")
    assert (decided.decided_here, decided.approval.status) == (True, "approved")
    again = runs.decide(run.id, approval, "rejected", "stop")
    assert (again.decided_here, again.approval.status) == (False, "approved")
    *_, last = views
    assert last.succeeded


def test_who_may_not_read_approvals_sees_that_one_waits(runs: Runs, fake: FakeProject, service: Service) -> None:
    fake.script_run(1, scripted(["staging"], {"staging": [service.organization.user["id"]]}))
    run = runs.start(run_request(RELEASE))
    service.organization.denied.add("approvals")
    view = next(view for view in follow(runs.status_reader(run.id), Pace(0, 0)) if view.approvals)
    assert approval_line(view.approvals[0]) == "staging waits for approval"


def test_a_run_without_a_timeline_says_why_it_was_refused(runs: Runs, fake: FakeProject, service: Service) -> None:
    why = [{"result": "error", "message": "The environment could not be found."}]
    build = fake.add_build(1, result="failed", validationResults=why)
    service.faults.when(lambda request: "timeline" in request.path.casefold(), Fault.status(404))
    [view] = follow(runs.status_reader(build["id"]), Pace(0, 0))
    assert (view.result, view.failures[0].messages) == ("failed", ("The environment could not be found.",))


def patched(request: Request) -> bool:
    return request.method == "PATCH"


def test_an_approval_of_several_is_given_once_though_answers_are_lost(
    runs: Runs, fake: FakeProject, service: Service
) -> None:
    jane = service.organization.add_identity("Jane Doe")
    fake.script_run(1, scripted(["staging"], {"staging": [service.organization.user["id"], jane["id"]]}))
    run = runs.start(run_request(RELEASE))
    next(view for view in follow(runs.status_reader(run.id), Pace(0, 0)) if view.approvals)
    [approval] = runs.approvals(run.id).approvals
    service.faults.when(patched, Fault.reset_before())
    service.faults.when(patched, Fault.reset_after())
    decided = runs.decide(run.id, approval, APPROVED, "go")
    assert (decided.decided_here, decided.approval.is_pending) == (True, True)
    assert [each.status for each in decided.approval.approvers] == ["approved", "pending"]
    assert approval_line(decided.approval) == "staging waits for approval by Jane Doe; Release Engineer did"
    service.faults.when(patched, Fault.reset_before(), times=None)
    with pytest.raises(ServiceError, match="the connection was lost"):
        runs.decide(run.id, decided.approval, APPROVED, "go")
    assert [each["status"] for each in fake.approvals.values()] == ["pending"]


def test_a_run_that_cannot_be_started_says_that_none_was_found(runs: Runs, service: Service, fake: FakeProject) -> None:
    service.faults.when(lambda request: request.method == "POST", Fault.reset_before(), times=None)
    with pytest.raises(ServiceError, match="No run was found that it started"):
        runs.start(run_request(RELEASE))
    assert fake.builds == {}
    assert len(service.writes) == NO_WAIT.attempts


def test_when_an_approval_fails_by_itself_is_known_from_its_check(project: Project, fake: FakeProject) -> None:
    kind = {"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d", "name": "Approval"}
    for name, count in (("one", 1), ("two", 2), ("none", 0)):
        place = {"type": "environment", "id": str(fake.add_environment(name)["id"])}
        for _ in range(count):
            fake.add_check(kind, {"approvers": []}, place, timeout=90)
    limits = approval_limits(project, {"a": "one", "b": "two", "c": "none", "d": "missing"})
    assert [limits(stage) for stage in "abcde"] == [90, None, None, None, None]


def test_counts_of_tests(project: Project, runs: Runs, fake: FakeProject) -> None:
    fake.add_build(1)
    fake.add_build(1)
    statistics = [
        {"outcome": "Passed", "count": 3},
        {"outcome": "Error", "count": 1},
        {"outcome": "Paused", "count": 2},
    ]
    fake.add_test_run(1, [{"testCaseTitle": "x", "outcome": "Error"}], name="a", runStatistics=statistics)
    fake.add_test_run(1, [{"testCaseTitle": "x"}, {"testCaseTitle": "y", "outcome": "NotApplicable"}], name="b")
    fake.add_test_run(2, [{"testCaseTitle": "x"}], name="c", release={"id": 5})
    found = [(each.name, each.passed, each.failed, each.skipped) for each in runs.test_results(1)]
    assert found == [("a", 3, 1, 2), ("b", 1, 0, 1)]
    assert [each.name for each in release_tests(project, 5, NOON)] == ["c"]


def stage(name: str, status: str, *after: str, value: str = "4", **more: Any) -> dict[str, Any]:
    conditions = [{"conditionType": "environmentState", "name": each, "value": value} for each in after]
    started = [{"conditionType": "event", "name": "ReleaseStarted"}]
    return {"id": 1, "name": name, "status": status, "conditions": conditions or started} | more


def classic(*stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    definition = {"id": 1, "name": "churn", "path": "\\"}
    return {"id": 3, "name": "Release-3", "releaseDefinition": definition, "environments": list(stages)} | more


@pytest.mark.parametrize(
    ("release", "result"),
    [
        (classic(stage("a", "succeeded"), stage("b", "notStarted", "a")), None),
        (classic(stage("a", "inProgress"), stage("b", "notStarted", "a")), None),
        (classic(stage("a", "rejected"), stage("b", "notStarted", "a"), stage("c", "notStarted", "b")), "failed"),
        (classic(stage("a", "rejected"), stage("b", "notStarted", "a", value="20")), None),
        (classic(stage("a", "canceled")), "canceled"),
        (classic(stage("a", "partiallySucceeded"), stage("b", "succeeded")), "partiallySucceeded"),
        (classic(stage("a", "succeeded"), stage("b", "notStarted", conditions=[])), "succeeded"),
        (classic(stage("a", "scheduled")), None),
        (classic(stage("a", "inProgress"), status="abandoned"), "canceled"),
        (classic(stage("a", "notStarted", conditions=[], preDeployApprovals=[{"id": 1, "status": "pending"}])), None),
    ],
)
def test_when_a_classic_release_has_ended(release: dict[str, Any], result: str | None) -> None:
    view = release_status(release, "L")
    assert (view.ended, view.result) == (result is not None, result)


def test_a_classic_release_as_stages_and_jobs() -> None:
    issue = {"issueType": "Error", "message": "no quota"}
    job = {
        "name": "Agent job",
        "status": "failure",
        "startTime": "2026-11-25T12:00:00Z",
        "finishTime": "2026-11-25T12:01:00Z",
    }
    tasks = [{"name": "Deploy", "status": "failed", "issues": [issue, {"issueType": "Warning", "message": "no"}]}]
    going = {"job": {"name": "Second", "status": "inProgress"}, "tasks": [{"name": "Score", "status": "inProgress"}]}
    phase = {"name": "Phase", "errorLog": "agent lost", "deploymentJobs": [{"job": job, "tasks": tasks}, going]}
    attempts = [
        {"attempt": 2, "operationStatus": "evaluatingGates", "releaseDeployPhases": [phase]},
        {"attempt": 1, "releaseDeployPhases": [phase, phase]},
    ]
    ask = {"attempt": 1, "operationStatus": "manualInterventionPending"}
    view = release_status(
        classic(
            stage("a", "inProgress", rank=1, deploySteps=attempts[::-1]),
            stage("b", "inProgress", rank=2, deploySteps=[ask]),
        ),
        "L",
    )
    first, second = view.stages[0].jobs
    assert (first.name, first.state, first.result) == ("Agent job", "completed", "failed")
    assert (second.state, second.result, second.task) == ("inProgress", None, "Score")
    assert view.stages[0].started == NOON
    assert [(each.stage, each.what) for each in view.waits] == [
        ("a", "its gates"),
        ("b", "an answer to a manual intervention, on the page of the release"),
    ]
    assert [tuple(each) for each in view.failures] == [
        ("a", "Phase", "", ("agent lost",)),
        ("a", "Agent job", "Deploy", ("no quota",)),
    ]


def released(service: Service, fake: FakeProject) -> int:
    """The id of a classic release whose stage waits for an approval."""
    approver = {"rank": 1, "isAutomated": False, "approver": {"id": service.organization.user["id"]}}
    only = stage("staging", "", rank=1, preDeployApprovals={"approvals": [approver]})
    definition = fake.add_release_definition({"name": "churn", "environments": [only]})
    connection = connect(service.url, {"AZURE_DEVOPS_EXT_PAT": "pat"}, NO_WAIT)
    made = connection.send("POST", rest_api.RELEASES, {"project": "MLOps"}, {"definitionId": definition["id"]})
    return int(made["id"])


@pytest.mark.parametrize("fault", [Fault.reset_after(), Fault.reset_before(), Fault.status(429, 0)])
def test_a_classic_approval_is_given_once(releases: Runs, fake: FakeProject, service: Service, fault: Fault) -> None:
    identifier = released(service, fake)
    [approval] = releases.approvals(identifier).approvals
    service.faults.when(patched, fault)
    decided = releases.decide(identifier, approval, APPROVED, "go")
    assert (decided.decided_here, decided.approval.status) == (True, "approved")
    again = releases.decide(identifier, approval, "rejected", "stop")
    assert (again.decided_here, again.approval.status) == (False, "approved")
    assert releases.status_reader(identifier)().succeeded


def test_who_may_decide_a_classic_approval_is_told(releases: Runs, fake: FakeProject, service: Service) -> None:
    identifier = released(service, fake)
    [approval] = releases.approvals(identifier).approvals
    service.organization.denied.add("release:write")
    with pytest.raises(ServiceError, match=r"staging can be decided by: Release Engineer\."):
        releases.decide(identifier, approval, APPROVED, "go")


def test_a_classic_release_that_waits_for_what_does_not_come_is_not_followed_for_ever(
    releases: Runs, fake: FakeProject, service: Service
) -> None:
    identifier = released(service, fake)
    fake.release_approvals.clear()
    fake.releases[identifier]["environments"][0] |= {"status": "notStarted", "preDeployApprovals": []}
    views = list(follow(releases.status_reader(identifier), Pace(0, 0)))
    assert ([view.ended for view in views], views[-1].result) == ([False] * 3 + [True], "succeeded")


def test_no_secret_is_left_in_a_view() -> None:
    view = RunStatus(
        "run", 1, "hidden", "\\churn", "L", True, "failed", (StageStatus("a", "so hidden it is", "pending", None),)
    )
    shown = without_secrets(view, ["hidden", "so hidden", "abc"])
    assert (type(shown), shown.name, shown.stages[0].title) == (RunStatus, "***", "*** it is")
    assert without_secrets("abc line two", ["abc", "line one\nline two"]) == "abc ***"
    assert without_secrets(view, []) is view


def test_a_release_without_an_artifact_has_no_version_of_it() -> None:
    plain = RELEASE.model_copy(update={"artifact": None})
    with pytest.raises(UserError, match=r"--artifact-version: the release has no `artifact`"):
        run_request(plain, artifact_version="1")
    assert run_request(plain, branch="refs/tags/v1").branch == "refs/tags/v1"


def test_who_must_approve() -> None:
    people = (Approver("Jane", "pending"), Approver("Bob", "uninitiated"), Approver("Eve", "approved", "Eve"))
    some = ApprovalStatus("1", "production", "pending", people, 2, instructions="Look\nwell", until=NOON)
    assert approval_line(some) == (
        "production waits for approval by Jane, Bob (2 of 3), until 2026-11-25 12:00 UTC; Eve did (Look)"
    )
    order = ApprovalStatus("1", "production", "pending", people[:2], 0, in_order=True)
    assert approval_line(order) == "production waits for approval by Jane, Bob (one after the other)"


@pytest.mark.parametrize(
    ("status", "people", "says"),
    [
        ("timedOut", (Approver("Jane", "pending"),), "timed out"),
        ("approved", (Approver("Jane", "approved", "Jane"),), "was approved by Jane"),
        (
            "rejected",
            (Approver("Team", "rejected", "Bob", "", "no\n##vso[x]  y"),),
            'was rejected by Bob: "no #·vso[x] y"',
        ),
        (
            "rejected",
            (Approver("Jane", "approved", "Jane", "", "fine"), Approver("Bob", "rejected", "Bob", "", "z" * 400)),
            f'was rejected by Jane, Bob: Jane: "fine", Bob: "{"z" * 300}..."',
        ),
    ],
)
def test_what_became_of_an_approval(status: str, people: tuple[Approver, ...], says: str) -> None:
    approval = ApprovalStatus("1", "production", status, people)
    assert decision_line(approval) == f"the approval of production {says}"
    view = RunStatus("run", 1, "1", "\\churn", "L", True, "failed", decided=(approval,))
    assert (decision_line(approval) in run_text(view, [])) is (status != "approved")
    assert list(changes(view, view)) == []


def test_what_is_said_of_a_run_is_bounded_and_no_command() -> None:
    timeline = Timeline(
        {
            "records": [
                record("s", "Stage", identifier="##vso[x]", state="completed", result="failed"),
                record(
                    "t",
                    "Task",
                    "s",
                    state="completed",
                    result="failed",
                    issues=[{"type": "error", "message": "\n".join(["x" * 400] * 7)}] * 7,
                ),
            ]
        }
    )
    view = run_status(BUILD | {"status": "completed", "result": "failed"}, timeline, [], "L")
    text = run_text(view, [])
    assert "##vso[" not in text
    assert text.count("x" * 300) == 25
    assert "x" * 301 not in text
    assert "  ... and 2 more errors\n" in text
    assert list(changes(None, view)) == ["run 1.7 of \\churn: L", "#·vso[x]: failed"]


@pytest.mark.parametrize(
    ("length", "says"),
    [
        (timedelta(seconds=-1), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(seconds=125), "2 min 5 s"),
        (timedelta(hours=26, minutes=3), "26 h 3 min"),
    ],
)
def test_lengths_of_time(length: timedelta, says: str) -> None:
    assert duration(length.total_seconds()) == says
