"""What a picture of a release shows, as frozen values in the words of the reader."""

from typing import NamedTuple


class Fact(NamedTuple):
    """Something to know, by name: `timeout`, `3 days`."""

    name: str
    value: str


class StepView(NamedTuple):
    """A step.

    Attributes:
        title: what it is called in the log.
        task: the task by name and major version, or the kind of step: `bash`, `checkout`.
        script: its inline script.
        inputs: its other inputs.
        notes: when it runs, and what happens when it fails, where that is not the usual.
        enabled: whether it runs at all.
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
    """A job, where it runs, and what it does."""

    title: str
    place: str
    parts: tuple[JobPart, ...]
    facts: tuple[Fact, ...] = ()


TOLD = ("only", "condition", "lockBehavior", "waits for", "asks in between", "more")
"""Facts of a stage that every picture shows, since without them it would say something else."""


class Gate(NamedTuple):
    """What holds a stage back until somebody or something agrees.

    Attributes:
        kind: approval, gate, check, lock or start.
        title: who or what, in one line.
        facts: how.
        place: what enforces it: a check on an environment, a job of the pipeline.
    """

    kind: str
    title: str
    facts: tuple[Fact, ...] = ()
    place: str = ""


class StageView(NamedTuple):
    """A stage.

    Attributes:
        id: its name, by which others wait for it.
        title: what it is called.
        after: the stages that it waits for.
        before: what holds it back before it begins.
        behind: what holds back the stages after it.
        target: where it deploys to.
        endpoint: what it deploys.
        environment: the environment that its deployments are recorded in.
        tests: its tests.
        rollout: how the new deployment takes the place of the old one.
        facts: what else there is to know.
        variables: its variables, groups and secrets by name.
        jobs: its jobs.
        is_template: whether it stands for stages of a template that is not seen.
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
    """What a release downloads, or is started by."""

    title: str
    kind: str
    starts: str | None = None
    facts: tuple[Fact, ...] = ()


class Graph(NamedTuple):
    """A release or pipeline.

    Attributes:
        name: what it is called.
        file: the file it was read from, as the user gave it.
        kind: `release` or `pipeline`.
        description: what it says of itself.
        sources: what it downloads.
        starts: what starts it, beside its sources.
        stages: its stages in the order of the file.
        variables: its variables, groups and secrets by name.
        registered: what registering it makes in Azure DevOps, each as kind and name.
        notes: what the picture cannot show.
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
