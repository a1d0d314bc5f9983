"""What goes wrong on the way: after the next apply the state is right, and nothing is doubled."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from azrelease.errors import ServiceError
from azrelease.registration import Project, apply_plan, connect
from fake_azure_devops import Fault, Organization, Service, serve
from support.process import PATIENT
from support.registering import FULL, SHORT_TIMEOUT, apply, plan, planned, project_of, released, seed
from support.thorough import some_of

RELEASE = released(FULL)


pytestmark = pytest.mark.usefixtures("secrets")


def state(service: Service) -> str:
    """All that was made, without what tells when."""
    project = service.organization.project("MLOps")
    kinds = ("environments", "checks", "definitions", "folders", "variable_groups", "policies")
    kept: dict[str, Any] = {kind: getattr(project, kind) for kind in kinds}
    kept["permissions"] = {"/".join(key): value for key, value in sorted(project.permissions.items())}
    # The mark of an environment names checks by their ids: what counts is that these are the right ones.
    types = {str(check["id"]): check["type"]["name"] for check in project.checks.values()}
    text = json.dumps(_without_times(kept), sort_keys=True, default=str)
    return re.sub(r"(exclusive lock|required template) (\d+)", lambda found: f"{found[1]}: {types.get(found[2])}", text)


_TIMES = ("On", "Date", "Time", "revision", "_links", "id", "url")


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        items = {key: _without_times(item) for key, item in value.items() if not str(key).endswith(_TIMES)}
        return list(items.values()) if all(isinstance(key, int) for key in items) and items else items
    return [_without_times(item) for item in value] if isinstance(value, list) else value


def clean() -> tuple[str, int]:
    """The state after an apply without a fault, and how many requests it took."""
    with serve(Organization("org")) as service:
        seed(service)
        assert apply(service, RELEASE).failed is None
        return state(service), len(service.calls)


FAULTS: dict[str, Callable[[], Fault]] = {
    "500": lambda: Fault.status(500),
    "503": lambda: Fault.status(503, retry_after=0),
    "429": lambda: Fault.status(429, retry_after=0),
    "reset before": Fault.reset_before,
    "reset after": Fault.reset_after,
}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_at_any_request(name: str, record_testsuite_property: Callable[[str, object], None]) -> None:
    right, count = clean()
    points = some_of(range(1, count + 1), 4 * len(FAULTS), list(FAULTS).index(name))
    for number in points:
        with serve(Organization("org")) as service:
            seed(service)
            service.faults.at(number, FAULTS[name]())
            applied = apply(service, RELEASE)
            service.faults.clear()
            assert applied.failed is None, (number, applied.failed)
            assert state(service) == right, number
    record_testsuite_property(f"points tried: {name}", len(points))
    print(f"{name}: {len(points)} of {count} points tried")


@pytest.mark.no_cover
@pytest.mark.parametrize(("name", "start"), [("500", 0), ("reset after", 1)])
def test_the_service_stays_broken_and_the_next_apply_completes_it(name: str, start: int) -> None:
    right, _ = clean()
    points = some_of(_writes(), 8, start)
    for number in points:
        with serve(Organization("org")) as service:
            seed(service)
            broken = FAULTS[name]
            service.faults.when(lambda request, number=number: request.number >= number, broken(), times=None)
            assert apply(service, RELEASE).failed is not None
            service.faults.clear()
            assert apply(service, RELEASE).failed is None, number
            assert state(service) == right, number
            assert plan(service, RELEASE).changes == ()
    print(f"{name}, from there on: {len(points)} points tried, those that change something")


@pytest.mark.no_cover
def test_no_answer_comes_after_the_effect() -> None:
    right, count = clean()
    writes = some_of(_writes(), 7, 0)
    for number in writes:
        with serve(Organization("org")) as service:
            seed(service)
            service.faults.at(number, Fault.silent_after())
            project = Project(connect(service.url, {"AZURE_DEVOPS_EXT_PAT": "pat"}, SHORT_TIMEOUT), "MLOps")
            applied = apply_plan(project, planned(project, [RELEASE]))
            assert applied.failed is None, (number, applied.failed)
            assert state(service) == right, number
    print(f"no answer after the effect: {len(writes)} of {count} points tried, those that change something")


def _writes() -> list[int]:
    """The numbers of the requests that change something."""
    with serve(Organization("org")) as service:
        seed(service)
        assert apply(service, RELEASE).failed is None
        return [call.number for call in service.writes if "queryconfigurations" not in call.path]


SCRIPT = """
import sys
from support.registering import FULL, project_of, planned, released
from azrelease.registration import apply_plan
class Service:
    url = sys.argv[1]
project = project_of(Service)
apply_plan(project, planned(project, [released(FULL)]))
"""


@pytest.mark.no_cover
def test_the_process_is_killed_after_any_change() -> None:
    right, _ = clean()
    writes = some_of(_writes(), 7, 2)
    for number in writes:
        with serve(Organization("org")) as service:
            seed(service)
            process: list[subprocess.Popen[bytes]] = []

            def kill(process: list[subprocess.Popen[bytes]] = process) -> None:
                process[0].kill()
                process[0].wait()

            service.faults.at(number, Fault.call_after(kill))
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
            process.append(subprocess.Popen([sys.executable, "-c", SCRIPT, service.url], env=environment))
            assert process[0].wait(timeout=PATIENT) == -signal.SIGKILL
            service.faults.clear()
            assert apply(service, RELEASE).failed is None, number
            assert state(service) == right, number
            assert plan(service, RELEASE).changes == ()
    print(f"killed after the effect: {len(writes)} points tried")


def test_two_at_once_double_nothing(service: Service) -> None:
    barrier = threading.Barrier(2)
    projects = [project_of(service), project_of(service)]
    plans = [planned(project, [RELEASE]) for project in projects]
    ended: list[object] = []

    def go(index: int) -> None:
        barrier.wait()
        ended.append(apply_plan(projects[index], plans[index]))

    threads = [threading.Thread(target=go, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 2
    assert apply(service, RELEASE).failed is None
    right, _ = clean()
    assert state(service) == right
    assert plan(service, RELEASE).changes == ()


@pytest.mark.parametrize("kind", ["Approval", "Task Check", "ExclusiveLock", "ExtendsCheck", "policy"])
def test_another_one_is_made_in_between(service: Service, kind: str) -> None:
    """The worst moment: another apply makes all of it just before ours makes the first of a kind."""

    def is_it(request: Any) -> bool:
        if request.method != "POST" or request.body is None:
            return False
        if kind == "policy":
            return bool(request.path.endswith("/policy/configurations"))
        return bool(request.path.endswith("/checks/configurations")) and request.body["type"]["name"] == kind

    other = project_of(service)
    others_plan = planned(other, [RELEASE])
    service.faults.when(is_it, Fault.call_before(lambda: apply_plan(other, others_plan)))
    apply(service, RELEASE)
    assert apply(service, RELEASE).failed is None
    right, _ = clean()
    assert state(service) == right


def test_somebody_else_s_change_in_between_is_not_overwritten(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = project_of(service)
    ours = planned(project, [released(FULL.replace("minimum: 2", "minimum: 3"))])
    theirs = released(FULL.replace("minimum: 2", "minimum: 1"))
    assert apply(service, theirs).failed is None
    # What was read for the plan is forgotten where the service says that it is old; checks have no revision.
    found = project_of(service)
    applied = apply_plan(found, ours)
    assert applied.failed is not None
    assert "has changed since planning" in str(applied.failed[1])


def test_a_conflict_of_revisions_is_read_again(service: Service) -> None:
    assert apply(service, RELEASE).failed is None
    project = project_of(service)
    changed = released(FULL.replace('limit: "5"', 'limit: "6"'))
    ours = planned(project, [changed])
    definition = next(d for d in service.organization.project("MLOps").definitions.values() if d["name"] == "churn")
    definition["revision"] += 1
    definition["variables"]["theirs"] = {"value": "x", "isSecret": False, "allowOverride": False}
    applied = apply_plan(project, ours)
    assert applied.failed is None
    definition = service.organization.project("MLOps").definitions[definition["id"]]
    assert definition["variables"]["limit"]["value"] == "6"
    assert definition["variables"]["theirs"]["value"] == "x"


def test_a_wait_that_is_too_long_is_told(service: Service) -> None:
    service.faults.at(1, Fault.status(503, retry_after=100000))
    with pytest.raises(ServiceError, match="asks to wait 100000 seconds"):
        plan(service, RELEASE)
