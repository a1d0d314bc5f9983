"""Macros of undefined variables: the agent leaves `$(name)` in place, and a script runs with that text."""

import re
import shutil
from collections.abc import Iterator

from azrelease.rehearsal.outcome import Remark
from azrelease.rehearsal.pipeline import RehearsedStep
from azrelease.syntax.macros import unexpanded_names

_SERVICE_PREFIXES = (
    "agent.", "build.", "checks.", "common.", "environment.", "pipeline.", "release.", "resources.", "strategy.",
    "system.",
)  # fmt: skip
"""The prefixes of predefined variables (learn.microsoft.com/azure/devops/pipelines/build/variables)."""

_SHELL_TASKS = ("bash", "cmdline", "azurecli", "powershell")
_SHELL_INPUTS = ("script", "inlinescript", "arguments", "scriptarguments")
_BUILTINS = (
    "alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo enable "
    "eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd "
    "pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask "
    "unalias unset wait"
)
_SOURCES = re.compile(r"(?:^|[;&|\s])(?:source|\.)\s")


def undefined_variables(step: RehearsedStep, *, log: str, failed: bool, path: str) -> Iterator[Remark]:
    """A remark about each undefined variable in an expanded step.

    The search path finds programs: in a script `$(date)` is the output of one.
    """
    in_shell = step.task.partition("@")[0].casefold() in _SHELL_TASKS
    plain = [text for name, text in step.inputs.items() if not in_shell or name not in _SHELL_INPUTS]
    scripts = [text for name, text in step.inputs.items() if in_shell and name in _SHELL_INPUTS]
    certain = dict.fromkeys(name for text in (*step.env.values(), *plain) for name in unexpanded_names(text))
    yield from (Remark(*_severity_and_text(name, serious=True), step.title) for name in certain)
    for name in dict.fromkeys(name for text in scripts for name in unexpanded_names(_without_comments(text))):
        if name not in certain and not any(_is_command(name, text, path) for text in scripts):
            missed = f"{name}: command not found" in log or (failed and (f"$({name})" in log or "." in name))
            yield Remark(*_severity_and_text(name, serious=missed), step.title)


def _severity_and_text(name: str, *, serious: bool) -> tuple[str, str]:
    if name.casefold().startswith(_SERVICE_PREFIXES):
        return "warning", f"`$({name})` is set by the service, but not in a rehearsal: pass --variable {name}=VALUE"
    return "error" if serious else "warning", f"`$({name})`: no variable of that name is defined"


def _without_comments(script: str) -> str:
    return "\n".join(line for line in script.splitlines() if not line.lstrip().startswith("#"))


def _is_command(name: str, script: str, path: str) -> bool:
    """Whether a name is a program, or may be a function."""
    definition = rf"(?:function\s+{re.escape(name)}\b|\b{re.escape(name)}\s*\(\))"
    return (
        name in _BUILTINS.split()
        or shutil.which(name, path=path) is not None
        or re.search(definition, script) is not None
        or _SOURCES.search(script) is not None
    )
