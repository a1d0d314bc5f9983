"""Reads the steps of an expanded pipeline in normal form."""

import math

from azrelease.expansion import SHORTHANDS, ExpandedMapping
from azrelease.rehearsal.node_reader import NodeReader
from azrelease.rehearsal.pipeline import RehearsedStep

_SCRIPTS = frozenset(("bash", "script", "pwsh", "powershell"))


def read_steps(reader: NodeReader, holder: ExpandedMapping) -> tuple[RehearsedStep, ...]:
    """The steps of a job, or of a hook of a deployment."""
    return tuple(_step(reader, step) for step in reader.items(holder, "steps"))


def _step(reader: NodeReader, step: ExpandedMapping) -> RehearsedStep:
    action = _action(step)
    task = reader.text(step, "task") or ""
    inputs = {name.casefold(): text for name, text in reader.texts_by_key(reader.mapping(step, "inputs")).items()}
    if action in _SCRIPTS:
        default_title = task.partition("@")[0]
    elif action == "task":
        default_title = task
    else:
        task = default_title = action
        if action in ("download", "checkout"):
            default_title = f"{action} {inputs.get(SHORTHANDS[action].input.casefold(), '')}"
    return RehearsedStep(
        task=task,
        inputs=inputs,
        title=reader.text(step, "displayName") or default_title,
        name=reader.text(step, "name"),
        condition=reader.text(step, "condition"),
        env=reader.texts_by_key(reader.mapping(step, "env")),
        continue_on_error=is_true(reader.text(step, "continueOnError")),
        enabled=(reader.text(step, "enabled") or "").casefold() != "false",
        timeout=positive_number(reader.text(step, "timeoutInMinutes")),
        retries=int(positive_number(reader.text(step, "retryCountOnTaskFailure")) or 0),
    )


def _action(step: ExpandedMapping) -> str:
    """The key that a step is written with: `task`, or that of a shorthand."""
    while step.written is not None:
        step = step.written
    return next((key for key in step.nodes if key == "task" or key in SHORTHANDS), "task")


def positive_number(text: str | None) -> float | None:
    """A finite number above 0; None for any other text."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if number > 0 and math.isfinite(number) else None


def is_true(text: str | None) -> bool:
    """Whether a text is `true` in any letter case."""
    return (text or "").casefold() == "true"
