"""Following a run until it ends: how it looks now, again and again."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from azrelease.registration import rest_api
from azrelease.registration.failures import NotFoundError, RefusedError
from azrelease.registration.project import Project
from azrelease.registration.runs.approvals import approval_limits, run_approvals
from azrelease.registration.runs.queueing import run_link, web_link
from azrelease.registration.runs.timeline import Timeline, approval_stages, run_view
from azrelease.registration.runs.views import ApprovalStatus, RunStatus

Raw = Mapping[str, Any]

ATTEMPTS = 8
"""How often a request is sent while a run is followed: a minute without the service is no reason to stop."""

_SLOWER = 1.5


class Pace(NamedTuple):
    """How long to wait between two looks, in seconds: as long as nothing changes, longer each time."""

    first: float = 5
    longest: float = 15


def follow(look: Callable[[], RunStatus], pace: Pace) -> Iterator[RunStatus]:
    """How a run looks, until it has ended.

    Raises:
        ServiceError: the service refuses, or does not answer.
    """
    before: RunStatus | None = None
    wait = pace.first
    while True:
        view = look()
        yield view
        if view.ended:
            return
        wait = pace.first if view != before else min(wait * _SLOWER, max(pace.first, pace.longest))
        before = view
        time.sleep(wait)


def run_look(project: Project, identifier: int, environments: Mapping[str, str]) -> Callable[[], RunStatus]:
    """A function that reads how a run looks now.

    Args:
        project: the project.
        identifier: the id of the run.
        environments: the environment of each stage, by the name of the stage.
    """
    limits = approval_limits(project, environments)
    route = {**project.route, "buildId": str(identifier)}
    decided: dict[str, ApprovalStatus] = {}

    def look() -> RunStatus:
        # The run first: one that has ended has its last timeline.
        build: Raw = project.connection.get(rest_api.BUILDS, route)
        timeline = read_timeline(project, identifier)
        link = web_link(build) or run_link(project, identifier)
        stages = approval_stages(timeline)
        try:
            # What is decided stays so, and is read once.
            found = run_approvals(project, {each: stages[each] for each in stages if each not in decided}, limits)
        except RefusedError:
            # Who may not read approvals still sees that one waits.
            waiting = approval_stages(timeline, waiting=True)
            found = tuple(ApprovalStatus(each, stage, "pending") for each, stage in waiting.items())
        decided.update({each.id: each for each in found if not each.waits})
        known = {**{each.id: each for each in found}, **decided}
        return run_view(build, timeline, [known[each] for each in stages if each in known], link)

    return look


def read_timeline(project: Project, identifier: int) -> Timeline:
    """The timeline of a run; empty where the run has none, as one that the service refused to run.

    Raises:
        ServiceError: the service refuses, or does not answer.
    """
    try:
        return Timeline(project.connection.get(rest_api.TIMELINES, {**project.route, "buildId": str(identifier)}))
    except NotFoundError:
        return Timeline(None)
