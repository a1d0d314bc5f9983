"""Where a job runs."""

from yaml import ScalarNode

from azrelease.catalog.images import image
from azrelease.syntax import Block, Job
from azrelease.syntax.embedded import is_computed


def image_node(job: Job, root: Block) -> ScalarNode | None:
    """The `vmImage` of a job, from its own pool, its stage's or the file's; None when it has none that can be read."""
    for block in (job.block, job.stage.block, root):
        entry = block.entry("pool")
        if entry is not None:
            return entry.value.scalar("vmImage") if isinstance(entry.value, Block) else None
    return None


def system(job: Job, root: Block) -> str | None:
    """linux, windows or macos; None when that is not known."""
    node = image_node(job, root)
    if node is None or is_computed(node.value):
        return None
    found = image(node.value)
    if found is not None:
        return found.system
    label = node.value.casefold()
    systems = (("ubuntu", "linux"), ("windows", "windows"), ("macos", "macos"))
    return next((name for start, name in systems if label.startswith(start)), None)


def is_server(job: Job, root: Block) -> bool | None:
    """Whether a job runs on the server, without an agent; None when that is not known."""
    if job.block.scalar("phase") is not None:
        return None if job.block.entry("server") or job.block.entry("queue") else False
    for block in (job.block, job.stage.block, root):
        entry = block.entry("pool")
        if entry is not None:
            if isinstance(entry.value, ScalarNode):
                return None if is_computed(entry.value.value) else entry.value.value.casefold() == "server"
            return False if isinstance(entry.value, Block) else None
    return None if job.stage.is_implicit and job.block is root else False
