"""`run`, `approve` and `reject` as real processes, against the fake service over HTTP."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from azrelease.registration import Project as Connected
from azrelease.registration import connect
from azrelease.registration.runs import runs_of
from azrelease.release import load
from fake_azure_devops import Fault, Project, Request, Script, Service, scripted, serve
from fake_azure_devops.approvals import start_approval
from support.process import PATIENT, Cli, CliHere, Result

RELEASE = """\
name: churn
folder: models
artifact: {pipeline: churn-training, name: model}
workspace: {resource_group: churn-rg, name: churn-ws, service_connection: churn-azure}
variables: {region: west, tier: basic}
secrets: [api-key]
settable: [region, api-key]
stages:
  - {name: staging, endpoint: churn-staging, target: managed}
  - name: production
    endpoint: churn
    target: managed
    environment: churn-production
    approval: {approvers: [jane@example.com]}
"""
SECRET = "s3cret-väl'ue\"x"
JSON = "application/json"


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serve() as running:
        monkeypatch.setenv("AZURE_DEVOPS_ORG_URL", running.url)
        monkeypatch.setenv("SYSTEM_TEAMPROJECT", "MLOps")
        monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", "pat")
        monkeypatch.delenv("SYSTEM_COLLECTIONURI", raising=False)
        yield running


@pytest.fixture
def project(service: Service) -> Project:
    found = service.organization.project("MLOps")
    settable = {"value": "", "allowOverride": True}
    found.add_definition("churn", "\\models", variables={"region": settable, "api-key": settable | {"isSecret": True}})
    return found


@pytest.fixture
def release(cli: Cli, project: Project) -> Cli:
    assert project
    cli.write("release.yml", RELEASE)
    return cli


def run(cli: Cli, *arguments: str) -> Result:
    return cli("run", "--interval", "0", *arguments)


def script(project: Project, **settings: Any) -> Script:
    return project.script_run(1, scripted(["staging", "production"], **settings))


def waiting(service: Service, project: Project, *stages: str) -> Script:
    """A run whose stages wait for Jane, who is known to the service."""
    jane = service.organization.add_identity("Jane Doe", mail="jane@example.com")
    return script(project, approvals={stage: [jane["id"]] for stage in stages or ("production",)})


def runs_posted(request: Request) -> bool:
    return request.method == "POST" and request.path.casefold().endswith("/runs")


def started(service: Service) -> list[Request]:
    return [each for each in service.writes if runs_posted(each)]


class Going:
    """A process that is read line by line while it runs."""

    def __init__(self, cli: Cli, *arguments: str, out: int = subprocess.PIPE, **environment: str) -> None:
        # A shell in the background has its children ignore Ctrl-C.
        code = (
            "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "sys.argv[0] = 'azrelease'; from azrelease.cli import main; main()"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=cli.folder,
            stdout=out,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
            text=True,
            encoding="utf-8",
        )

    def until(self, text: str) -> str:
        """Read up to a line that holds a text; that line."""
        assert self.process.stdout
        for line in self.process.stdout:
            if text in line:
                return line
        raise AssertionError(f"{text}: was not said; {self.process.stderr and self.process.stderr.read()}")

    def end(self) -> Result:
        out, err = self.process.communicate(timeout=PATIENT)
        return Result(self.process.returncode, out, err)


def test_a_release_that_succeeds(release: Cli, service: Service, project: Project) -> None:
    script(project)
    done = run(release)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    link = f"{service.url}/{project.id}/_build/results?buildId=1"
    assert lines[0] == f"run 20260101.1 of \\models\\churn: {link}"
    assert lines[1:3] == ["staging: running", "staging / deploy: running"]
    assert "production: succeeded (0 s)" in lines
    assert lines[-1] == f"run 20260101.1 succeeded: {link}"
    assert [each.body for each in started(service)] == [{}]


def test_what_a_run_is_started_with(release: Cli, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", SECRET)
    asked = ("--artifact-version", "20261124.3", "--branch", "main", "--variable", "REGION=a=b", "--secret", "api-key")
    done = run(release, *asked, "--skip", "Staging", "--no-follow")
    assert done.code == 0, done.err
    assert [each.body for each in started(service)] == [
        {
            "resources": {
                "repositories": {"self": {"refName": "refs/heads/main"}},
                "pipelines": {"churn-training": {"version": "20261124.3"}},
            },
            "variables": {"region": {"value": "a=b"}, "api-key": {"value": SECRET, "isSecret": True}},
            "stagesToSkip": ["staging"],
        }
    ]
    assert "started run 1 (20260101.1): http" in done.out
    assert "follow it with: azrelease run release.yml --follow 1\n" in done.out
    assert SECRET not in done.out + done.err


def test_a_failure_with_failed_tests(release: Cli, service: Service, project: Project) -> None:
    many = [{"testCaseTitle": f"test_{n}", "outcome": "Failed", "errorMessage": "boom"} for n in range(12)]
    results = [{"testCaseTitle": "test_score", "outcome": "Passed"}, {"testCaseTitle": "off", "outcome": "NotExecuted"}]
    script(project, result="failed", failing="production", issue="no quota\n##vso[task.setvariable]x")

    def publish() -> None:
        project.add_test_run(1, [*results, *many], name="staging tests")

    service.faults.when(lambda request: "/test/runs" in request.path.casefold(), Fault.call_before(publish))
    done = run(release)
    assert (done.code, done.err) == (1, "")
    assert "production: failed" in done.out
    assert "production / deploy / Finalize Job: failed\n  no quota\n  #·vso[task.setvariable]x\n" in done.out
    assert "tests of staging tests: 1 passed, 12 failed, 1 skipped\n  test_0\n    boom\n" in done.out
    assert "test_9" in done.out
    assert "  ... and 2 more\n" in done.out
    assert "test_10" not in done.out
    assert done.out.endswith("run 20260101.1 failed: " + done.out.rpartition(": ")[2])


def test_a_canceled_run_is_no_success(release: Cli, project: Project) -> None:
    script(project, result="canceled")
    done = run(release)
    assert done.code == 1
    assert "run 20260101.1 was canceled: http" in done.out


def test_json_is_one_object(release: Cli, project: Project) -> None:
    script(project)
    done = run(release, "--format", "json")
    found = json.loads(done.out)
    assert (done.code, found["result"], found["id"], found["kind"]) == (0, "succeeded", 1, "run")
    assert [(each["name"], each["result"]) for each in found["stages"]] == [
        ("staging", "succeeded"),
        ("production", "succeeded"),
    ]
    assert "staging: running\n" in done.err
    started = json.loads(run(release, "--format", "json", "--no-follow").out)
    assert (started["id"], started["name"]) == (2, "20260101.2")


def test_an_approval_is_given_by_approve(release: Cli, service: Service, project: Project) -> None:
    environment = project.add_environment("churn-production")
    kind = {"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d", "name": "Approval"}
    place = {"type": "environment", "id": str(environment["id"])}
    project.add_check(kind, {"approvers": [{"id": service.organization.user["id"]}]}, place, timeout=60)
    waiting(service, project)
    going = Going(release, "run", "--interval", "0")
    line = going.until("waits for approval")
    assert line.startswith("production waits for approval by Jane Doe, until 20")
    assert f"UTC: {service.url}/{project.id}/_build/results?buildId=1" in line
    done = release("approve", "--run", "1", "--comment", "looks good")
    assert (done.code, done.err) == (0, "")
    assert "production waits for approval by Jane Doe" in done.out
    assert "approved production of run 1: http" in done.out
    ended = going.end()
    assert (ended.code, ended.err) == (0, "")
    [approval] = project.approvals.values()
    assert (approval["status"], approval["steps"][0]["comment"]) == ("approved", "looks good")
    again = release("approve", "--run", "1", "--stage", "production")
    assert (again.code, again.out) == (0, "the approval of production was approved already by Release Engineer\n")
    assert len([each for each in service.writes if each.method == "PATCH"]) == 1


def test_a_rejection_ends_it(release: Cli, service: Service, project: Project) -> None:
    waiting(service, project)
    going = Going(release, "run", "--interval", "0")
    going.until("waits for approval")
    done = release("reject", "release.yml", "--run", "1", "--stage", "production", "--comment", "not today")
    assert done.code == 0
    assert "rejected production of run 1" in done.out
    ended = going.end()
    assert ended.code == 1
    assert "run 20260101.1 failed" in ended.out
    said = 'the approval of production was rejected by Release Engineer: "not today"\n'
    # When it happens, and once more in the summary.
    assert ended.out.count(said) == 2
    back = run(release, "--follow", "1")
    assert (back.code, back.out.count(said)) == (1, 2)
    told = json.loads(run(release, "--follow", "1", "--format", "json").out)
    assert told["approvals"] == [
        {
            "stage": "production",
            "status": "rejected",
            "approvers": [
                {
                    "name": "Jane Doe",
                    "status": "rejected",
                    "decided_by": "Release Engineer",
                    "comment": "not today",
                }
            ],
        }
    ]


def begun(release: Cli, service: Service) -> None:
    """Start the run and let it come to where it waits."""
    assert run(release, "--no-follow").code == 0
    churn = load(release.folder / "release.yml").release
    read = runs_of(Connected(connect(service.url), "MLOps"), churn, classic=False).status_reader(1)
    while not read().approvals:
        pass


def test_what_cannot_be_approved(release: Cli, service: Service, project: Project) -> None:
    waiting(service, project)
    none = release("approve", "--run", "7")
    assert (none.code, "has no run 7" in none.err) == (2, True)
    begun(release, service)
    other = release("approve", "--run", "1", "--stage", "prod")
    assert (other.code, other.err.strip()) == (
        2,
        "error: --stage prod: the release has no such stage. It has: staging, production.",
    )
    nothing = release("approve", "--run", "1", "--stage", "staging")
    assert (nothing.code, "no approval is pending in run 1" in nothing.err) == (1, True)
    project.add_definition("other")
    project.add_build(2)
    foreign = release("approve", "--run", "2")
    assert (foreign.code, "run 2 belongs to \\other, not to \\models\\churn" in foreign.err) == (2, True)
    assert release("approve", "--run", "one").code == 2
    service.organization.denied.add("approvals:write")
    denied = release("approve", "--run", "1")
    assert denied.code == 3
    assert "production can be decided by: Jane Doe." in denied.err
    assert [each["status"] for each in project.approvals.values()] == ["pending"]


def test_of_several_approvals_one_is_chosen(release: Cli, service: Service, project: Project) -> None:
    both = waiting(service, project)
    begun(release, service)
    records = both.present.records
    approval = next(each for each in records if each["type"] == "Checkpoint.Approval")
    first = next(each for each in records if each["type"] == "Stage")
    records.append(approval | {"id": "11111111-2222-3333-4444-555555555555", "parentId": first["id"]})
    start_approval(project, project.builds[1], "11111111-2222-3333-4444-555555555555", {})
    done = release("approve", "--run", "1")
    assert done.code == 2
    assert done.out.count("waits for approval") == 2
    assert "2 approvals are pending in run 1; pass --stage or --all" in done.err
    assert {each["status"] for each in project.approvals.values()} == {"pending"}
    assert release("approve", "--run", "1", "--all").code == 0
    assert {each["status"] for each in project.approvals.values()} == {"approved"}


def test_a_lost_answer_to_an_approval_is_looked_for(release: Cli, service: Service, project: Project) -> None:
    waiting(service, project)
    begun(release, service)
    service.faults.when(lambda request: request.method == "PATCH", Fault.reset_after())
    done = release("approve", "--run", "1")
    assert (done.code, "approved production of run 1" in done.out) == (0, True)
    assert len([each for each in service.writes if each.method == "PATCH"]) == 1


def test_what_is_answered_on_a_page_is_told(release: Cli, project: Project) -> None:
    stage = {"id": "s", "type": "Stage", "name": "Staging", "identifier": "staging", "order": 1, "state": "inProgress"}
    job = {"id": "j", "parentId": "s", "type": "Job", "name": "ask", "state": "inProgress"}
    task = {"id": "t", "parentId": "j", "type": "Task", "name": "Sign off", "state": "inProgress"}
    task["task"] = {"name": "ManualValidation"}
    records = [each | {"result": None} for each in (stage, job, task)]
    project.script_run(1, [records, records])
    assert run(release, "--no-follow").code == 0
    done = release("approve", "--run", "1")
    assert done.code == 1
    assert done.out.startswith("staging waits for an answer to `Sign off`, on the page of the run: http")
    assert "no approval is pending" in done.err


@pytest.mark.parametrize("fault", [Fault.reset_after(), Fault.reset_before()], ids=["after", "before"])
def test_a_lost_answer_does_not_double_a_run(release: Cli, service: Service, project: Project, fault: Fault) -> None:
    project.add_build(1, reason="schedule")
    service.faults.when(runs_posted, fault)
    done = run(release)
    assert done.code == 0, done.err
    assert [each["reason"] for each in project.builds.values()] == ["schedule", "manual"]
    recovered = fault.kind == "reset_after"
    assert ("the response was lost; the service has started run 20260101.2" in done.err) is recovered
    assert len(started(service)) == (1 if recovered else 2)


def whoami(request: Request) -> bool:
    return "connectiondata" in request.path.casefold()


def test_runs_that_cannot_be_told_apart_stop_it(release: Cli, service: Service, project: Project) -> None:
    service.faults.when(runs_posted, Fault.reset_after())
    service.faults.when(whoami, Fault.call_before(lambda: project.add_build(1)))
    done = run(release)
    assert done.code == 3
    assert "several runs may be the one that was started: 2, 1" in done.err
    assert "--follow ID" in done.err
    assert len(started(service)) == 1


def test_where_nothing_can_be_looked_up_nothing_is_tried_again(release: Cli, service: Service) -> None:
    service.faults.when(runs_posted, Fault.reset_after())
    service.faults.when(whoami, Fault.status(403))
    done = run(release)
    assert done.code == 3
    assert "It is unknown whether a run was started" in done.err
    assert len(started(service)) == 1


def test_a_run_of_somebody_else_is_not_taken_for_ours(release: Cli, service: Service, project: Project) -> None:
    other = service.organization.reference(service.organization.add_identity("Somebody Else"))
    theirs = {"requestedFor": other, "requestedBy": other}
    service.faults.when(runs_posted, Fault.reset_before())
    service.faults.when(whoami, Fault.call_before(lambda: project.add_build(1, **theirs)))
    done = run(release, "--no-follow")
    assert (done.code, done.err) == (0, "")
    assert "started run 2 (20260101.2)" in done.out
    assert len(started(service)) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_waited_for(release: Cli, service: Service, project: Project, status: int) -> None:
    script(project)
    service.faults.when(runs_posted, Fault.status(status, retry_after=0), times=2)
    service.faults.when(
        lambda request: "timeline" in request.path.casefold(), Fault.status(status, retry_after=0), times=3
    )
    done = run(release)
    assert done.code == 0, done.err
    assert len(project.builds) == 1


def test_a_service_that_stays_away_says_how_to_come_back(release: Cli, service: Service, project: Project) -> None:
    script(project)
    service.faults.when(
        lambda request: "timeline" in request.path.casefold(), Fault.status(503, retry_after=0), times=None
    )
    done = run(release)
    assert done.code == 3
    assert "follow it with: azrelease run release.yml --follow 1" in done.err
    service.faults.clear()
    back = run(release, "--follow", "1")
    assert back.code == 0, back.err
    assert len(project.builds) == 1
    long = run(release, "--follow", "2")
    assert (long.code, "has no run 2" in long.err) == (2, True)


def test_too_long_a_wait_is_not_waited(release: Cli, service: Service) -> None:
    service.faults.when(runs_posted, Fault.status(503, retry_after=4000), times=None)
    done = run(release)
    assert done.code == 3
    assert "asks to wait 4000 seconds" in done.err
    assert "No run was found that it started" in done.err


def test_a_dry_run_prints_what_the_service_would_run(release: Cli, service: Service, project: Project) -> None:
    text = "stages:\n- stage: staging\n"
    service.faults.when(
        lambda r: r.path.endswith("/preview"), Fault.answer(200, body={"finalYaml": text}, content_type=JSON)
    )
    done = run(release, "--dry-run", "--skip", "production")
    assert (done.code, done.out, done.err) == (0, text, "")
    [asked] = service.writes
    assert asked.body == {"previewRun": True, "stagesToSkip": ["production"]}
    assert json.loads(run(release, "--dry-run", "--format", "json").out)["pipeline"] == "\\models\\churn"
    project.preview_error = "/azure-pipelines.yml (Line: 1, Col: 1): Unexpected value 'step'"
    refused = run(release, "--dry-run")
    assert (refused.code, "Unexpected value 'step'" in refused.err) == (3, True)
    assert project.builds == {}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["--variable", "regoin=x"],
            "--variable regoin: is not a variable of the release. Did you mean `region`?",
        ),
        (["--variable", "tier=x"], "--variable tier: has a fixed value"),
        (["--variable", "region"], "--variable region: pass NAME=VALUE"),
        (["--variable", f"api-key={SECRET}"], "set the environment variable API_KEY, and pass --secret api-key"),
        (["--secret", f"api-key={SECRET}"], "--secret api-key: pass the name only"),
        (["--secret", "api-key"], "set its value in the environment variable API_KEY"),
        (["--secret", "region"], "--secret region: is not a secret of the release"),
        (["--secret", "other"], "--secret other: is not a variable of the release"),
        (["--variable", "region=a", "--variable", "REGION=b"], "variable region has two values"),
        (["--skip", "stagin"], "--skip stagin: the release has no such stage. Did you mean `staging`?"),
        (["--skip", "staging", "--skip", "production"], "--skip: all stages are skipped"),
        (["--follow", "1", "--dry-run"], "leave out --dry-run"),
        (["--follow", "x"], "Invalid value for '--follow'"),
        (["--classic", "--dry-run"], "a classic release has no YAML"),
        (["--interval", "-1"], "Invalid value for '--interval'"),
        (["--interval", "soon"], "Invalid value for '--interval'"),
    ],
)
def test_what_cannot_be_asked(release: Cli, service: Service, arguments: list[str], says: str) -> None:
    done = release("run", *arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert SECRET not in done.err
    assert service.requests == []


def test_a_pipeline_that_is_not_there(release: Cli, project: Project) -> None:
    release.write("release.yml", RELEASE.replace("name: churn\n", "name: churm\n"))
    done = run(release)
    assert done.code == 2
    assert "has no pipeline \\models\\churm. Did you mean `\\models\\churn`?" in done.err
    assert project.builds == {}


def test_ctrl_c_leaves_it_going(release: Cli, service: Service, project: Project) -> None:
    waiting(service, project)
    going = Going(release, "run", "release.yml", "--interval", "0", "--project", "MLOps")
    going.until("waits for approval")
    going.process.send_signal(signal.SIGINT)
    done = going.end()
    assert done.code == 130
    assert done.err == (
        f"run 20260101.1 continues: {service.url}/{project.id}/_build/results?buildId=1\n"
        "follow it with: azrelease run release.yml --project MLOps --follow 1\n"
    )
    assert project.builds[1]["status"] == "inProgress"
    back = Going(release, "run", "--follow", "1", "--interval", "0")
    back.until("waits for approval")
    assert release("approve", "--run", "1").code == 0
    assert back.end().code == 0
    assert len(started(service)) == 1


def test_ctrl_c_while_it_is_started_says_where_to_look(release: Cli, service: Service, project: Project) -> None:
    going: list[Going] = []

    def stop() -> None:
        going[0].process.send_signal(signal.SIGINT)
        going[0].process.wait(PATIENT)

    service.faults.when(runs_posted, Fault.call_before(stop))
    going.append(Going(release, "run"))
    done = going[0].end()
    assert done.code == 130
    assert done.err.startswith("interrupted during the start; check whether it took effect: http")
    assert f"definitionId={next(iter(project.definitions))}" in done.err


def test_a_secret_stands_in_no_output(
    release: Cli, service: Service, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_KEY", SECRET)
    script(project, result="failed", issue=f"cannot log in with {SECRET}")

    def publish() -> None:
        failed = {"testCaseTitle": f"test[{SECRET}]", "outcome": "Failed", "errorMessage": f"{SECRET} is wrong"}
        project.add_test_run(1, [failed])

    service.faults.when(lambda request: "/test/runs" in request.path.casefold(), Fault.call_before(publish))
    done = run(release, "--secret", "api-key", "--format", "json")
    assert done.code == 1
    assert json.loads(done.out)["tests"][0]["failures"] == [{"name": "test[***]", "message": "*** is wrong"}]
    preview = Fault.answer(200, body={"finalYaml": f"a: {SECRET}\n"}, content_type=JSON)
    service.faults.when(lambda request: request.path.endswith("/preview"), preview)
    shown = run(release, "--secret", "api-key", "--dry-run")
    assert shown.out == "a: ***\n"
    service.faults.when(runs_posted, Fault.status(500, retry_after=0, message=f"no {SECRET}"), times=None)
    broken = run(release, "--secret", "api-key", "--no-follow", "--timeout", "5")
    assert broken.code == 3
    for each in (done, shown, broken):
        assert SECRET not in each.out + each.err


def test_test_results_that_cannot_be_read_do_not_change_the_result(
    release: Cli, service: Service, project: Project
) -> None:
    script(project)
    service.organization.denied.add("test")
    done = run(release)
    assert done.code == 0
    assert "cannot read the test results" in done.err


def classic(service: Service, project: Project, *others: str) -> dict[str, Any]:
    jane = service.organization.add_identity("Jane Doe", mail="jane@example.com")
    people = [{"rank": 1, "isAutomated": False, "approver": {"id": each}} for each in (jane["id"], *others)]
    automated = {"approvals": [{"rank": 1, "isAutomated": True}]}
    stage = {
        "name": "staging",
        "rank": 1,
        "conditions": [{"name": "ReleaseStarted", "conditionType": "event", "value": ""}],
        "preDeployApprovals": automated,
        "postDeployApprovals": automated,
        "retentionPolicy": {"daysToKeep": 30, "releasesToKeep": 3, "retainBuild": True},
        "deployPhases": [{"name": "deploy", "phaseType": "agentBasedDeployment", "rank": 1, "workflowTasks": []}],
    }
    production = stage | {
        "name": "production",
        "rank": 2,
        "conditions": [{"name": "staging", "conditionType": "environmentState", "value": "4"}],
        "preDeployApprovals": {"approvals": people},
    }
    training = project.add_definition("churn-training")
    source = {"definition": {"id": str(training["id"]), "name": "churn-training"}, "project": {"id": project.id}}
    artifact = {"alias": "churn-training", "type": "Build", "isPrimary": True, "definitionReference": source}
    body = {"name": "churn", "path": "\\models", "environments": [stage, production], "artifacts": [artifact]}
    return project.add_release_definition(body)


def test_a_classic_release(release: Cli, service: Service, project: Project) -> None:
    definition = classic(service, project)
    build = project.add_build(2)
    asked = ("--classic", "--artifact-version", build["buildNumber"], "--variable", "region=north")
    going = Going(release, "run", "--interval", "0", *asked)
    assert going.until("waits for approval").startswith("production waits for approval by Jane Doe: http")
    [made] = [each for each in service.writes if each.path.endswith("/releases")]
    assert made.body == {
        "definitionId": definition["id"],
        "reason": "manual",
        "isDraft": False,
        "variables": {"region": {"value": "north"}},
        "artifacts": [{"alias": "churn-training", "instanceReference": {"id": "1", "name": "20260101.1"}}],
    }
    [identifier] = project.releases
    done = release("approve", "--classic", "--run", str(identifier), "--comment", "go")
    assert (done.code, done.err) == (0, "")
    assert f"approved production of run {identifier}" in done.out
    ended = going.end()
    assert ended.code == 0, ended.err
    assert ended.out.splitlines()[-1].startswith(f"release Release-{identifier} succeeded: http")
    again = release("approve", "--classic", "--run", str(identifier))
    assert (again.code, again.out) == (0, "the approval of production was approved already by Release Engineer\n")


def test_of_the_approvals_of_a_classic_stage_ones_own_is_given(
    release: Cli, service: Service, project: Project
) -> None:
    classic(service, project, service.organization.user["id"])
    assert run(release, "--classic", "--no-follow").code == 0
    [identifier] = project.releases
    done = release("approve", "--classic", "--run", str(identifier))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("production waits for approval by Release Engineer\napproved production")
    assert [each["status"] for each in project.release_approvals.values()] == ["pending", "approved"]


def test_a_classic_release_that_is_rejected(release: Cli, service: Service, project: Project) -> None:
    classic(service, project)
    going = Going(release, "run", "--interval", "0", "--classic")
    going.until("waits for approval")
    [identifier] = project.releases
    done = release("reject", "--classic", "--run", str(identifier), "--stage", "production", "--comment", "not today")
    assert (done.code, done.err) == (0, "")
    ended = going.end()
    assert ended.code == 1
    assert 'the approval of production was rejected by Release Engineer: "not today"\n' in ended.out
    assert "production: failed" in ended.out


@pytest.mark.parametrize("fault", [Fault.reset_after(), Fault.reset_before()], ids=["after", "before"])
def test_a_lost_answer_does_not_double_a_classic_release(
    release: Cli, service: Service, project: Project, fault: Fault
) -> None:
    classic(service, project)
    service.faults.when(lambda request: request.path.endswith("/releases") and request.method == "POST", fault)
    done = run(release, "--classic", "--no-follow", "--skip", "production")
    assert done.code == 0, done.err
    assert len(project.releases) == 1
    [identifier] = project.releases
    back = run(release, "--classic", "--follow", str(identifier))
    assert back.code == 0, back.err
    assert "production  waiting" in back.out


def test_what_a_classic_release_cannot_be(release: Cli, service: Service, project: Project) -> None:
    missing = run(release, "--classic")
    assert (missing.code, "has no release definition \\models\\churn" in missing.err) == (2, True)
    classic(service, project)
    version = run(release, "--classic", "--artifact-version", "9")
    assert (version.code, "--artifact-version 9: churn-training has no such run" in version.err) == (2, True)
    assert project.releases == {}
    none = release("approve", "--classic", "--run", "77")
    assert (none.code, "has no classic release 77" in none.err) == (2, True)


def test_on_a_terminal_a_table_is_shown(release: Cli, service: Service, project: Project) -> None:
    pty = pytest.importorskip("pty")
    waiting(service, project)
    master, slave = pty.openpty()
    going = Going(release, "run", "--interval", "0", out=slave, TERM="xterm", COLUMNS="100")
    os.close(slave)
    shown = b""
    approved = False
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
        if not approved and b"waits for approval by Jane Doe" in shown:
            approved = True
            assert release("approve", "--run", "1").code == 0
    os.close(master)
    ended = going.end()
    assert (ended.code, ended.err) == (0, "")
    text = shown.decode()
    assert "run 20260101.1 of \\models\\churn" in text
    assert "\x1b[" in text
    assert text.rstrip().splitlines()[-1].startswith("run 20260101.1 succeeded")
