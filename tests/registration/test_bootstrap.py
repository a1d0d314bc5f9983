"""`bootstrap` as real processes, against the fake service over HTTP."""

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azrelease.registration import Project as Connected
from azrelease.registration import connect
from azrelease.registration.repositories import (
    File,
    branch_problem,
    find_repository,
    open_pull_request,
    propose,
    push,
)
from fake_azure_devops import Fault, Organization, Project, Request, Service, serve
from fake_azure_devops.repository import ZEROS, Repository
from support.process import PATIENT, Cli, CliHere, Result, unmeasured
from support.registering import SHORT_TIMEOUT, seed, use
from support.thorough import THOROUGH

TOKEN = "planted-token-4711-0815"
SECRET = "planted-api-key-value-9"
RELEASE = """\
name: churn
description: Deploys the churn model.
artifact: {pipeline: churn-training, name: model}
workspace: {resource_group: churn-rg, name: churn-ws, service_connection: churn-azure}
secrets: [api.key]
stages:
  - {name: staging, endpoint: churn-staging, target: managed}
  - name: production
    endpoint: churn
    target: managed
    approval: {approvers: [ada@example.com, Grace Hopper], minimum: 1}
"""
BRANCH = "azrelease/churn"
OURS = {"/release.yml", "/azure-pipelines.yml"}
INLINE = '[render]\nlayout = "inline"\n'
"""One file for the pipeline; `test_step_templates_are_pushed_with_the_pipeline` has the other layout."""


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serve(Organization("org", tokens={TOKEN})) as found:
        seed(found)
        use(monkeypatch, found, TOKEN, API_KEY=SECRET)
        monkeypatch.delenv("SYSTEM_COLLECTIONURI", raising=False)
        yield found


@pytest.fixture
def project(service: Service) -> Project:
    return service.organization.project("MLOps")


@pytest.fixture
def repository(project: Project) -> Repository:
    return next(each for each in project.repositories.values() if each.name == "models")


@pytest.fixture
def release(cli: Cli, service: Service) -> Cli:
    assert service
    cli.write("azrelease.toml", INLINE)
    cli.write("release.yml", RELEASE)
    return cli


@pytest.fixture
def checkout(release: Cli) -> Cli:
    git(release.folder, "init", "--quiet")
    return release


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True, env=unmeasured(), capture_output=True)


def bootstrap(cli: Cli, *arguments: str) -> Result:
    done = cli("bootstrap", "--yes", *arguments)
    assert not [secret for secret in (TOKEN, SECRET) if secret in done.out + done.err]
    assert "Traceback" not in done.err
    return done


def empty(repository: Repository) -> Repository:
    repository.refs.clear()
    repository.commits.clear()
    return repository


def writes(service: Service, what: str = "") -> list[Request]:
    """Requests that change something, those of checks that only ask left out."""
    return [each for each in service.writes if what in each.path.casefold() and "queryconfigurations" not in each.path]


def posts(ending: str) -> Callable[[Request], bool]:
    """Fits the requests that post to a resource."""
    return lambda request: request.method == "POST" and request.path.casefold().endswith(ending)


def is_whole(project: Project, repository: Repository) -> None:
    """All is there, and once."""
    assert set(repository.refs) == {"refs/heads/main", f"refs/heads/{BRANCH}"}
    assert set(repository.files(BRANCH)) == {"/README.md", *OURS}
    assert len(repository.history(repository.refs[f"refs/heads/{BRANCH}"])) == 2
    assert len(repository.history(repository.refs["refs/heads/main"])) == 1
    assert [each["status"] for each in repository.pull_requests.values()] == ["active"]
    assert [each["name"] for each in project.definitions.values()] == ["churn"]
    assert sorted(each["name"] for each in project.environments.values()) == ["churn-production", "churn-staging"]
    assert len(project.checks) == 1


# --- what it does ---


def test_step_templates_are_pushed_with_the_pipeline(checkout: Cli, repository: Repository) -> None:
    checkout.write("azrelease.toml", "")
    done = bootstrap(checkout)
    assert done.code == 0, done.err
    written = {path.name for path in (checkout.folder / "azrelease").glob("*.yml")}
    assert {"functions.yml", "endpoint.yml", "online-deployment.yml"} <= written
    pushed = repository.files(BRANCH)
    assert {name for name in pushed if name.startswith("/azrelease/")} == {f"/azrelease/{name}" for name in written}
    assert "- template: azrelease/online-deployment.yml" in pushed["/azure-pipelines.yml"]
    checkout.write("azrelease/endpoint.yml", pushed["/azrelease/endpoint.yml"] + "# by hand\n")
    edited = bootstrap(checkout)
    assert edited.code == 2
    assert "azrelease/endpoint.yml: edited by hand" in edited.err


def test_what_somebody_else_changed_on_the_branch_is_not_written_over(
    checkout: Cli, service: Service, repository: Repository
) -> None:
    assert bootstrap(checkout, "--no-apply").code == 0
    checkout.write("release.yml", f"# ours\n{RELEASE}")
    assert bootstrap(checkout, "--no-apply").code == 0
    repository.commit(BRANCH, {"release.yml": f"# theirs\n{RELEASE}"})
    checkout.write("release.yml", f"# ours again\n{RELEASE}")
    before = len(writes(service))
    done = bootstrap(checkout, "--no-apply")
    assert done.code == 2
    assert f"release.yml: changed on {BRANCH} by somebody else. `git fetch` and review it" in done.err
    assert len(writes(service)) == before
    assert repository.files(BRANCH)["/release.yml"].startswith("# theirs")


@pytest.mark.parametrize("value", [f"{SECRET}\r\nsecond line\r\n", f"{SECRET}\n"])
def test_a_secret_is_found_whatever_its_line_endings(
    checkout: Cli, service: Service, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("API_KEY", value)
    checkout.write("key.txt", f"key: {value}")
    done = checkout("bootstrap", "--yes", "--no-apply", "--include", "key.txt")
    assert done.code == 2
    assert "key.txt: contains the value of API_KEY" in done.err
    assert writes(service) == []


@pytest.mark.skipif(os.name != "posix", reason="files have no such bit here")
def test_a_script_that_can_be_run_is_told(checkout: Cli, repository: Repository) -> None:
    assert repository.refs
    checkout.write("deploy.sh", "#!/bin/sh\n").chmod(0o755)
    done = bootstrap(checkout, "--no-apply", "--include", "deploy.sh")
    assert done.code == 0
    assert "+ deploy.sh (executable here; a push over REST does not keep that" in done.out


def test_options_that_mean_nothing_for_github_are_refused(release: Cli) -> None:
    github = "registration: {repository: {type: github, name: contoso/churn, service_connection: github}}\n"
    release.write("release.yml", RELEASE + github)
    done = bootstrap(release, "--branch", "b", "--message", "m")
    assert done.code == 2
    assert "--branch, --message: files are pushed to GitHub with git; leave it out" in done.err


def test_the_check_of_pull_requests_is_pushed_or_said_to_be_missing(checkout: Cli, repository: Repository) -> None:
    checkout.write(
        "release.yml", RELEASE.replace("stages:", "registration:\n  pull_request_check: {yaml: pr.yml}\nstages:")
    )
    lacking = bootstrap(checkout, "--no-apply")
    assert "note: pr.yml does not exist, so the check of pull requests cannot run; create it" in lacking.out
    checkout.write("pr.yml", "steps: []\n")
    done = bootstrap(checkout, "--no-apply")
    assert "note: pr.yml" not in done.out
    assert repository.files(BRANCH)["/pr.yml"] == "steps: []\n"
    again = bootstrap(checkout, "--no-apply")
    assert "note: pr.yml" not in again.out


def test_a_filled_repository_gets_a_branch_and_a_pull_request(
    release: Cli, service: Service, project: Project, repository: Repository
) -> None:
    done = bootstrap(release)
    assert (done.code, done.err) == (0, "")
    is_whole(project, repository)
    assert repository.files(BRANCH)["/release.yml"] == RELEASE
    assert repository.files(BRANCH)["/azure-pipelines.yml"] == (release.folder / "azure-pipelines.yml").read_text()
    tip = repository.tip(BRANCH)
    assert tip
    assert tip.comment == "Add release churn"
    assert tip.changes == {"/release.yml": "add", "/azure-pipelines.yml": "add"}
    [request] = repository.pull_requests.values()
    assert (request["sourceRefName"], request["targetRefName"]) == (f"refs/heads/{BRANCH}", "refs/heads/main")
    assert request["title"] == "Add release churn"
    for text in ("Deploys the churn model.", "| production | staging | churn-production | 1 of ada", "create"):
        assert text in request["description"]
    assert f"pull request 1: {service.url}/MLOps/_git/models/pullrequest/1" in done.out
    assert "the pipeline is created anyway; main has its YAML once the pull request is completed" in done.out
    # What is shown comes before what is done.
    assert done.out.index("To do: ") < done.out.index("wrote azure-pipelines.yml") < done.out.index("pushed 2 files")


def test_twice_changes_nothing(release: Cli, service: Service, project: Project, repository: Repository) -> None:
    assert bootstrap(release).code == 0
    before = len(writes(service))
    again = release("bootstrap")
    assert (again.code, again.err) == (0, "")
    assert f"`{BRANCH}` has all files; nothing to push" in again.out
    assert "pull request 1 is open" in again.out
    assert "Nothing to change." in again.out
    assert "is made all the same" not in again.out
    assert len(writes(service)) == before
    is_whole(project, repository)


def test_an_empty_repository_gets_a_commit(
    release: Cli, service: Service, project: Project, repository: Repository
) -> None:
    empty(repository)
    done = bootstrap(release, "--message", "First release\n\nAll of it.")
    assert (done.code, done.err) == (0, "")
    assert "repository models: empty; one commit on `main`" in done.out
    assert set(repository.refs) == {"refs/heads/main"}
    assert set(repository.files("main")) == OURS
    tip = repository.tip("main")
    assert tip
    assert tip.comment == "First release\n\nAll of it."
    assert not repository.pull_requests
    assert len(project.definitions) == 1
    before = len(writes(service))
    again = bootstrap(release)
    assert again.code == 0
    assert "`main` has all files; nothing to push" in again.out
    assert len(writes(service)) == before


def test_only_what_differs_is_pushed_on_top_of_the_branch(release: Cli, repository: Repository) -> None:
    assert bootstrap(release, "--no-apply").code == 0
    release.write("release.yml", f"# Looked at.\n{RELEASE}")
    done = bootstrap(release, "--no-apply")
    assert done.code == 0
    assert f"one commit on `{BRANCH}`\n  ~ release.yml" in done.out
    tip = repository.tip(BRANCH)
    assert tip
    assert tip.changes == {"/release.yml": "edit"}
    assert len(repository.history(tip.id)) == 3
    assert len(repository.pull_requests) == 1


def test_once_it_is_merged_there_is_nothing_to_push(release: Cli, service: Service, repository: Repository) -> None:
    assert bootstrap(release).code == 0
    repository.refs["refs/heads/main"] = repository.refs.pop(f"refs/heads/{BRANCH}")
    next(iter(repository.pull_requests.values()))["status"] = "completed"
    before = len(writes(service))
    done = bootstrap(release)
    assert done.code == 0
    assert "`main` has all files; nothing to push" in done.out
    assert len(writes(service)) == before


def test_no_apply_only_pushes(release: Cli, project: Project, repository: Repository) -> None:
    done = bootstrap(release, "--no-apply")
    assert (done.code, done.err) == (0, "")
    assert len(repository.pull_requests) == 1
    assert not project.definitions
    assert not project.environments


def test_branches_of_ones_own(release: Cli, repository: Repository) -> None:
    repository.commit("trunk", {"README.md": "#"})
    done = bootstrap(release, "--branch", "refs/heads/feature/x", "--target-branch", "trunk", "--no-apply")
    assert (done.code, done.err) == (0, "")
    [request] = repository.pull_requests.values()
    assert (request["sourceRefName"], request["targetRefName"]) == ("refs/heads/feature/x", "refs/heads/trunk")
    assert "the pipeline runs the YAML of main, not of trunk" in done.out


def test_the_branch_of_the_release_is_the_target(release: Cli, repository: Repository) -> None:
    repository.commit("trunk", {"README.md": "#"})
    release.write("release.yml", f"{RELEASE}registration: {{default_branch: trunk, yaml: .azure/churn.yml}}\n")
    assert bootstrap(release, "--no-apply").code == 0
    assert next(iter(repository.pull_requests.values()))["targetRefName"] == "refs/heads/trunk"
    assert set(repository.files(BRANCH)) == {"/README.md", "/release.yml", "/.azure/churn.yml"}
    assert (release.folder / ".azure" / "churn.yml").is_file()


def test_several_releases_are_one_commit(release: Cli, repository: Repository) -> None:
    release.write("fraud.release.yml", RELEASE.replace("churn", "fraud").replace("fraud-azure", "churn-azure"))
    done = bootstrap(release, "--no-apply")
    assert (done.code, done.err) == (0, "")
    tip = repository.tip("azrelease/releases")
    assert tip
    assert set(tip.changes) == {*OURS, "/fraud.release.yml", "/fraud.azure-pipelines.yml"}
    assert tip.comment == "Add releases fraud, churn"


def test_line_endings_do_not_count_and_line_feeds_are_pushed(release: Cli, repository: Repository) -> None:
    release.write("release.yml", RELEASE.replace("\n", "\r\n"))
    assert bootstrap(release, "--no-apply").code == 0
    assert repository.files(BRANCH)["/release.yml"] == RELEASE
    repository.commit(BRANCH, {"release.yml": RELEASE.replace("\n", "\r\n")})
    assert "nothing to push" in bootstrap(release, "--no-apply").out


# --- what is included ---


def test_what_is_included_is_pushed(checkout: Cli, repository: Repository) -> None:
    checkout.write(".gitignore", "*.log\n")
    checkout.write("deployment/deployment.yml", "a: 1\r\n")
    checkout.write("deployment/run.log", "not this")
    (checkout.folder / "deployment" / "model.bin").write_bytes(b"\0\xff\r\n")
    done = bootstrap(checkout, "--include", "deployment", "--no-apply")
    assert (done.code, done.err) == (0, "")
    tip = repository.tip(BRANCH)
    assert tip
    assert set(tip.changes) == {*OURS, "/deployment/deployment.yml", "/deployment/model.bin"}
    assert tip.tree["/deployment/deployment.yml"] == b"a: 1\n"
    assert tip.tree["/deployment/model.bin"] == b"\0\xff\r\n"
    assert "nothing to push" in bootstrap(checkout, "--include", "deployment", "--no-apply").out


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (".env", "files of this name usually hold secrets"),
        ("keys/prod.pem", "files of this name usually hold secrets"),
        ("run.log", "git ignores it"),
        ("link", "is a symbolic link"),
        ("linked/a", "is a symbolic link, or in one"),
        ("large.bin", "is larger than 5 MB"),
        ("nowhere", "no such file or folder"),
        ("..", "--include takes what is inside"),
        (".git", "belongs to git itself"),
        ("token.txt", "contains the value of AZURE_DEVOPS_EXT_PAT"),
        ("key.txt", "contains the value of API_KEY"),
        ("weights.pt", "git applies the filter lfs"),
    ],
)
def test_what_must_not_be_pushed_stops_it(checkout: Cli, service: Service, name: str, why: str) -> None:
    checkout.write(".gitignore", "*.log\n")
    for file, text in {
        ".env": "A=1",
        "keys/prod.pem": "-",
        "run.log": "-",
        "token.txt": TOKEN,
        "key.txt": SECRET,
    }.items():
        checkout.write(file, text)
    (checkout.folder / "large.bin").write_bytes(b"\0" * (5 * 1024 * 1024 + 1))
    checkout.write("folder/a", "a")
    checkout.write("weights.pt", "a")
    checkout.write(".gitattributes", "*.pt filter=lfs -text\n")
    (checkout.folder / "link").symlink_to("release.yml")
    (checkout.folder / "linked").symlink_to("folder")
    done = bootstrap(checkout, "--include", name)
    assert done.code == 2
    assert why in done.err
    assert not writes(service)


def test_a_secret_in_an_included_folder_is_told(checkout: Cli, service: Service) -> None:
    for name in ("tests/a.py", "tests/.env.local", "tests/id_rsa", "tests/.env.example"):
        checkout.write(name, "a = 1\n")
    done = bootstrap(checkout, "--include", "tests")
    assert done.code == 2
    assert "tests/.env.local: files of this name usually hold secrets" in done.err
    assert not writes(service)


def test_without_a_checkout_nothing_is_included(release: Cli) -> None:
    release.write("tests/a.py", "a = 1\n")
    done = bootstrap(release, "--include", "tests")
    assert done.code == 2
    assert "--include needs git and a checkout" in done.err


# --- what goes wrong on the way ---

LOST = ["/refs", "/pushes", "/pullrequests"]


@pytest.mark.parametrize("fault", ["reset before", "reset after", "503"])
@pytest.mark.parametrize("ending", LOST)
def test_an_answer_that_was_lost(
    release: Cli, service: Service, project: Project, repository: Repository, ending: str, fault: str
) -> None:
    faults = {
        "reset before": Fault.reset_before,
        "reset after": Fault.reset_after,
        "503": lambda: Fault.status(503, retry_after=0),
    }
    service.faults.when(posts(ending), faults[fault]())
    done = bootstrap(release)
    assert (done.code, done.err) == (0, "")
    is_whole(project, repository)


@pytest.mark.parametrize("fault", ["reset after", "503"])
def test_an_answer_that_was_lost_of_an_empty_repository(
    release: Cli, service: Service, repository: Repository, fault: str
) -> None:
    empty(repository)
    service.faults.when(
        posts("/pushes"), Fault.reset_after() if fault == "reset after" else Fault.status(503, retry_after=0)
    )
    done = bootstrap(release)
    assert (done.code, done.err) == (0, "")
    assert len(repository.commits) == 1
    assert not repository.pull_requests


@pytest.mark.no_cover
@pytest.mark.parametrize("ending", LOST)
def test_it_is_killed_and_called_again(
    release: Cli, service: Service, project: Project, repository: Repository, ending: str
) -> None:
    process: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        process[0].kill()
        process[0].wait()

    service.faults.when(posts(ending), Fault.call_after(kill))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    arguments = [sys.executable, "-m", "azrelease", "bootstrap", "--yes"]
    process.append(
        subprocess.Popen(
            arguments, cwd=release.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    )
    assert process[0].wait(timeout=PATIENT) == -signal.SIGKILL
    assert not project.definitions
    service.faults.clear()
    done = bootstrap(release)
    assert (done.code, done.err) == (0, "")
    is_whole(project, repository)


def test_the_service_stays_broken_and_the_next_call_completes_it(
    release: Cli, service: Service, project: Project, repository: Repository
) -> None:
    service.faults.when(posts("/pullrequests"), Fault.status(503, retry_after=0), times=None)
    done = bootstrap(release)
    assert done.code == 3
    assert "pushed 2 files" in done.out
    service.faults.clear()
    done = bootstrap(release)
    assert (done.code, done.err) == (0, "")
    assert f"`{BRANCH}` has all files; a pull request to `main`" in done.out
    is_whole(project, repository)


FILES = (File("release.yml", RELEASE.encode()), File("data/model.bin", b"\0\1"))
FAULTS: dict[str, Callable[[], Fault]] = {
    "500": lambda: Fault.status(500),
    "503": lambda: Fault.status(503, retry_after=0),
    "429": lambda: Fault.status(429, retry_after=0),
    "reset before": Fault.reset_before,
    "reset after": Fault.reset_after,
    "silent after": Fault.silent_after,
}


def push_and_open(service: Service) -> None:
    """What `bootstrap` does with files, in this process."""
    there = Connected(connect(service.url, {"AZURE_DEVOPS_EXT_PAT": "pat"}, SHORT_TIMEOUT), "MLOps")
    proposal = propose(there, find_repository(there, "models"), FILES, BRANCH, "main")
    push(there, proposal, FILES, "Add release churn")
    if proposal.opens:
        open_pull_request(there, proposal.repository, BRANCH, "main", "Add release churn", "")


@pytest.mark.no_cover
@pytest.mark.parametrize("filled", [True, False], ids=["filled", "empty"])
@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_at_any_request(name: str, filled: bool) -> None:
    number, count = 1, 1
    while number <= count:
        with serve(Organization("org")) as service:
            models = service.organization.project("MLOps").add_repository(
                "models", {"README.md": "#"} if filled else {}
            )
            service.faults.at(number, FAULTS[name]())
            push_and_open(service)
            service.faults.clear()
            if number == 1:
                count = len(service.calls)
            push_and_open(service)
            own = {"/release.yml", "/data/model.bin"}
            tip = models.tip(BRANCH if filled else "main")
            assert tip, number
            assert set(tip.tree) == ({*own, "/README.md"} if filled else own), number
            assert len(models.commits) == (2 if filled else 1), number
            assert len(models.pull_requests) == (1 if filled else 0), number
        number += 1 if THOROUGH else 2
    assert count > (7 if filled else 3)


def test_two_at_once_double_nothing() -> None:
    with serve(Organization("org")) as service:
        models = service.organization.project("MLOps").add_repository("models", {"README.md": "#"})
        barrier = threading.Barrier(2)
        ended: list[bool] = []

        def go() -> None:
            barrier.wait()
            push_and_open(service)
            ended.append(True)

        threads = [threading.Thread(target=go) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ended == [True, True]
        assert len(models.commits) == 2
        assert len(models.pull_requests) == 1


def test_somebody_pushes_something_else_meanwhile(
    release: Cli, service: Service, project: Project, repository: Repository
) -> None:
    service.faults.when(posts("/pushes"), Fault.call_before(lambda: repository.commit(BRANCH, {"theirs.txt": "x"})))
    done = bootstrap(release)
    assert (done.code, done.err) == (0, "")
    assert set(repository.files(BRANCH)) == {"/README.md", "/theirs.txt", *OURS}
    assert len(project.definitions) == 1


def test_somebody_pushes_all_the_time(release: Cli, service: Service, project: Project, repository: Repository) -> None:
    numbers = iter(range(100))
    service.faults.when(
        posts("/pushes"),
        Fault.call_before(lambda: repository.commit(BRANCH, {"theirs.txt": str(next(numbers))})),
        times=None,
    )
    done = bootstrap(release)
    assert done.code == 3
    assert "another push came first" in done.err
    assert next(numbers) == 5
    assert not project.definitions


def test_somebody_changes_our_file_meanwhile(release: Cli, service: Service, repository: Repository) -> None:
    service.faults.when(posts("/pushes"), Fault.call_before(lambda: repository.commit(BRANCH, {"release.yml": "x"})))
    done = bootstrap(release)
    assert done.code == 3
    assert f"release.yml on {BRANCH} changed meanwhile" in done.err
    assert repository.files(BRANCH)["/release.yml"] == "x"


def test_somebody_fills_the_empty_repository_meanwhile(release: Cli, service: Service, repository: Repository) -> None:
    empty(repository)
    service.faults.when(posts("/pushes"), Fault.call_before(lambda: repository.commit("main", {"theirs.txt": "x"})))
    done = bootstrap(release)
    assert done.code == 3
    assert "is no longer empty. Run the command again" in done.err
    assert set(repository.files("main")) == {"/theirs.txt"}


def test_somebody_opens_the_pull_request_meanwhile(release: Cli, service: Service, repository: Repository) -> None:
    theirs = {"pullRequestId": 77, "sourceRefName": f"refs/heads/{BRANCH}", "targetRefName": "refs/heads/main"}
    more = {"status": "active", "title": "Theirs"}
    service.faults.when(
        posts("/pullrequests"), Fault.call_before(lambda: repository.pull_requests.update({77: theirs | more}))
    )
    # The record of the other pull request is a short one.
    service.check_contract = False
    done = bootstrap(release, "--no-apply")
    assert (done.code, done.err) == (0, "")
    assert "pull request 77: " in done.out
    assert len(repository.pull_requests) == 1


# --- what belongs to others ---


def test_the_branch_of_somebody_else_keeps_its_files(release: Cli, repository: Repository) -> None:
    repository.commit("main", {"release.yml": "name: old\n"})
    repository.commit("feature", {"README.md": "#", "release.yml": "name: mine\n", "theirs.txt": "x"})
    done = bootstrap(release, "--branch", "feature", "--no-apply")
    assert (done.code, done.err) == (0, "")
    assert "  ~ release.yml" in done.out
    assert repository.files("feature")["/theirs.txt"] == "x"
    assert repository.files("main")["/release.yml"] == "name: old\n"


def test_yaml_that_was_edited_on_the_branch_stops_it(release: Cli, service: Service, repository: Repository) -> None:
    assert bootstrap(release, "--no-apply").code == 0
    yaml = repository.files(BRANCH)["/azure-pipelines.yml"]
    repository.commit(BRANCH, {"azure-pipelines.yml": yaml + "# mine\n"})
    before = len(writes(service))
    done = bootstrap(release)
    assert done.code == 2
    assert f"azure-pipelines.yml: edited by hand on {BRANCH}" in done.err
    assert len(writes(service)) == before


def test_yaml_that_stands_on_the_target_is_told_and_goes_through_a_review(
    checkout: Cli, service: Service, repository: Repository
) -> None:
    repository.commit("main", {"azure-pipelines.yml": "steps: []\n", "release.yml": "name: other\n"})
    # The first time it is cut off between the branch and the push.
    service.faults.when(posts("/pushes"), Fault.status(500, retry_after=0), times=None)
    assert bootstrap(checkout, "--no-apply").code == 3
    service.faults.clear()
    done = bootstrap(checkout, "--no-apply")
    assert (done.code, done.err) == (0, "")
    assert (
        "~ azure-pipelines.yml (replaces one that was not written by azrelease, or edited by hand, on main)" in done.out
    )
    assert "~ release.yml (replaces a version that this checkout does not know; `git fetch` to see it)" in done.out
    assert repository.files("main")["/azure-pipelines.yml"] == "steps: []\n"


def test_a_folder_in_the_place_of_a_file_is_told(release: Cli, service: Service, repository: Repository) -> None:
    assert repository.refs
    item = {"gitObjectType": "tree", "isFolder": True, "objectId": "1" * 40, "path": "/release.yml"}
    service.faults.when(
        lambda request: request.method == "GET" and request.path.endswith("/items"),
        Fault.answer(200, body=item, content_type="application/json"),
        times=None,
    )
    done = bootstrap(release)
    assert done.code == 2
    assert "models has a folder of this name" in done.err


# --- where it stops ---


def test_yaml_that_was_edited_here_stops_it(release: Cli, service: Service) -> None:
    assert release("render").code == 0
    path = release.folder / "azure-pipelines.yml"
    path.write_text(f"{path.read_text()}# mine\n")
    done = bootstrap(release)
    assert done.code == 2
    assert "azure-pipelines.yml: edited by hand" in done.err
    assert not writes(service)


def test_yaml_that_is_old_is_written_again(release: Cli, repository: Repository) -> None:
    assert release("render").code == 0
    release.write("release.yml", RELEASE.replace("endpoint: churn-staging", "endpoint: churn-test"))
    done = bootstrap(release, "--no-apply")
    assert done.code == 0
    assert "azure-pipelines.yml (also written in this checkout)" in done.out
    assert "churn-test" in (release.folder / "azure-pipelines.yml").read_text()
    assert repository.files(BRANCH)["/azure-pipelines.yml"] == (release.folder / "azure-pipelines.yml").read_text()


def test_nothing_is_done_unasked(release: Cli, service: Service) -> None:
    done = release("bootstrap")
    assert done.code == 2
    assert "nothing was pushed or applied: no terminal to confirm on; pass --yes" in done.err
    assert not writes(service)
    assert not (release.folder / "azure-pipelines.yml").exists()


@pytest.mark.parametrize(("typed", "code"), [(b"n\n", 1), (b"y\n", 0)])
def test_on_a_terminal_it_asks_once(
    release: Cli, service: Service, repository: Repository, typed: bytes, code: int
) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "100", "NO_COLOR": "1"}
    arguments = [sys.executable, "-m", "azrelease", "bootstrap"]
    with subprocess.Popen(
        arguments, cwd=release.folder, env=environment, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        os.write(ours, typed)
        out, _ = process.communicate(timeout=PATIENT)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == code
    assert out.count(b"Push and apply?") == 1
    assert bool(repository.pull_requests) is bool(writes(service)) is (code == 0)


def test_a_repository_of_github_is_pushed_to_by_hand(release: Cli, service: Service, project: Project) -> None:
    github = "registration: {repository: {type: github, name: contoso/churn, service_connection: github}}\n"
    release.write("release.yml", RELEASE + github)
    done = bootstrap(release)
    assert (done.code, done.err) == (0, "")
    assert "contoso/churn: is on GitHub" in done.out
    assert "git add azure-pipelines.yml release.yml" in done.out
    assert not writes(service, "/git/")
    assert [each["repository"]["type"] for each in project.definitions.values()] == ["GitHub"]
    assert (release.folder / "azure-pipelines.yml").is_file()
    before = len(writes(service))
    assert bootstrap(release).code == 0
    assert len(writes(service)) == before


def test_what_has_to_be_there_first_stops_it_before_the_push(
    release: Cli, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    release.write("release.yml", RELEASE.replace("churn-azure", "nowhere"))
    monkeypatch.delenv("API_KEY")
    done = bootstrap(release)
    assert done.code == 2
    assert "nothing was pushed or applied; create these first" in done.err
    assert "service connection nowhere" in done.err
    assert "set the environment variable API_KEY" in done.err
    assert not writes(service)
    assert bootstrap(release, "--no-apply").code == 0


def test_a_weaker_control_stops_it_before_the_push(release: Cli, service: Service, project: Project) -> None:
    release.write("release.yml", RELEASE.replace("minimum: 1", "minimum: 2"))
    assert bootstrap(release).code == 0
    release.write("release.yml", RELEASE)
    before = len(writes(service))
    done = bootstrap(release)
    assert done.code == 2
    assert "Pass --allow-weaker to go on." in done.err
    assert len(writes(service)) == before
    assert bootstrap(release, "--allow-weaker").code == 0
    [check] = project.checks.values()
    assert check["settings"]["minRequiredApprovers"] == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--branch", "main"), "main is the target branch of the pull request"),
        (("--branch", "a b"), "--branch: `a b` is an invalid branch name"),
        (("--target-branch", "mian"), "models has no branch mian. Did you mean `main`?"),
        (("nowhere.yml",), "nowhere.yml: no such file or folder"),
    ],
)
def test_wrong_usage_is_told(release: Cli, service: Service, arguments: tuple[str, ...], why: str) -> None:
    done = bootstrap(release, *arguments)
    assert done.code == 2
    assert why in done.err
    assert not writes(service)


def test_a_repository_that_is_not_there_is_told(release: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_REPOSITORY_NAME", "modles")
    done = bootstrap(release)
    assert done.code == 2
    assert "MLOps has no repository modles, or the token may not see it. Did you mean `models`?" in done.err
    monkeypatch.delenv("BUILD_REPOSITORY_NAME")
    done = bootstrap(release)
    assert done.code == 2
    assert "the repository is unknown" in done.err


def test_releases_that_cannot_go_together_are_told(release: Cli) -> None:
    other = RELEASE.replace("churn", "fraud").replace("fraud-azure", "churn-azure")
    release.write("fraud.release.yml", f"{other}registration: {{repository: {{name: templates}}}}\n")
    assert "the releases are of several repositories (models, templates)" in bootstrap(release).err
    release.write("release.yml", f"{RELEASE}registration: {{default_branch: main}}\n")
    release.write("fraud.release.yml", f"{other}registration: {{default_branch: trunk}}\n")
    assert "several default branches (main, trunk)" in bootstrap(release).err
    release.write("fraud.release.yml", f"{other}registration: {{yaml: azure-pipelines.yml}}\n")
    assert "would both be rendered to" in bootstrap(release).err
    release.write("fraud.release.yml", f"{other}registration: {{yaml: release.yml}}\n")
    assert "write its pipeline to another file" in bootstrap(release).err


@pytest.mark.parametrize("denied", ["git:write", "git"])
def test_what_the_token_may_not_do_is_told(release: Cli, service: Service, project: Project, denied: str) -> None:
    service.organization.denied = {denied}
    done = bootstrap(release)
    assert done.code == 3
    assert "the token needs the scope Code" in done.err
    assert not project.definitions


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("createBranchPermissionRequired", "`Create branch`"),
        ("refNameConflict", "Name another one with --branch."),
    ],
)
def test_a_branch_that_cannot_be_made_is_told(release: Cli, service: Service, status: str, why: str) -> None:
    result = {"success": False, "updateStatus": status, "name": f"refs/heads/{BRANCH}", "oldObjectId": ZEROS}
    body = {
        "value": [result | {"newObjectId": "1" * 40, "repositoryId": "0" * 8 + "-0000" * 3 + "-" + "0" * 12}],
        "count": 1,
    }
    service.faults.when(posts("/refs"), Fault.answer(200, body=body, content_type="application/json"))
    done = bootstrap(release)
    assert done.code == 3
    assert f"cannot create the branch {BRANCH}: {status}" in done.err
    assert why in done.err


def test_a_description_that_is_too_long_is_cut(release: Cli, repository: Repository) -> None:
    for number in range(40):
        name = f"model{number}"
        text = RELEASE.replace("name: churn\n", f"name: {name}\n").replace("endpoint: churn", f"endpoint: {name}")
        release.write(f"{name}.release.yml", text)
    done = bootstrap(release, "--no-apply")
    assert (done.code, done.err) == (0, "")
    [request] = repository.pull_requests.values()
    assert 3000 < len(request["description"]) <= 4000
    assert request["description"].endswith("… cut: `azrelease plan` shows the rest.\n")


@pytest.mark.parametrize("name", ["main", "feature/x", "ünïcode", "a.b-c_d"])
def test_names_of_branches(name: str) -> None:
    assert branch_problem(name) is None


@pytest.mark.parametrize(
    "name", ["", "a b", "a..b", "/a", "a/", "a//b", "a.lock", "-a", ".a", "a/.b", "@", "a@{b", "a~", "a:b"]
)
def test_what_is_no_name_of_a_branch(name: str) -> None:
    assert branch_problem(name)
