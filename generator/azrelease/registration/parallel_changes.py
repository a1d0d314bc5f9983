"""Making the changes of a plan: those that do not depend on each other side by side, a bounded number at a time.

Changes of one release are made one after the other, in the order of the plan, so that nothing can run before its
controls exist. Two changes that write the same resource are never made at once. Removals come last, and only if nothing
failed: what replaces a control exists before the control is removed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import groupby
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

from azrelease.errors import AzreleaseError, UserError
from azrelease.registration.failures import OutcomeUnknownError, RefusedError
from azrelease.registration.kinds import HANDLERS
from azrelease.registration.planning import Change, Plan
from azrelease.registration.resource import DesiredResource, ResourceKey, ResourceKind

_POLL = 0.5
"""Seconds: the delay of Ctrl-C where waiting for a thread cannot be interrupted (Windows)."""

_CONCERNS_ALL = (401, 403)
"""Statuses of a refusal that the other changes would get too."""


class Applied(NamedTuple):
    """The result of applying a plan: its changes, in their order.

    Attributes:
        done: those that were made.
        failures: those that failed, and why.
        in_progress: those that the user interrupted; they may have taken effect.
        not_started: those that were not started.
        interrupted: whether the user interrupted.
    """

    done: tuple[Change, ...]
    failures: tuple[tuple[Change, AzreleaseError], ...]
    in_progress: tuple[Change, ...]
    not_started: tuple[Change, ...]
    interrupted: bool = False

    @property
    def failed(self) -> tuple[Change, AzreleaseError] | None:
        """The first failure; None if there is none."""
        return self.failures[0] if self.failures else None


class _Step(NamedTuple):
    """A change, the steps before it, and what it writes."""

    change: Change
    after: frozenset[int]
    written: str


class _Phase:
    """Steps of a plan, and how far they are."""

    def __init__(self, steps: Mapping[int, _Step]) -> None:
        self.steps = steps
        self.waiting = list(steps)
        self.running: dict[Future[None], int] = {}
        self.done: set[int] = set()
        self.failures: dict[int, AzreleaseError] = {}
        self.stopped = False

    def ready(self, max_parallel: int) -> Iterator[int]:
        """The steps that can start now."""
        busy = {self.steps[number].written for number in self.running.values()}
        for number in list(self.waiting):
            if self.stopped or len(self.running) >= max_parallel:
                return
            step = self.steps[number]
            if step.after <= self.done and step.written not in busy:
                busy.add(step.written)
                self.waiting.remove(number)
                yield number

    def end(self, future: "Future[None]") -> None:
        """Record the end of a step."""
        number = self.running.pop(future)
        error = future.exception()
        if error is None:
            self.done.add(number)
        elif isinstance(error, AzreleaseError):
            self.failures[number] = error
            self.stopped = self.stopped or _concerns_all(error)
        else:
            raise error


def apply_in_parallel(
    plan: Plan, apply: Callable[[Change], None], on_start: Callable[[Change], None], max_parallel: int
) -> Applied:
    """Make the changes of a plan.

    After a failure the changes of other releases continue, unless the failure concerns them too: the service does not
    answer, or does not accept the token.

    Args:
        plan: the plan.
        apply: makes one change; called in several threads.
        on_start: called with each change before it is made, in this thread.
        max_parallel: how many changes are made at the same time, at most.
    """
    numbers = dict(enumerate(plan.changes))
    phases = [_Phase(steps) for steps in _steps(plan, numbers)]
    workers, interrupted = _Workers(apply, min(max_parallel, max(1, len(numbers)))), False
    try:
        for phase in phases:
            _carry_out(phase, workers, on_start, max_parallel)
            if phase.waiting or phase.failures:
                break
    except KeyboardInterrupt:
        interrupted = True
        for phase in phases:
            for future in [each for each in phase.running if each.done()]:
                phase.end(future)
    finally:
        workers.end(wait=not any(phase.running for phase in phases))
    done = {number for phase in phases for number in phase.done}
    failures = {number: error for phase in phases for number, error in phase.failures.items()}
    running = {number for phase in phases for number in phase.running.values()}
    return Applied(
        tuple(change for number, change in numbers.items() if number in done),
        tuple((numbers[number], error) for number, error in sorted(failures.items(), key=lambda item: item[0])),
        tuple(change for number, change in numbers.items() if number in running),
        tuple(change for number, change in numbers.items() if number not in done | running | failures.keys()),
        interrupted,
    )


def _carry_out(phase: _Phase, workers: "_Workers", on_start: Callable[[Change], None], max_parallel: int) -> None:
    while True:
        for number in phase.ready(max_parallel):
            change = phase.steps[number].change
            on_start(change)
            phase.running[workers.start(change)] = number
        if not phase.running:
            return
        ended, _ = wait(phase.running, _POLL, FIRST_COMPLETED)
        for future in ended:
            phase.end(future)


class _Workers:
    """Threads that make changes, each with its own connections.

    A pool of concurrent.futures would wait for requests under way at the end of the process; Ctrl-C must not wait for
    a service that does not answer.
    """

    def __init__(self, apply: Callable[[Change], None], count: int) -> None:
        self._apply = apply
        self._queue: SimpleQueue[tuple[Future[None], Change] | None] = SimpleQueue()
        self._threads = [Thread(target=self._run, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def start(self, change: Change) -> "Future[None]":
        """Make a change when a thread is free."""
        future: Future[None] = Future()
        self._queue.put((future, change))
        return future

    def end(self, *, wait: bool) -> None:
        """End the threads.

        Args:
            wait: whether to wait for their end: only if nothing is under way.
        """
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _run(self) -> None:
        while (task := self._queue.get()) is not None:
            future, change = task
            try:
                self._apply(change)
            except BaseException as error:  # noqa: BLE001  (raised where the future is read)
                future.set_exception(error)
            else:
                future.set_result(None)


def _steps(plan: Plan, numbers: Mapping[int, Change]) -> Iterator[dict[int, _Step]]:
    """Creations and updates; then removals, a kind at a time."""
    releases = {each.key.folded: each.releases for each in plan.resources}
    last: dict[str, int] = {}
    steps: dict[int, _Step] = {}
    for number, change in numbers.items():
        if change.desired is not None:
            names = _waiting_releases(change.desired, releases)
            after = frozenset(last[name] for name in names if name in last)
            steps[number] = _Step(change, after, _written(change, number))
            last |= dict.fromkeys(names, number)
    yield steps
    removals = [(number, change) for number, change in numbers.items() if change.desired is None]
    for _, group in groupby(removals, key=lambda item: item[1].key.kind):
        yield {number: _Step(change, frozenset(), _written(change, number)) for number, change in group}


def _waiting_releases(
    desired: DesiredResource, releases: Mapping[tuple[str, str, str], Sequence[str]]
) -> tuple[str, ...]:
    """The releases that wait for a change: those that ask for it, and of a check all that use its environment."""
    more: Sequence[str] = ()
    if desired.key.kind is ResourceKind.CHECK:
        more = releases.get(ResourceKey(ResourceKind.ENVIRONMENT, desired.key.within).folded, ())
    return tuple(dict.fromkeys(name.lower() for name in (*desired.releases, *more)))


def _written(change: Change, number: int) -> str:
    return HANDLERS[change.key.kind].written(change.key) or str(number)


def _concerns_all(error: AzreleaseError) -> bool:
    return isinstance(error, OutcomeUnknownError | UserError) or (
        isinstance(error, RefusedError) and error.status in _CONCERNS_ALL
    )
