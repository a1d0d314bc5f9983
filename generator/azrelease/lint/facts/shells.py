"""Which shell runs a script, as far as that is certain."""

import re
from typing import NamedTuple

from azrelease.lint.facts.image_labels import ImageLabel
from azrelease.lint.facts.pools import pool_holder, runs_on_machines, system
from azrelease.lint.facts.scripts import Script
from azrelease.syntax import Block, StepOutline

_TASKS_OF_POWERSHELL = frozenset(("powershell", "azurepowershell"))
_STATUS_ONLY = re.compile(r"(?:succeeded|succeededorfailed|failed|always|canceled|and|or|not|[(),\s])*", re.IGNORECASE)


class Shell(NamedTuple):
    """What runs a script.

    Attributes:
        language: bash, cmd, powershell or python.
        is_windows_powershell: whether it is certainly Windows PowerShell 5.1, not PowerShell 7.
        on: the system of its agent; None when that is unknown.
        is_certain: False when only some runs use it, such as the Windows legs of a matrix.
    """

    language: str
    is_windows_powershell: bool = False
    on: str | None = None
    is_certain: bool = True


def shells(script: Script, root: Block, labels: tuple[ImageLabel, ...]) -> tuple[Shell, ...]:
    """The shells that run a script: several for the legs of a matrix, none when that is unknown."""
    known = system(script.step, root)
    systems = (known,) if known is not None else _systems(script.step, root, labels)
    on = systems[0] if len(systems) == 1 else None
    if script.language == "powershell":
        return (Shell("powershell", _is_windows_powershell(script.step, on), on),)
    if script.language is not None:
        return (Shell(script.language, on="windows" if "windows" in systems else on),)
    if script.step.action != "script" and script.step.task_name != "cmdline":
        return ()
    if "agent.os" in (script.step.block.text("condition") or "").casefold():
        return ()
    is_certain = len(systems) == 1
    return tuple(Shell("cmd" if each == "windows" else "bash", on=each, is_certain=is_certain) for each in systems)


def _systems(step: StepOutline, root: Block, labels: tuple[ImageLabel, ...]) -> tuple[str, ...]:
    """The systems of the legs that run a step; none where a condition may choose among them."""
    condition = step.block.text("condition") or ""
    has_own = bool(step.hook) and pool_holder(step, root) is step.holder
    if step.guards or has_own or runs_on_machines(step.job) or not _STATUS_ONLY.fullmatch(condition):
        return ()
    found = [label.node.value.casefold() for label in labels if step.job in label.jobs]
    names = (("ubuntu", "linux"), ("windows", "windows"), ("macos", "macos"))
    return tuple(name for start, name in names if any(text.startswith(start) for text in found))


def _is_windows_powershell(step: StepOutline, on: str | None) -> bool:
    """Source: PowerShellV2/powershell.ts: on other systems the task runs pwsh, whatever the input says."""
    if on != "windows":
        return step.task_name == "azurecli" and (step.input("scriptType") or "").casefold() == "ps"
    if step.action == "powershell":
        return True
    if step.task_name == "azurecli":
        return (step.input("scriptType") or "").casefold() == "ps"
    if step.task_name in _TASKS_OF_POWERSHELL and step.task.endswith(("@2", "@4", "@5")):
        return (step.input("pwsh") or "false").casefold() == "false"
    return False
