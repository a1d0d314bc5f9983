"""Jobs and steps of any pipeline, with their variables, pools and guards."""

from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.graph.labels import joined
from azrelease.graph.model import AGENTLESS, CONTINUES, Fact, JobPart, JobView, StepView
from azrelease.redaction import redacted_setting, redacted_text
from azrelease.syntax.outline import SCRIPT_ACTIONS, JobOutline, StepOutline
from azrelease.syntax.tree import Block, Guards

_SCRIPT_INPUTS = frozenset(("script", "inlinescript", "inline"))


def job_view(job: JobOutline) -> JobView:
    """A job with its steps, those of a deployment by hook."""
    block = job.block
    parts: dict[str, list[StepView]] = {}
    for step in job.steps:
        parts.setdefault(step.hook, []).append(_step(step))
    place = pool_text(block) or "an agent"
    if job.environment:
        place = f"{place}, deployment to {job.environment}"
    facts = (
        *guard_facts(job.guards),
        *(Fact(name, redacted_text(text)) for name in ("condition", "timeoutInMinutes") if (text := block.text(name))),
        *([Fact("after", joined(node.value for node in block.texts("dependsOn")))] if block.entry("dependsOn") else []),
        *([Fact("more", "steps from templates or expressions")] if job.is_open else []),
    )
    title = block.text("displayName") or job.name or "job"
    by_hook = tuple(JobPart(_HOOKS.get(hook, hook), tuple(steps)) for hook, steps in parts.items())
    return JobView(redacted_text(title), place, by_hook, facts)


_HOOKS = {
    "preDeploy": "pre-deploy",
    "routeTraffic": "route traffic",
    "postRouteTraffic": "post route traffic",
    "on.failure": "on failure",
    "on.success": "on success",
}


def pool_text(block: Block) -> str:
    """The pool of a stage or job; empty where it has none of its own."""
    pool = block.block("pool")
    if pool is None:
        text = block.text("pool") or ""
        return AGENTLESS if text == "server" else f"pool {text}" if text else ""
    image, name = pool.text("vmImage"), pool.text("name")
    return image or (f"pool {name}" if name else "")


def title_of(step: StepOutline) -> str:
    """The name of a step in the log."""
    title = step.block.text("displayName") or step.task or step.action
    return redacted_text(title) if title else "step"


def _step(step: StepOutline) -> StepView:
    block = step.block
    script = block.text(step.action) if step.action in SCRIPT_ACTIONS else None
    if step.action == "task":
        script = next((step.input(name) for name in _SCRIPT_INPUTS if step.input(name)), None)
    inputs = tuple(
        Fact(name, redacted_setting(name, str(node.value)))
        for name, node in step.inputs.items()
        if name not in _SCRIPT_INPUTS
    )
    env = tuple(fact._replace(name=f"env {fact.name}") for fact in facts_of(block.block("env")))
    notes = (
        *(f"only {redacted_text(guard.key.value)}" for guard in step.guards),
        *([f"runs if {redacted_text(condition)}"] if (condition := block.text("condition")) else []),
        *([CONTINUES] if (block.text("continueOnError") or "").casefold() == "true" else []),
    )
    return StepView(
        title=title_of(step),
        task=step.task or step.action,
        script=None if script is None else redacted_text(script),
        inputs=(*inputs, *env),
        notes=notes,
        enabled=(block.text("enabled") or "true").casefold() != "false",
    )


def variables_of(block: Block) -> Iterator[Fact]:
    """The variables of a pipeline, stage or job; groups and templates by name."""
    entry = block.entry("variables")
    if entry is None:
        return
    if isinstance(entry.value, Block):
        yield from facts_of(entry.value)
        return
    for item, _ in block.blocks("variables"):
        group, name, template = item.text("group"), item.text("name"), item.text("template")
        if group:
            yield Fact(f"group {group}", "")
        elif name:
            yield Fact(name, redacted_setting(name, item.text("value") or ""))
        elif template:
            yield Fact(f"template {template}", "")


def facts_of(block: Block | None) -> Iterator[Fact]:
    """The keys of a block whose values are texts."""
    for entry in block.entries if block else ():
        if isinstance(entry.value, ScalarNode) and entry.value.value:
            yield Fact(entry.name, redacted_setting(entry.name, entry.value.value))


def guard_facts(guards: Guards) -> Iterator[Fact]:
    """The directives around a part of a file."""
    return (Fact("only", redacted_text(guard.key.value)) for guard in guards)
