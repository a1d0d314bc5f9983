"""The places of a pipeline where templates are included, and variables count for what is below them."""

from enum import StrEnum


class Place(StrEnum):
    """What the value at a place is, as far as an expansion depends on it."""

    FILE = "the file"
    STAGES = "stages"
    STAGE = "a stage"
    JOBS = "jobs"
    JOB = "a job"
    STRATEGY = "a strategy"
    ROLLOUT = "a rollout"
    RESULTS = "the hooks by result"
    HOOK = "a hook"
    STEPS = "steps"
    STEP = "a step"
    VARIABLES = "variables"
    VARIABLE = "a variable"
    RESOURCES = "resources"
    FIXED = "a place without directives"
    PLAIN = "any other place"


_JOBS = {"jobs": Place.JOBS, "phases": Place.JOBS}
_HOLDER = {"variables": Place.VARIABLES}
_HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic")
_BELOW = {
    Place.FILE: {
        **_HOLDER,
        **_JOBS,
        "stages": Place.STAGES,
        "steps": Place.STEPS,
        "resources": Place.RESOURCES,
        # Measured: the service leaves a directive there as it is, and then refuses the mapping.
        "trigger": Place.FIXED,
        "pr": Place.FIXED,
    },
    Place.STAGE: {**_HOLDER, **_JOBS},
    Place.JOB: {**_HOLDER, "steps": Place.STEPS, "strategy": Place.STRATEGY},
    Place.STRATEGY: dict.fromkeys(("runOnce", "rolling", "canary"), Place.ROLLOUT),
    Place.ROLLOUT: {**dict.fromkeys(_HOOKS, Place.HOOK), "on": Place.RESULTS},
    Place.RESULTS: dict.fromkeys(("failure", "success"), Place.HOOK),
    Place.HOOK: {"steps": Place.STEPS},
    Place.RESOURCES: {"repositories": Place.FIXED},
}
_ITEMS = {
    Place.STAGES: Place.STAGE,
    Place.JOBS: Place.JOB,
    Place.STEPS: Place.STEP,
    Place.VARIABLES: Place.VARIABLE,
    Place.FIXED: Place.FIXED,
}

CONTENT_KEYS = {
    Place.STAGES: ("stages",),
    Place.JOBS: ("jobs", "phases"),
    Place.STEPS: ("steps",),
    Place.VARIABLES: ("variables",),
}
"""The keys of a template whose content goes to a place."""

VARIABLE_SCOPES = frozenset((Place.FILE, Place.STAGE, Place.JOB))
"""The mappings whose `variables` count for what is in them."""


def below(place: Place, key: str) -> Place:
    """The place of the value of a key."""
    if place is Place.FIXED:
        return place
    by_key = _BELOW.get(place)
    return Place.PLAIN if by_key is None else by_key.get(key, Place.PLAIN)


def item_of(place: Place) -> Place:
    """The place of an item of a list."""
    return _ITEMS.get(place, Place.PLAIN)
