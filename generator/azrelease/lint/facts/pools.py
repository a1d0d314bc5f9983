"""Pools: where steps run."""

from yaml import ScalarNode

from azrelease.catalog.images import image
from azrelease.syntax import Block, JobOutline, StepOutline
from azrelease.syntax.embedded import is_computed


def pool_holder(step: StepOutline, root: Block) -> Block | None:
    """The block whose `pool` a step runs in: that of its hook, its job, its stage or the file."""
    blocks = (step.holder, step.job.block, step.job.stage.block, root)
    return next((block for block in blocks if block.entry("pool")), None)


def runs_on_machines(job: JobOutline) -> bool:
    """Whether a deployment job may run on the machines of its environment, whatever its pool is.

    Source: learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs: steps for a resource that is a virtual
    machine run on that machine. The type of a resource that is only named is not known.
    """
    if not job.is_deployment:
        return False
    if any(strategy.entry("rolling") for strategy, _ in job.block.blocks("strategy")):
        return True
    environment = job.block.block("environment")
    kind = (environment.text("resourceType") or "") if environment else ""
    if kind:
        return kind.casefold() != "kubernetes"
    has_resource = environment is not None and environment.entry("resourceName") is not None
    return has_resource or "." in (job.environment or "")


def image_node(step: StepOutline, root: Block) -> ScalarNode | None:
    """The `vmImage` that a step runs on; None when that cannot be seen."""
    holder = None if runs_on_machines(step.job) else pool_holder(step, root)
    pool = holder.block("pool") if holder is not None else None
    return pool.scalar("vmImage") if pool is not None else None


def system(step: StepOutline, root: Block) -> str | None:
    """linux, windows or macos; None when that is unknown."""
    node = image_node(step, root)
    if node is None or is_computed(node.value):
        return None
    hosted = image(node.value)
    if hosted is not None:
        return hosted.system
    label = node.value.casefold()
    systems = (("ubuntu", "linux"), ("windows", "windows"), ("macos", "macos"))
    return next((name for start, name in systems if label.startswith(start)), None)


def is_server(step: StepOutline, root: Block) -> bool | None:
    """Whether a step runs on the server, without an agent; None when that is unknown."""
    job = step.job
    if job.block.scalar("phase") is not None:
        return None if job.block.entry("server") or job.block.entry("queue") else False
    holder = pool_holder(step, root)
    if holder is None:
        return None if job.stage.is_implicit and job.block is root else False
    entry = holder.entry("pool")
    assert entry is not None
    if isinstance(entry.value, ScalarNode):
        return None if is_computed(entry.value.value) else entry.value.value.casefold() == "server"
    if not isinstance(entry.value, Block) or entry.value.entry("type") is not None:
        return None  # `type: agentless` and the like are arguments of templates
    return False if any(entry.value.entry(key) for key in ("name", "vmImage")) else None


def own_pool_node(block: Block) -> ScalarNode | None:
    """The name of the pool of a block, where it has agents of the organization's own; None if that is not certain.

    Source: learn.microsoft.com/azure/devops/pipelines/agents/hosted: the pool `Azure Pipelines`, before that pools with
    names that begin with `Hosted`.
    """
    entry = block.entry("pool")
    if entry is None or entry.guards:
        return None
    node = entry.value.scalar("name") if isinstance(entry.value, Block) else entry.value
    if not isinstance(node, ScalarNode) or not node.value or is_computed(node.value):
        return None
    if isinstance(entry.value, Block) and entry.value.entry("vmImage") is not None:
        return None
    folded = node.value.casefold()
    return None if folded in ("azure pipelines", "server", "default hosted") or folded.startswith("hosted") else node
