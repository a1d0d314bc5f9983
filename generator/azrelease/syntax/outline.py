"""The stages, jobs and steps of a file, as lists in the order of the text."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.syntax.embedded import is_computed
from azrelease.syntax.tree import Block, Guards, Items, MappingEntry

STAGE_KINDS = frozenset(("stages.stage",))
JOB_KINDS = frozenset(("jobs.job", "jobs.deployment", "phases.phase"))

HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic")
"""The hooks of a deployment in their order (learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs)."""

SCRIPT_ACTIONS = frozenset(("script", "bash", "pwsh", "powershell"))
"""Steps that are a script, by their first key."""


class StepOutline:
    """A step.

    Attributes:
        block: its keys.
        action: its first key: `task`, `script`, `checkout`…; empty without a known one.
        hook: its deployment hook, such as `deploy` or `on.failure`; empty in other jobs.
        holder: the block of its hook or job, whose `steps` it is one of.
        guards: the directives around it, within its job.
        task: `name@major` of a task, as written; empty for other steps.
        task_name: the name of the task in lower case, without its version.
        inputs: the inputs of the task with text values, by name in lower case.
    """

    __slots__ = ("action", "block", "guards", "holder", "hook", "inputs", "job", "task", "task_name")

    def __init__(self, block: Block, job: "JobOutline", hook: str, holder: Block, guards: Guards) -> None:
        self.block = block
        self.action = block.kind.removeprefix("steps.") if block.kind.startswith("steps.") else ""
        self.job = job
        self.hook = hook
        self.holder = holder
        self.guards = guards
        is_task = self.action == "task"
        self.inputs = _inputs(block) if is_task else {}
        self.task = (block.text("task") or "").strip() if is_task else ""
        self.task_name = self.task.partition("@")[0].casefold()

    @property
    def name(self) -> str | None:
        """The name that its output variables are addressed by."""
        return self.block.text("name")

    @property
    def head(self) -> ScalarNode:
        """The place of a finding about the whole step: the value of its first key, or that key."""
        node = self.block.scalar(self.action)
        return node if node is not None and node.value and not node.style else self.block.entries[0].key

    @property
    def environment(self) -> tuple[MappingEntry, ...]:
        """The entries of its `env`."""
        return tuple(entry for env, _ in self.block.blocks("env") for entry in env.entries)

    def input(self, *names: str) -> str | None:
        """The text of a task input by any of its names; None for a missing input."""
        for name in names:
            node = self.inputs.get(name.casefold())
            if node is not None:
                return str(node.value)
        return None


class JobOutline:
    """A job, or a deployment job; in a file of steps, the implicit job."""

    __slots__ = ("block", "guards", "is_open", "stage", "steps")

    def __init__(self, block: Block, stage: "StageOutline", guards: Guards) -> None:
        self.block = block
        self.stage = stage
        self.guards = guards
        self.steps: tuple[StepOutline, ...] = ()
        self.is_open = False
        """Whether it may have steps that cannot be seen."""

    @property
    def is_deployment(self) -> bool:
        """Whether it is a deployment job."""
        return self.block.kind == "jobs.deployment"

    @property
    def name_node(self) -> ScalarNode | None:
        """Its name, where it has one."""
        for key in ("job", "deployment", "phase"):
            node = self.block.scalar(key)
            if node is not None:
                return node if node.value else None
        return None

    @property
    def name(self) -> str | None:
        """Its name; None without one, or when it is computed."""
        return _literal(self.name_node)

    @property
    def environment(self) -> str | None:
        """The environment of a deployment job; None without one, or when it is computed."""
        block = self.block.block("environment")
        node = block.scalar("name") if block else self.block.scalar("environment")
        return node.value if node is not None and node.value else None


class StageOutline:
    """A stage; in a file without stages, the implicit stage."""

    __slots__ = ("block", "guards", "is_implicit", "is_open", "jobs")

    def __init__(self, block: Block, guards: Guards, *, is_implicit: bool) -> None:
        self.block = block
        self.guards = guards
        self.is_implicit = is_implicit
        self.jobs: tuple[JobOutline, ...] = ()
        self.is_open = False
        """Whether it may have jobs that cannot be seen."""

    @property
    def name_node(self) -> ScalarNode | None:
        """Its name, where it has one."""
        node = None if self.is_implicit else self.block.scalar("stage")
        return node if node is not None and node.value else None

    @property
    def name(self) -> str | None:
        """Its name; None without one, or when it is computed."""
        return _literal(self.name_node)

    @property
    def steps(self) -> Iterator[StepOutline]:
        """The steps of all its jobs."""
        return (step for job in self.jobs for step in job.steps)


class Outline:
    """The stages, jobs and steps of a file.

    Attributes:
        stages: its stages; an implicit one when it has jobs or steps only.
        is_open: whether there may be stages that cannot be seen.
    """

    __slots__ = ("is_open", "jobs", "stages", "steps")

    def __init__(self, root: Block) -> None:
        self.stages, self.is_open = _stages(root)
        self.jobs = tuple(job for stage in self.stages for job in stage.jobs)
        self.steps = tuple(step for job in self.jobs for step in job.steps)


def _stages(root: Block) -> tuple[tuple[StageOutline, ...], bool]:
    stages: list[StageOutline] = []
    for block, guards in root.blocks("stages"):
        if block.kind in STAGE_KINDS:
            stage = StageOutline(block, guards, is_implicit=False)
            stage.jobs, stage.is_open = _jobs(block, stage)
            stages.append(stage)
    is_open = _is_open(root, "stages") or root.entry("extends") is not None
    if not stages and any(root.entry(key) for key in ("jobs", "phases", "steps")):
        stage = StageOutline(root, (), is_implicit=True)
        stage.jobs, stage.is_open = _jobs(root, stage)
        stages.append(stage)
    return tuple(stages), is_open


def _jobs(block: Block, stage: StageOutline) -> tuple[tuple[JobOutline, ...], bool]:
    jobs: list[JobOutline] = []
    is_open = block.open
    for key in ("jobs", "phases"):
        for inner, guards in block.blocks(key):
            if inner.kind in JOB_KINDS:
                jobs.append(_job(inner, stage, guards))
        is_open = is_open or _is_open(block, key)
    if stage.is_implicit and not jobs and block.entry("steps"):
        jobs.append(_job(block, stage, ()))
    return tuple(jobs), is_open


def _job(block: Block, stage: StageOutline, guards: Guards) -> JobOutline:
    job = JobOutline(block, stage, guards)
    steps: list[StepOutline] = []
    is_open = block.open
    for hook, holder in _step_holders(block):
        steps.extend(StepOutline(step, job, hook, holder, under) for step, under in holder.blocks("steps"))
        is_open = is_open or holder.open or _is_open(holder, "steps")
    job.steps = tuple(step for step in steps if step.action != "template")
    job.is_open = is_open
    return job


def _step_holders(block: Block) -> Iterator[tuple[str, Block]]:
    """The blocks of a job with steps, each with the name of its hook."""
    if block.kind != "jobs.deployment":
        yield "", block
        return
    for strategy, _ in block.blocks("strategy"):
        for entry in strategy.entries:
            if not isinstance(entry.value, Block):
                continue
            for hook in HOOKS:
                yield from ((hook, holder) for holder, _ in entry.value.blocks(hook))
            for on, _ in entry.value.blocks("on"):
                for result in ("failure", "success"):
                    yield from ((f"on.{result}", holder) for holder, _ in on.blocks(result))


def _is_open(block: Block, key: str) -> bool:
    """Whether a list may have more items than can be seen: from templates, loops or expressions."""
    for entry in block.all(key):
        if not isinstance(entry.value, Items) or entry.value.open:
            return True
        if any(isinstance(item.value, Block) and item.value.kind.endswith(".template") for item in entry.value.items):
            return True
    return False


def _inputs(block: Block) -> dict[str, ScalarNode]:
    by_name: dict[str, ScalarNode] = {}
    for inputs, _ in block.blocks("inputs"):
        for entry in inputs.entries:
            if isinstance(entry.value, ScalarNode):
                by_name.setdefault(entry.name.casefold(), entry.value)
    return by_name


def _literal(node: ScalarNode | None) -> str | None:
    return None if node is None or is_computed(node.value) else node.value
