"""The model of a picture of a release or pipeline: frozen values with text that is safe to show."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar


class Fact(NamedTuple):
    """A named detail: `timeout`, `3 days`."""

    name: str
    value: str


class StepView(NamedTuple):
    """A step.

    Attributes:
        title: its name in the log.
        task: the task by name and major version, or the kind of step: `bash`, `checkout`.
        notes: its condition and its behavior on failure, where they are not the default.
    """

    title: str
    task: str
    script: str | None = None
    inputs: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    enabled: bool = True


class JobPart(NamedTuple):
    """Steps of a job; those of a deployment belong to a hook, such as `on failure`."""

    hook: str
    steps: tuple[StepView, ...]


class JobView(NamedTuple):
    """A job, its pool or machines, and its steps."""

    title: str
    place: str
    parts: tuple[JobPart, ...]
    facts: tuple[Fact, ...] = ()


AGENTLESS = "the server (agentless)"
CONTINUES = "continues on error"

ALWAYS_SHOWN = ("only", "condition", "lockBehavior", "waits for", "approval in between", "more")
"""Facts of a stage that every picture shows, since it would mislead without them."""


class Gate(NamedTuple):
    """What a stage waits for, besides other stages.

    Attributes:
        kind: approval, gate, check, lock or start.
        title: who or what, in one line.
        place: what enforces it: a check on an environment, a job of the pipeline.
    """

    kind: str
    title: str
    facts: tuple[Fact, ...] = ()
    place: str = ""


MANUAL_START = Gate("start", "started manually", (), "the stage itself")


class StageView(NamedTuple):
    """A stage.

    Attributes:
        id: its unique name, to which `after` of others refers.
        after: the stages that it depends on.
        behind: the gates between it and the stages that depend on it.
        target: the compute it deploys to.
        endpoint: the endpoint or service it deploys.
        environment: the environment of its deployments.
        rollout: how traffic moves from the old deployment to the new one.
        variables: its variables, groups and secrets by name.
        is_template: whether it represents the stages of a template.
    """

    id: str
    title: str
    after: tuple[str, ...] = ()
    before: tuple[Gate, ...] = ()
    behind: tuple[Gate, ...] = ()
    target: str | None = None
    endpoint: str | None = None
    environment: str | None = None
    tests: tuple[str, ...] = ()
    rollout: str | None = None
    facts: tuple[Fact, ...] = ()
    variables: tuple[Fact, ...] = ()
    jobs: tuple[JobView, ...] = ()
    is_template: bool = False


class SourceView(NamedTuple):
    """A resource that a release downloads, or that starts it."""

    title: str
    kind: str
    starts: str | None = None
    facts: tuple[Fact, ...] = ()


class Graph(NamedTuple):
    """A release or pipeline.

    Attributes:
        file: its file, as the user gave it.
        sources: the resources it downloads.
        starts: what starts it, besides its sources.
        stages: its stages in the order of the file.
        variables: its variables, groups and secrets by name.
        registered: the resources that registration creates in Azure DevOps, each as kind and name.
        notes: what the picture does not show.
    """

    name: str
    file: str
    kind: str
    description: str | None = None
    sources: tuple[SourceView, ...] = ()
    starts: tuple[str, ...] = ()
    stages: tuple[StageView, ...] = ()
    variables: tuple[Fact, ...] = ()
    registered: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()


ViewT = TypeVar("ViewT", bound=tuple[Any, ...])


def with_texts(view: ViewT, change: Callable[[str], str]) -> ViewT:
    """A graph, or a part of it, with all of its texts changed: to mask secrets."""

    def changed(value: Any) -> Any:  # noqa: ANN401  (a field of a view)
        if isinstance(value, str):
            return change(value)
        return with_texts(value, change) if isinstance(value, tuple) else value

    parts, make = map(changed, view), type(view)
    result: ViewT = make(*parts) if hasattr(view, "_fields") else make(parts)
    return result
