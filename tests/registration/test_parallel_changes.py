"""Several releases at once: what is independent is made side by side, what is not in order, and faults are as before."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from azrelease.errors import ServiceError
from azrelease.registration import Action, Change, Plan, apply_plan
from azrelease.registration.failures import OutcomeUnknownError, RefusedError
from azrelease.registration.parallel_changes import apply_in_parallel
from azrelease.registration.resource import DesiredResource, ResourceKey, ResourceKind, UnmanagedResource
from azrelease.report.plans import applied_text
from fake_azure_devops import Fault, Organization, Request, Service, serve
from support.registering import apply, plan, planned, project_of, released, seed
from support.thorough import some_of

SHARED = """\
name: model {number}
folder: \\ml
artifact: {{pipeline: training, name: model}}
workspace: {{resource_group: rg, name: ws, service_connection: churn-azure}}
stages:
  - {{name: staging, endpoint: model-{number}-staging, target: managed}}
  - name: production
    endpoint: model-{number}
    target: managed
    environment: production
    lock: sequential
    approval: {{approvers: [ada@example.com]}}
"""
"""A release that shares its folder, service connection and production environment with others."""
COUNT = 6
RELEASES = [released(SHARED.format(number=number)) for number in range(COUNT)]


@pytest.fixture
def service() -> Iterator[Service]:
    with serve(Organization("org")) as found:
        seed(found)
        yield found


def names(service: Service) -> dict[str, list[str]]:
    project = service.organization.project("MLOps")
    return {
        "environments": sorted(each["name"] for each in project.environments.values()),
        "checks": sorted(each["type"]["name"] for each in project.checks.values()),
        "pipelines": sorted(each["name"] for each in project.definitions.values()),
        "folders": sorted(project.folders),
        "permissions": sorted(f"{'/'.join(key)} {len(each['pipelines'])}" for key, each in project.permissions.items()),
    }


RIGHT = {
    "environments": sorted(["production", *(f"model {number}-staging" for number in range(COUNT))]),
    "checks": ["Approval", "ExclusiveLock"],
    "pipelines": [f"model {number}" for number in range(COUNT)],
    "folders": ["\\", "\\ml"],
}


def is_right(service: Service) -> bool:
    found = names(service)
    given = found.pop("permissions")
    return found == RIGHT and sum(each.endswith(f" {COUNT}") for each in given) == 2


def test_what_is_independent_is_made_at_the_same_time(service: Service) -> None:
    # Each of the two waits for the other: one after the other they would never come.
    both = threading.Barrier(2, timeout=20)
    service.faults.when(
        lambda request: request.method == "POST" and request.path.endswith("/build/Definitions"),
        Fault.call_before(both.wait),
        times=2,
    )
    assert apply(service, *RELEASES).failed is None
    assert not both.broken
    assert service.most_at_once <= 8
    assert is_right(service)
    assert plan(service, *RELEASES).changes == ()


def test_controls_are_there_before_any_pipeline_that_they_hold(service: Service) -> None:
    assert apply(service, *RELEASES).failed is None
    made = [call.path.rpartition("/")[2] for call in service.writes if call.method == "POST"]
    first = made.index("Definitions")
    # Both checks of the environment that all of them use.
    assert made[:first].count("configurations") == 2
    assert made[first:].count("configurations") == 0


FAULTS = {
    "500": Fault.status(500),
    "429": Fault.status(429, retry_after=0),
    "reset before": Fault.reset_before(),
    "reset after": Fault.reset_after(),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_many_requests(name: str) -> None:
    for number in range(3 + 5 * list(FAULTS).index(name), 60, 20):
        with serve(Organization("org")) as service:
            seed(service)
            service.faults.at(number, FAULTS[name])
            applied = apply(service, *RELEASES)
            service.faults.clear()
            assert applied.failed is None, (number, applied.failed)
            assert is_right(service), number


@pytest.mark.no_cover
@pytest.mark.parametrize("start", some_of([20, 30, 40, 50], 2, 1))
@pytest.mark.parametrize("name", ["500", "reset after"])
def test_the_service_stays_broken_and_the_next_apply_completes_it(service: Service, name: str, start: int) -> None:
    service.faults.when(lambda request: request.number >= start, FAULTS[name], times=None)
    applied = apply(service, *RELEASES)
    assert applied.failed is not None
    # Nothing was begun after it was seen that nobody answers: no more failures than were on their way.
    assert 1 <= len(applied.failures) <= 8
    assert len(applied.done) + len(applied.failures) + len(applied.not_started) == len(plan_of_all())
    service.faults.clear()
    assert apply(service, *RELEASES).failed is None
    assert is_right(service)
    assert plan(service, *RELEASES).changes == ()


def plan_of_all() -> tuple[Change, ...]:
    with serve(Organization("org")) as service:
        seed(service)
        return plan(service, *RELEASES).changes


def is_pipeline(request: Request, name: str) -> bool:
    return request.method == "POST" and isinstance(request.body, dict) and request.body.get("name") == name


def test_what_one_release_is_refused_does_not_stop_the_others(service: Service) -> None:
    service.faults.when(lambda request: is_pipeline(request, "model 2"), Fault.status(400, message="No."))
    project = project_of(service)
    found = planned(project, RELEASES)
    applied = apply_plan(project, found)
    assert [(str(change.key), str(error).rpartition(": ")[2]) for change, error in applied.failures] == [
        ("pipeline \\ml\\model 2", "No.")
    ]
    assert {release for change in applied.not_started for release in change.desired.releases if change.desired} == {
        "model 2"
    }
    text = applied_text(applied, found)
    assert text.startswith("error: create pipeline \\ml\\model 2: ")
    done = {
        each: sum(each in (c.desired.releases if c.desired else ()) for c in applied.done) for each in found.releases
    }
    for each in ("model 0", "model 1", "model 5"):
        assert f"\n  {each}: {done[each]} done\n" in text
    assert f"\n  model 2: {done['model 2']} done, failed: create pipeline \\ml\\model 2, 3 not done\n" in text
    assert "Apply again to continue" in text
    again = planned(project_of(service), RELEASES)
    rest = apply_plan(project_of(service), again)
    assert rest.failed is None
    assert "\n  model 2: 4 done\n  5 releases without a change\n" in applied_text(rest, again)
    assert is_right(service)


def test_a_refusal_that_concerns_all_stops_all(service: Service) -> None:
    service.faults.when(
        lambda request: request.method == "POST" and request.path.endswith("/build/Definitions"),
        Fault.status(403, message="You may not."),
        times=None,
    )
    applied = apply(service, *RELEASES)
    assert 1 <= len(applied.failures) <= COUNT
    assert not [change for change in applied.done if change.key.kind is ResourceKind.PERMISSION]


def change(kind: ResourceKind, name: str, *releases: str, within: str = "") -> Change:
    key = ResourceKey(kind, name, within)
    return Change(Action.CREATE, key, desired=DesiredResource(key, {}, releases))


def removal(kind: ResourceKind, name: str, within: str = "") -> Change:
    key = ResourceKey(kind, name, within)
    return Change(Action.DELETE, key, removed=UnmanagedResource(key, "1", removable=True))


def plan_for(*changes: Change) -> Plan:
    things = tuple(each.desired for each in changes if each.desired is not None)
    return Plan("https://example.com", "MLOps", changes, (), (), things, (), prune=False)


class Log:
    """What was made, and how much of it at once; each waits for its partners where it has some."""

    def __init__(self, *failing: str, error: Exception | None = None) -> None:
        self.made: list[str] = []
        self.failing = failing
        self.error = error or RefusedError("no", 400)
        self.busy: set[str] = set()
        self.lock = threading.Lock()

    def make(self, change: Change) -> None:
        with self.lock:
            assert change.key.within not in self.busy, "two at once in one place"
            self.busy.add(change.key.within or change.key.name)
        try:
            if change.key.name in self.failing:
                raise self.error
            self.made.append(change.key.name)
        finally:
            with self.lock:
                self.busy.discard(change.key.within or change.key.name)


def made(log: Log, *changes: Change) -> Any:
    return apply_in_parallel(plan_for(*changes), log.make, lambda _: None, 8)


def test_the_order_within_a_release_is_that_of_the_plan() -> None:
    changes = [change(ResourceKind.VARIABLE_GROUP, f"{release}{step}", release) for step in "abcd" for release in "xyz"]
    log = Log()
    assert made(log, *changes).done == tuple(changes)
    for release in "xyz":
        assert [name for name in log.made if name.startswith(release)] == [f"{release}{step}" for step in "abcd"]


def test_one_thing_of_the_service_is_never_written_twice_at_once() -> None:
    where = "service connection shared"
    changes = [change(ResourceKind.PERMISSION, f"pipeline {n}", f"r{n}", within=where) for n in range(40)]
    log = Log()
    assert len(made(log, *changes).done) == 40
    assert log.made == [f"pipeline {n}" for n in range(40)]


def test_a_check_waits_for_its_environment_and_a_pipeline_for_the_check() -> None:
    changes = (
        change(ResourceKind.ENVIRONMENT, "live", "a", "b"),
        change(ResourceKind.CHECK, "approval", "a", within="Live"),
        change(ResourceKind.PIPELINE, "b", "b"),
    )
    assert made(Log("live"), *changes).not_started == changes[1:]
    # Only the release `a` asks for the approval; that of `b` must not run in the environment without it.
    assert made(Log("approval"), *changes).not_started == changes[2:]
    assert made(Log(), *changes).done == changes


def test_removals_come_last_a_kind_at_a_time_and_not_after_a_failure() -> None:
    changes = (
        change(ResourceKind.PIPELINE, "new", "a"),
        removal(ResourceKind.PERMISSION, "old", within="x"),
        removal(ResourceKind.CHECK, "approval", within="y"),
        removal(ResourceKind.ENVIRONMENT, "y"),
    )
    log = Log()
    assert made(log, *changes).done == changes
    assert log.made == ["new", "old", "approval", "y"]
    assert made(Log("new"), *changes).not_started == changes[1:]
    assert made(Log("approval"), *changes).not_started == changes[3:]


@pytest.mark.parametrize(
    ("error", "goes_on"),
    [(RefusedError("no", 400), True), (RefusedError("no", 403), False), (OutcomeUnknownError("?"), False)],
)
def test_which_failures_stop_the_others(error: ServiceError, goes_on: bool) -> None:
    changes = (
        change(ResourceKind.PIPELINE, "bad", "a"),
        *(change(ResourceKind.PIPELINE, f"p{n}", "b") for n in range(20)),
    )
    applied = apply_in_parallel(plan_for(*changes), Log("bad", error=error).make, lambda _: None, 2)
    assert (len(applied.done) == 20) is goes_on
    assert applied.failed == (changes[0], error)


def test_who_interrupts_gets_what_was_begun() -> None:
    changes = tuple(change(ResourceKind.PIPELINE, f"p{n}", f"r{n}") for n in range(5))
    may_end = threading.Event()

    def make(change: Change) -> None:
        if change.key.name != "p0":
            may_end.wait(20)

    def begins(change: Change) -> None:
        if change.key.name == "p3":
            raise KeyboardInterrupt

    applied = apply_in_parallel(plan_for(*changes), make, begins, 8)
    may_end.set()
    assert applied.interrupted
    assert changes[0] in (*applied.done, *applied.in_progress)
    assert {"p1", "p2"} <= {change.key.name for change in applied.in_progress}
    assert [change.key.name for change in applied.not_started] == ["p3", "p4"]
    assert "interrupted; done: " in applied_text(applied, plan_for(*changes))
