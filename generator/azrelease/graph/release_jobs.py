"""Jobs and steps of a release, as its rendered pipeline has them."""

import json
from collections.abc import Iterable

from azrelease.graph.labels import joined
from azrelease.graph.model import AGENTLESS, CONTINUES, Fact, JobPart, JobView, StepView
from azrelease.pipeline import AgentJob, DeploymentJob, PipelineJob, Pool, ServerJob, Step, TaskStep, TemplateStep
from azrelease.redaction import redacted_setting, redacted_text
from azrelease.release.fields import minutes_text

_SCRIPTS = frozenset(("inlinescript", "script"))


def job_view(job: PipelineJob, pool: Pool | None) -> JobView:
    """A rendered job; `pool` is that of its stage."""
    title = job.display_name or job.id
    facts = (
        *([Fact("condition", redacted_text(job.condition))] if job.condition else []),
        *([Fact("timeout", minutes_text(job.timeout_in_minutes))] if job.timeout_in_minutes else []),
        *([Fact("after", joined(job.depends_on))] if job.depends_on else []),
    )
    match job:
        case ServerJob():
            return JobView(title, AGENTLESS, (JobPart("", _steps(job.steps)),), facts)
        case DeploymentJob():
            place = f"{_pool(job.pool or pool)}, deployment to {job.environment}"
            if job.machines is not None:
                place = f"the machines of {job.environment}"
            hooks = (("deploy", job.steps), ("on success", job.on_success), ("on failure", job.on_failure))
            return JobView(title, place, tuple(JobPart(name, _steps(steps)) for name, steps in hooks if steps), facts)
        case AgentJob():
            return JobView(
                title, f"{_pool(job.pool or pool)}, in parallel copies", (JobPart("", _steps(job.steps)),), facts
            )


def _pool(pool: Pool | None) -> str:
    return (pool.vm_image or f"pool {pool.name}") if pool else "an agent"


def _steps(steps: Iterable[Step]) -> tuple[StepView, ...]:
    return tuple(_step(step) for step in steps)


def _step(step: Step) -> StepView:
    if isinstance(step, TemplateStep):
        values = ((name, value if isinstance(value, str) else json.dumps(value)) for name, value in step.parameters)
        facts = tuple(Fact(name, redacted_setting(name, text)) for name, text in values)
        return StepView(f"template {step.template}", "template", None, facts)
    if not isinstance(step, TaskStep):
        data = step._asdict()
        kind = data.pop("keyword", "checkout")
        source = data.pop("download", None) or data.pop("checkout", None) or ""
        facts = tuple(Fact(name.replace("_", " "), str(value)) for name, value in data.items() if value)
        return StepView(f"{kind} {source} {step[1] or ''}".strip(), str(kind), None, facts)
    script = next((str(value) for name, value in step.inputs if name.casefold() in _SCRIPTS), None)
    inputs = (
        *(
            Fact(name, redacted_setting(name, str(value).lower() if isinstance(value, bool) else str(value)))
            for name, value in step.inputs
            if name.casefold() not in _SCRIPTS
        ),
        *(Fact(f"env {name}", redacted_setting(name, value)) for name, value in step.env),
    )
    notes = (
        *([f"runs if {redacted_text(step.condition)}"] if step.condition else []),
        *([CONTINUES] if step.continue_on_error else []),
        *([f"up to {step.retry_count_on_task_failure} retries"] if step.retry_count_on_task_failure else []),
        *([f"at most {minutes_text(step.timeout_in_minutes)}"] if step.timeout_in_minutes else []),
    )
    safe_script = None if script is None else redacted_text(script)
    return StepView(step.display_name or step.task, step.task, safe_script, inputs, notes, step.enabled)
