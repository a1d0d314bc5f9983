"""`plan` and `apply` as processes, against the fake service over HTTP."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from azrelease.registration.resource import digest
from fake_azure_devops import Fault, Organization, Request, Service, serve
from support.process import PATIENT, Cli, CliHere
from support.registering import FULL, SECRETS, seed, use

TOKEN = "planted-token-4711-0815"


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serve(Organization("org", tokens={TOKEN})) as found:
        seed(found)
        use(monkeypatch, found, TOKEN, **SECRETS)
        yield found


def test_plan_apply_plan(cli: Cli, service: Service) -> None:
    cli = Cli(cli.folder)
    cli.write("release.yml", FULL)
    first = cli("plan", "--exit-code")
    assert (first.code, first.err) == (1, "")
    assert first.out.rstrip().endswith("to create.")
    assert not service.organization.project("MLOps").environments
    applied = cli("apply", "--yes")
    assert (applied.code, applied.err) == (0, "")
    assert "create check approval of churn-production\n" in applied.out
    again = cli("plan", "--exit-code")
    assert again.code == 0
    assert "Nothing to change." in again.out
    once_more = cli("apply", "--yes")
    assert once_more.code == 0
    assert "Nothing to change." in once_more.out


def test_the_forms_of_a_plan(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    found = json.loads(cli("plan", "--format", "json").out)
    assert found["version"] == 1
    assert found["summary"] == {"create": len(found["changes"]), "update": 0, "delete": 0}
    assert {"kind": "check", "name": "approval", "within": "churn-production"}.items() <= next(
        change for change in found["changes"] if change["name"] == "approval"
    ).items()
    markdown = cli("plan", "--format", "markdown").out
    assert "| + | check approval of churn-production | approvers |" in markdown
    assert service.writes == [] or all("queryconfigurations" in call.path for call in service.writes)


def test_nothing_is_applied_unasked(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    done = cli("apply")
    assert done.code == 2
    assert "nothing was applied: no terminal to confirm on; pass --yes" in done.err
    assert not service.organization.project("MLOps").environments


@pytest.mark.parametrize(("typed", "made", "code"), [(b"n\n", False, 1), (b"y\n", True, 0)])
def test_on_a_terminal_it_asks(cli: Cli, service: Service, typed: bytes, made: bool, code: int) -> None:
    cli.write("release.yml", FULL)
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "100", "NO_COLOR": "1"}
    arguments = [sys.executable, "-m", "azrelease", "apply"]
    with subprocess.Popen(
        arguments, cwd=cli.folder, env=environment, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        os.write(ours, typed)
        out, _ = process.communicate(timeout=PATIENT)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == code
    assert b"Apply?" in out
    assert bool(service.organization.project("MLOps").environments) is made


def test_a_weaker_control_stops_it(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    assert cli("apply", "--yes").code == 0
    cli.write("release.yml", FULL.replace("minimum: 2", "minimum: 1"))
    done = cli("apply", "--yes")
    assert done.code == 2
    assert "environment churn-production needs fewer approvals: 1 instead of 2" in done.err
    assert "Pass --allow-weaker to go on." in done.err
    assert cli("apply", "--yes", "--allow-weaker").code == 0
    assert cli("plan", "--exit-code").code == 0
    assert service.violations == []


def test_a_saved_plan_is_applied_and_nothing_else(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    assert "wrote plan.json" in cli("plan", "--out", "plan.json").out
    saved = (cli.folder / "plan.json").read_text(encoding="utf-8")
    assert not [secret for secret in (*SECRETS.values(), TOKEN) if secret in saved]
    cli.write("release.yml", FULL.replace("size: small", "size: large"))
    done = cli("apply", "plan.json", "--yes")
    assert (done.code, done.err) == (0, "")
    groups = service.organization.project("MLOps").variable_groups.values()
    assert next(group for group in groups if group["name"] == "churn-settings")["variables"]["size"]["value"] == "small"
    again = cli("apply", "plan.json", "--yes")
    assert again.code == 0
    assert "Nothing to change." in again.out


def test_a_saved_plan_stops_when_the_service_has_moved_on(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    assert cli("apply", "--yes").code == 0
    cli.write("release.yml", FULL.replace("minimum: 2", "minimum: 3"))
    assert cli("plan", "--out", "plan.json").code == 0
    project = service.organization.project("MLOps")
    approval = next(check for check in project.checks.values() if check["type"]["name"] == "Approval")
    approval["settings"]["minRequiredApprovers"] = 1
    done = cli("apply", "plan.json", "--yes")
    assert done.code == 3
    assert "has changed since planning; plan again" in done.err
    assert approval["settings"]["minRequiredApprovers"] == 1


def test_a_saved_plan_goes_on_where_it_was_cut_off(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    assert cli("plan", "--out", "plan.json").code == 0
    service.faults.when(
        lambda request: request.path.endswith("/build/Definitions") and request.method == "POST", Fault.status(400)
    )
    cut = cli("apply", "plan.json", "--yes")
    assert cut.code == 3
    assert "not done:\n  + create pipeline \\ml\\churn\\churn\n" in cut.err
    assert "Apply again to continue: completed changes are not repeated." in cut.err
    assert cli("apply", "plan.json", "--yes").code == 0
    assert cli("plan", "--exit-code").code == 0


def sealed(plan: dict[str, Any]) -> str:
    """A plan as somebody would write it who knows how it is sealed."""
    body = {key: value for key, value in plan.items() if key != "digest"}
    return json.dumps({**body, "digest": digest(body)})


def garbled(value: Any) -> Iterator[Any]:
    """JSON with one value of it replaced by nonsense, for each value."""
    items = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    for key, inner in items:
        for other in (None, [], {"secret": []}, "x"):
            changed = dict(value) if isinstance(value, dict) else list(value)
            changed[key] = other
            yield changed
        for other in garbled(inner):
            changed = dict(value) if isinstance(value, dict) else list(value)
            changed[key] = other
            yield changed


def test_nonsense_in_a_plan_is_no_traceback(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    assert cli("plan", "--out", "plan.json").code == 0
    plan = json.loads((cli.folder / "plan.json").read_text(encoding="utf-8"))
    plan["resources"] = plan["resources"][::3]
    plan["changes"] = []
    for number, each in enumerate(garbled(plan)):
        if number % 23 == 0:
            cli.write("plan.json", sealed(each))
            done = cli("apply", "plan.json")
            assert done.code in (2, 3), each
            assert done.err
    assert not service.organization.project("MLOps").environments


def test_a_plan_file_is_believed_in_nothing_that_the_service_can_tell(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    assert cli("apply", "--yes").code == 0
    cli.write("release.yml", FULL.replace("minimum: 2", "minimum: 1"))
    assert cli("plan", "--out", "plan.json").code == 0
    plan = json.loads((cli.folder / "plan.json").read_text(encoding="utf-8"))
    weakening = [change for change in plan["changes"] if change["weakens"]]
    assert weakening
    for change in plan["changes"]:
        change["weakens"] = []
    cli.write("plan.json", json.dumps(plan))
    changed = cli("apply", "plan.json", "--yes")
    assert "plan.json: was edited; make it again" in changed.err
    cli.write("plan.json", sealed(plan))
    done = cli("apply", "plan.json", "--yes")
    assert done.code == 2
    assert "controls would become weaker" in done.err
    # What is there and not planned to change may not need a change by now either.
    group = next(
        g for g in service.organization.project("MLOps").variable_groups.values() if g["name"] == "churn-settings"
    )
    group["variables"]["size"]["value"] = "other"
    moved = cli("apply", "plan.json", "--yes", "--allow-weaker")
    assert moved.code == 3
    assert "variable group churn-settings: has changed since planning" in moved.err


def test_a_plan_is_written_over_no_other_file(cli: Cli, service: Service) -> None:
    assert service
    cli.write("release.yml", FULL)
    done = cli("plan", "--out", "release.yml")
    assert (done.code, done.err) == (
        2,
        "error: release.yml: already exists and is not a plan; name another file with --out\n",
    )
    assert (cli.folder / "release.yml").read_text(encoding="utf-8") == FULL
    assert [cli("plan", "--out", "plan.json").code for _ in range(2)] == [0, 0]


def test_two_releases_of_one_name_are_told_apart(cli: Cli, service: Service) -> None:
    cli.write("a/release.yml", FULL)
    cli.write("b/release.yml", FULL.replace("folder: \\ml\\churn", "folder: \\other"))
    done = cli("apply", "a", "b", "--yes")
    assert done.code == 2
    assert "a/release.yml and b/release.yml have the same name churn: rename one" in done.err
    assert not service.organization.project("MLOps").environments


def test_a_saved_plan_goes_on_after_a_cut_between_a_check_and_its_note(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    assert cli("plan", "--out", "plan.json").code == 0
    service.faults.when(
        lambda request: request.method == "PATCH" and "/environments/" in request.path.lower(), Fault.status(400)
    )
    assert cli("apply", "plan.json", "--yes").code == 3
    assert cli("apply", "plan.json", "--yes").code == 0
    assert cli("plan", "--exit-code").code == 0


def test_a_plan_that_lacks_something_says_so_also_when_it_was_saved(cli: Cli, service: Service) -> None:
    service.organization.project("MLOps").add_variable_group("churn-settings", {"size": "of others"})
    cli.write("release.yml", FULL)
    assert cli("plan", "--out", "plan.json").code == 0
    done = cli("apply", "plan.json", "--yes")
    assert done.code == 2
    assert "variable group churn-settings is not managed by azrelease" in done.err


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_no_agent_finds_a_command_in_what_is_printed(cli: Cli, service: Service, command: str) -> None:
    cli.write("release.yml", FULL)
    assert cli("apply", "--yes").code == 0
    project = service.organization.project("MLOps")
    group = next(each for each in project.variable_groups.values() if each["name"] == "churn-settings")
    group["variables"]["size"]["value"] = "##vso[task.setvariable variable=a]b"
    group["variables"]["##vso[task.complete]"] = {"value": "x"}
    done = cli(command)
    assert "task.setvariable" in done.out
    assert "##vso[" not in done.out + done.err


def test_a_plan_does_not_say_where_the_token_goes(cli: Cli, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.write("release.yml", FULL)
    assert cli("plan", "--out", "plan.json").code == 0
    before = len(service.calls)
    monkeypatch.setenv("AZURE_DEVOPS_ORG_URL", "https://dev.azure.com/ours")
    done = cli("apply", "plan.json", "--yes")
    assert done.code == 2
    assert f"the plan is for {service.url} MLOps, but this is https://dev.azure.com/ours MLOps" in done.err
    assert len(service.calls) == before


def started(cli: Cli, *arguments: str) -> subprocess.Popen[str]:
    """`azrelease` in a process that is not waited for."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "azrelease", *arguments]
    return subprocess.Popen(
        command, cwd=cli.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_who_interrupts_an_apply_is_told_what_was_done(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    process = started(cli, "apply", "--yes")
    service.faults.when(
        lambda request: request.method == "POST" and request.path.endswith("/build/Definitions"),
        Fault.call_after(lambda: process.send_signal(signal.SIGINT)),
    )
    _, err = process.communicate(timeout=PATIENT)
    assert process.returncode == 130
    assert "interrupted; done: " in err
    # The first pipeline is done or cut off, as the interruption comes; what was not begun is not done.
    assert "  + create pipeline \\ml\\churn\\churn\n" not in err.partition("not done:")[2]
    assert "Apply again to continue" in err
    assert "Traceback" not in err
    assert cli("apply", "--yes").code == 0
    assert cli("plan", "--exit-code").code == 0


def test_who_interrupts_does_not_wait_for_a_service_that_does_not_answer(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    process = started(cli, "apply", "--yes", "--timeout", "600")

    def interrupts(request: Request) -> bool:
        if request.method != "POST" or not request.path.endswith("/build/Definitions"):
            return False
        process.send_signal(signal.SIGINT)
        return True

    service.faults.when(interrupts, Fault.silent_after())
    _, err = process.communicate(timeout=PATIENT)
    assert process.returncode == 130
    assert "interrupted, outcome unknown: create pipeline" in err
    assert "Traceback" not in err


def test_who_interrupts_an_apply_of_many_releases_is_told_what_was_done(cli: Cli, service: Service) -> None:
    shared = FULL.replace("variable_groups: [churn-settings, churn-vault, shared]", "variable_groups: [shared]")
    shared = shared[: shared.index("  variable_groups:\n")] + shared[shared.index("  pull_request_check:") :]
    for number in range(4):
        cli.write(f"{number}.release.yml", shared.replace("name: churn\n", f"name: churn {number}\n", 1))
    files = [f"{number}.release.yml" for number in range(4)]
    process = started(cli, "apply", *files, "--yes")
    service.faults.when(
        lambda request: request.method == "POST" and request.path.endswith("/build/Definitions"),
        Fault.call_after(lambda: process.send_signal(signal.SIGINT)),
    )
    _, err = process.communicate(timeout=PATIENT)
    assert process.returncode == 130
    assert "interrupted; done: " in err
    assert "\n  churn 3: " in err
    assert "Traceback" not in err
    done = cli("apply", *files, "--yes")
    assert (done.code, done.err) == (0, "")
    assert done.out.count(" done\n") == 4
    assert cli("plan", *files, "--exit-code").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan.json", "--prune"), "leave out --classic, --prune, --adopt, --set-secrets"),
        (("plan.json", "--adopt"), "leave out --classic, --prune, --adopt, --set-secrets"),
        (("release.yml", "--classic", "--set-secrets"), "leave it out with --classic"),
        (("plan.json", "release.yml"), "pass one plan file"),
        (("plan.json", "--project", "Other"), " Other: pass --organization and --project"),
        (
            ("plan.json", "--organization", "https://dev.azure.com/other"),
            "but this is https://dev.azure.com/other MLOps",
        ),
        (("broken.json",), "broken.json: invalid plan file"),
        (("odd.json",), "odd.json: invalid plan file (prune: Input should be a valid boolean)"),
        (("nothere.json",), "nothere.json: cannot be read"),
    ],
)
def test_what_cannot_be_applied(cli: Cli, service: Service, arguments: tuple[str, ...], said: str) -> None:
    cli.write("release.yml", FULL)
    cli.write("broken.json", '{"azrelease_plan": 2, "changes": 3}')
    assert cli("plan", "--out", "plan.json").code == 0
    plan = json.loads((cli.folder / "plan.json").read_text(encoding="utf-8"))
    cli.write("odd.json", sealed({**plan, "prune": "yes"}))
    done = cli("apply", *arguments, "--yes")
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not service.organization.project("MLOps").environments


def test_what_is_missing_is_said_before_anything_is_done(cli: Cli, service: Service) -> None:
    cli.write(
        "release.yml", FULL.replace("churn-azure", "churn-azzure").replace("ada@example.com", "nobody@example.com")
    )
    done = cli("apply", "--yes")
    assert done.code == 2
    assert "service connection churn-azzure: Did you mean `churn-azure`?" in done.err
    assert "approver nobody@example.com: unknown user or group." in done.err
    assert not service.organization.project("MLOps").environments


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.status(401), "the token is not accepted"),
        (Fault.answer(203, body="<html>Sign in</html>"), "the token is not accepted"),
        (Fault.answer(200, body="<html>"), "is not JSON"),
        (Fault.status(403, message="You cannot."), "This is not allowed: the token needs the scope"),
        (Fault.status(404, message="TF200016: The following project does not exist: MLOps."), "does not exist: MLOps"),
    ],
    ids=["401", "sign-in page", "html", "403", "404"],
)
def test_what_the_service_refuses_is_told(cli: Cli, service: Service, fault: Fault, said: str) -> None:
    cli.write("release.yml", FULL)
    service.faults.when(lambda _: True, fault, times=None)
    done = cli("plan")
    assert done.code == 3
    assert said in done.err
    assert "Traceback" not in done.err
    assert TOKEN not in done.err


def test_nobody_listens(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.write("release.yml", FULL)
    monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", TOKEN)
    done = cli("plan", "--organization", "http://127.0.0.1:9", "--project", "MLOps")
    assert done.code == 3
    assert "no response (the connection was refused)" in done.err


@pytest.mark.usefixtures("service")
def test_a_token_is_needed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.write("release.yml", FULL)
    monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", "wrong")
    done = cli("plan")
    assert done.code == 3
    assert "the token is not accepted; it needs the scope" in done.err


@pytest.mark.parametrize(("arguments", "code"), [(("plan",), 3), (("plan", "nothere"), 2), (("plan", "broken.yml"), 2)])
@pytest.mark.usefixtures("service")
def test_a_traceback_changes_no_exit_code(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int
) -> None:
    cli.write("release.yml", FULL)
    cli.write("broken.yml", "name: [\n")
    monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", "wrong")
    plain, shown = cli(*arguments), cli(*arguments, "--traceback")
    assert (plain.code, shown.code) == (code, code)
    assert "Traceback (most recent call last):" not in plain.err
    assert shown.err.endswith(plain.err.splitlines(keepends=True)[-1])
    assert "Traceback (most recent call last):" in shown.err


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan", "3601"])
def test_a_time_limit_is_a_number_of_seconds(cli: Cli, service: Service, seconds: str) -> None:
    cli.write("release.yml", FULL)
    done = cli("plan", "--timeout", seconds)
    assert done.code == 2
    assert "Invalid value for '--timeout'" in done.err
    assert service.calls == []
