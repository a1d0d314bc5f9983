"""Making the changes of a plan: those that do not depend on each other side by side, a bounded number at a time.

Changes of one release are made one after the other, in the order of the plan, so that nothing can run before its
controls are there. Two changes of one thing of the service are never made at once. Removals come last, and only where
nothing failed: what replaces a control is there before the control goes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import groupby
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

from azrelease.errors import AzreleaseError, UserError
from azrelease.registration.failures import RefusedError, UnsureError
from azrelease.registration.planning import Change, Plan
from azrelease.registration.resource import DesiredResource, ResourceKey, ResourceKind

_LOOK = 0.5
"""Seconds: where waiting for a thread cannot be interrupted (Windows), Ctrl-C is heard of after them."""

_OF_EVERYBODY = (401, 403)
"""Statuses of a refusal that the other changes would get, too."""


class Applied(NamedTuple):
    """What became of a plan: its changes, in their order.

    Attributes:
        done: those that were made.
        failures: those that could not be made, and why.
        cut: those that were begun when the person interrupted; they may have taken effect.
        left: those that were not begun.
        interrupted: whether the person interrupted.
    """

    done: tuple[Change, ...]
    failures: tuple[tuple[Change, AzreleaseError], ...]
    cut: tuple[Change, ...]
    left: tuple[Change, ...]
    interrupted: bool = False

    @property
    def failed(self) -> tuple[Change, AzreleaseError] | None:
        """The first failure; None where all was done."""
        return self.failures[0] if self.failures else None


class _Step(NamedTuple):
    """A change, the steps that have to be done before it, and what it writes."""

    change: Change
    after: frozenset[int]
    place: str


class _Work:
    """The changes of a plan while they are made."""

    def __init__(self, steps: Mapping[int, _Step]) -> None:
        self.steps = steps
        self.waiting = list(steps)
        self.running: dict[Future[None], int] = {}
        self.done: set[int] = set()
        self.failures: dict[int, AzreleaseError] = {}
        self.stopped = False

    def ready(self, at_once: int) -> Iterator[int]:
        """The steps that can begin now."""
        busy = {self.steps[number].place for number in self.running.values()}
        for number in list(self.waiting):
            if self.stopped or len(self.running) >= at_once:
                return
            step = self.steps[number]
            if step.after <= self.done and step.place not in busy:
                busy.add(step.place)
                self.waiting.remove(number)
                yield number

    def end(self, future: "Future[None]") -> None:
        """Take note of a step that has ended."""
        number = self.running.pop(future)
        error = future.exception()
        if error is None:
            self.done.add(number)
        elif isinstance(error, AzreleaseError):
            self.failures[number] = error
            self.stopped = self.stopped or _concerns_all(error)
        else:
            raise error


def make_side_by_side(
    plan: Plan, make: Callable[[Change], None], begins: Callable[[Change], None], at_once: int
) -> Applied:
    """Make the changes of a plan.

    After a failure the changes of other releases go on, unless the failure concerns them, too: the service does not
    answer, or does not accept the token.

    Args:
        plan: the plan.
        make: makes one change; called in several threads.
        begins: is told of each change before it is made; called in this thread.
        at_once: how many changes are made at the same time, at most.
    """
    numbers = dict(enumerate(plan.changes))
    works = [_Work(steps) for steps in _phases(plan, numbers)]
    workers, interrupted = _Workers(make, min(at_once, max(1, len(numbers)))), False
    try:
        for work in works:
            _carry_out(work, workers, begins, at_once)
            if work.waiting or work.failures:
                break
    except KeyboardInterrupt:
        interrupted = True
        for work in works:
            for future in [each for each in work.running if each.done()]:
                work.end(future)
    finally:
        workers.end(wait=not any(work.running for work in works))
    done = {number for work in works for number in work.done}
    failures = {number: error for work in works for number, error in work.failures.items()}
    cut = {number for work in works for number in work.running.values()}
    return Applied(
        tuple(change for number, change in numbers.items() if number in done),
        tuple((numbers[number], error) for number, error in sorted(failures.items(), key=lambda item: item[0])),
        tuple(change for number, change in numbers.items() if number in cut),
        tuple(change for number, change in numbers.items() if number not in done | cut | failures.keys()),
        interrupted,
    )


def _carry_out(work: _Work, workers: "_Workers", begins: Callable[[Change], None], at_once: int) -> None:
    while True:
        for number in work.ready(at_once):
            change = work.steps[number].change
            begins(change)
            work.running[workers.begin(change)] = number
        if not work.running:
            return
        ended, _ = wait(work.running, _LOOK, FIRST_COMPLETED)
        for future in ended:
            work.end(future)


class _Workers:
    """A few threads that make changes, each with connections of its own, which it keeps.

    No pool of concurrent.futures: at the end of the process it would wait for requests under way, and Ctrl-C is
    not to wait for a service that does not answer.
    """

    def __init__(self, make: Callable[[Change], None], count: int) -> None:
        self._make = make
        self._queue: SimpleQueue[tuple[Future[None], Change] | None] = SimpleQueue()
        self._threads = [Thread(target=self._run, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def begin(self, change: Change) -> "Future[None]":
        """Make a change as soon as a thread is free."""
        future: Future[None] = Future()
        self._queue.put((future, change))
        return future

    def end(self, *, wait: bool) -> None:
        """Let the threads end; wait for them where nothing is under way."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _run(self) -> None:
        while (task := self._queue.get()) is not None:
            future, change = task
            try:
                self._make(change)
            except BaseException as error:  # noqa: BLE001  (raised again where the future is read)
                future.set_exception(error)
            else:
                future.set_result(None)


def _phases(plan: Plan, numbers: Mapping[int, Change]) -> Iterator[dict[int, _Step]]:
    """What is made and changed; then what is removed, a kind at a time."""
    releases = {thing.key.folded: thing.releases for thing in plan.things}
    last: dict[str, int] = {}
    steps: dict[int, _Step] = {}
    for number, change in numbers.items():
        if change.thing is not None:
            names = _releases(change.thing, releases)
            after = frozenset(last[name] for name in names if name in last)
            steps[number] = _Step(change, after, _place(change.key) or str(number))
            last |= dict.fromkeys(names, number)
    yield steps
    removals = [(number, change) for number, change in numbers.items() if change.thing is None]
    for _, group in groupby(removals, key=lambda item: item[1].key.kind):
        yield {number: _Step(change, frozenset(), _place(change.key) or str(number)) for number, change in group}


def _releases(thing: DesiredResource, releases: Mapping[tuple[str, str, str], Sequence[str]]) -> tuple[str, ...]:
    """The releases that wait for a change: those that ask for it, and of a check all that use its environment."""
    place = (
        ResourceKey(ResourceKind.ENVIRONMENT, thing.key.within).folded if thing.key.kind is ResourceKind.CHECK else None
    )
    more = releases.get(place, ()) if place else ()
    return tuple(dict.fromkeys(name.lower() for name in (*thing.releases, *more)))


def _place(key: ResourceKey) -> str:
    """The thing of the service that a change writes; empty where no other change writes it."""
    match key.kind:
        case ResourceKind.ENVIRONMENT | ResourceKind.VARIABLE_GROUP:
            return f"{key.kind} {key.name}".lower()
        case ResourceKind.CHECK:
            return f"{ResourceKind.ENVIRONMENT} {key.within}".lower()
        case ResourceKind.PERMISSION:
            return key.within.lower()
        case _:
            return ""


def _concerns_all(error: AzreleaseError) -> bool:
    return isinstance(error, UnsureError | UserError) or (
        isinstance(error, RefusedError) and error.status in _OF_EVERYBODY
    )
